"""A group whose place is closed: nobody joins, seats wait or are given back, its coordinator is told once."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.deliveries import drain
from orders.models import Refund
from tests.orders.closed import Closer, give_back, refusal, stood
from tests.orders.world import WUHAN, Buyer, key
from tests.together.world import at_rest
from together.actions import group as groups
from together.models import GroupPurchase

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_rates")]


@pytest.fixture
def closer():
    return Closer()


def letters(subject):
    """To whom letters of this subject went since the last look."""
    drain()
    sent = [letter.to[0] for letter in mail.outbox if subject in letter.subject]
    mail.outbox.clear()
    return sent


def test_nobody_joins_or_opens_a_group_for_a_closed_place(closer, together):
    made = together()
    waits = made.join()
    closer.close()
    given = {"code": made.code, "name": "Ann", "units": 1, "email": "a@example.com", "idempotencyKey": key()}
    joining = refusal(Buyer(), "groupPurchaseJoin", **given)
    paying = refusal(Buyer(), "paymentBegin", **waits, idempotencyKey=key())
    opening = refusal(made.coordinator, "groupPurchaseOpen", **made.terms)
    for error, field in ((joining, "code"), (paying, "number"), (opening, "regionCode")):
        assert (error["code"], error["field"], error["reason"]) == (
            "PLACE_CLOSED",
            [field],
            "the roads are cut",
        )
    assert made.row.units_reserved == 1 and GroupPurchase.objects.count() == 1
    seen = made.look()
    assert "JOIN" not in seen["allowedActions"] and seen["unitsLeft"] == 0
    document = "query($code: String!) { groupPurchase(code: $code) { closed { place incidentCode } } }"
    closed = Buyer().ask(document, code=made.code)["groupPurchase"]["closed"]
    assert closed == {"place": "Wuchang District, Wuhan", "incidentCode": closer.code}
    at_rest()


def test_paid_seats_of_an_open_group_may_be_given_back_until_all_are_bound(closer, together):
    made = together(minimum=2, maximum=4)
    leaves, stays = made.fill(2)
    drain()
    mail.outbox.clear()
    closer.close()
    drain()
    coordinator = made.coordinator.person.email
    to = sorted(letter.to[0] for letter in mail.outbox)
    assert to == sorted([coordinator, "guest@example.com", "guest@example.com"])
    guest = Buyer()
    assert stood(guest, leaves)["allowedActions"] == ["CANCEL", "WAIT", "REFUND"]
    assert give_back(guest, leaves)["errors"] == [] == give_back(guest, leaves)["errors"]
    drain()
    assert Refund.objects.get().reason == "closed"
    assert made.row.units_held == 1 and made.seat(leaves).state == "refunded"
    # Past its deadline nobody leaves; nor is what is held given back by the clock.
    made.end()
    (error,) = give_back(guest, stays)["errors"]
    assert error["code"] == "TOO_LATE"
    seen = stood(guest, stays)
    assert seen["allowedActions"] == ["WAIT"] and seen["standstill"]["whyNot"]
    assert seen["standstill"]["refundedAt"] is None
    at_rest()


def test_a_confirmed_group_waits_as_one_and_each_seat_chooses_for_itself(closer, together):
    made = together(minimum=2, maximum=3)
    leaves, *others = made.fill(3)
    drain()
    assert made.row.state == "confirmed"
    before = {
        parcel.pk: parcel.ship_by for order in others for parcel in made.seat(order).order.shipments.all()
    }
    mail.outbox.clear()
    closure = closer.close()
    province = closer.close("420000")
    assert letters("收货地暂停配送") == [made.coordinator.person.email]
    desk = made.manager.ask(
        "{ desk { sharedWaiting parcelsDue parcelsHeldBack heldBack { title reasons } } }"
    )["desk"]
    assert (desk["sharedWaiting"], desk["parcelsDue"], desk["parcelsHeldBack"]) == (0, 0, 3)
    assert {(row["title"], *row["reasons"]) for row in desk["heldBack"]} == {(made.row.title, "CLOSED")}
    sending = {"groupId": made.id, "carrier": "SF", "trackingNumber": "SF12345", "expectedUnits": 3}
    answer = made.manager.do("groupShip", **sending, idempotencyKey=key())
    assert answer["errors"], "nothing of it may be sent"
    guest = Buyer()
    assert stood(guest, leaves)["allowedActions"] == ["WAIT", "REFUND"]
    assert give_back(guest, leaves)["errors"] == []
    drain()
    assert made.seat(leaves).state == "refunded" and made.row.units_remaining == 2
    closer.open(closure)
    assert letters("收货地") == []
    closer.open(province)
    drain()
    to = sorted(letter.to[0] for letter in mail.outbox)
    assert to == sorted([made.coordinator.person.email, *["guest@example.com"] * 2])
    for order in others:
        (parcel,) = made.seat(order).order.shipments.all()
        assert parcel.ship_by >= before[parcel.pk]
        assert stood(guest, order)["closed"] is None
    sent = {**sending, "expectedUnits": 2, "idempotencyKey": key()}
    assert made.manager.do("groupShip", **sent)["errors"] == []
    at_rest()


def test_a_group_that_is_confirmed_while_its_place_is_closed_waits_too(closer, together):
    made = together(minimum=2, maximum=4)
    orders = made.fill(2)
    closer.close(WUHAN)
    drain()
    made.end()
    groups.close_due()
    drain()
    assert made.row.state == "confirmed"
    assert all(stood(Buyer(), order)["shipments"][0]["isHeldBack"] for order in orders)
    closer.operator.done("incidentEnd", "incident { isOver }", incidentId=closer.incident)
    drain()
    days = {parcel.ship_by for order in orders for parcel in made.seat(order).order.shipments.all()}
    assert min(days) > timezone.localdate() - timedelta(days=1)
    at_rest()
