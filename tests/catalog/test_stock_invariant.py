"""I1 by hypothesis: whatever is reserved, sold, released, retaken and returned, a plain model agrees."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from catalog import verify
from catalog.actions import stock
from catalog.models import Lot, Variant
from catalog.refusals import InsufficientStock
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_variant
from tests.figures import full

pytestmark = pytest.mark.django_db


class Shelves(RuleBasedStateMachine):
    """Two variants with two lots each, many holders, and the same in plain Python."""

    def __init__(self) -> None:
        super().__init__()
        self.until = timezone.now() + timedelta(minutes=15)
        product = a_product()
        self.variants = [a_variant(product).id for _ in range(2)]
        self.lots = {a_lot(Variant(id=v), units=7).id: v for v in self.variants for _ in range(2)}
        self.left = dict.fromkeys(self.variants, 14)
        self.held: dict[UUID, dict[int, int]] = {}
        self.sold: dict[UUID, dict[int, int]] = {}
        self.released: dict[UUID, dict[int, int]] = {}

    @rule(units=st.lists(st.integers(0, 6), min_size=2, max_size=2))
    def reserve(self, units):
        wants = {v: n for v, n in zip(self.variants, units, strict=True) if n}
        if not wants:
            return
        holder = uuid4()
        if any(self.left[v] < n for v, n in wants.items()):
            with pytest.raises(InsufficientStock):
                stock.reserve(holder, wants, self.until)
            return
        drawn = stock.reserve(holder, wants, self.until)
        assert {v: sum(n for _, n in pairs) for v, pairs in drawn.items()} == wants
        self._move(self.held, holder, wants, -1)

    @rule(data=st.data())
    def sell(self, data):
        holder = self._one(data, self.held)
        if holder:
            assert stock.sell([holder]) == {holder}
            self.sold[holder] = self.held.pop(holder)

    @rule(data=st.data())
    def release(self, data):
        holder = self._one(data, self.held)
        if holder:
            assert stock.release([holder]) == {holder}
            self._move(self.released, holder, self.held.pop(holder), 1)

    @rule(data=st.data())
    def retake(self, data):
        holder = self._one(data, self.released)
        if not holder:
            return
        wants = self.released[holder]
        if any(self.left[v] < n for v, n in wants.items()):
            with pytest.raises(InsufficientStock):
                stock.retake(holder, self.until)
            return
        stock.retake(holder, self.until)
        self._move(self.held, holder, self.released.pop(holder), -1)

    @rule(data=st.data())
    def restock(self, data):
        holder = self._one(data, self.sold)
        if not holder:
            return
        rows = Lot.objects.filter(reservations__holder=holder, reservations__state="sold")
        back = {lot.id: 1 for lot in rows}
        keep = self.sold[holder]
        per_variant = {v: sum(self.lots[lot] == v for lot in back) for v in keep}
        if any(keep[v] < n for v, n in per_variant.items()):
            return
        try:
            stock.restock(holder, back)
        except Exception:
            # One lot has nothing left to give back although the variant has: then nothing moves at all.
            return
        for v, n in per_variant.items():
            keep[v] -= n
            self.left[v] += n

    @invariant()
    def shelves_are_exact(self):
        available = dict.fromkeys(self.variants, 0)
        for lot in Lot.objects.filter(id__in=self.lots):
            available[lot.variant_id] += lot.units_available
        assert available == self.left
        assert {v.id: v.units_available for v in Variant.objects.filter(id__in=self.variants)} == self.left
        assert list(verify.verify()) == []

    def _one(self, data, holders):
        return list(holders)[data.draw(st.integers(0, len(holders) - 1))] if holders else None

    def _move(self, where, holder, wants, sign):
        where[holder] = dict(wants)
        for variant, units in wants.items():
            self.left[variant] += sign * units


def test_units_are_neither_made_nor_lost():
    examples, steps = full((200, 60), (15, 25))

    class Undone(Shelves):
        def __init__(self):
            self.point = transaction.savepoint()
            super().__init__()

        def teardown(self):
            transaction.savepoint_rollback(self.point)

    run_state_machine_as_test(
        Undone, settings=settings(max_examples=examples, stateful_step_count=steps, deadline=None)
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.booleans(), st.integers(0, 3), st.one_of(st.none(), st.integers(1, 4)), st.integers(0, 2)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_the_card_names_the_lot_that_the_next_unit_comes_from(shape):
    point = transaction.savepoint()
    variant, day = a_variant(), date(2030, 1, 1)
    for planned, days, best, level in shape:
        harvest = {"harvest_from": day, "harvest_to": day + timedelta(days=days), "level": level, "units": 3}
        if planned:
            a_planned_lot(variant, ship_by=day + timedelta(days=days), **harvest)
        else:
            a_lot(variant, best_before=best and day + timedelta(days=best), **harvest)
    named = Variant.objects.get(id=variant.id).lot_id
    drawn = stock.reserve(uuid4(), {variant.id: 1}, timezone.now() + timedelta(minutes=1))
    assert drawn == {variant.id: [(named, 1)]}
    transaction.savepoint_rollback(point)
