"""From the shelf to what is owed, by the shop's own deeds; after each step every floor's invariants hold."""

import itertools
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from impact.actions import standings
from orders.actions import dispute, payment, refund, settlement, shipment
from orders.actions.cancel import lapse
from orders.actions.order import lock
from orders.actions.placing import Purchase, Want, place_many
from orders.models import Order, Payment, Refund
from orders.provider.port import DisputeSeen, PaymentSeen, RefundSeen, Was
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db
_count = itertools.count(1)


@pytest.fixture
def lots():
    """A lot of five households, and another team's pool."""
    made = [world.a_lot(units=50), world.a_lot([], units=50)]
    world.a_round(*(lot.variant.product.team for lot in made))
    return made


def place(*lots, units: int = 2, person=None) -> Order:
    wants = [Want(lot.variant, units) for lot in lots]
    shipping = {lot.variant.product.team_id: 800 for lot in lots}
    address = {
        "recipient": "王示例",
        "phone": "100-0000-0001",
        "region_id": "420527",
        "street": "示例路 1 号",
    }
    purchase = Purchase(
        email="guest@example.com",
        person_id=person.pk if person else None,
        wants=wants,
        shipping=shipping,
        **address,
    )
    return place_many([purchase])[0]


def arrive(order: Order) -> tuple[Payment, str]:
    """Money for an order comes, as the provider tells it."""
    (attempt,) = payment.attempts([order])
    n = next(_count)
    seen = PaymentSeen(
        Was.SUCCEEDED, attempt.amount_minor, "cny", "alipay", page_ref=f"cs_{n}", payment_ref=f"pi_{n}"
    )
    effect = settlement.settle(attempt, seen)
    attempt.refresh_from_db()
    return attempt, effect


def give(made: Refund, state: Was = Was.SUCCEEDED) -> None:
    seen = RefundSeen(state, id=f"re_{next(_count)}", amount_minor=made.amount_minor)
    refund.settle(made, seen, made.attempt)
    made.refresh_from_db()


def holds() -> bool:
    standings.fold()
    offences = [offence for name in settings.VERIFIERS for offence in import_string(name)()]
    assert offences == []
    return True


def test_an_order_of_two_teams_is_paid_sent_completed_and_partly_given_back(lots):
    order = place(*lots, person=shelves.a_person())
    assert holds()
    arrive(order)
    assert holds()
    assert world.balances(order) == {
        "gateway": -16360,
        "earmarked": 3985,
        "pool_earmarked": 3985,
        "part_earmarked": 6790,
        "shipping_earmarked": 1600,
    }
    rows = list(order.shipments.all())
    now = timezone.now()
    shipment.ship_many([shipment.Sent(row, now, "示例速运", "SL1") for row in rows])
    shipment.deliver_many([(row, now) for row in rows])
    line = order.lines.first()
    made = refund.request(order, {line.uid: refund.Part(units=1)}, shipping=True)
    assert holds()
    give(made)
    assert holds()
    shipment.complete_due(now + timedelta(days=8))
    assert holds()
    assert world.balances(order) == {
        "gateway": -(16360 - 3690 - 1600),
        "owed": 1992,
        "pool_owed": 3985,
        "part_owed": 1698 + 3395,
    }
    assert [world.figures(lot.variant.product.team)[:3] for lot in lots] == [(3690, 1, 1), (7380, 1, 1)]


def test_money_that_comes_twice_late_or_of_another_amount_ends_in_an_order_or_goes_back(lots):
    order = place(lots[0])
    arrive(order)
    _, twice = arrive(order)
    assert "twice" in twice and holds()
    give(Refund.objects.get())
    assert holds()
    late = place(lots[0])
    lapse([lock([late])[late.pk]], Order.State.EXPIRED)
    arrive(late)
    assert holds()
    assert world.balances(late)["earmarked"] == 3985
    assert world.figures(lots[0].variant.product.team)[0] == 2 * 7380


def test_a_refund_that_fails_and_is_tried_again_goes_back_once(lots):
    order = place(lots[0])
    arrive(order)
    made = refund.request(order, {order.lines.get().uid: refund.Part(units=2)}, shipping=True)
    give(made, Was.FAILED)
    assert holds()
    made = refund.retry(made, shelves.an_operator())
    give(made)
    assert holds()
    give(made, Was.FAILED)  # Alipay may still say no
    assert holds()
    assert world.balances(order) == {"gateway": -8180, "buyer": 8180}
    give(refund.retry(made, shelves.an_operator()))
    assert world.balances(order) == {} and holds()


@pytest.mark.parametrize("before", [0, 3690])
def test_a_dispute_that_is_lost_holds_too(lots, before):
    order = place(lots[0])
    paid, _ = arrive(order)
    shipment.ship_many([shipment.Sent(order.shipments.get(), timezone.now(), "示例速运", "SL1")])
    if before:
        give(refund.request(order, {order.lines.get().uid: refund.Part(amount_minor=before)}))
    seen = DisputeSeen(
        f"dp_{next(_count)}", "lost", paid.amount_minor - before, "fraudulent", paid.payment_ref
    )
    dispute.settle(paid.provider, seen)
    assert holds()
    assert world.figures(lots[0].variant.product.team)[0] == 0
    assert world.balances(order)["reserve"] == -(8180 - before)
