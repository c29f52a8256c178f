"""Neither an organisation's support, nor a person's, nor whose address or spending it is, is derived by probing."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import Organisation
from catalog.models import Lot
from core import clock
from impact.actions import disclosure
from impact.models import Round
from tests.catalog import world as shelves
from tests.figures import figure, full
from tests.guard.solver import supporters
from tests.guard.solver.supporters import buy, probe, probe_overnight
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

ENTRIES, NAMES = full((12, 8), (2, 2))
Probing = Callable[..., supporters.Probe]


class Hard:
    """Entries that one organisation supports, with teams of one; half of the names have done something today."""

    def __init__(self) -> None:
        clock.stand_at(datetime(2026, 7, 1, 12, tzinfo=clock.SHANGHAI))
        self.lots: list[Lot] = [world.a_lot(units=100_000) for _ in range(ENTRIES)]
        self.teams = [lot.variant.product.team for lot in self.lots]
        world.a_round(*self.teams)
        self.own = [supporters.a_member(team) for team in self.teams]
        self.spent: dict[int, int] = {}
        self.supported: list[list[Organisation]] = []
        self.others = [world.an_organisation() for _ in range(NAMES)]
        self.bought: list[list[str]] = []
        self.quiet = [f"quiet{n}@example.com" for n in range(NAMES)]
        for n, lot in enumerate(self.lots):
            self._trade(n, lot)
        world.tomorrow()
        for n, lot in enumerate(self.lots):
            addresses = [f"buyer{n}-{k}@example.com" for k in range(NAMES)]
            for address in addresses:
                buy(lot, email=address)
            self.bought.append(addresses)

    def _trade(self, n: int, lot: Lot) -> None:
        # Every other entry has ten known people behind it, and so a figure; the others have one or two.
        for _ in range(12 if n % 2 else 1):
            buy(lot, person=shelves.a_person())
        unions = [world.an_organisation() for _ in range(NAMES if n % 2 else 1)]
        for union in unions:
            buy(lot, 14, person=shelves.a_person(), organisation=union)
        self.supported.append(unions)
        spent = buy(lot, 3 + n, person=self.own[n])
        self.spent[n] = spent.goods_minor

    def organisations(self, ask: Probing) -> int:
        """How many that supported an entry are found out by a probe."""
        return sum(
            {*supporters.by_organisation(lot, [*unions, *self.others], ask)} == {*unions}
            for lot, unions in zip(self.lots, self.supported, strict=True)
        )

    def addresses(self, ask: Probing) -> int:
        """How many addresses are found to have bought today, or to be of the team."""
        found = 0
        for n, lot in enumerate(self.lots):
            true = {*self.bought[n], self.own[n].email}
            found += len({*supporters.by_address(lot, [*true, *self.quiet], ask)} & true)
        return found

    def codes(self, ask: Probing) -> int:
        """How many of the teams' own people are known by the codes that they pass on."""
        friends = [shelves.a_person() for _ in range(NAMES)]
        return sum(
            supporters.by_code(lot, [own, *friends], ask) == [own]
            for lot, own in zip(self.lots, self.own, strict=True)
        )

    def spendings(self) -> int:
        """Of how many teams of one the spending is read."""
        return sum(supporters.spending(team) == self.spent[n] for n, team in enumerate(self.teams))


def freeze() -> None:
    """The round is over, its refunds are in."""
    clock.stand_at(Round.objects.get().freezes_at)
    disclosure.disclose()


@pytest.fixture
def hard(settings: Any, deeds_of_their_own: None) -> Hard:
    return Hard()


@pytest.mark.parametrize("ask", [probe, probe_overnight])
def test_no_probing_order_tells_who_supported_bought_or_belongs(hard, ask):
    assert hard.organisations(ask) == 0
    assert hard.addresses(ask) == 0
    assert hard.codes(ask) == 0
    assert hard.spendings() == 0
    figure(
        "leaks/supporters",
        f"{ENTRIES} entries, {2 * NAMES} organisations and {2 * NAMES + 1} addresses each: 0 derived",
    )


def test_where_counts_are_live_and_addresses_believed_each_is_found(hard, monkeypatch):
    supporters.put_back(monkeypatch)
    assert hard.organisations(probe) == ENTRIES
    assert hard.codes(probe) == hard.spendings() == ENTRIES
    assert hard.addresses(probe) >= ENTRIES, "at least each team's own"
    figure(
        "leaks/supporters-control",
        "counts live, addresses believed: every organisation and team of one found",
    )


def two_entries(is_same: bool) -> tuple[Lot, Lot, Organisation]:
    """Two entries of one division, of which one organisation stands behind one: this one, or another."""
    clock.stand_at(datetime(2026, 7, 1, 12, tzinfo=clock.SHANGHAI))
    quiet, lot = world.a_lot(units=1000), world.a_lot(units=1000)
    world.a_round(quiet.variant.product.team, lot.variant.product.team)
    union = world.an_organisation()
    buy(lot, 14, organisation=union if is_same else world.an_organisation(), person=shelves.a_person())
    return quiet, lot, union


@pytest.mark.parametrize("is_same", [True, False])
def test_at_the_freeze_a_division_does_not_tell_whether_two_entries_have_one_supporter(is_same):
    quiet, lot, union = two_entries(is_same)
    assert supporters.shared_supporter(quiet, lot.variant.product.team, union, freeze) is None
