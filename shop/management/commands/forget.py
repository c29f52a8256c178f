"""manage.py forget [--count]: take away now what the house's own tables keep past its time; beat does it bit by bit."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from core import retention
from shop.progress import Bar

_SIZE = "SELECT pg_total_relation_size(%s), count(*) FROM {table}"


class Command(BaseCommand):
    """For a shop that has been running without it, and for looking on."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing: all that is due. --count: only tell how much that is."""
        parser.add_argument("--count", action="store_true", help="take nothing away")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it away, table by table, and tell what is left of each."""
        for rule in retention.RETENTIONS:
            due = retention.due(rule)
            gone = 0
            if due and not options["count"]:
                gone = retention.forget(rule, progress=Bar(rule.table, due, file=sys.stderr))
            self.stdout.write(
                f"{self._size(rule.table)}, {due:,} past {rule.lasts.days} days, {gone:,} taken away"
            )
        if not options["count"]:
            self.stdout.write(f"{retention.forget_sessions():,} sessions that had ended")

    def _size(self, table: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(_SIZE.format(table=table), [table])
            size, rows = cursor.fetchone()
        return f"{table}: {rows:,} rows, {size / 2**20:.1f} MB"
