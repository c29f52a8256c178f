"""Recompute everything that must hold, from the tables alone."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.utils.module_loading import import_string

from core import verify
from shop.progress import Bar

MOST = 200


class Command(BaseCommand):
    """`manage.py verify`: names each row that breaks a rule; exits with 1 if there is one."""

    help = "Recompute the invariants of every floor; prints the offending rows and exits non-zero."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines: a list of offences")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # One snapshot for all rules: a shop that goes on selling meanwhile breaks none of them.
            if not connection.savepoint_ids:  # else a test's transaction is around us
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # To compile what joins whole tables costs more than it gains; room to hash them is worth its memory.
            cursor.execute("SELECT set_config('jit', 'off', true), set_config('work_mem', '32MB', true)")
        if sys.stderr.isatty():
            verify.tell.set(_Progress())
        found = self._print_json(_found()) if options["json"] else self._print(_found())
        if found:
            raise SystemExit(1)

    def _print_json(self, found: Iterator[dict[str, Any]]) -> int:
        """A list, written as it is found: what breaks a million rows is not held together."""
        count = 0
        for count, offence in enumerate(found, start=1):
            row = json.dumps(offence, ensure_ascii=False, default=str)
            self.stdout.write(("[" if count == 1 else ",") + row)
        self.stdout.write("]" if count else "[]")
        return count

    def _print(self, found: Iterator[dict[str, Any]]) -> int:
        count = 0
        for count, offence in enumerate(found, start=1):
            if count <= MOST:
                self.stdout.write("{rule} {noun} {id}: {words}".format(**offence))
        if count > MOST:
            self.stdout.write(f"… and {count - MOST} more (--json tells all)")
        floors = ", ".join(name.split(".")[0] for name in settings.VERIFIERS)
        self.stdout.write(f"{count} offences" if count else f"Everything holds: {floors}.")
        return count


def _found() -> Iterator[dict[str, Any]]:
    for name in settings.VERIFIERS:
        for offence in import_string(name)():
            yield {"verifier": name.split(".")[0], **asdict(offence)}


class _Progress:
    """A bar for each thing that is looked at, on the terminal beside what is printed."""

    def __init__(self) -> None:
        self.bar: Bar | None = None

    def __call__(self, words: str, done: int, goal: int) -> None:
        if self.bar is None or self.bar.is_over or self.bar.words != words:
            self.bar = Bar(words, goal, file=sys.stderr)
        self.bar(done)
