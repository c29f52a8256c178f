"""manage.py parked [--release [REACTION]]: deliveries that wait for a person, and letting them run again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count, Max, Min

from core.deliveries import parked, unpark


class Command(BaseCommand):
    """What failed ten times, or was set aside by a restore."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing: look on. --release: all of them, or those of one reaction."""
        parser.add_argument("--release", nargs="?", const="", default=None, metavar="REACTION")

    def handle(self, *args: Any, **options: Any) -> None:
        """List them by reaction, or release them."""
        if options["release"] is not None:
            self.stdout.write(f"{unpark(options['release'] or None)} deliveries will be tried again.")
            return
        waiting = parked().values("reaction", "error")
        for row in waiting.annotate(n=Count("id"), first=Min("event"), last=Max("event")).order_by(
            "reaction"
        ):
            self.stdout.write(
                f"{row['n']:6} {row['reaction']}  events {row['first']}–{row['last']}  {row['error']}"
            )
