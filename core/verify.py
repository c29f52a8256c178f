"""What must hold at rest, recomputed from the tables: each floor yields its offences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from core.models import Delivery

# A delivery that has just been recorded is on its way, not lost.
GRACE = timedelta(seconds=60)


@dataclass(frozen=True)
class Offence:
    """One row that breaks an invariant: the rule ("I8"), the noun, its id and a sentence for an operator."""

    rule: str
    noun: str
    id: object
    words: str


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
        yield Offence("I8", "Delivery", row.pk, words)
