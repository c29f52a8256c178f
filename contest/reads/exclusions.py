"""What cases keep out of a round's scores."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from contest.models import Case, CaseItem, Effect
from impact.models import Round

Part = CaseItem.Part


@dataclass
class Exclusions:
    """What does not count in a round, by entry: orders; who called for an order; a person's likes, follows and shares;
    rows of outside platforms, by their keys."""

    orders: set[tuple[int, UUID]] = field(default_factory=set)
    mobilised: set[tuple[int, UUID]] = field(default_factory=set)
    engagements: set[tuple[int, int]] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)


def excluded(round_: Round, until: datetime) -> Exclusions:
    """What cases that exclude or hold, and are not cleared by `until` (the trade clock's), keep out of the scores.

    Asked with a moment that has passed it is the same whenever it is asked: a later clearing changes nothing of it.
    """
    rows = CaseItem.objects.filter(case__in=standing(round_, until), found_at__lte=until)

    def those(part: str, *names: str) -> set:
        return set(rows.filter(part=part).values_list(*names))

    return Exclusions(
        those(Part.ORDER, "case__entry", "order_uid"),
        those(Part.MOBILISER, "case__entry", "order_uid"),
        those(Part.ENGAGEMENT, "case__entry", "person"),
        {key for (key,) in those(Part.OUTSIDE, "outside_key")},
    )


def standing(round_: Round, until: datetime) -> QuerySet[Case]:
    """The cases that keep something out of the scores as of a moment."""
    answered = Q(answered_at__lte=until)
    decided = Q(decided_at__lte=until)
    cleared = answered & Q(answer=Case.Decision.CLEARED) | ~answered & decided & Q(
        decision=Case.Decision.CLEARED
    )
    return (
        Case.objects.filter(round=round_, opened_at__lte=until).exclude(effect=Effect.NOTIFY).exclude(cleared)
    )
