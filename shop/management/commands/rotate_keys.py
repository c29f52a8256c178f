"""manage.py rotate_keys [--count]: seal anew, with the first key, what older keys have sealed; the shop stays open."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import devices
from accounts.actions import audit
from core import sealed
from core.sealed import Resealed, SealedColumn
from shop.progress import Bar


class Command(BaseCommand):
    """Stopped in the middle, it is simply run once more."""

    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing: seal anew. --count: only tell with which key each word is sealed."""
        parser.add_argument("--count", action="store_true", help="only count what each key has sealed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal anew, count, and say of each older key whether it can be taken out."""
        found = [self._count(one) if options["count"] else self._reseal(one) for one in sealed.columns()]
        for one in found:
            self.stdout.write(f"{one.column}: {_counted(one)}")
        for setting in dict.fromkeys(one.column.setting for one in found):
            self._tell_of_older_keys(setting, [one for one in found if one.column.setting == setting])
        if lost := sum(one.by_key[sealed.UNREADABLE] for one in found):
            raise CommandError(f"{lost} words are sealed with a key that is not in the settings.")

    def _count(self, column: SealedColumn) -> Resealed:
        return Resealed(column, 0, sealed.count(column))

    def _reseal(self, column: SealedColumn) -> Resealed:
        total = sealed.total(column)
        done = sealed.reseal(column, Bar(str(column), total, file=sys.stderr) if total else lambda done: None)
        if done.sealed_anew:
            left = sum(count for key, count in done.by_key.items() if key)
            audit.record(
                None,
                "keys.reseal",
                "Keys",
                column.setting,
                column=str(column),
                words=done.sealed_anew,
                left=left,
            )
        return done

    def _tell_of_older_keys(self, setting: str, found: list[Resealed]) -> None:
        for key in range(1, len(found[0].column.boxes())):
            words = sum(one.by_key[key] for one in found)
            name = (
                f"key {key + 1} of {setting}" if setting != "SECRET_KEY" else f"fallback {key} of SECRET_KEY"
            )
            if words:
                say = f"{words} words are sealed with it; stop what still writes with it, and run this again"
            else:
                say = f"no word in the database is sealed with it: it can be taken out{_but(setting)}"
            self.stdout.write(f"{name}: {say}.")


def _counted(one: Resealed) -> str:
    by_key = {key: count for key, count in sorted(one.by_key.items()) if count and key > 0}
    older = "".join(f", {count} with key {key + 1}" for key, count in by_key.items())
    lost = f", {one.by_key[sealed.UNREADABLE]} with none of ours" if one.by_key[sealed.UNREADABLE] else ""
    return f"{one.sealed_anew} sealed anew; {one.by_key[0]} with the first key{older}{lost}"


def _but(setting: str) -> str:
    """What else an older key still opens."""
    if setting == "SECRET_KEY":
        return f" {devices.LASTS.days} days after it was replaced (links, sessions and proved devices last so long)"
    return "; keep it with the backups of before"
