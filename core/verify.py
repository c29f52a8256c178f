"""What must hold at rest, recomputed from the tables: each floor yields its offences."""

from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from core.models import Delivery

# A delivery that has just been recorded is on its way, not lost.
GRACE = timedelta(seconds=60)
AT_ONCE = 500

# Who waits is told what is looked at, how much of it was and how much there is: tell("orders", 500, 64_000).
tell: ContextVar[Callable[[str, int, int], None]] = ContextVar("tell", default=lambda *_: None)


@dataclass(frozen=True, slots=True)
class Offence:
    """One row that breaks an invariant: the rule ("I8"), the noun, its id and a sentence for an operator.

    Of what `waits` only the time is wrong: somebody should have done it by now. It says nothing of a backup.
    """

    rule: str
    noun: str
    id: object
    words: str
    waits: bool = False


class Rule(NamedTuple):
    """`statement` finds (id, detail) of each row that breaks the rule."""

    name: str
    noun: str
    words: str
    statement: str
    waits: bool = False


def broken(rules: Sequence[Rule]) -> Iterator[Offence]:
    """The rows that break these rules."""
    for n, rule in enumerate(rules, start=1):
        for pk, detail in rows_of(rule.statement):
            yield Offence(rule.name, rule.noun, pk, f"{rule.words} ({detail})", rule.waits)
        tell.get()("rules", n, len(rules))


def rows_of(statement: str, params: Any = None) -> Iterator[tuple]:
    """The rows of a statement, a few hundred at a time: the server keeps the others until they are asked for.

    Rules join whole tables. Row by row that takes for ever, and is what the planner chooses when it has never
    counted them (after a restore, say); so it is told to hash.
    """
    with transaction.atomic(), connection.cursor() as told, connection.chunked_cursor() as cursor:
        told.execute(
            "SELECT set_config('enable_nestloop', 'off', true), set_config('cursor_tuple_fraction', '1', true)"
        )
        cursor.execute(statement, params)
        told.execute("SELECT set_config('enable_nestloop', 'on', true)")
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows


def verify() -> Iterator[Offence]:
    """I8: at rest nothing waits in the outbox, and nothing is parked."""
    late = Q(due_at__lt=timezone.now() - GRACE) | Q(tries__gt=1)
    rows = Delivery.objects.filter(done_at=None).filter(Q(parked_at__isnull=False) | late)
    for row in rows.order_by("id").iterator():
        words = (
            f"{row.reaction} was parked after {row.tries} tries: {row.error}"
            if row.parked_at
            else f"{row.reaction} is still waiting after {row.tries} tries"
        )
        yield Offence("I8", "Delivery", row.pk, words, waits=True)
