"""One mobiliser a purchase, by the first match; and together with what nobody called for they are the net."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Lot, TeamMember
from contest.reads.counted import Caps, Scope, counted
from contest.scoring.rulebook import default_parameters
from contest.scoring.score import score
from core import clock
from core.refusals import Conflict, TooLate
from impact.actions import calling, standings
from impact.models import Call, Docking
from impact.reads import docking
from impact.reads.figures import LATEST
from orders.models import Order
from tests.catalog import world as shelves
from tests.contest import buying
from tests.contest.buying import a_group, buy, inputs, ten_others
from tests.figures import figure, full
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
RULES = default_parameters()


@pytest.fixture
def lot(noon) -> Lot:
    return buying.a_lot()


def callers(lot: Lot) -> tuple[dict[str, int], int]:
    """Who called for how much of what its team sold, and what nobody did."""
    standings.fold()
    entry = lot.variant.product.team.entries.get()
    found = counted(Scope([entry.pk], LATEST, clock.now()), Caps.of(RULES))[entry.pk]
    return found.callers, found.net_minor - sum(found.callers.values())


def an_order(lot: Lot, units: int = 10, **fields: Any) -> Order:
    return world.an_order((lot, units), person=shelves.a_person(), **fields)


def test_a_contract_comes_before_all_others_and_a_voucher_before_a_code_for_its_amount(lot):
    team = lot.variant.product.team
    partner, issuer, other, union = (world.an_organisation() for _ in range(4))
    friend = shelves.a_person()
    contract, voucher, plain = (an_order(lot, mobiliser_person=friend) for _ in range(3))
    calling.by_contract(contract, team, partner)
    calling.by_voucher(contract, team, issuer, 10_000)
    calling.by_voucher(voucher, team, issuer, 30_000)
    calling.by_voucher(voucher, team, other, 30_000)
    calling.by_voucher(voucher, shelves.a_team(), union, 30_000)  # of another team's lines
    for order in (contract, voucher, plain):
        world.pay(order)
    assert callers(lot) == (
        {
            f"organisation:{partner.pk}": 36_900,
            f"organisation:{issuer.pk}": 30_000,
            f"organisation:{other.pk}": 6_900,
            f"person:{friend.pk}": 36_900,
        },
        0,
    )
    world.refund(voucher, (voucher.lines.get(), 20_000))
    found, direct = callers(lot)
    assert (found[f"organisation:{issuer.pk}"], direct) == (16_900, 0), "what is left of it"
    assert found.get(f"organisation:{other.pk}", 0) == 0


def test_what_a_voucher_leaves_follows_the_code_or_is_direct(lot):
    team, issuer, friend = lot.variant.product.team, world.an_organisation(), shelves.a_person()
    by_code, by_nobody = an_order(lot, mobiliser_person=friend), an_order(lot)
    for order in (by_code, by_nobody):
        calling.by_voucher(order, team, issuer, 30_000)
        world.pay(order)
    assert callers(lot) == ({f"organisation:{issuer.pk}": 60_000, f"person:{friend.pk}": 6_900}, 6_900)


def test_the_owner_of_a_group_comes_before_a_voucher(lot):
    issuer = world.an_organisation()
    group = world.a_group(lot)
    order = an_order(lot, 1, group=group, mobiliser_organisation=group.organisation)
    calling.by_voucher(order, lot.variant.product.team, issuer, 1_000)
    world.pay(order, held=True)
    world.confirm(order)
    assert callers(lot) == ({f"organisation:{group.organisation_id}": 3_690}, 0)


def test_a_link_followed_earlier_is_an_assist_that_adds_to_nothing(lot):
    first, last, union = shelves.a_person(), shelves.a_person(), world.an_organisation()
    order = an_order(lot, mobiliser_person=last)
    for caller in (first, union, first):
        calling.by_earlier_link(order, caller)
    world.pay(order)
    assert callers(lot) == ({f"person:{last.pk}": 36_900}, 0)
    assert set(Call.objects.values_list("way", "person", "organisation")) == {
        ("link", first.pk, None),
        ("link", None, union.pk),
    }, "twice told is once"


def test_who_is_told_of_after_the_payment_has_not_called_for_it(lot):
    order = buy(lot, 10, person=shelves.a_person())
    friend, union, team = shelves.a_person(), world.an_organisation(), lot.variant.product.team
    for tell in (
        lambda: calling.by_earlier_link(order, friend),
        lambda: calling.by_contract(order, team, union),
        lambda: calling.by_voucher(order, team, union, 100),
    ):
        with pytest.raises(TooLate), transaction.atomic():
            tell()
    Order.objects.filter(pk=order.pk).update(mobiliser_person=friend)
    world.refund(order, (order.lines.get(), 3690))
    assert callers(lot) == ({}, 33_210)
    assert not Call.objects.exists()


def test_the_buyers_own_code_and_the_teams_call_for_nothing(lot):
    buyer, manager = shelves.a_person(), shelves.a_person()
    TeamMember.objects.create(team=lot.variant.product.team, person=manager)
    buy(lot, person=buyer, mobiliser_person=buyer)
    buy(lot, person=buyer, mobiliser_person=manager)
    buy(lot, person=buyer, mobiliser_organisation=world.an_organisation(state="proposed"))
    assert callers(lot) == ({}, 11_070)


def test_a_docking_counts_once_it_is_delivered_while_the_round_runs(lot):
    team, union = lot.variant.product.team, world.an_organisation()
    match = uuid4()
    before = clock.now()
    assert inputs(lot).dockings == 0
    calling.docking_agreed(match, team, union)
    calling.docking_agreed(match, team, union)
    with pytest.raises(Conflict):
        calling.docking_agreed(match, team, world.an_organisation())
    assert (inputs(lot).dockings, Docking.objects.count()) == (0, 1)
    assert docking.docked_with([union.pk], before) == {team.pk}
    assert docking.docked_with([union.pk], clock.now()) == set()
    calling.docking_delivered(match)
    at = Docking.objects.get().delivered_at
    calling.docking_delivered(match)
    assert (inputs(lot).dockings, Docking.objects.get().delivered_at) == (1, at)
    assert inputs(lot, before).dockings == 0


WAYS = st.fixed_dictionaries(
    {
        "units": st.integers(1, 60),
        "days_ago": st.integers(0, 8),
        "buyer": st.integers(0, 4),
        "entry": st.integers(0, 1),
        "code": st.sampled_from(["", "friend", "union", "own", "team"]),
        "call": st.sampled_from(["", "", "docking", "voucher", "group"]),
        "body": st.booleans(),
    }
)


class Shop:
    """Two entries, five buyers and their callers; a purchase is drawn, and nothing is ever taken back."""

    def __init__(self) -> None:
        other = world.a_lot([100_000] * 12, units=10_000)
        self.lots = [buying.a_lot(other.variant.product.team), other]
        self.buyers = [*buying.people(4), None]
        self.friend, self.union, self.partner = (
            shelves.a_person(),
            world.an_organisation(),
            world.an_organisation(),
        )
        self.manager = shelves.a_person()
        for lot in self.lots:
            TeamMember.objects.create(team=lot.variant.product.team, person=self.manager)
            ten_others(lot)

    def buy(self, way: dict[str, Any]) -> int:
        """Which of the two it was bought from."""
        lot, buyer = self.lots[way["entry"]], self.buyers[way["buyer"]]
        if way["call"] == "group":
            a_group(lot, buyer, units=way["units"])
            return way["entry"]
        code = {
            "friend": {"mobiliser_person": self.friend},
            "union": {"mobiliser_organisation": self.union},
            "own": {"mobiliser_person": buyer},
            "team": {"mobiliser_person": self.manager},
        }.get(way["code"], {})
        body = {"organisation": self.union} if way["body"] and buyer else {}
        order = world.an_order(
            (lot, way["units"]),
            person=buyer,
            traded_at=clock.now() - timedelta(days=way["days_ago"]),
            **code,
            **body,
        )
        team = lot.variant.product.team
        if way["call"] == "docking":
            calling.by_contract(order, team, self.partner)
        elif way["call"] == "voucher":
            calling.by_voucher(order, team, self.partner, 20_000)
        world.pay(order)
        return way["entry"]

    def check(self, way: dict[str, Any]) -> None:
        before = [(inputs(lot), callers(lot)) for lot in self.lots]
        bought = self.buy(way)
        after = [(inputs(lot), callers(lot)) for lot in self.lots]
        assert after[1 - bought] == before[1 - bought], "another entry has moved"
        (was, _), (now, (called, direct)) = before[bought], after[bought]
        assert sum(called.values()) + direct == now.net_minor and direct >= 0
        assert now.net_minor == was.net_minor + way["units"] * 3690
        one, two = (score(RULES, [each])[each.entry_id].values for each in (was, now))
        for key in ("amount", "person_times", "mobilisation"):
            assert two[key] >= one[key], key


@pytest.fixture
def shop(noon) -> Shop:
    return Shop()


def checked(shop: Shop, examples: int) -> None:
    rules = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    rules(given(WAYS)(shop.check))()


@pytest.mark.proof
def test_a_clean_purchase_lowers_nothing_of_its_entry_and_moves_no_other(shop):
    examples = full(400, otherwise=5)
    checked(shop, examples)
    figure("contest/clean", f"{examples} purchases, none lowered anything or moved another entry")
