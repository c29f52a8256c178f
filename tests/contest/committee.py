"""A committee in a few words: a round that is judged, judges who sit in it, and sheets."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.actions import appointment
from accounts.models import Appointment, Person, Region
from accounts.places import Place
from catalog.models import Team
from contest.actions import judge as judges
from contest.actions import sheet as sheets
from contest.models import Conflict, Judge, RoundPlan, Rulebook, Sheet
from contest.reads.judging import hidden_from
from contest.scoring.rulebook import default_parameters, sha256_of
from core import clock
from impact.models import Entry, Round
from tests.catalog import world as shelves
from tests.factor import awake
from tests.impact import world

KEYS = ("benefit", "feasible", "participation")


def a_judged_round(*teams: Team, closes_in_days: int = 5) -> Round:
    """An open round by a frozen rulebook of defaults, whose judging closes in so many days."""
    made = world.a_round(*teams)
    to_be_judged(made, closes_in_days)
    return made


def to_be_judged(round_: Round, closes_in_days: int = 30) -> None:
    """Sheets can be given in this round, by a frozen rulebook: its own, or one of defaults."""
    plan = RoundPlan.objects.get(round=round_)
    until = clock.now() + timedelta(days=closes_in_days)
    if plan.rulebook_id is not None:
        RoundPlan.objects.filter(round=round_).update(judging_closes_at=plan.judging_closes_at or until)
        return
    parameters = default_parameters()
    book = Rulebook.objects.create(
        edition=round_.edition,
        version=round_.edition.rulebooks.count() + 1,
        parameters=parameters,
        sha256=sha256_of(parameters),
        frozen_at=timezone.now(),
    )
    RoundPlan.objects.filter(round=round_).update(rulebook=book, judging_closes_at=until)


def a_tie(entry: Entry) -> Conflict:
    """Somebody judges the edition of an entry, which is judged from now on, and is tied to it."""
    to_be_judged(entry.round, 30)
    judge = Judge.objects.create(edition=entry.round.edition, person=shelves.a_person())
    return Conflict.objects.create(judge=judge, entry=entry, kind=Conflict.Kind.PURCHASE)


def far_away() -> Region:
    """A county in which no team of a test works."""
    province = shelves.a_region("430000", "湖南省", "Hunan", 1)
    division = shelves.a_region("430100", "长沙市", "Changsha", 2, province)
    return shelves.a_region("430181", "浏阳市", "Liuyang", 3, division)


def seated(round_: Round, **fields: Any) -> Person:
    """Somebody who was appointed to judge this edition and has declared nothing yet."""
    person = shelves.a_person(email_verified_at=timezone.now(), **fields)
    appointment.appoint(person, Appointment.Role.JUDGE, Place(subject=round_.edition.uid))
    return awake(Person.objects.get(pk=person.pk))


def a_judge(round_: Round, ties: str = "", **fields: Any) -> Person:
    """One who has declared her ties too: by default none."""
    person = seated(round_, **fields)
    judges.declare(round_.edition, person, far_away().code, ties, is_complete=True)
    return person


def part_of(person: Person, round_: Round) -> Judge:
    """Her part in the committee."""
    return Judge.objects.get(person=person, edition=round_.edition)


def is_hidden(person: Person, entry: Entry) -> bool:
    """Whether this entry does not exist for her."""
    return entry.pk in hidden_from(part_of(person, entry.round), [entry])


def marks(points: int | Sequence[int]) -> dict[str, int]:
    """The same for each criterion, or one for each."""
    each = [points] * len(KEYS) if isinstance(points, int) else points
    return dict(zip(KEYS, each, strict=True))


def give(person: Person, entry: Entry, points: int | Sequence[int], comment: str = "") -> Sheet:
    """She submits a sheet."""
    return sheets.submit(entry.uid, marks(points), comment, person)


def entry_of(team: Team) -> Entry:
    """Its part in the round."""
    return Entry.objects.select_related("round__edition", "team").get(team=team)


def buys(person: Person, team: Team) -> None:
    """She buys one thing of this team."""
    product = shelves.a_product(team)
    world.pay(world.an_order((world.a_lot(variant=shelves.a_variant(product)), 1), person=person))


def close_judging() -> None:
    """Judging is over, and beat strikes."""
    clock.move(timedelta(days=6))
    sheets.open_due()


def an_organiser() -> Person:
    """Whoever keeps contests, for the whole shop."""
    person = shelves.a_person(email_verified_at=timezone.now())
    appointment.appoint(person, Appointment.Role.ORGANISER)
    return awake(Person.objects.get(pk=person.pk))
