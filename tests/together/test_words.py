"""Wherever a seat stands, what is said of it is true: why it cannot be given up, its state, its group's, its page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.deliveries import drain
from orders.actions import cancel, shipment
from orders.models import Order, Shipment
from tests.catalog.world import an_operator
from tests.orders.world import Buyer, key, row
from tests.together.world import at_rest
from together.actions import group
from together.models import GroupPurchase

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = """query($c: String!, $t: String, $n: String!) {
  groupPurchase(code: $c, token: $t) { stateName mySeat { stateName } allowedActions }
  order(number: $n, token: $t) { stateName allowedActions shipments { stateName } } }"""
SENT = ("has been sent", "On its way", "Delivered")


def unpaid(made, order):
    """Joined, and not paid."""


def paid(made, order):
    made.pay(order)


def closing(made, order):
    paid(made, order)
    made.end()


def left(made, order):
    paid(made, order)
    Buyer().done("orderCancel", **order, idempotencyKey=key())
    drain()


def confirmed(made, order):
    paid(made, order)
    made.fill(2)
    assert made.row.state == "confirmed"


def taken_out(made, order):
    confirmed(made, order)
    cancel.cancel(row(order), an_operator())
    drain()


def sent(made, order):
    confirmed(made, order)
    given = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF12345678", "idempotencyKey": key()}
    made.manager.done("groupShip", **given)


def arrived(made, order):
    sent(made, order)
    made.coordinator.done("groupPurchaseDelivered", groupId=made.id)


def over(made, order):
    arrived(made, order)
    shipment.complete_due(timezone.now() + timedelta(days=30))


def short(made, order):
    paid(made, order)
    made.end()
    group.close_due()
    drain()


def called_off(made, order):
    paid(made, order)
    made.coordinator.done("groupPurchaseCancel", groupId=made.id, idempotencyKey=key())
    drain()


# Where a seat stands → its group, the seat, the order; what may be done; what a refusal to give it up says.
TABLE = {
    unpaid: ("Open", "Waiting for payment", "Waiting for payment", ["PAY", "CANCEL"], None),
    paid: ("Open", "Paid, waiting for the group", "Paid, waiting for the group", ["CANCEL"], None),
    closing: (
        "Closing: the last payments are being checked",
        "Paid, waiting for the group",
        "Paid, waiting for the group",
        [],
        "deadline of the group has passed",
    ),
    left: ("Open", "Refunded", "Refunded in full", [], "gone back"),
    confirmed: ("Confirmed", "Confirmed", "Paid, to be sent", [], "The group is confirmed"),
    taken_out: ("Confirmed", "Refunded", "Refunded in full", [], "gone back"),
    sent: ("Confirmed", "Confirmed", "On its way", [], "has been sent"),
    arrived: ("Confirmed", "Confirmed", "Delivered", [], "has been sent"),
    over: ("Confirmed", "Confirmed", "Completed", [], "has been sent"),
    short: ("Fell short, everyone is repaid", "Refunded", "Refunded in full", [], "gone back"),
    called_off: ("Called off, everyone is repaid", "Refunded", "Refunded in full", [], "gone back"),
}


@pytest.mark.parametrize("stands", TABLE, ids=lambda deed: deed.__name__)
def test_what_is_said_of_a_seat_is_true_wherever_it_stands(together, stands):
    made = together(minimum=3, maximum=3)
    order = made.join()
    stands(made, order)
    drain()
    of_group, of_seat, of_order, may, why = TABLE[stands]
    seen = Buyer().ask(SEEN, c=made.code, t=order["token"], n=order["number"])
    assert (seen["groupPurchase"]["stateName"], seen["groupPurchase"]["mySeat"]["stateName"]) == (
        of_group,
        of_seat,
    )
    assert (seen["order"]["stateName"], seen["order"]["allowedActions"]) == (of_order, may)
    page = Buyer().client.get(f"/en/order/{order['number']}/?token={order['token']}").content.decode()
    was_sent = Shipment.objects.filter(order=row(order)).exclude(shipped_at=None).exists()
    assert was_sent is (stands in (sent, arrived, over))
    assert was_sent or not any(word in page.split("<main")[1].split('class="stations"')[0] for word in SENT)
    if why is not None:
        answer = Buyer().do("orderCancel", "order { state }", **order, idempotencyKey=key())
        assert [error["code"] for error in answer["errors"]] == ["TOO_LATE"]
        assert why in answer["errors"][0]["message"]
        assert ("has been sent" in answer["errors"][0]["message"]) is was_sent
    if stands is not closing:
        at_rest()


def test_a_groups_parcel_of_which_nothing_is_to_be_sent_has_not_arrived(together):
    made = together(minimum=2, maximum=2)
    for order in made.fill(2):
        cancel.cancel(row(order), an_operator())
    drain()
    shown = made.manager.ask("{ groupParcels(first: 1) { nodes { state stateName units } } }")
    assert shown["groupParcels"]["nodes"] == [{"state": "CANCELLED", "stateName": "Called off", "units": 0}]
    assert GroupPurchase.objects.get().units_returned == 2
    assert set(Order.objects.values_list("state", flat=True)) == {"refunded"}
