"""Whether a team's list of short names is open to somebody now, and when it was opened."""

import unicodedata
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from catalog.models import Team
from catalog.reads import may_at_desk
from impact.models import Household, NamesOpening

State = Household.State
OPEN = "impact.open_short_names"
# Of a household that takes part no more there is no name.
NAMED = (State.PROPOSED, State.VERIFIED)


def opening_of(team_id: int, person: Any, now: datetime) -> NamesOpening | None:
    """Her opening of this team's list that runs then; none once her role has ended, nor for a program of hers."""
    if not person.is_authenticated or person.is_lent or not may_at_desk(person, OPEN, team_id):
        return None
    hers = NamesOpening.objects.filter(team=team_id, reader=person, until__gt=now)
    return hers.order_by("-pk").first()


def roster(team: Team, find: str = "") -> QuerySet[Household]:
    """A team's households, or those of a number or whose code begins so: those that wait first, then by number."""
    plain = unicodedata.normalize("NFKC", find).strip().lower()
    rows = team.households.all()
    if plain.isdecimal():
        rows = rows.filter(Q(number=int(plain[:9])) | Q(uid__startswith=plain))
    elif plain:
        rows = rows.filter(uid__startswith=plain)
    return in_order(rows)


def in_order(rows: QuerySet[Household]) -> QuerySet[Household]:
    """As a team's list has them."""
    stage = Case(When(state=State.PROPOSED, then=0), When(state=State.VERIFIED, then=1), default=2)
    return rows.order_by(stage, F("number").asc(nulls_last=True), "pk")


def openings(team_id: int) -> QuerySet[NamesOpening]:
    """When a team's list was opened, the last first, with how many pages of it were shown."""
    return NamesOpening.objects.filter(team=team_id).annotate(pages=Count("readings")).order_by("-pk")
