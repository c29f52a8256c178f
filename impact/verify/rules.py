"""A rule as a statement that finds the rows which break it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db import connection

from core.verify import Offence


class Rule(NamedTuple):
    """`statement` gives (id, detail) of each row that breaks the rule."""

    name: str
    noun: str
    words: str
    statement: str


def broken(rules: Iterable[Rule]) -> Iterator[Offence]:
    """The rows that break these rules."""
    for rule in rules:
        with connection.cursor() as cursor:
            cursor.execute(rule.statement)
            for pk, detail in cursor.fetchall():
                yield Offence(rule.name, rule.noun, pk, f"{rule.words} ({detail})")
