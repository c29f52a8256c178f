"""On the demo, with its 3,600 households, nothing is derived from what is public either."""

from dataclasses import dataclass
from typing import Any

import pytest

from catalog.actions import stock as shelf
from catalog.models import Lot, Product, Variant
from core import rates
from impact.models import Entry, Household
from orders.actions import placing
from tests.figures import figure, full
from tests.guard.solver import cursors, lots, stock
from tests.guard.solver.stranger import Stranger
from tests.guard.solver.world import a_purchase
from tests.impact import world

pytestmark = pytest.mark.proof

ROUNDS, STOCKS = full(10, 2), full(40, 4)


@dataclass
class Stall:
    """One product of a team in the contest."""

    variant: Variant

    @property
    def slug(self) -> str:
        return self.variant.product.slug

    @property
    def team(self) -> Any:
        return self.variant.product.team


class Season:
    """The demo goes on: each team sells of its product that has most lots."""

    def __init__(self) -> None:
        on_sale = Variant.objects.filter(
            is_offered=True, product__state=Product.State.PUBLISHED, units_available__gt=5
        ).select_related("product__team", "lot")
        entered = set(Entry.objects.values_list("team_id", flat=True))
        by_team: dict[int, Stall] = {}
        for variant in sorted(on_sale, key=lambda one: -one.lots.count()):
            if variant.product.team_id in entered:
                by_team.setdefault(variant.product.team_id, Stall(variant))
        self.stalls = [*by_team.values()]

    def trade(self) -> None:
        """Each sells what its next lot still has, up to nine: then another's turn comes."""
        wanted = []
        for stall in self.stalls:
            lot = Variant.objects.select_related("lot").get(pk=stall.variant.pk).lot
            if lot is not None:
                wanted.append(a_purchase(stall.variant, min(9, lot.units_available)))
        placed = placing.place_many(wanted)
        shelf.sell({order.uid for order in placed})
        for order in placed:
            world.pay(order)


@pytest.fixture(autouse=True)
def many_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for allow in ("allow", "allow_each", "allow_roughly"):
        monkeypatch.setattr(rates, allow, lambda *_, **__: True)


def test_no_households_income_is_derived_on_the_demo(demo):
    season = Season()
    assert len(season.stalls) > 60
    notes = lots.watch(season, ROUNDS)
    assert lots.incomes(notes) == {}
    figure(
        "leaks/demo", f"0 of {Household.objects.count():,} households derived in {ROUNDS} rounds of buying"
    )


def test_no_stock_is_derived_on_the_demo(demo):
    many = Lot.objects.filter(variant__units_available__gt=5, variant__lot__isnull=False, state="open")
    chosen = list(many.select_related("variant__product__team").order_by("variant_id", "id"))
    assert list(stock.derived(chosen[:: max(1, len(chosen) // STOCKS)], stock.WAYS)) == []


def test_no_cursor_carries_an_id_on_the_demo(demo):
    ids = {product.slug: [product.pk] for product in Product.objects.all()}
    lists = {name: asked for name, asked in cursors.LISTS.items() if not asked[1] and "search" in name}
    found = cursors.collected(Stranger(), lists)
    for name, rows in found.items():
        assert cursors.carried([cursor for _, cursor in rows], [ids[slug] for slug, _ in rows]) is None, name
