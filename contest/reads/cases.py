"""Cases for whoever decides them, in full; and for the team that one is about, as far as the public is told."""

from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, IntegerField, QuerySet, Value
from django.db.models import Case as When
from django.db.models import When as If
from django.db.models.expressions import RawSQL

from accounts.models import Person
from accounts.permissions import absent, may, may_anywhere
from accounts.places import Place
from catalog.models import Team, TeamMember
from catalog.reads import desks_of
from contest.models import Case, RelatedParty
from contest.reads.apart import is_apart
from contest.reads.keeping import rounds
from core.refusals import first_or_refuse
from impact.models import Entry, Round
from orders.models import Order

DECIDE, APPEAL = "contest.decide_cases", "contest.appeal"
State = Case.State
# What waits for somebody first.
_TURN = When(
    If(state=State.APPEALED, then=Value(0)),
    If(state__in=(State.HELD, State.OPENED), then=Value(1)),
    If(state=State.DECIDED, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


_EXCLUDED = """(
    SELECT coalesce(sum(s.amount_minor), 0)::bigint FROM contest_caseitem i
    JOIN impact_support s ON s.order_uid = i.order_uid AND s.entry_id = contest_case.entry_id
    WHERE i.case_id = contest_case.id AND i.part = 'order'
)"""


def of_round(round_: Round, person: Any) -> QuerySet[Case]:
    """A round's cases, what waits for somebody first; without those of a team that is or was her own."""
    own = TeamMember.objects.filter(person=person).values("team")
    return _full().filter(round=round_).exclude(entry__team__in=own).annotate(turn=_TURN)


def may_act_on(person: Any, case: Case) -> bool:
    """Whether it waits for somebody, and she may be that: of no team of the round, nor who decided what is appealed."""
    if case.state not in (State.OPENED, State.HELD, State.APPEALED) or case.decided_by_id == person.pk:
        return False
    place = Place(region=case.round.region_id, subject=case.round.edition.uid)
    return may(person, DECIDE, at=place) and is_apart(person, case.round)


def waiting(round_: Round) -> int:
    """How many wait for a decision or an answer."""
    return Case.objects.filter(round=round_, state__in=(State.OPENED, State.HELD, State.APPEALED)).count()


def case_to_decide(person: Any, uid: UUID, field: str = "case") -> Case:
    """One of a round where she decides."""
    if not may_anywhere(person, DECIDE):
        raise absent(person, DECIDE, field)
    return first_or_refuse(_full().filter(uid=uid, round__in=rounds(person, (DECIDE,)).values("pk")), field)


def case_of_own_team(person: Person, uid: UUID, field: str = "case") -> Case:
    """One of an entry whose team she speaks for."""
    return _own(_full().filter(uid=uid, entry__team__in=desks_of(person, APPEAL)), person, field)


def entries_of(team: Team) -> QuerySet[Entry]:
    """The team's parts in rounds, the newest first."""
    rows = Entry.objects.filter(team=team, approved_at__isnull=False)
    return rows.select_related("round__edition", "round__region", "team").order_by("-round__opens_at", "-pk")


def own_entry(person: Person, uid: UUID, field: str = "entry") -> Entry:
    """An entry whose team she speaks for."""
    rows = Entry.objects.filter(uid=uid, team__in=desks_of(person, APPEAL))
    return _own(rows.select_related("round__edition", "team"), person, field)


def own_related_party(person: Person, uid: UUID, field: str = "id") -> RelatedParty:
    """A declaration of an entry whose team she speaks for."""
    rows = RelatedParty.objects.filter(uid=uid, entry__team__in=desks_of(person, APPEAL), withdrawn_at=None)
    return _own(rows.select_related("entry__team"), person, field)


def cases_of(entry: Entry) -> QuerySet[Case]:
    """What rules have found in an entry, for its team."""
    return Case.objects.filter(entry=entry).select_related("round__edition", "entry__team").order_by("-pk")


def declared_by(entry: Entry) -> QuerySet[RelatedParty]:
    """Whom its team has declared as near and not taken back."""
    return RelatedParty.objects.filter(entry=entry, withdrawn_at=None).order_by("-pk")


def plain(value: Any) -> str:
    """A piece of evidence as it is shown."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def order_numbers_of(case: Case, most: int) -> list[str]:
    """The purchases that it is about, by the numbers by which orders are found in the office."""
    orders = case.items.exclude(order_uid=None).values("order_uid")
    return list(
        Order.objects.filter(uid__in=orders).order_by("traded_at").values_list("number", flat=True)[:most]
    )


def _full() -> QuerySet[Case]:
    """With `excluded_minor`: what is left of the purchases that each keeps out, in fen."""
    rows = Case.objects.select_related("entry__team", "round__edition", "round__region")
    return rows.annotate(excluded_minor=RawSQL(_EXCLUDED, [], BigIntegerField()))


def _own(rows: QuerySet, person: Person, field: str) -> Any:
    found = rows.first()
    if found is None:
        raise absent(person, APPEAL, field)
    return found
