"""The last backup that could be opened: an empty file, or one that broke off, is none.

Where its folder is to be seen each is looked at; elsewhere the note that is left when one was read through
(`DATA_DIR/last_backup.json`) is believed.
"""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

# How pg_dump's own format begins; a dump of a database without a row is longer.
_MAGIC, _LEAST_BYTES = b"PGDMP", 1_000
# How a folder ends that is being made, or whose dump could not be read through.
UNFINISHED = ".part"
# The newest of so many are looked at: what is older than these is too old anyway.
MOST = 50


def age_of_last(parent: Path, note: Path) -> float | None:
    """Seconds since the newest readable backup was begun; None where there is none."""
    said = _json(note)
    if parent.is_dir():
        folders = sorted(
            (one for one in parent.iterdir() if one.is_dir() and one.suffix != UNFINISHED), reverse=True
        )
        moments = [made for one in folders[:MOST] if (made := made_at(one, said)) is not None]
        made = max(moments, default=None)
    else:
        made = _moment(said) if said.get("bytes") else None
    return None if made is None else max(0.0, time.time() - made)


def made_at(folder: Path, note: dict[str, Any]) -> float | None:
    """When it was begun, in seconds since 1970; None for what `manage.py restore` could not open."""
    dump = folder / "database.dump"
    try:
        with open(dump, "rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC or dump.stat().st_size < _LEAST_BYTES:
                return None
        if note.get("folder") == folder.name and note.get("bytes") != _bytes_of(folder):
            return None  # it was whole once
    except OSError:
        return None
    return _moment(_json(folder / "backup.json"))


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _json(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _moment(said: dict[str, Any]) -> float | None:
    try:
        return datetime.fromisoformat(said["made_at"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None
