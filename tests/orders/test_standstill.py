"""What is paid for a closed place waits or is given back: its buyer chooses, and is told once each way."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import AuditEntry
from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from orders.actions import standstill
from orders.models import Closure, Refund, Shipment, Standstill
from tests.accounts.world import at_once
from tests.orders.closed import (
    HUBEI,
    WUHAN_CITY,
    for_days,
    give_back,
    is_over,
    refusal,
    stood,
)
from tests.orders.paid import Paid
from tests.orders.world import (
    BUYER,
    Buyer,
    a_person,
    at_rest,
    key,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
PLACE = "Wuchang District, Wuhan"


@pytest.fixture
def paid(till, a_stand):
    made = Paid(till, a_stand)
    drain()
    mail.outbox.clear()
    return made


def letters(*words):
    """To whom letters of this subject went since the last look."""
    drain()
    sent = [letter.to[0] for letter in mail.outbox if all(word in letter.subject for word in words)]
    mail.outbox.clear()
    return sent


def test_the_buyer_is_told_once_when_it_begins_and_once_when_it_is_over(paid, closer):
    county = closer.close()
    assert letters("No deliveries to Wuchang District") == [BUYER["email"]]
    province = closer.close(HUBEI)
    assert standstill.follow() == 0 and letters() == []
    closer.open(county)
    assert letters() == [], "the province is closed still"
    closer.open(province)
    assert letters("Open again") == [BUYER["email"]]
    assert standstill.follow() == 0 and letters() == []
    assert Standstill.objects.filter(ended_at=None).count() == 0
    deeds = AuditEntry.objects.filter(deed__in=["open", "close_place", "open_place"]).order_by("pk")
    assert [entry.deed for entry in deeds] == [
        "open",
        "close_place",
        "close_place",
        "open_place",
        "open_place",
    ]
    assert {entry.actor for entry in deeds} == {closer.operator.person}


def test_whoever_waits_waits_and_the_team_is_not_late(paid, closer):
    before = {parcel.pk: parcel.ship_by for parcel in paid.row.shipments.all()}
    Shipment.objects.update(ship_by=clock.today() - timedelta(days=1))
    closer.close()
    drain()
    answer = paid.buyer.do(
        "standstillWait", "order { allowedActions standstill { answer refundedAt } }", **paid.order
    )
    assert answer["errors"] == []
    assert answer["order"] == {
        "allowedActions": ["CANCEL", "REFUND"],
        "standstill": {"answer": "WAIT", "refundedAt": None},
    }
    # On no list, not overdue, with its reason; and it cannot be sent.
    desk = "desk { parcelsDue parcelsWaiting parcelsHeldBack toPack { units } heldBack { reasons explanations } }"
    (held,) = (seen := paid.team.ask(f"{{ {desk} }}")["desk"]).pop("heldBack")
    assert seen == {"parcelsDue": 0, "parcelsWaiting": 0, "parcelsHeldBack": 1, "toPack": []}
    assert held["reasons"] == ["CLOSED"] and held["explanations"][0].startswith("Its place is closed")
    parcel = paid.row.shipments.first()
    sending = {"shipmentId": global_id("Shipment", parcel.uid), "carrier": "SF", "trackingNumber": "SF12345"}
    sent = {**sending, "expectedUnits": 3, "idempotencyKey": key()}
    error = refusal(paid.team, "shipmentShip", **sent)
    assert (error["code"], error["field"], error["place"]) == ("PLACE_CLOSED", ["shipmentId"], PLACE)
    # After five days it is open: what it stood still is added, tomorrow at the soonest.
    for_days(5)
    Shipment.objects.filter(pk=parcel.pk).update(ship_by=before[parcel.pk])
    is_over(global_id("Closure", Closure.objects.get().uid))
    assert standstill.follow() == 2
    days = list(paid.row.shipments.order_by("pk").values_list("ship_by", flat=True))
    assert days == [
        before[parcel.pk] + timedelta(days=5),
        max(clock.today() + timedelta(days=1), clock.today() + timedelta(days=4)),
    ]
    assert paid.team.ask("{ desk { parcelsHeldBack parcelsWaiting } }")["desk"] == {
        "parcelsHeldBack": 0,
        "parcelsWaiting": 1,
    }
    assert paid.team.done("shipmentShip", "shipment { state }", **{**sent, "idempotencyKey": key()})


def test_whoever_would_not_wait_has_all_of_it_back_once(paid, closer):
    closer.close()
    drain()
    total = paid.row.total_minor
    assert stood(paid.buyer, paid.order)["standstill"] == {
        "answer": "NONE",
        "refund": {"minor": total},
        "whyNot": None,
        "refundedAt": (Standstill.objects.first().began_at + timedelta(days=30)).isoformat(),
    }
    answers = at_once(4, lambda n: give_back(paid.buyer, paid.order))
    assert all(answer["errors"] == [] for answer in answers), answers
    (refund,) = Refund.objects.all()
    assert (refund.reason, refund.amount_minor) == ("closed", total)
    (no,) = paid.buyer.do("standstillWait", **paid.order)["errors"]  # in her other tab
    assert no["code"] == "TOO_LATE" and "given back" in no["message"]
    drain()
    seen = stood(paid.buyer, paid.order)
    assert seen["state"] == "REFUNDED" and seen["standstill"] is None and seen["closed"] is None
    assert seen["refunds"] == [{"reason": "CLOSED", "amount": {"minor": total}}]
    assert Standstill.objects.filter(ended_at=None).count() == 0
    for lot in paid.lots:
        lot.refresh_from_db()
        assert lot.units_available == 10
    at_rest()


def test_of_an_order_only_what_cannot_be_delivered_is_given_back(paid, closer):
    closer.close(storage="FRESH")
    drain()
    fresh, dry = paid.row.shipments.order_by("pk")
    line = paid.row.lines.first()
    assert stood(paid.buyer, paid.order)["standstill"]["refund"] == {
        "minor": line.net_minor + fresh.shipping_minor
    }
    assert [parcel["isHeldBack"] for parcel in stood(paid.buyer, paid.order)["shipments"]] == [True, False]
    assert give_back(paid.buyer, paid.order)["errors"] == []
    fresh.refresh_from_db()
    dry.refresh_from_db()
    assert (fresh.state, dry.state, paid.row.state) == ("cancelled", "waiting", "paid")
    assert Refund.objects.get().amount_minor == line.net_minor + fresh.shipping_minor
    at_rest()


def test_who_chooses_nothing_for_thirty_days_has_it_back_and_who_waits_does_not(paid, closer, till, a_stand):
    other = Paid(till, a_stand, buyer=Buyer(a_person()))
    closer.close()
    drain()
    assert other.buyer.do("standstillWait", number=other.order["number"])["errors"] == []
    for_days(29)
    assert standstill.follow() == 0
    for_days(31)
    assert standstill.follow() == 1
    assert [refund.payment.order.number for refund in Refund.objects.all()] == [paid.order["number"]]
    assert standstill.follow() == 0
    at_rest()


def test_opened_again_nothing_can_be_chosen_and_nothing_of_another_order(paid, closer):
    closure = closer.close()
    drain()
    stranger = Buyer(a_person())
    for act in ("standstillWait", "standstillRefund"):
        more = {"idempotencyKey": key()} if act == "standstillRefund" else {}
        (error,) = stranger.do(act, number=paid.order["number"], **more)["errors"]
        assert error["code"] == "NOT_FOUND"
    closer.open(closure)
    (error,) = give_back(paid.buyer, paid.order)["errors"]
    assert error["code"] == "TOO_LATE"
    (error,) = paid.buyer.do("standstillWait", **paid.order)["errors"]
    assert error["code"] == "TOO_LATE"
    assert not Refund.objects.exists()


def test_hundreds_stand_still_in_batches_and_each_is_told_once(paid, closer, till, a_stand, monkeypatch):
    monkeypatch.setattr(standstill, "TOGETHER", 2)
    for _ in range(4):
        Paid(till, a_stand, buyer=Buyer(a_person()))
    drain()
    mail.outbox.clear()
    closer.close(WUHAN_CITY)
    at_once(2, lambda n: standstill.follow())
    assert len(letters("No deliveries to Wuhan")) == 5
    assert Standstill.objects.filter(ended_at=None).count() == 10
