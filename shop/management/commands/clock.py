"""Move the trade's clock: season and contest follow it, signatures and payments never do."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from impact.actions import disclosure

YEARS = range(1990, 2101)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Command(BaseCommand):
    """`manage.py clock` tells the trade's time; --set, --shift and --reset move it."""

    help = "Tell or move the trade's clock (season and contest only)."

    def add_arguments(self, parser: CommandParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--set", metavar="DATE", help="2026-09-01 or 2026-09-01T23:59, in Shanghai")
        how.add_argument("--shift", metavar="SPAN", help="3d, -12h, 90m, 30s: on or back by so much")
        how.add_argument("--reset", action="store_true", help="as the wall clock again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["set"]:
            clock.stand_at(_sane(_moment(options["set"])))
        elif options["shift"]:
            span = _span(options["shift"])
            try:
                _sane(clock.now() + span)
            except OverflowError:
                _sane(None)
            clock.move(span)
        elif options["reset"]:
            clock.back_to_now()
        # A round may have been frozen by that, or move again: what is told of it follows at once.
        disclosure.disclose()
        self.stdout.write(f"The trade's clock says {clock.now():%Y-%m-%d %H:%M:%S} (Asia/Shanghai).")


def _sane(moment: datetime | None) -> datetime:
    """Beyond these years dates can no longer be computed with, and every page would break."""
    if moment is None or moment.year not in YEARS:
        raise CommandError(f"the clock goes from {YEARS[0]} to {YEARS[-1]}")
    return moment


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no date; write 2026-09-01 or 2026-09-01T23:59") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)


def _span(text: str) -> timedelta:
    found = re.fullmatch(r"([+-]?[0-9]{1,9})([dhms])", text.strip())
    if not found:
        raise CommandError(f"{text} is no span; write 3d, -12h, 90m or 30s")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
