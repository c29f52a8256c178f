"""manage.py restore FOLDER [--into DATABASE]: open a backup in an unused database; nothing is done twice."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop import backups


class Command(BaseCommand):
    """Restore a backup beside the shop, or into a new one."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, into what, and whether the shop had stopped."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--into", metavar="DATABASE", help="make this database on the same server first")
        parser.add_argument(
            "--stopped",
            action="store_true",
            help="the shop was stopped before this backup and has not run since: waiting mails and refunds go out",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say what now waits for a person."""
        folder, into = options["folder"].resolve(), options["into"]
        try:
            parked = backups.open_again(folder, into=into or "", stopped=options["stopped"])
        except (backups.CannotRestore, FileNotFoundError) as no:
            raise CommandError(str(no)) from no
        self.stdout.write("Restored.")
        if parked:
            self.stdout.write(
                f"{parked} deliveries that reach outside (mails, refunds) may have been made after the backup; "
                "they are parked for a person to look at; see manage.py parked."
            )
        if into:
            self.stdout.write(f"Name the database {into} in DATABASE_URL and DATABASE_OWNER_URL.")
