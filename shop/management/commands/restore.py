"""manage.py restore FOLDER [--into DATABASE]: open a backup in an unused database; nothing is done twice."""

import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop import backups, nightly

NO = (backups.CannotRestore, FileNotFoundError, nightly.BackupFailed, subprocess.CalledProcessError)


class Command(BaseCommand):
    """Restore a backup beside the shop, or into a new one; or on trial."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, into what, and whether the shop had stopped."""
        parser.add_argument("folder", type=Path, nargs="?")
        parser.add_argument("--into", metavar="DATABASE", help="make this database on the same server first")
        parser.add_argument(
            "--stopped",
            action="store_true",
            help="the shop was stopped before this backup and has not run since: waiting mails and refunds go out",
        )
        parser.add_argument(
            "--drill",
            action="store_true",
            help="restore it (without a folder: the newest of BACKUP_DIR) on trial, verify and drop it again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what now waits for a person."""
        folder = options["folder"].resolve() if options["folder"] else None
        try:
            if options["drill"]:
                self._drill(folder)
            elif folder:
                self._restore(folder, options["into"] or "", options["stopped"])
            else:
                raise CommandError("Name the folder of a backup, or say --drill.")
        except NO as no:
            raise CommandError(str(no)) from no

    def _drill(self, folder: Path | None) -> None:
        done = nightly.drill(folder)
        if done and done.drill:
            raise CommandError(f"It does not hold: {done.drill}")
        self.stdout.write("Restored on trial and dropped again: everything holds.")

    def _restore(self, folder: Path, into: str, stopped: bool) -> None:
        parked = backups.open_again(folder, into=into, stopped=stopped)
        self.stdout.write("Restored.")
        if parked:
            self.stdout.write(
                f"{parked} deliveries that reach outside (mails, refunds) may have been made after the backup; "
                "they are parked for a person to look at; see manage.py parked."
            )
        if into:
            self.stdout.write(f"Name the database {into} in DATABASE_URL and DATABASE_OWNER_URL.")
