"""Exact stock, and so a lot's sales, cannot be derived by asking."""

import random

import pytest

from catalog.models import Lot
from tests.catalog import world as shelves
from tests.figures import a_seed, figure, full
from tests.guard.solver import stock

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

LOTS = full(120, 3)


def stocked(seed: int) -> list[Lot]:
    """Variants with six units or more: what is told of fewer is told to all."""
    chance = random.Random(seed)
    team = shelves.a_team()
    return [
        shelves.a_lot(shelves.a_variant(shelves.a_product(team)), units=units)
        for units in (6, 998, *(chance.randint(7, 997) for _ in range(LOTS - 2)))
    ]


def test_no_way_of_asking_tells_how_many_are_left(deeds_of_their_own):
    seed = a_seed()
    lots = stocked(seed)
    assert list(stock.derived(lots, stock.WAYS)) == []
    figure("leaks/stock", f"{len(stock.WAYS)} ways, {len(lots)} stocks, 0 derived", seed)


def test_each_way_finds_every_stock_where_its_leak_is_put_back(deeds_of_their_own, monkeypatch):
    stock.put_back(monkeypatch)
    lots = stocked(a_seed())[: full(12, 3)]
    found = list(stock.derived(lots, stock.WAYS))
    assert {name for name, _, _ in found} == set(stock.WAYS)
    assert [(lot.pk, units) for _, lot, units in found] == [
        (lot.pk, lot.units_available) for lot in lots
    ] * len(stock.WAYS)
    figure("leaks/stock-control", f"each of {len(stock.WAYS)} ways finds each of {len(lots)} stocks")
