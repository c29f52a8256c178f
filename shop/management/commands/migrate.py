"""manage.py migrate, as Django's own, but no longer than two seconds in anybody's way (shop/migrating.py)."""

from typing import Any

from django.core.management.commands import migrate

from shop.migrating import patiently


class Command(migrate.Command):
    """For an upgrade while the release of before still serves."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; where a table is held, give up and come again."""
        patiently(lambda: super(Command, self).handle(*args, **options))
