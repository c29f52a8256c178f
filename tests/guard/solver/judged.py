"""A round that is over and not yet told: bought in, judged, looked into; and each deed that only its committee knows of."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from accounts.models import Person
from accounts.models.appointment import Role
from accounts.places import Place
from catalog import search
from contest.actions import conflict, engagement, freeze, plan
from contest.actions import sheet as sheets
from contest.models import Case, Conflict, RoundPlan, Sheet
from contest.reads import judging
from core import clock
from impact.actions import disclosure, standings
from impact.models import Entry
from tests.accounts.world import holds
from tests.catalog import world as shelves
from tests.contest import committee
from tests.factor import awake
from tests.guard.solver.supporters import buy
from tests.impact import world
from tests.shop.strangers import a_course
from tests.web.conftest import signed_in

Deed = tuple[str, Callable[[], Any]]


class Judged:
    """Two entries that have sold alike, some judges, and whoever else may look."""

    def __init__(self, judges: int) -> None:
        self.lots = [world.a_lot(units=500) for _ in range(2)]
        teams = [lot.variant.product.team for lot in self.lots]
        self.round = world.a_round(*teams, days=(-10, 1, 8))
        committee.to_be_judged(self.round, closes_in_days=11)
        RoundPlan.objects.filter(round=self.round).update(
            objections_close_at=clock.now() + timedelta(days=30)
        )
        a_course(self.round.edition)
        for lot in self.lots:
            buy(lot, 4, person=shelves.a_person())
        standings.fold()
        search.index([lot.variant.product_id for lot in self.lots])
        self.judges = [committee.a_judge(self.round) for _ in range(judges)]
        self.organiser = committee.an_organiser()
        self.viewers = {
            "entrant": self._holding(Role.TEAM_MANAGER, Place(subject=teams[0].uid)),
            "buyer": shelves.a_person(),
            "officer of another county": self._holding(
                Role.COUNTY_VERIFIER, Place(region=committee.far_away().pk)
            ),
        }
        # One for each: signing in anew would be seen among her sessions.
        self.browsers = {who: signed_in(person) for who, person in self.viewers.items()}
        for lot in self.lots:
            buy(lot, person=self.viewers["buyer"])

    @staticmethod
    def _holding(role: str, where: Place) -> Person:
        person = shelves.a_person()
        holds(person, role, where)
        return awake(Person.objects.get(pk=person.pk))

    @property
    def entries(self) -> list[Entry]:
        return list(judging.judged(self.round).select_related("round__edition", "team"))

    def closes(self) -> None:
        """The round is over; what came of it settles."""
        clock.stand_at(self.round.closes_at + timedelta(days=1))
        self._strike()

    def freezes(self) -> None:
        """The snapshot is taken; sheets still lie sealed."""
        clock.stand_at(self.round.freezes_at + timedelta(days=1))
        self._strike()
        assert freeze.freeze_due() == 1

    def _strike(self) -> None:
        standings.fold()
        disclosure.disclose()
        plan.move_due()

    def settling(self) -> Iterator[Deed]:
        """What is done between the close and the freeze."""
        first, second = self.entries
        judge = self.judges[0]
        yield "a draft", lambda: sheets.save(first.uid, committee.marks(71), "示例", judge)
        yield "a sheet", lambda: committee.give(judge, first, 71)
        yield "a tie", lambda: self._is_tied(judge, second)
        yield "a case", lambda: self._is_found(second)
        yield "a late like", lambda: engagement.give(shelves.a_person(), first, "like")

    def frozen(self) -> Iterator[Deed]:
        """What is done between the freeze and the result."""
        first, second = self.entries
        for judge in self.judges[1:]:
            yield "a sheet", lambda judge=judge: committee.give(judge, first, 90)
        yield "a sheet of the other", lambda: committee.give(self.judges[1], second, 12)
        yield "sheets are opened", self._open
        yield "a sheet is taken out", lambda: self._is_tied(self.judges[1], first)

    @staticmethod
    def _is_found(entry: Entry) -> Case:
        """A rule of integrity has found something in it; nobody has decided."""
        about = {"round": entry.round, "rule": "F3", "subject": "address:示例", "effect": "hold"}
        return Case.objects.create(entry=entry, state="held", opened_at=clock.now(), **about)

    def _is_tied(self, judge: Person, entry: Entry) -> Conflict:
        part = committee.part_of(judge, self.round)
        return conflict.name(part, entry, Conflict.Kind.KINSHIP, "示例", self.organiser)

    def _open(self) -> None:
        submitted = Sheet.objects.filter(state=Sheet.State.SUBMITTED).count()
        assert sheets.open_round(self.round) == submitted > 2
