"""Write the schema as schema.graphql, or say what is wrong with the one that is committed."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from graphql import build_schema, find_breaking_changes, print_schema

from core.api.run import graphql_schema

WHERE = Path(settings.ROOT) / "schema.graphql"
CHANGELOG = Path(settings.ROOT) / "CHANGELOG.md"
# As the last release had it; none until there is one.
RELEASED = Path(settings.ROOT) / "docs" / "released.graphql"


def current() -> str:
    """The schema as it is now, in SDL."""
    return print_schema(graphql_schema()) + "\n"


def unnamed_breaks(before: str, after: str, changelog: str) -> list[str]:
    """Breaking changes from one schema to the next that the changelog does not name."""
    changes = find_breaking_changes(build_schema(before), build_schema(after))
    return [change.description for change in changes if change.description not in changelog]


def gone_unannounced(released: str, after: str) -> list[str]:
    """Fields and values of the release that are gone, though it did not say that they were to go."""
    before, now = build_schema(released).type_map, build_schema(after).type_map
    gone = []
    for kind, type_ in before.items():
        for part in ("fields", "values"):
            left = getattr(now.get(kind), part, {})
            gone += [
                f"{kind}.{name} was not deprecated."
                for name, one in getattr(type_, part, {}).items()
                if name not in left and not one.deprecation_reason
            ]
    return gone


class Command(BaseCommand):
    """`manage.py sdl` writes it; `--check` fails when it is stale or breaks a client unannounced."""

    help = "Write schema.graphql; with --check, fail when it is stale; with --release, note it as released."

    def add_arguments(self, parser: CommandParser) -> None:
        """One choice."""
        parser.add_argument("--check", action="store_true", help="only say whether the file is true")
        parser.add_argument(
            "--release", action="store_true", help="note it as what the release has, for those who come after"
        )
        parser.add_argument(
            "--against", default="", help="an SDL file: fail on unannounced breaks since then"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare first: a break must be named in the changelog before it is written."""
        now = current()
        against = Path(options["against"]) if options["against"] else WHERE
        if against.exists():
            changelog = CHANGELOG.read_text() if CHANGELOG.exists() else ""
            if breaks := unnamed_breaks(against.read_text(), now, changelog):
                lines = "\n".join(f"  {line}" for line in breaks)
                raise CommandError(f"These changes break clients; name them in CHANGELOG.md:\n{lines}")
        if RELEASED.exists() and (gone := gone_unannounced(RELEASED.read_text(), now)):
            lines = "\n".join(f"  {line}" for line in gone)
            raise CommandError(f"What goes is first deprecated for one release:\n{lines}")
        if options["release"]:
            RELEASED.write_text(now)
        if not options["check"]:
            WHERE.write_text(now)
            self.stdout.write(f"wrote {WHERE.name}")
        elif not WHERE.exists() or WHERE.read_text() != now:
            raise CommandError("schema.graphql is stale: run manage.py sdl")
