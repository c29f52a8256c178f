"""A refund that is asked for and the same money that is lost in a dispute: the buyer has it once, in every book."""

import itertools
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from core.refusals import Conflict, NotAllowed
from impact.actions import standings
from orders.actions import dispute, elsewhere, refund, shipment
from orders.models import Order, Payment, Refund
from orders.provider.port import DisputeSeen, RefundSeen, Was
from tests.catalog import world as shelves
from tests.impact import world
from tests.impact.test_whole_way import arrive, place
from tests.orders.paid import Paid
from tests.orders.world import settle_all, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
TOTAL, GOODS = 8180, 7380
SET_ASIDE = {"earmarked": 3985, "part_earmarked": 3395, "shipping_earmarked": 800}
_count = itertools.count(1)


@pytest.fixture
def order() -> Order:
    """Two units and their sending, paid and sent; the team is in a contest."""
    lot = world.a_lot(units=50)
    world.a_round(lot.variant.product.team)
    made = place(lot)
    arrive(made)
    shipment.ship_many([shipment.Sent(made.shipments.get(), timezone.now(), "示例速运", "SL1")])
    return made


def ask_back(order: Order, units: int = 2, *, shipping: bool = False) -> Refund:
    return refund.request(order, {order.lines.get().uid: refund.Part(units=units)}, shipping=shipping)


def give(made: Refund, state: Was = Was.SUCCEEDED, id: str = "") -> None:
    refund.settle(made, RefundSeen(state, id, failure="disputed"), made.attempt)
    made.refresh_from_db()


def lose(payment: Payment, minor: int) -> None:
    dispute.settle(
        "stripe", DisputeSeen(f"dp_{next(_count)}", "lost", minor, "fraudulent", payment.payment_ref)
    )


def kept(order: Order) -> Payment:
    return order.payments.get(is_kept=True)


def told(order: Order) -> tuple[str, int]:
    order.refresh_from_db()
    return order.state, order.refunded_minor


def refunds(order: Order) -> list[tuple[str, str, int, int]]:
    """Reason, state, amount and what of it a bank gave of each of the order's refunds."""
    rows = Refund.objects.filter(payment__order=order).order_by("pk")
    return list(rows.values_list("reason", "state", "amount_minor", "disputed_minor"))


def offences() -> list[Any]:
    """What any verifier of the house has to say, once standings are folded."""
    standings.fold()
    return [offence for name in settings.VERIFIERS for offence in import_string(name)()]


def test_a_failed_refund_of_money_that_is_lost_in_a_dispute_has_arrived_and_ends_the_order(order):
    made = ask_back(order, shipping=True)
    give(made, Was.FAILED)
    assert world.balances(order) == {"gateway": -TOTAL, "buyer": TOTAL}
    lose(kept(order), TOTAL)
    assert world.balances(order) == {}
    assert told(order) == ("refunded", TOTAL)
    assert refunds(order) == [("team", "succeeded", TOTAL, TOTAL)]
    assert world.figures(order.lines.get().team)[0] == 0
    assert offences() == []


def test_a_refund_that_a_dispute_has_given_is_not_tried_again(order):
    made = ask_back(order)
    give(made, Was.FAILED, "re_first")
    lose(kept(order), TOTAL)
    made.refresh_from_db()
    with pytest.raises(Conflict):
        refund.retry(made, shelves.an_operator())
    # Nor does what the provider still says of the attempt that failed come to anything.
    assert refund.learn("stripe", "re_first") == "not ours"
    assert refund.settle(made, RefundSeen(Was.FAILED, "re_first"), 1) == "known"
    assert offences() == []


def test_what_no_refund_had_asked_for_leaves_the_order_at_the_reserves_cost(order):
    give(ask_back(order, 1), Was.FAILED)
    lose(kept(order), TOTAL)
    assert refunds(order) == [("team", "succeeded", 3690, 3690), ("dispute", "succeeded", TOTAL - 3690, 0)]
    assert told(order) == ("refunded", TOTAL)
    assert world.balances(order)["reserve"] == -(TOTAL - 3690)
    assert "buyer" not in world.balances(order) and "gateway" not in world.balances(order)
    assert offences() == []


def test_of_several_failed_refunds_the_first_asked_are_given_and_of_the_next_a_part(order):
    first, second = ask_back(order, 1), ask_back(order, 1)
    give(second, Was.FAILED)
    give(first, Was.FAILED)
    lose(kept(order), 5000)
    assert refunds(order) == [("team", "succeeded", 3690, 3690), ("team", "failed", 3690, 1310)]
    assert told(order) == ("shipped", 3690)
    assert world.balances(order) == {"gateway": 5000 - TOTAL, "buyer": 2380, "shipping_earmarked": 800}
    assert offences() == []


def test_a_refund_that_was_given_in_part_is_given_whole_by_a_second_dispute(order):
    made = ask_back(order)
    give(made, Was.FAILED)
    lose(kept(order), 5000)
    assert world.balances(order) == {"gateway": 5000 - TOTAL, "buyer": 2380, "shipping_earmarked": 800}
    lose(kept(order), 2380)
    assert refunds(order) == [("team", "succeeded", GOODS, GOODS)]
    assert world.balances(order) == {"gateway": -800, "shipping_earmarked": 800}
    assert told(order) == ("shipped", GOODS)
    assert offences() == []


def test_of_a_refund_that_a_bank_has_given_in_part_only_the_rest_is_asked_of_the_provider_again(
    till, a_stand
):
    paid = Paid(till, a_stand)
    paid.sent()
    till.refund_mode("pending", after=None)
    paid.give(paid.team, (0, 2, None))
    settle_all()
    made = Refund.objects.get()
    till.settle_refund(made.provider_id, "failed")
    tell(a_stand, "refund.failed")
    lose(kept(paid.row), 5000)
    till.refund_mode("succeed")
    refund.retry(made, paid.operator.person)
    settle_all()
    assert [asked["amount"] for asked in a_stand.store.select("refund", [], 10)] == [2380, GOODS]
    assert refunds(paid.row) == [("team", "succeeded", GOODS, 5000)]
    assert told(paid.row) == ("shipped", GOODS) and "buyer" not in world.balances(paid.row)
    assert offences() == []


def test_no_operator_writes_down_that_she_herself_was_given_it(order):
    made = ask_back(order)
    give(made, Was.FAILED)
    operator = shelves.an_operator()
    Order.objects.filter(pk=order.pk).update(person=operator)
    with pytest.raises(NotAllowed):
        elsewhere.settle_otherwise(made, operator, "in cash")
    assert refunds(order)[0][1] == "failed"
    assert elsewhere.settle_otherwise(made, shelves.an_operator(), "in cash").state == "succeeded"


@pytest.mark.parametrize("way", ["requested", "pending"])
def test_a_refund_on_its_way_that_fails_after_the_dispute_was_lost_gives_the_reserve_its_money_back(
    order, way
):
    made = ask_back(order, shipping=True)
    if way == "pending":
        give(made, Was.PENDING, "re_slow")
    lose(kept(order), TOTAL)
    assert world.balances(order) == {"buyer": TOTAL, "reserve": -TOTAL}
    assert offences() == []
    give(made, Was.FAILED)
    assert world.balances(order) == {}
    assert told(order) == ("refunded", TOTAL)
    assert refunds(order) == [("team", "succeeded", TOTAL, TOTAL)]
    assert offences() == []


def test_a_refund_that_arrives_after_the_dispute_was_lost_was_paid_twice_by_the_reserve(order):
    made = ask_back(order)
    give(made, Was.PENDING, "re_slow")
    lose(kept(order), GOODS)
    give(made)
    # The sending was all that nobody had asked back: 800 fen of the bank's stand for it, the others for nothing.
    assert refunds(order) == [("team", "succeeded", GOODS, 0), ("dispute", "succeeded", 800, 0)]
    assert world.balances(order) == {"gateway": GOODS - 800, "reserve": -GOODS, "shipping_earmarked": 800}
    assert told(order) == ("refunded", TOTAL)
    assert offences() == []


def test_a_refund_that_had_arrived_and_comes_back_after_the_dispute_is_given_by_the_bank(order):
    made = ask_back(order, shipping=True)
    give(made, Was.SUCCEEDED, "re_slow")
    lose(kept(order), TOTAL)
    assert world.balances(order) == {"gateway": TOTAL, "reserve": -TOTAL}
    give(made, Was.FAILED)
    assert world.balances(order) == {}
    assert told(order) == ("refunded", TOTAL)
    assert offences() == []


def test_a_dispute_that_is_won_leaves_a_failed_refund_to_be_tried_again(order):
    made = ask_back(order)
    give(made, Was.FAILED)
    dispute.settle("stripe", DisputeSeen("dp_won", "won", TOTAL, "fraudulent", kept(order).payment_ref))
    give(refund.retry(made, shelves.an_operator()))
    assert refunds(order) == [("team", "succeeded", GOODS, 0)]
    assert offences() == []


@pytest.mark.parametrize("fails_first", [True, False])
def test_money_that_was_turned_away_and_lost_in_a_dispute_is_given_once(order, fails_first):
    twice, _ = arrive(order)
    made = Refund.objects.get(payment=twice)
    deeds = [lambda: give(made, Was.FAILED), lambda: lose(twice, TOTAL)]
    for deed in deeds if fails_first else deeds[::-1]:
        deed()
        assert offences() == []
    assert world.balances(order) == {"gateway": -TOTAL, **SET_ASIDE}
    assert refunds(order) == [("twice", "succeeded", TOTAL, TOTAL)]
    assert told(order) == ("shipped", 0)


def test_a_buyer_who_disputes_then_has_it_refunded_is_repaid_once_by_her_bank(till, a_stand):
    paid = Paid(till, a_stand)
    made = till.dispute(payment_intent=Payment.objects.get().payment_ref)
    paid.give(paid.team, (0, 3, None))
    settle_all()
    assert Refund.objects.get().failure == "disputed"
    till.close_dispute("lost", dispute=made["id"])
    tell(a_stand, "charge.dispute.created", "charge.dispute.closed", times=2)
    settle_all()
    # The parcel that was called off gives back its sending with its units.
    assert refunds(paid.row) == [("team", "succeeded", 12390, 12390), ("dispute", "succeeded", 4100, 0)]
    assert told(paid.row) == ("refunded", 16490) and world.balances(paid.row) == {}
    assert offences() == []
