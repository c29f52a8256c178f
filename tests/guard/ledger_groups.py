"""Buying together: steps of the ledger's machine in which groups open, fill, close and are called off."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from catalog.models import Lot
from catalog.refusals import InsufficientStock
from core.refusals import Refusal
from tests.guard.ledger_words import ADDRESS, PICK, Words
from tests.orders.world import WUHAN
from together.actions import group, seat
from together.models import GroupPurchase


class Groups(Words):
    """Seats that are paid into escrow, and what becomes of them."""

    @rule(n=st.integers(0, 2), minimum=st.integers(2, 3), more=st.integers(0, 2))
    def open_a_group(self, n, minimum, more):
        terms = {"title": "示例团购", "minimum_units": minimum, "maximum_units": minimum + more}
        closes_at = timezone.now() + timedelta(days=2)
        place = {"region_code": WUHAN, **ADDRESS}
        variant = self.market.variant(n)
        try:
            made = group.open_group(
                self.market.coordinator, self.market.union, variant, closes_at=closes_at, **terms, **place
            )
        except Refusal:
            assert not self.market.can_place({variant.pk: minimum})
            return
        self.market.open_group(made.pk, minimum, minimum + more)

    @rule(pick=PICK, units=st.integers(1, 2), is_paid=st.booleans())
    def join(self, pick, units, is_paid):
        if row := self._one(pick, GroupPurchase.objects.filter(state="open")):
            self._join(row, units, is_paid)

    @rule(n=st.integers(0, 2), units=st.integers(1, 2))
    def a_group_comes_about(self, n, units):
        """As many join and pay as it takes, and its day comes."""
        before = set(GroupPurchase.objects.values_list("pk", flat=True))
        self.open_a_group(n, 2, 1)
        for row in GroupPurchase.objects.exclude(pk__in=before):
            for _ in range(3 - units):
                self._join(row, units, is_paid=True)
            self._close(row)

    def _join(self, row, units, is_paid):
        noted = self.market.groups[row.pk]
        fits = noted.held + noted.reserved + units <= noted.most
        asked = {"name": "示例", "units": units, "email": "guest@example.com"}
        is_too_little = units * row.price_minor < self.bank.least_minor  # for the provider
        if is_too_little or not fits or not self.market.can_place({row.variant_id: units}):
            with pytest.raises(Refusal):
                seat.join(row, AnonymousUser(), **asked)
            return
        try:
            order = seat.join(row, AnonymousUser(), **asked).order
        except InsufficientStock:
            # Those whom nobody knows hold no more of a lot unpaid (decision 0020); the notebook counts whole shelves.
            assert Lot.objects.filter(variant=row.variant_id, units_reserved__gt=0).exists()
            return
        self.market.note(order, row.pk)
        if is_paid:
            self._pay(order)

    @rule(pick=PICK)
    def a_deadline_passes(self, pick):
        if row := self._one(pick, GroupPurchase.objects.filter(state="open")):
            self._close(row)

    def _close(self, row):
        GroupPurchase.objects.filter(pk=row.pk).update(closes_at=timezone.now())
        before = self._refunds()
        assert group.close_due() == 1
        self.market.close_group(row.pk, is_called_off=False)
        self._left_all(row, before)

    @rule(pick=PICK)
    def call_a_group_off(self, pick):
        row = self._one(pick, GroupPurchase.objects.filter(state="open"))
        if row is None or pick % 3:
            return
        before = self._refunds()
        group.cancel(row, self.market.coordinator)
        self.market.close_group(row.pk, is_called_off=True)
        self._left_all(row, before)
