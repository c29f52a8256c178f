"""Units are reserved, sold, released and put back; each deed in a handful of statements."""

from datetime import timedelta
from importlib import import_module
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from catalog.actions import card, stock
from catalog.models import Lot, Product, Reservation, Variant
from catalog.refusals import InsufficientStock
from core import clock
from core.refusals import Conflict
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_variant

pytestmark = pytest.mark.django_db


def soon():
    return timezone.now() + timedelta(minutes=15)


def figures(lot: Lot) -> tuple[int, int, int, int]:
    """available, reserved, sold, restocked"""
    lot.refresh_from_db()
    return lot.units_available, lot.units_reserved, lot.units_sold, lot.units_restocked


def on_card(lot: Lot) -> int:
    return Product.objects.get(variants__lots=lot).units_available


def test_reserved_units_are_off_the_shelf_and_sold_units_stay_off():
    lot, holder = a_lot(units=10), uuid4()
    assert stock.reserve(holder, {lot.variant_id: 4}, soon()) == {lot.variant_id: [(lot.id, 4)]}
    assert figures(lot) == (6, 4, 0, 0)
    assert on_card(lot) == 6
    assert stock.sell([holder]) == {holder}
    assert figures(lot) == (6, 0, 4, 0)
    assert on_card(lot) == 6


def test_released_units_are_on_the_shelf_again():
    lot, holder = a_lot(units=10), uuid4()
    stock.reserve(holder, {lot.variant_id: 4}, soon())
    assert stock.release([holder]) == {holder}
    assert figures(lot) == (10, 0, 0, 0)
    assert on_card(lot) == 10


def test_selling_and_releasing_twice_changes_nothing_more():
    lot, holder = a_lot(units=10), uuid4()
    stock.reserve(holder, {lot.variant_id: 4}, soon())
    stock.sell([holder])
    assert stock.sell([holder]) == set()
    assert stock.release([holder]) == set()
    assert figures(lot) == (6, 0, 4, 0)


def test_returned_units_are_for_sale_again_and_no_more_than_were_sold():
    lot, holder = a_lot(units=10), uuid4()
    stock.reserve(holder, {lot.variant_id: 4}, soon())
    stock.sell([holder])
    stock.restock(holder, {lot.id: 3})
    assert figures(lot) == (9, 0, 4, 3)
    assert on_card(lot) == 9
    with pytest.raises(Conflict):
        stock.restock(holder, {lot.id: 2})
    assert Reservation.objects.get(holder=holder).units_returned == 3


def test_units_that_are_only_reserved_cannot_be_taken_back():
    lot, holder = a_lot(units=10), uuid4()
    stock.reserve(holder, {lot.variant_id: 4}, soon())
    with pytest.raises(Conflict):
        stock.restock(holder, {lot.id: 1})


def test_too_few_units_are_refused_with_what_is_left_and_nothing_is_kept():
    few, many = a_lot(units=2), a_lot(units=10)
    with pytest.raises(InsufficientStock) as refused:
        stock.reserve(uuid4(), {many.variant_id: 1, few.variant_id: 3}, soon())
    assert refused.value.facts == {"units_left": 2}
    assert refused.value.short == {few.variant_id: 2}
    assert str(refused.value) == "只剩 2 份了。"
    assert figures(few) == (2, 0, 0, 0) and figures(many) == (10, 0, 0, 0)
    assert not Reservation.objects.exists()


def test_how_many_are_left_is_told_only_when_they_are_few():
    lot = a_lot(units=60)
    with pytest.raises(InsufficientStock) as refused:
        stock.reserve(uuid4(), {lot.variant_id: 100}, soon())
    assert refused.value.facts == {"units_left": None}
    assert "60" not in str(refused.value)


def test_what_expires_first_goes_first_and_open_lots_before_planned_ones():
    variant, today = a_variant(), clock.today()
    planned = a_planned_lot(variant, units=5)
    later = a_lot(variant, units=5, best_before=today + timedelta(days=9))
    sooner = a_lot(variant, units=5, best_before=today + timedelta(days=5))
    drawn = stock.reserve(uuid4(), {variant.id: 12}, soon())
    assert drawn == {variant.id: [(sooner.id, 5), (later.id, 5), (planned.id, 2)]}


@pytest.mark.parametrize("levels", list(permutations((0, 1, 2))))
def test_of_two_alike_the_one_declared_first_goes_first_whoever_grew_it(levels):
    variant = a_variant()
    first, second, third = (a_lot(variant, units=5, level=level) for level in levels)
    assert Variant.objects.get(pk=variant.pk).lot_id == first.id
    drawn = stock.reserve(uuid4(), {variant.id: 11}, soon())
    assert drawn == {variant.id: [(first.id, 5), (second.id, 5), (third.id, 1)]}
    assert Variant.objects.get(pk=variant.pk).lot_id == third.id


def test_cards_of_before_are_put_in_turn_by_the_migration():
    variant = a_variant()
    first, second = a_lot(variant, units=5, level=0), a_lot(variant, units=5, level=2)
    Variant.objects.filter(pk=variant.pk).update(lot=second)  # as the order by level had it
    assert list(card.stale())
    with connection.cursor() as cursor:
        cursor.execute(import_module("catalog.migrations.0006_lots_in_turn").NAMED)
    assert Variant.objects.get(pk=variant.pk).lot_id == first.id and not list(card.stale())


def test_closed_and_recalled_lots_are_not_sold():
    variant = a_variant()
    a_lot(variant, units=5, state=Lot.State.CLOSED)
    a_lot(variant, units=5, state=Lot.State.RECALLED)
    with pytest.raises(InsufficientStock):
        stock.reserve(uuid4(), {variant.id: 1}, soon())


def test_units_that_were_held_when_their_lot_was_recalled_are_not_sold():
    variant = a_variant()
    recalled, good = a_lot(variant, units=2), a_lot(variant, units=2)
    both, other = uuid4(), uuid4()
    stock.reserve(both, {variant.id: 3}, soon())
    stock.reserve(other, {variant.id: 1}, soon(), {variant.id: [good.id]})
    Lot.objects.filter(pk=recalled.pk).update(state=Lot.State.RECALLED)
    assert stock.sell([both, other]) == {other}
    assert stock.release([both]) == {both}
    assert Lot.objects.get(pk=good.pk).units_sold == 1


def test_a_variant_can_be_narrowed_to_some_lots():
    variant = a_variant()
    _, mine = a_lot(variant, units=5), a_lot(variant, units=5)
    drawn = stock.reserve(uuid4(), {variant.id: 2}, soon(), lots={variant.id: [mine.id]})
    assert drawn == {variant.id: [(mine.id, 2)]}
    with pytest.raises(InsufficientStock):
        stock.reserve(uuid4(), {variant.id: 4}, soon(), lots={variant.id: [mine.id]})


def test_many_holders_that_draw_on_one_lot_are_summed_first():
    lot = a_lot(units=5)
    asks = [stock.Wanted(uuid4(), {lot.variant_id: 3}, soon()) for _ in range(2)]
    with pytest.raises(InsufficientStock) as refused:
        stock.reserve_many(asks)
    assert refused.value.facts == {"units_left": 2}
    assert figures(lot) == (5, 0, 0, 0)


def test_late_money_takes_the_same_lot_again_if_it_can_give():
    variant = a_variant()
    first, second = a_lot(variant, units=5), a_lot(variant, units=5)
    holder, other = uuid4(), uuid4()
    assert stock.reserve(holder, {variant.id: 4}, soon()) == {variant.id: [(first.id, 4)]}
    stock.release([holder])
    stock.reserve(other, {variant.id: 3}, soon(), lots={variant.id: [first.id]})
    assert stock.retake(holder, soon()) == {variant.id: [(first.id, 2), (second.id, 2)]}
    stock.release([holder])
    assert stock.retake(holder, soon()) == {variant.id: [(first.id, 2), (second.id, 2)]}
    assert stock.sell([holder]) == {holder}
    assert figures(first) == (0, 3, 2, 0) and figures(second) == (3, 0, 2, 0)


def test_late_money_is_refused_when_the_units_are_gone():
    lot, holder = a_lot(units=5), uuid4()
    stock.reserve(holder, {lot.variant_id: 4}, soon())
    stock.release([holder])
    stock.reserve(uuid4(), {lot.variant_id: 2}, soon())
    with pytest.raises(InsufficientStock):
        stock.retake(holder, soon())
    assert figures(lot) == (3, 2, 0, 0)
    assert Reservation.objects.get(holder=holder).state == Reservation.State.RELEASED


def test_nothing_is_retaken_for_one_who_still_holds():
    lot, holder = a_lot(units=5), uuid4()
    stock.reserve(holder, {lot.variant_id: 4}, soon())
    with pytest.raises(Conflict):
        stock.retake(holder, soon())


def test_what_is_released_leaves_alone_what_others_hold():
    lot, late, punctual = a_lot(units=5), uuid4(), uuid4()
    stock.reserve(late, {lot.variant_id: 2}, timezone.now() - timedelta(seconds=1))
    stock.reserve(punctual, {lot.variant_id: 1}, soon())
    assert stock.release([late]) == {late} and stock.release([late]) == set()
    assert figures(lot) == (4, 1, 0, 0)


@pytest.mark.parametrize("size", [1, 12])
def test_the_number_of_statements_does_not_grow(django_assert_num_queries, size):
    lots = [a_lot(a_variant(a_product()), units=10) for _ in range(size)]
    holders = [uuid4() for _ in range(5)]
    asks = [stock.Wanted(holder, {lot.variant_id: 1 for lot in lots}, soon()) for holder in holders]
    with django_assert_num_queries(3):
        stock.reserve_many(asks)
    with django_assert_num_queries(1):
        stock.sell(holders[:3])
    with django_assert_num_queries(3):
        stock.release(holders[3:5])
    with django_assert_num_queries(5 + 2):  # and a savepoint
        stock.restock_many([(holders[0], {lot.id: 1 for lot in lots})])
