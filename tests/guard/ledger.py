"""The ledger by hypothesis: whatever is bought, joined, left, given back, disputed, told twice or late, the
notebook of tests/guard/market.py and the bank agree with the shop, and every floor's invariants hold after each step."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from accounts.actions import erasure
from catalog.actions.lot import recall
from catalog.models import Variant
from catalog.refusals import InsufficientStock
from core import clock
from core.deliveries import drain
from core.models import Delivery
from core.refusals import Refusal
from impact.actions import disclosure
from orders.actions import cancel, checkout, group, notice, payment, proof, refund, shipment
from orders.actions.attempt import LEAST_MINOR
from orders.actions.checkout import Purchase, Want
from orders.links import proof_for
from orders.models import Dispute, GroupPurchase, Notice, Order, Payment, Refund, Seat, Shipment
from orders.provider.port import Noun, Was
from tests.accounts.world import PASSWORD, a_person
from tests.figures import progress
from tests.guard.bank import notice as body_of
from tests.guard.market import Market
from tests.orders.world import WUHAN

PICK = st.integers(0, 30)
UNITS = st.integers(0, 3)
ADDRESS = {"recipient": "示例买家", "phone": "13800138000", "street": "示例路 1 号"}


class Ledger(RuleBasedStateMachine):
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
                checkout.place_many([purchase])
            return
        order = checkout.place_many([purchase])[0]
        self.market.note(order)
        if is_paid:
            self._pay(order)

    @rule(pick=PICK, tell=st.booleans())
    def pay(self, pick, tell):
        order = self._one(pick, Order.objects.filter(state="placed"))
        if order is None:
            return
        page = payment.begin(order).session_id
        if self.bank.pay(page) and tell:
            self._tell("checkout.session.completed", Noun.SESSION, page)

    def _pay(self, order):
        page = payment.begin(order).session_id
        assert self.bank.pay(page)
        self._tell("checkout.session.completed", Noun.SESSION, page)

    @rule(pick=PICK)
    def pay_on_two_pages(self, pick):
        order = self._one(pick, Order.objects.filter(state="placed"))
        if order is None:
            return
        pages = [
            payment.begin(order, kind).session_id for kind in (Payment.Kind.CHECKOUT, Payment.Kind.INTENT)
        ]
        for page in pages:
            self.bank.pay(page)
        for page in pages:
            self._tell("checkout.session.completed", Noun.SESSION, page)

    @rule(pick=PICK)
    def open_a_page(self, pick):
        """Whether she pays there is seen later, perhaps too late."""
        if order := self._one(pick, Order.objects.filter(state="placed")):
            payment.begin(order)

    @rule(pick=PICK)
    def pay_late(self, pick):
        """Her reservation has run out and nobody has closed her page yet."""
        if order := self._one(pick, Order.objects.filter(state="placed")):
            page = payment.begin(order).session_id
            self.run_out(pick)
            if self.bank.pay(page):
                self._tell("checkout.session.completed", Noun.SESSION, page)

    @rule(n=st.integers(0, 2))
    def others_were_faster(self, n):
        """Her reservation runs out, the shelf is emptied, and only then comes her money."""
        variant = self.market.variant(n)
        if not self.market.can_place({variant.pk: 2}):
            return
        units = [int(at == n) for at in range(3)]
        self.buy(units, 0, is_paid=False)
        order = Order.objects.latest("pk")
        page = payment.begin(order).session_id
        self._run_out(order)
        self.buy([one * self.market.left[variant.pk] for one in units], 0, is_paid=True)
        if self.bank.pay(page):
            self._tell("checkout.session.completed", Noun.SESSION, page)

    @rule(is_acted_on=st.booleans())
    def recall_before_payment(self, is_acted_on):
        """Her lot is recalled between placing and paying: her money buys nothing, whoever is faster."""
        lot = self.market.a_lot_apart()
        want = Want(Variant.objects.select_related("product__team", "story").get(pk=lot.variant_id), 1)
        purchase = Purchase(
            email="guest@example.com", region_id=WUHAN, wants=[want], shipping={want.variant.product.team_id: 0}, **ADDRESS
        )  # fmt: skip
        order = checkout.place_many([purchase])[0]
        self.market.note(order)
        page = payment.begin(order).session_id
        recall(lot, self.market.operator, "示例：抽检不合格")
        self.market.recall(self.market.of(order))
        if is_acted_on:
            drain()
            assert Order.objects.get(pk=order.pk).state == "cancelled"
        if self.bank.pay(page):
            self._tell("checkout.session.completed", Noun.SESSION, page)
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
        ended = cancel.expire()
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

    # --- Money back -------------------------------------------------------------------------------

    @rule(pick=PICK, units=UNITS, amount=st.none() | st.integers(0, 4000), shipping=st.booleans())
    def give_back(self, pick, units, amount, shipping):
        order = self._one(pick, Order.objects.filter(state__in=refund.GIVING))
        if order is None:
            return
        line = self._one(pick // 2, order.lines.all())
        before = self._refunds()
        left = sum(n for n in order.lines.values_list("net_minor", flat=True)) + order.shipping_minor
        with suppress(Refusal):
            made = refund.request(order, {line.uid: refund.Part(units, amount)}, shipping=shipping)
            assert 0 < made.amount_minor <= left
            assert amount is None or made.amount_minor >= amount
        self._left(order, before)

    @rule(outcome=st.sampled_from([Was.SUCCEEDED, Was.PENDING, Was.FAILED]))
    def refunds_will_be(self, outcome):
        self.bank.next_refund = outcome

    @rule(pick=PICK, state=st.sampled_from([Was.SUCCEEDED, Was.FAILED]))
    def a_refund_ends(self, pick, state):
        """One on its way arrives or fails; one that had arrived may still fail, as Alipay's do."""
        given = [one for one in self.bank.refunds.values() if one.state in (Was.PENDING, Was.SUCCEEDED)]
        one = self._one(pick, given)
        if one is None or one.state is state:
            return
        if (
            one.state is Was.SUCCEEDED
            and not Refund.objects.filter(provider_id=one.id, state="succeeded").exists()
        ):
            return  # the shop has not heard yet that it had arrived
        one.state = state
        self._tell("refund.updated", Noun.REFUND, one.id)

    @rule(ends=st.sampled_from([Was.SUCCEEDED, Was.FAILED]))
    def somebody_goes_while_money_is_owed_to_her(self, ends):
        """She calls her order off, pays it all the same and asks to be erased: she goes once she has her money back."""
        variant = self.market.variant(0)
        if not self.market.can_place({variant.pk: 1}):
            return
        person = a_person()
        purchase = Purchase(
            email=person.email, person_id=person.pk, region_id=WUHAN, wants=[Want(variant, 1)],
            shipping={variant.product.team_id: 0}, **ADDRESS
        )  # fmt: skip
        order = checkout.place_many([purchase])[0]
        self.market.note(order)
        page = payment.begin(order).session_id
        self._call_off(order)
        assert self.bank.pay(page), "nobody has closed her page yet"
        self._tell("checkout.session.completed", Noun.SESSION, page)
        assert not erasure.erase(person, PASSWORD), "money is owed to her"
        before, self.bank.next_refund = self.bank.next_refund, Was.PENDING
        drain()
        self.bank.next_refund = before
        refund = Refund.objects.get(payment__order=order)
        (given,) = [one for one in self.bank.refunds.values() if one.id == refund.provider_id]
        given.state = ends
        self._tell("refund.updated", Noun.REFUND, refund.provider_id)
        erasure.erase_settled()
        person.refresh_from_db()
        assert (person.erased_at is not None) == (ends is Was.SUCCEEDED)

    @rule(pick=PICK)
    def try_a_refund_again(self, pick):
        if row := self._one(pick, Refund.objects.filter(state="failed").exclude(reason="dispute")):
            refund.again(row, self.market.operator)

    @rule(pick=PICK, share=st.integers(1, 4), state=st.sampled_from(["lost", "lost", "won", "open"]))
    def charge_back(self, pick, share, state):
        paid = [
            n
            for n, p in self.bank.pages.items()
            if p.state is Was.SUCCEEDED and f"dp_{n}" not in self.bank.disputes
        ]
        page = self._one(pick, paid)
        known = page and Payment.objects.filter(session_id=page, state="succeeded").first()
        if not page or not known:
            return
        if amount := self.bank.left_of(self.bank.pages[page].intent) // share:
            before = self._refunds()
            self._tell("charge.dispute.closed", Noun.DISPUTE, self.bank.dispute(page, amount, state))
            self._left(known.order, before)

    @rule(pick=PICK, state=st.sampled_from(["lost", "won"]))
    def a_bank_decides(self, pick, state):
        """About what it has asked back, now or on appeal."""
        waiting = [id for id, d in self.bank.disputes.items() if d.state == "open"]
        if id := self._one(pick, waiting):
            known = Payment.objects.filter(disputes__provider_id=id).first()
            if known is None:
                return
            before = self._refunds()
            self.bank.decide(id, state)
            self._tell("charge.dispute.closed", Noun.DISPUTE, id)
            self._left(known.order, before)

    @rule(pick=PICK, share=st.integers(1, 4))
    def a_refund_at_the_banks_own_desk(self, pick, share):
        """Of what an order has left: the shop hears of it, and its order gives as much less."""
        kept = [p for p in Payment.objects.filter(is_kept=True).order_by("pk") if not p.is_contested]
        paid = self._one(pick, kept)
        if paid is None or Refund.objects.filter(payment=paid).exclude(state="succeeded").exists():
            return
        left = min(self.bank.left_of(paid.intent_id), paid.order.total_minor - paid.order.refunded_minor)
        if amount := left // share:
            before = self._refunds()
            self._tell("refund.created", Noun.REFUND, self.bank.give_at_the_desk(paid.session_id, amount))
            self._left(paid.order, before)

    # --- Buying together --------------------------------------------------------------------------

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
        is_too_little = units * row.price_minor < LEAST_MINOR  # for the provider
        if is_too_little or not fits or not self.market.can_place({row.variant_id: units}):
            with pytest.raises(Refusal):
                group.join(row, AnonymousUser(), **asked)
            return
        order = group.join(row, AnonymousUser(), **asked).order
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
                notice.receive(body, "")

    @rule()
    def everything_is_told(self):
        """At rest the shop's books and the bank's are the same."""
        for name, page in list(self.bank.pages.items()):
            if page.state is Was.SUCCEEDED:
                self._tell("checkout.session.completed", Noun.SESSION, name)
        drain()
        for one in list(self.bank.refunds.values()):
            self._tell("refund.updated", Noun.REFUND, one.id)
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

    # --- Small words --------------------------------------------------------------------------------

    def _one(self, pick, rows):
        found = list(rows if isinstance(rows, list) else rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def _tell(self, kind, noun, id):
        self.told.append(body_of(f"evt_{len(self.told)}", kind, noun, id))
        kept = notice.receive(self.told[-1], "")
        assert Notice.objects.get(pk=kept.pk).handled_at, "a notice could not be acted on"

    def _refunds(self):
        return set(Refund.objects.values_list("pk", flat=True))

    def _left(self, order, before):
        self.market.restocked(order, before)

    def _left_all(self, row, before):
        for order in Order.objects.filter(group=row):
            self._left(order, before)
