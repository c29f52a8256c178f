"""manage.py migrate, as Django's own, but no longer than two seconds in anybody's way (shop/migrating.py), and done in a
quarter of the time (shop/migration_state.py)."""

from typing import Any

from django.core.management.commands import migrate

from shop.migrating import patiently
from shop.migration_state import Executor

# Django's command asks for its executor by this name.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """For an upgrade while the release of before still serves."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; where a table is held, give up and come again."""
        patiently(lambda: super(Command, self).handle(*args, **options))
