"""manage.py backup FOLDER: the database, the files and what belongs to them, in a new folder."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop import backups


class Command(BaseCommand):
    """Back the shop up while it is open."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """One: where."""
        parser.add_argument("folder", type=Path, help="a folder that does not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say what it does not hold."""
        folder: Path = options["folder"].resolve()
        if folder.exists():
            raise CommandError(f"{folder} exists; a backup is never written over another")
        manifest = backups.keep(folder)
        self.stdout.write(f"The shop of {manifest['made_at']} is kept in {folder}.")
        self.stdout.write("It holds no keys: keep SECRET_KEY, HOUSEHOLD_KEYS and FACTOR_KEYS elsewhere.")
        if manifest["files_in_a_bucket"]:
            self.stdout.write("Uploaded files are in their bucket, and not in here.")
