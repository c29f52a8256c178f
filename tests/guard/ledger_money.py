"""Money back: steps of the ledger's machine in which it is asked for, given, lost to banks and won from them."""

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.actions import erasure
from core.deliveries import drain
from core.refusals import Refusal
from orders.actions import payment, placing, refund
from orders.actions.placing import Purchase, Want
from orders.models import Order, Payment, Refund
from orders.provider.port import Noun, Was
from tests.accounts.world import PASSWORD, a_person
from tests.guard.ledger_words import ADDRESS, PICK, UNITS, Words
from tests.orders.world import WUHAN


class MoneyBack(Words):
    """Whatever may become of money that had come."""

    @rule(pick=PICK, units=UNITS, amount=st.none() | st.integers(0, 4000), shipping=st.booleans())
    def refund(self, pick, units, amount, shipping):
        order = self._one(pick, Order.objects.filter(state__in=refund.REFUNDABLE))
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
        self._tell(Noun.REFUND, one.id)

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
        order = placing.place_many([purchase])[0]
        self.market.note(order)
        page = payment.begin(order).page_ref
        self._call_off(order)
        assert self.bank.pay(page), "nobody has closed her page yet"
        self._tell(Noun.PAGE, page)
        assert not erasure.erase(person, PASSWORD), "money is owed to her"
        before, self.bank.next_refund = self.bank.next_refund, Was.PENDING
        drain()
        self.bank.next_refund = before
        refund = Refund.objects.get(payment__order=order)
        (given,) = [one for one in self.bank.refunds.values() if one.id == refund.provider_id]
        given.state = ends
        self._tell(Noun.REFUND, refund.provider_id)
        erasure.erase_settled()
        person.refresh_from_db()
        assert (person.erased_at is not None) == (ends is Was.SUCCEEDED)

    @rule(pick=PICK)
    def try_a_refund_again(self, pick):
        if row := self._one(pick, Refund.objects.filter(state="failed").exclude(reason="dispute")):
            refund.retry(row, self.market.operator)

    @rule(pick=PICK, share=st.integers(1, 4), state=st.sampled_from(["lost", "lost", "won", "open"]))
    def charge_back(self, pick, share, state):
        paid = [
            n
            for n, p in self.bank.pages.items()
            if p.state is Was.SUCCEEDED and f"dp_{n}" not in self.bank.disputes
        ]
        page = self._one(pick, paid)
        known = page and Payment.objects.filter(page_ref=page, state="succeeded").first()
        if not page or not known:
            return
        if amount := self.bank.left_of(self.bank.pages[page].payment_ref) // share:
            before = self._refunds()
            self._tell(Noun.DISPUTE, self.bank.dispute(page, amount, state))
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
            self._tell(Noun.DISPUTE, id)
            self._left(known.order, before)

    @rule(pick=PICK, is_lost_again=st.booleans())
    def a_bank_decides_anew(self, pick, is_lost_again):
        """What was lost is won on appeal; now and then it is lost once more."""
        lost = [id for id, d in self.bank.disputes.items() if d.state == "lost"]
        if id := self._one(pick, lost):
            self._decided_anew(id, "won")
            seen = self.bank.disputes[id]
            if is_lost_again and self.bank.left_of(seen.payment_ref) >= seen.amount_minor:
                self._decided_anew(id, "lost")

    has_won_back = False

    @rule()
    @precondition(lambda self: not self.has_won_back)
    def all_of_what_is_not_sent_is_lost_and_won(self):
        """Its goods are on the shelf by then, so that the money waits for a person; once a story, which has others."""
        if not self.market.can_place({self.market.variant(0).pk: 1}):
            return
        self.buy([1, 0, 0], 0, is_paid=True)
        order = Order.objects.latest("pk")
        kept = order.payments.filter(is_kept=True).first()
        if kept is None:
            return
        before, amount = self._refunds(), self.bank.left_of(kept.payment_ref)
        id = self.bank.dispute(kept.page_ref, amount, "lost")
        self._tell(Noun.DISPUTE, id)
        self._left(order, before)
        self._decided_anew(id, "won")
        assert (
            order.payments.get(is_kept=True).refunds.filter(reason="regained", amount_minor=amount).exists()
        )

    def _decided_anew(self, id, state):
        before = self._refunds()
        order = Payment.objects.get(disputes__provider_id=id).order
        self.bank.decide(id, state)
        self._tell(Noun.DISPUTE, id)
        self._left(order, before)

    @rule(pick=PICK, share=st.integers(1, 4))
    def a_refund_at_the_banks_own_desk(self, pick, share):
        """Of what an order has left: the shop hears of it, and its order gives as much less."""
        kept = [p for p in Payment.objects.filter(is_kept=True).order_by("pk") if not p.is_contested]
        paid = self._one(pick, kept)
        if paid is None or Refund.objects.filter(payment=paid).exclude(state__in=Refund.SETTLED).exists():
            return
        left = min(self.bank.left_of(paid.payment_ref), paid.order.total_minor - paid.order.refunded_minor)
        if amount := left // share:
            before = self._refunds()
            self._tell(Noun.REFUND, self.bank.give_at_the_desk(paid.page_ref, amount))
            self._left(paid.order, before)
