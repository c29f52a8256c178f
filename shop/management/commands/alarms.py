"""manage.py alarms: look now at what is amiss; exits with 1 while an alarm is fired."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shop import alarms


class Command(BaseCommand):
    """For an operator at the terminal, or a monitor that runs commands."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines: a list of those fired")
        parser.add_argument(
            "--rules", action="store_true", help="print docs/prometheus/alarms.yml, and look at nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rules"]:
            self.stdout.write("\n".join(alarms.rules()))
            return
        alarms.look()
        rows = alarms.fired()
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(row) for row in rows], ensure_ascii=False, indent=1))
        else:
            for row in rows:
                alarm = alarms.BY_NAME[row.name]
                self.stdout.write(
                    f"{row.name} since {row.since:%Y-%m-%d %H:%M} ({row.value:g}): {alarm.words.en}"
                )
                self.stdout.write(f"    {alarm.todo.en}")
            if not rows:
                self.stdout.write(f"None of {len(alarms.ALARMS)} alarms is fired.")
        if rows:
            raise SystemExit(1)


def _as_json(row: Any) -> dict[str, Any]:
    alarm = alarms.BY_NAME[row.name]
    return {
        "name": row.name,
        "since": row.since.isoformat(),
        "fired_at": row.fired_at.isoformat(),
        "value": row.value,
        "words": {"zh": alarm.words.zh, "en": alarm.words.en},
        "todo": {"zh": alarm.todo.zh, "en": alarm.todo.en},
    }
