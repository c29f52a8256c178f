"""Recompute everything that must hold, from the tables alone."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction
from django.utils.module_loading import import_string

MOST = 200


class Command(BaseCommand):
    """`manage.py verify`: names each row that breaks a rule; exits with 1 if there is one."""

    help = "Recompute the invariants of every floor; prints the offending rows and exits non-zero."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines: a list of offences")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        # One snapshot for all rules: a shop that goes on selling meanwhile breaks none of them.
        if not connection.savepoint_ids:  # else a test's transaction is around us
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        found = [
            {"verifier": name.split(".")[0], **asdict(offence)}
            for name in settings.VERIFIERS
            for offence in import_string(name)()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, default=str, indent=1))
        else:
            self._tell(found)
        if found:
            raise SystemExit(1)

    def _tell(self, found: list[dict[str, Any]]) -> None:
        for offence in found[:MOST]:
            self.stdout.write("{rule} {noun} {id}: {words}".format(**offence))
        if len(found) > MOST:
            self.stdout.write(f"… and {len(found) - MOST} more (--json tells all)")
        floors = ", ".join(name.split(".")[0] for name in settings.VERIFIERS)
        self.stdout.write(f"{len(found)} offences" if found else f"Everything holds: {floors}.")
