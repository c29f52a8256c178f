"""What the contest counts of an order is what was kept of it, by whichever way and in whichever order money left."""

import itertools
import random
from contextlib import suppress

import pytest

from core.refusals import Refusal
from impact.actions import standings
from impact.models import LedgerTransaction, Support
from impact.verify import verify
from orders.actions import dispute, refund
from orders.models import Dispute, Order, Refund, RefundLine
from orders.provider.port import DisputeSeen, RefundSeen, Was
from tests.catalog import world as shelves
from tests.figures import full
from tests.impact import world
from together.actions import group

pytestmark = pytest.mark.django_db
_count = itertools.count(1)
NET = 3 * 3690


def lose(order: Order, minor: int) -> None:
    intent = order.payments.get(is_kept=True).payment_ref
    dispute.settle("stripe", DisputeSeen(f"dp_kept_{next(_count)}", "lost", minor, "fraudulent", intent))


def supported(order: Order) -> int:
    return sum(Support.objects.filter(order_uid=order.uid).values_list("amount_minor", flat=True))


def a_seat() -> Order:
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    return world.a_held_seat(lot, units=3)


def test_what_a_bank_took_of_a_seat_before_its_group_was_confirmed_does_not_count():
    order = a_seat()
    lose(order, 3000)
    lose(order, 2000)
    assert supported(order) == 0
    group.close(order.seat.group)
    order.refresh_from_db()
    standings.fold()
    assert (order.state, supported(order)) == ("paid", NET - 5000)
    # A guest whose mailbox is not proved is an amount alone.
    assert world.figures(order.lines.get().team)[:2] == (NET - 5000, 0)
    assert list(verify()) == []


def test_a_support_above_what_was_kept_is_named():
    order = a_seat()
    group.close(order.seat.group)
    standings.fold()
    assert list(verify()) == []
    order.lines.update(refunded_minor=2000)
    named = [found for found in verify() if found.noun == "Support" and "kept" in found.words]
    assert [(found.id, found.rule) for found in named] == [(Support.objects.get().pk, "I6")]
    assert f"counts {NET}, kept {NET - 2000}" in named[0].words


@pytest.mark.parametrize("confirmed", ["no seat", "before", "lost", "won"])
def test_a_dispute_that_is_won_on_appeal_and_lost_once_more_is_taken_from_what_counts_once(confirmed):
    walk = Walk(0, is_seat=confirmed != "no seat")
    if confirmed == "before":
        walk.confirm()
    intent = walk.order.payments.get(is_kept=True).payment_ref
    for state in ("lost", "won", "lost"):
        dispute.settle("stripe", DisputeSeen("dp_kept_again", state, 3000, "fraudulent", intent))
        if confirmed == state:
            walk.confirm()
        standings.fold()
        left = NET if state == "won" else NET - 3000
        assert supported(walk.order) == (left if walk.is_confirmed() else 0), state
        assert list(verify()) == [], state


class Walk:
    """One order through whatever can happen to its money; `kept` is told by the refunds' own rows."""

    def __init__(self, seed: int, is_seat: bool | None = None):
        self.dice = random.Random(seed)
        is_ours = self.dice.random() < 0.7
        self.is_seat = is_ours if is_seat is None else is_seat
        if self.is_seat:
            self.order = a_seat()
        else:
            lot = world.a_lot()
            world.a_round(lot.variant.product.team)
            self.order = world.an_order((lot, 3), person=shelves.a_person())
            world.pay(self.order)

    def confirm(self) -> None:
        if self.is_seat:
            group.close(self.order.seat.group)

    def ask_back(self) -> None:
        line = self.order.lines.get()
        part = refund.Part(amount_minor=self.dice.randint(1, 4000))
        if self.dice.random() < 0.4:
            part = refund.Part(units=1)
        refund.request(self.order, {line.uid: part})

    def lose(self) -> None:
        lose(self.order, self.dice.randint(1, 5000))

    def appeal(self) -> None:
        """A bank decides the other way about what it has decided before."""
        if made := Dispute.objects.filter(payment__order=self.order).order_by("?").first():
            state = "won" if made.lost_minor else "lost"
            intent = made.payment.payment_ref
            dispute.settle(
                "stripe", DisputeSeen(made.provider_id, state, made.amount_minor, "fraudulent", intent)
            )

    def settle(self) -> None:
        """The provider says how a refund went, or says otherwise later."""
        rows = (
            Refund.objects.filter(payment__order=self.order).exclude(reason="dispute").exclude(state="failed")
        )
        if made := rows.order_by("?").first():
            state = Was.FAILED if self.dice.random() < 0.6 else Was.SUCCEEDED
            refund.settle(made, RefundSeen(state, f"re_kept_{next(_count)}"), made.attempt)

    def step(self) -> None:
        deeds = [self.confirm, *(self.ask_back, self.lose, self.settle, self.appeal) * 2]
        with suppress(Refusal):
            self.dice.choice(deeds)()

    def is_confirmed(self) -> bool:
        """Whether the order counts at all: a seat does once its group is confirmed with it."""
        return LedgerTransaction.objects.filter(
            order_uid=self.order.uid, reason__in=("paid", "confirmed")
        ).exists()

    def kept(self) -> int:
        rows = RefundLine.objects.filter(line__order=self.order).exclude(refund__state="undone")
        return NET - sum(rows.values_list("amount_minor", flat=True))


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(full(40, 6)))
def test_whatever_happens_to_its_money_a_support_is_what_was_kept(seed):
    walk = Walk(seed)
    for _ in range(10):
        walk.step()
        standings.fold()
        assert supported(walk.order) == (walk.kept() if walk.is_confirmed() else 0)
        assert list(verify()) == []
