"""What was not sent goes back whole: its goods are sold again, and its parcel keeps no money."""

import pytest

from orders.models import Order, Refund, Shipment
from tests.orders.test_checkout import shelf
from tests.orders.world import at_rest, settle_all

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_parcel_that_is_called_off_gives_back_its_sending_asked_for_or_not(paid):
    assert paid.give(paid.team, (0, 3, None)) == 3 * 3690 + 1320
    first, second = paid.row.shipments.order_by("pk")
    assert (first.state, first.refunded_minor) == ("cancelled", 1320)
    assert (second.state, second.refunded_minor) == ("waiting", 0)
    at_rest()
    paid.give(paid.operator, (1, 3, None))
    settle_all()
    assert paid.seen["state"] == "REFUNDED" and paid.row.refunded_minor == paid.row.total_minor
    at_rest()


def test_units_that_were_not_sent_are_not_given_back_for_less_than_was_paid_for_them(paid):
    answer = paid.ask(paid.team, (0, 2, 1))
    assert [(error["code"], error["field"]) for error in answer["errors"]] == [
        ("INVALID", ["lines", "0", "amount"])
    ]
    assert answer["errors"][0]["message"] == (
        "Units that were not sent are refunded in full: these come to ¥73.80."
    )
    assert Refund.objects.count() == 0 and shelf(paid.lots[0]) == (7, 0, 3)
    assert paid.give(paid.team, (0, 2, 7380 + 100)) == 7480
    assert shelf(paid.lots[0]) == (9, 0, 3)
    at_rest()


def test_what_was_sent_may_be_given_back_for_less(paid):
    paid.sent()
    assert paid.give(paid.team, (0, 2, 1)) == 1
    at_rest()


def test_units_that_once_went_for_less_leave_nothing_when_their_parcel_is_called_off(paid):
    paid.sent()
    paid.give(paid.team, (0, 1, 1))
    paid.row.shipments.update(state=Shipment.State.WAITING, shipped_at=None)
    Order.objects.filter(pk=paid.row.pk).update(state=Order.State.PAID)
    assert paid.give(paid.team, (0, 2, None)) == 3 * 3690 - 1 + 1320
    at_rest()
