"""The ledger by hypothesis: whatever is bought, joined, left, given back, disputed, told twice or late, the
notebook of tests/guard/market.py and the bank agree with the shop, and every floor's invariants hold after each step."""

from collections import Counter
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from catalog.actions.lot import recall
from catalog.models import Variant
from catalog.refusals import InsufficientStock
from core import clock
from core.deliveries import drain
from core.models import Delivery
from core.refusals import Conflict, Refusal
from impact.actions import disclosure
from orders.actions import cancel, notice, payment, placing, proof, shipment
from orders.actions.placing import Purchase, Want
from orders.links import proof_for
from orders.models import Dispute, Order, Payment, Refund, Shipment
from orders.provider.port import Noun, Was
from orders.reads import stopped
from tests.figures import progress
from tests.guard.ledger_groups import Groups
from tests.guard.ledger_money import MoneyBack
from tests.guard.ledger_words import ADDRESS, PICK, UNITS
from tests.guard.market import Market
from tests.orders.world import WUHAN
from together.actions import seat
from together.models import GroupPurchase, Seat


class Ledger(MoneyBack, Groups, RuleBasedStateMachine):
    """Steps that people, the bank, the clock and the outbox take, in any order."""

    taken = 0
    reached: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        clock.forget()
        self.market = Market()
        self.bank = self.market.bank
        self.told: list[bytes] = []

    # --- Buying -----------------------------------------------------------------------------------

    @rule(units=st.tuples(UNITS, UNITS, UNITS), shipping=st.sampled_from([0, 800]), is_paid=st.booleans())
    def buy(self, units, shipping, is_paid):
        wants = [Want(self.market.variant(n), of) for n, of in enumerate(units) if of]
        if not wants:
            return
        teams = {want.variant.product.team_id for want in wants}
        purchase = Purchase(
            email="guest@example.com", region_id=WUHAN, wants=wants, shipping=dict.fromkeys(teams, shipping), **ADDRESS
        )  # fmt: skip
        if not self.market.can_place({want.variant.pk: want.quantity for want in wants}):
            with pytest.raises(InsufficientStock):
                placing.place_many([purchase])
            return
        order = placing.place_many([purchase])[0]
        self.market.note(order)
        if is_paid:
            self._pay(order)

    @rule(pick=PICK, tell=st.booleans())
    def pay(self, pick, tell):
        order = self._one(pick, Order.objects.filter(state="placed"))
        if order is None:
            return
        page = payment.begin(order).page_ref
        if self.bank.pay(page) and tell:
            self._tell(Noun.PAGE, page)

    def _pay(self, order):
        page = payment.begin(order).page_ref
        assert self.bank.pay(page)
        self._tell(Noun.PAGE, page)

    @rule(pick=PICK)
    def pay_on_two_pages(self, pick):
        order = self._one(pick, Order.objects.filter(state="placed"))
        if order is None:
            return
        pages = [payment.begin(order, kind).page_ref for kind in (Payment.Kind.CHECKOUT, Payment.Kind.CLIENT)]
        for page in pages:
            self.bank.pay(page)
        for page in pages:
            self._tell(Noun.PAGE, page)

    @rule(pick=PICK)
    def open_a_page(self, pick):
        """Whether she pays there is seen later, perhaps too late."""
        if order := self._one(pick, Order.objects.filter(state="placed")):
            payment.begin(order)

    @rule(pick=PICK)
    def pay_late(self, pick):
        """Her reservation has run out and nobody has closed her page yet."""
        if order := self._one(pick, Order.objects.filter(state="placed")):
            page = payment.begin(order).page_ref
            self.run_out(pick)
            if self.bank.pay(page):
                self._tell(Noun.PAGE, page)

    @rule(n=st.integers(0, 2))
    def others_were_faster(self, n):
        """Her reservation runs out, the shelf is emptied, and only then comes her money."""
        variant = self.market.variant(n)
        if not self.market.can_place({variant.pk: 2}):
            return
        units = [int(at == n) for at in range(3)]
        self.buy(units, 0, is_paid=False)
        order = Order.objects.latest("pk")
        page = payment.begin(order).page_ref
        self._run_out(order)
        self.buy([one * self.market.left[variant.pk] for one in units], 0, is_paid=True)
        if self.bank.pay(page):
            self._tell(Noun.PAGE, page)

    @rule(is_acted_on=st.booleans())
    def recall_before_payment(self, is_acted_on):
        """Her lot is recalled between placing and paying: her money buys nothing, whoever is faster."""
        lot = self.market.a_lot_apart()
        want = Want(Variant.objects.select_related("product__team", "story").get(pk=lot.variant_id), 1)
        purchase = Purchase(
            email="guest@example.com", region_id=WUHAN, wants=[want], shipping={want.variant.product.team_id: 0}, **ADDRESS
        )  # fmt: skip
        order = placing.place_many([purchase])[0]
        self.market.note(order)
        page = payment.begin(order).page_ref
        recall(lot, self.market.operator, "示例：抽检不合格")
        self.market.recall(self.market.of(order))
        if is_acted_on:
            drain()
            assert Order.objects.get(pk=order.pk).state == "cancelled"
        if self.bank.pay(page):
            self._tell(Noun.PAGE, page)
            refunded = Refund.objects.get(payment__order=order)
            assert refunded.reason == "stopped", refunded.reason

    @rule(pick=PICK)
    def pay_somewhere(self, pick):
        waiting = [name for name, page in self.bank.pages.items() if page.state is Was.CREATED]
        if page := self._one(pick, waiting):
            self.bank.pay(page)

    @rule(pick=PICK)
    def ask_the_bank(self, pick):
        waiting = Payment.objects.filter(state__in=payment.UNSETTLED).select_related("order")
        if row := self._one(pick, waiting):
            payment.refresh(row)

    @rule(pick=PICK)
    def run_out(self, pick):
        if order := self._one(pick, Order.objects.filter(state="placed")):
            self._run_out(order)

    def _run_out(self, order):
        Order.objects.filter(pk=order.pk).update(reserved_until=timezone.now() - timedelta(seconds=1))
        noted = self.market.of(order)
        ended = cancel.expire() + seat.expire()
        # A seat's page is closed first: one that was paid there is in.
        assert ended == (noted.state == "placed")
        if ended:
            self.market.lapse(noted, "expired")

    @rule(pick=PICK)
    def call_off(self, pick):
        order = self._one(pick, Order.objects.order_by("pk"))
        if order and not pick % 3:
            self._call_off(order)

    def _call_off(self, order):
        noted, before = self.market.of(order), self._refunds()
        try:
            cancel.cancel(order)
        except Refusal:
            return
        if noted.state == "placed":
            self.market.lapse(noted, "cancelled")
        self._left(order, before)

    @rule(n=st.integers(0, 2))
    def change_her_mind(self, n):
        """She places an order and calls it off before she pays."""
        if self.market.can_place({self.market.variant(n).pk: 1}):
            self.buy([int(at == n) for at in range(3)], 0, is_paid=False)
            self._call_off(Order.objects.latest("pk"))

    # --- Parcels ----------------------------------------------------------------------------------

    @rule(pick=PICK)
    def ship(self, pick):
        if parcel := self._one(
            pick, Shipment.objects.filter(state="waiting", order__state__in=("paid", "shipped"))
        ):
            # While a bank decides, and where an operator or a recall holds it back, nothing is sent.
            waits = parcel.order.contested_at or stopped.are_held_back([parcel])
            with pytest.raises(Conflict) if waits else nullcontext():
                shipment.ship_many([shipment.Sent(parcel, timezone.now(), "示例速运", "SL0001")])

    @rule(pick=PICK, is_over=st.booleans())
    def deliver(self, pick, is_over):
        if parcel := self._one(pick, Shipment.objects.filter(state="shipped")):
            shipment.deliver_many([(parcel, timezone.now())])
        if is_over:
            self.complete()

    @rule()
    def complete(self):
        shipment.complete_due(timezone.now() + timedelta(days=30))

    # --- Households, the clock, the outbox ----------------------------------------------------------

    @rule(number=st.integers(1, 4))
    def enrol(self, number):
        self.market.enrol(number)

    @rule(pick=PICK)
    def withdraw(self, pick):
        self.market.withdraw(pick)

    @precondition(lambda self: not self.market.is_frozen)
    @rule(often=st.integers(0, 5))
    def the_clock_moves(self, often):
        if often:  # seldom: after the freeze nothing counts any more
            return
        clock.move(timedelta(days=12 if not self.market.is_over else 8))
        self.market.is_frozen, self.market.is_over = self.market.is_over, True
        disclosure.disclose()

    @rule()
    def beat_strikes(self):
        """What is told of counts is made where it is due, and nothing twice."""
        disclosure.disclose()
        assert disclosure.disclose() == 0

    @rule(pick=PICK)
    def prove(self, pick):
        """A guest opens the mail and says that the order is hers."""
        if order := self._one(pick, Order.objects.filter(person=None)):
            proof.prove(order, proof_for(order))

    @rule()
    def hand_over(self):
        drain()

    @rule(pick=PICK)
    def hand_over_again(self, pick):
        """A worker died before it could say that it was done."""
        if row := self._one(pick, Delivery.objects.exclude(done_at=None)):
            Delivery.objects.filter(pk=row.pk).update(done_at=None, tries=0, due_at=timezone.now())
            drain()

    @rule(pick=PICK, times=st.integers(1, 3))
    def tell_again(self, pick, times):
        if body := self._one(pick, self.told):
            for _ in range(times):
                notice.receive("bank", body, {})

    @rule()
    def everything_is_told(self):
        """At rest the shop's books and the bank's are the same."""
        for name, page in list(self.bank.pages.items()):
            if page.state is Was.SUCCEEDED:
                self._tell(Noun.PAGE, name)
        drain()
        for one in list(self.bank.refunds.values()):
            self._tell(Noun.REFUND, one.id)
        drain()
        self.market.quiet()

    @invariant()
    def everything_holds(self):
        Ledger.taken += 1
        progress(f"ledger: {Ledger.taken} steps")
        self.market.check()
        self.reached.update(self._reached())

    def _reached(self):
        """In which situations it is."""
        for model, by in (
            (Order, "state"),
            (Refund, "reason"),
            (Refund, "state"),
            (Dispute, "state"),
            (GroupPurchase, "state"),
            (Seat, "state"),
        ):
            for said in model.objects.values_list(by, flat=True).distinct():
                yield f"{model.__name__} {said}"
