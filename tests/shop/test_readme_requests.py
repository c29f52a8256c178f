"""README's five requests do what README says, as they stand there, with curl on a shop as `make run` opens it."""

import json
import os
import re
import shutil
import subprocess
import time
from decimal import Decimal
from typing import Any

import pytest

from local.machine import ROOT
from tests.figures import FULL

PRINTED = "http://127.0.0.1:8000/"
CURL = "-d '{"


def blocks() -> list[tuple[str, str]]:
    """The section's blocks: what is typed (sh) and what comes back (json)."""
    text = (ROOT / "README.md").read_text()
    section = text.split("## GraphQL in five requests\n")[1].split("\n## ")[0]
    return re.findall(r"^```(sh|json)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


class Reader:
    """Somebody who types what README says, copying ids from the answers she got."""

    def __init__(self, url: str):
        self.url = url
        self.env = {"PATH": os.environ["PATH"], "no_proxy": "127.0.0.1"}
        self.copied: dict[str, str] = {}

    def type(self, script: str) -> str:
        """What a block prints; its variables stay for the next."""
        script = script.replace(PRINTED, self.url + "/")
        for printed, hers in self.copied.items():
            script = script.replace(printed, hers)
        names = re.findall(r"(?:^| )([A-Z]+)=", script.split("curl")[0], re.MULTILINE)
        told = "".join(f'; printf "\\n%s" "${name}"' for name in names)
        done = subprocess.run(
            ["bash", "-euc", script.rstrip() + told], env=self.env, text=True, capture_output=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        said, *values = done.stdout.rsplit("\n", len(names)) if names else [done.stdout]
        self.env |= dict(zip(names, values, strict=True))
        return str(said)

    def compare(self, printed: Any, real: Any, where: str = "answer") -> None:
        """Each thing that README prints is in the answer; of ids and such she notes her own."""
        if isinstance(printed, dict):
            assert set(printed) <= set(real or {}), f"{where}: {real}"
            for key, value in printed.items():
                self.compare(value, real[key], f"{where}.{key}")
        elif isinstance(printed, list):
            assert len(printed) <= len(real), where
            for n, (one, other) in enumerate(zip(printed, real, strict=False)):
                self.compare(one, other, f"{where}[{n}]")
        else:
            assert type(printed) is type(real), where
            if isinstance(printed, str) and re.fullmatch(r"\S{12,}", printed):
                self.copied[printed] = real


@pytest.mark.skipif(not FULL, reason="opens a shop on a copy of the demo: make test-full")
@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.proof
def test_the_five_requests_work_as_they_are_written(open_demo):
    reader = Reader(open_demo.url)
    for number, (kind, text) in enumerate(found := blocks()):
        if kind == "sh":
            said = reader.type(text)
            continue
        printed, typed = json.loads(text), found[number - 1][1]
        ends = time.monotonic() + 15
        # Between paying and looking README's reader takes a breath; the notice is quicker than that.
        while printed["data"].get("order") and '"PAID"' not in said and time.monotonic() < ends:
            time.sleep(0.1)
            said = reader.type(typed)
        reader.compare(printed, json.loads(said))
    last = json.loads(said)["data"]
    parts = last["setAside"]["parts"]
    paid = Decimal(last["order"]["total"]["amount"])
    assert last["order"]["state"] == "PAID" and last["setAside"]["stateName"] == "Set aside"
    assert sum(Decimal(part["amount"]["amount"]) for part in parts) == paid
    assert {part["name"] for part in printed["data"]["setAside"]["parts"]} <= {part["name"] for part in parts}
    assert "Everything holds" in open_demo.manage("verify")


def test_they_are_five_and_small():
    typed = [text for kind, text in blocks() if kind == "sh"]
    asked = [text for text in typed if CURL in text]
    assert len(asked) == 6  # the fifth pays, then looks
    assert all("-H 'Content-Type: application/json'" in text for text in asked)
    assert max(len(line) for text in typed for line in text.splitlines()) < 260
    assert not any(word in text for text in typed for word in ("cookie", "jq ", "csrf"))
