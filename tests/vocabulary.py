"""What pages say in the words of schema.org, held against its vocabulary: `schema-dts` gives it as types, `tsc` compares.

As literals they may hold no property that their type has not, however deep. Types cannot tell a day or an address from
any other text: what is to be one is looked at here.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local import machine

HOME = machine.ROOT / ".tools" / "schema-dts" / "node_modules"
TSC = HOME / "typescript" / "bin" / "tsc"
needs_it = pytest.mark.skipif(
    not (TSC.exists() and (HOME / "schema-dts").exists() and shutil.which("node")),
    reason="no schema-dts is in .tools/schema-dts, or no node is found: .ci/run fetches it",
)
OPTIONS = ("--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--target", "es2022")
MODULES = ("--module", "esnext", "--moduleResolution", "bundler")
DAYS, ADDRESSES = {"datePublished"}, {"@id", "url", "item", "image", "logo"}


def faults(pages: Mapping[str, list[dict[str, Any]]], folder: Path) -> list[str]:
    """What is not as the vocabulary has it, each with its page; the folder is for the compiler."""
    names = list(pages)
    (folder / "node_modules").symlink_to(HOME)
    for number, things in enumerate(pages.values()):
        (folder / f"page_{number}.ts").write_text(_as_typescript(things), encoding="utf-8")
    said = subprocess.run(
        ["node", str(TSC), *OPTIONS, *MODULES, *(f"page_{number}.ts" for number in range(len(names)))],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    ).stdout
    found = [
        f"{names[int(number)]}: {why}"
        for number, why in re.findall(r"^page_(\d+)\.ts\(\d+,\d+\): error TS\d+: (.*)$", said, re.M)
    ]
    # It ends with lines of its own alone where it could not even begin.
    assert found or not said, said
    return found + [f"{page}: {why}" for page, things in pages.items() for why in _misspelt(things)]


def _as_typescript(things: list[dict[str, Any]]) -> str:
    """Each thing as a literal of its own type."""
    kinds = ", ".join(sorted({thing["@type"] for thing in things}))
    lines = [f'import type {{ WithContext, {kinds} }} from "schema-dts";']
    for number, thing in enumerate(things):
        told = json.dumps({"@context": "https://schema.org", **thing}, ensure_ascii=False)
        lines.append(f"export const thing{number}: WithContext<{thing['@type']}> = {told};")
    return "\n".join(lines)


def _misspelt(told: Any, name: str = "") -> list[str]:
    """Texts that are not the day or the whole address that their property wants."""
    if isinstance(told, list):
        return [why for one in told for why in _misspelt(one, name)]
    if isinstance(told, dict):
        return [why for key, one in told.items() for why in _misspelt(one, key)]
    if name in DAYS and not _is_a_day(told):
        return [f"{name} is no day: {told!r}"]
    if name in ADDRESSES and not all(urlsplit(told)[:2]):
        return [f"{name} is no whole address: {told!r}"]
    return []


def _is_a_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
