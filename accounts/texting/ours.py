"""The texts that this shop sends, as its message house is to approve them: word for word, with the names of what is filled in."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings

from accounts.texting import carries


@dataclass(frozen=True)
class OurText:
    """One of them: what we call it, what it says in both languages, and whether the house has a template for it."""

    name: str
    zh: str
    en: str
    is_there: bool


def ours() -> list[OurText]:
    """All that there are, by name."""
    folders = [Path(app.path) / "templates" / "sms" for app in apps.get_app_configs()]
    names = sorted(
        {path.name.split(".")[0]: path.parent for f in folders for path in f.glob("*.zh.txt")}.items()
    )
    return [
        OurText(name, _as_filed(at, name, "zh"), _as_filed(at, name, "en"), carries(name))
        for name, at in names
    ]


def _as_filed(folder: Path, name: str, language: str) -> str:
    written = (folder / f"{name}.{language}.txt").read_text().strip()
    said = written.replace("{{ site }}", settings.SITE_URL)
    return re.sub(r"\{\{ (\w+) \}\}", r"${\1}", said)
