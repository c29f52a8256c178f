"""Back the shop up every night: a folder each, proved readable, copied elsewhere, the old ones taken away.

What came of it lies in `DATA_DIR/last_backup.json`, where the web reads it without seeing the backups themselves:
only a backup that was read through from end to end counts as the last one.
"""

import fcntl
import json
import logging
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from shop import backups
from shop.last_backup import UNFINISHED

log = logging.getLogger("sheaf.backup")

STAMP = "%Y-%m-%dT%H-%M-%SZ"
COPY_SECONDS = 6 * 3600
DAY = timedelta(days=1)
# After a failure it is tried once more so soon, until the next night.
TRY_AGAIN = timedelta(minutes=30)


class BackupFailed(Exception):
    """Why there is no backup of this night, or no copy of it elsewhere."""


@dataclass(frozen=True)
class LastBackup:
    """The last backup that was read through: when it was made (ISO, UTC), how large, and what came of it since.

    `copied_at` is when it was copied elsewhere ("" : not, or no command is set, see `copies`); `drilled_at` when a
    backup was last restored on trial, and `drill` what was found then ("" : everything holds).
    """

    folder: str
    made_at: str
    bytes: int
    tables: int
    seconds: float
    copies: bool = False
    copied_at: str = ""
    drilled_at: str = ""
    drill: str = ""

    @property
    def age(self) -> timedelta:
        """How long ago it was made."""
        return timezone.now() - datetime.fromisoformat(self.made_at)


def _record() -> Path:
    return settings.DATA_DIR / "last_backup.json"


def last() -> LastBackup | None:
    """The last backup that can be read; None where there was none yet."""
    try:
        known = LastBackup.__dataclass_fields__
        said = json.loads(_record().read_text())
        return LastBackup(**{name: value for name, value in said.items() if name in known})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _note(backup: LastBackup) -> None:
    draft = _record().with_suffix(".draft")
    draft.write_text(json.dumps(asdict(backup), indent=1))
    draft.replace(_record())


@contextmanager
def _alone() -> Iterator[Path]:
    """BACKUP_DIR, in which one backup or drill goes on at a time: whoever comes by hand waits for the night's."""
    home = Path(settings.BACKUP_DIR)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(home / ".lock", "w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield home


def back_up(keep: int, days: int) -> LastBackup:
    """One more backup in BACKUP_DIR; afterwards `keep` of them are left at most, and none older than so many days."""
    with _alone() as home:
        return _back_up(home, keep, days)


def _back_up(home: Path, keep: int, days: int) -> LastBackup:
    began = time.monotonic()
    for left_over in home.glob(f"*{UNFINISHED}"):
        shutil.rmtree(left_over)
    folder = home / timezone.now().strftime(STAMP)
    draft = folder.with_name(folder.name + UNFINISHED)
    manifest = backups.keep(draft)
    tables = backups.read_through(draft)
    draft.rename(folder)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    before, seconds = last(), round(time.monotonic() - began, 1)
    made = LastBackup(folder.name, manifest["made_at"], size, tables, seconds, bool(settings.BACKUP_COPY))
    if before:
        made = replace(made, drilled_at=before.drilled_at, drill=before.drill)
    _note(made)
    take_old_ones_away(home, keep, days)
    if settings.BACKUP_COPY:
        copy_elsewhere(folder)
        made = replace(made, copied_at=timezone.now().isoformat())
        _note(made)
    return made


def all_of(home: Path) -> list[Path]:
    """The finished backups of a folder, the newest first."""
    return sorted((path.parent for path in home.glob("*/backup.json") if _made_at(path.parent)), reverse=True)


def _made_at(folder: Path) -> datetime | None:
    try:
        return datetime.strptime(folder.name, STAMP).replace(tzinfo=UTC)
    except ValueError:  # none of ours: somebody else's folder is never touched
        return None


def take_old_ones_away(home: Path, keep: int, days: int) -> list[Path]:
    """Those beyond the newest `keep`, and those older than so many days; the newest stays whatever its age."""
    oldest, gone = timezone.now() - timedelta(days=days), []
    for place, folder in enumerate(all_of(home)):
        made_at = _made_at(folder)
        if place and (place >= keep or (made_at and made_at < oldest)):
            shutil.rmtree(folder)
            gone.append(folder)
    return gone


def copy_elsewhere(folder: Path) -> None:
    """Run BACKUP_COPY, in which {folder} is this backup and {all} the folder of all; no shell reads it."""
    named = {"{folder}": str(folder), "{all}": str(folder.parent)}
    words = shlex.split(settings.BACKUP_COPY)
    for name, path in named.items():
        words = [word.replace(name, path) for word in words]
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COPY_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise BackupFailed(f"{folder.name} was made, but not copied: {failure}") from failure
    if done.returncode:
        said = done.stderr.strip()[-500:]
        raise BackupFailed(
            f"{folder.name} was made, but not copied: {words[0]} ended with {done.returncode}. {said}"
        )


def drill(folder: Path | None = None) -> LastBackup | None:
    """Restore a backup (the newest) on trial, let `verify` look at it, and note what was found."""
    with _alone() as home:
        if newest := folder or next(iter(all_of(home)), None):
            return _drill(newest)
    raise BackupFailed(f"there is no backup in {settings.BACKUP_DIR}")


def _drill(folder: Path) -> LastBackup | None:
    try:
        found = backups.try_out(folder)
    except Exception as failure:
        _note_drill(f"{folder.name}: {type(failure).__name__}: {str(failure)[:300]}")
        raise
    return _note_drill("; ".join(f"{folder.name}: {words}" for words in found[:10]))


def _note_drill(found: str) -> LastBackup | None:
    if before := last():
        _note(replace(before, drilled_at=timezone.now().isoformat(), drill=found))
    return last()


def every_night(at: str, one: Callable[[], object], sleep: Callable[[float], object] = time.sleep) -> None:
    """Do it at this hour ("03:10", Asia/Shanghai) of each day, for ever; at once where the last is a day old."""
    backup = last()
    due = timezone.now() if backup is None or backup.age > DAY else next_at(at, timezone.localtime())
    while True:
        while (wait := (due - timezone.now()).total_seconds()) > 0:
            sleep(min(wait, 60.0))
        try:
            one()
            due = next_at(at, timezone.localtime())
        except Exception:
            log.exception("tonight's backup failed")
            due = timezone.now() + TRY_AGAIN


def next_at(at: str, now: datetime) -> datetime:
    """The next time that the clock on the wall shows this hour."""
    hour, minute = (int(part) for part in at.split(":"))
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today if today > now else today + DAY
