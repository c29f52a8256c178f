"""manage.py backup [FOLDER]: the database, the files and what belongs to them, in a new folder; or night by night."""

import re
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop import backups, nightly


class Command(BaseCommand):
    """Back the shop up while it is open."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where; without a folder: one more in BACKUP_DIR, of which the old ones go."""
        parser.add_argument("folder", type=Path, nargs="?", help="a folder that does not exist yet")
        parser.add_argument(
            "--keep", type=int, default=settings.BACKUP_KEEP, help="so many are left in BACKUP_DIR"
        )
        parser.add_argument("--days", type=int, default=settings.BACKUP_DAYS, help="and none that is older")
        parser.add_argument("--drill", action="store_true", help="restore it on trial afterwards")
        parser.add_argument("--nightly", metavar="HH:MM", help="stay, and do it at this hour of each day")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say what it does not hold."""
        if options["folder"]:
            self._into(options["folder"].resolve())
        elif options["nightly"]:
            if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", options["nightly"]):
                raise CommandError("--nightly takes an hour such as 03:10")
            nightly.every_night(options["nightly"], lambda: self._one(options))
        else:
            try:
                self._one(options)
            except (nightly.BackupFailed, backups.CannotRestore, CalledProcessError) as failure:
                raise CommandError(str(failure)) from failure

    def _into(self, folder: Path) -> None:
        if folder.exists():
            raise CommandError(f"{folder} exists; a backup is never written over another")
        manifest = backups.keep(folder)
        self.stdout.write(f"The shop of {manifest['made_at']} is kept in {folder}.")
        self._say_what_is_missing()

    def _one(self, options: dict[str, Any]) -> None:
        if options["keep"] < 1 or options["days"] < 1:
            raise CommandError("at least one backup is kept, for a day")
        made = nightly.back_up(options["keep"], options["days"])
        said = f"{made.folder}: {made.tables} tables, {made.bytes / 2**20:.1f} MB in {made.seconds} s, read through"
        self.stdout.write(said + (", copied elsewhere." if made.copied_at else "."))
        if options["drill"]:
            self._drill()
        self._say_what_is_missing()

    def _drill(self) -> None:
        done = nightly.drill()
        if done and done.drill:
            raise nightly.BackupFailed(f"restored on trial, it does not hold: {done.drill}")
        self.stdout.write("Restored on trial: everything holds.")

    def _say_what_is_missing(self) -> None:
        self.stdout.write("It holds no keys: keep SECRET_KEY, HOUSEHOLD_KEYS and FACTOR_KEYS elsewhere.")
        if settings.AWS_STORAGE_BUCKET_NAME:
            self.stdout.write("Uploaded files are in their bucket, and not in here.")
