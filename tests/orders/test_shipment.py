"""Parcels: sent by their own team alone, received by their buyer, and after a while beyond complaint."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from core.api.ids import global_id
from core.models import OutboxEvent
from orders.actions import claim, shipment
from orders.models import Order, Shipment
from tests.orders.sold import Sold
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer, a_person, key
from tests.together.world import at_rest, money_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def sold(till, a_stand):
    return Sold(till, a_stand)


def codes(answer):
    return [error["code"] for error in answer["errors"]]


def test_a_team_sends_its_parcel_and_the_order_waits_for_the_slowest(sold):
    parcel = sold.ship(0)["shipment"]
    assert (parcel["state"], parcel["carrier"], parcel["trackingNumber"]) == ("SHIPPED", "顺丰", "SF0000")
    assert sold.row.state == "paid"
    sold.ship(1)
    assert sold.row.state == "shipped"
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(0), token=sold.order["token"])
    assert sold.row.state == "shipped"
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(1), token=sold.order["token"])
    assert sold.row.state == "delivered"
    at_rest()


def test_another_teams_manager_a_stranger_and_the_buyer_cannot_send_it(sold):
    given = {"shipmentId": sold.parcel_id(0), "carrier": "顺丰", "trackingNumber": "SF0001"}
    for asker in (sold.managers[1], Buyer(a_person()), sold.managers[1]):
        assert asker.refused("shipmentShip", **given, idempotencyKey=key()) == "NOT_FOUND"
    assert sold.buyer.refused("shipmentShip", **given, idempotencyKey=key()) == "SIGN_IN_REQUIRED"
    none = {**given, "shipmentId": global_id("Shipment", sold.row.uid)}
    assert sold.managers[0].refused("shipmentShip", **none, idempotencyKey=key()) == "NOT_FOUND"
    assert set(sold.row.shipments.values_list("state", flat=True)) == {"waiting"}
    at_rest()


def test_sending_twice_is_one_deed_under_one_key_and_too_late_under_another(sold):
    one = key()
    first, second = (sold.ship(0, idempotencyKey=one) for _ in range(2))
    assert first == second and codes(sold.ship(0)) == ["TOO_LATE"]
    assert OutboxEvent.objects.filter(name="ShipmentShipped").count() == 1


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"carrier": " "}, "carrier"),
        ({"carrier": "顺" * 41}, "carrier"),
        ({"trackingNumber": "12"}, "trackingNumber"),
        ({"trackingNumber": "=1+1+1"}, "trackingNumber"),
        ({"trackingNumber": "单号12345"}, "trackingNumber"),
    ],
)
def test_carrier_and_number_must_be_such(sold, told, field):
    (error,) = sold.ship(0, **told)["errors"]
    assert error["field"] == [field] and sold.parcel().state == "waiting"


@pytest.mark.parametrize("typed", ["ＳＦ１２３４５６", "SF12 3456", "\u200bSF\u3000123456"])
def test_a_tracking_number_is_read_as_it_is_printed(sold, typed):
    assert codes(sold.ship(0, trackingNumber=typed)) == [] and sold.parcel().tracking_number == "SF123456"


def test_an_unpaid_order_is_not_sent(till, a_stand):
    sold = Sold(till, a_stand)
    other = sold.buyer.place(*sold.lots)
    parcel = Order.objects.get(number=other["number"]).shipments.first()
    given = {"shipmentId": global_id("Shipment", parcel.uid), "carrier": "顺丰", "trackingNumber": "SF0001"}
    assert sold.managers[0].refused("shipmentShip", **given, idempotencyKey=key()) == "TOO_LATE"


def test_only_its_buyer_or_its_team_says_that_it_has_arrived(sold):
    sold.ship(0)
    parcel = sold.parcel_id(0)
    strangers = Buyer().place(sold.lots[0])
    for asker in (Buyer(), Buyer(a_person()), sold.managers[1]):
        assert asker.refused("shipmentDelivered", shipmentId=parcel) == "NOT_FOUND"
        assert asker.refused("shipmentDelivered", shipmentId=parcel, token=strangers["token"]) == "NOT_FOUND"
    sold.managers[0].done("shipmentDelivered", "shipment { state }", shipmentId=parcel)
    assert sold.parcel(0).state == "delivered"


def test_a_team_that_says_that_it_has_arrived_ends_no_buyers_time_to_say_that_it_has_not(sold):
    for n in (0, 1):
        sold.ship(n)
    hours = timedelta(hours=sold.line().after_sale_hours)
    sold.managers[0].done("shipmentDelivered", shipmentId=sold.parcel_id(0))
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(1), token=sold.order["token"])
    sent = sold.parcel(0).shipped_at
    assert sold.parcel(0).after_sale_until == sent + timedelta(days=14) + hours
    assert sold.parcel(1).after_sale_until < sent + timedelta(days=14)
    # What the buyer has not seen is not owed a day later.
    done = shipment.complete_due(timezone.now() + hours + timedelta(days=7))
    assert [parcel.pk for parcel in done] == [sold.parcel(1).pk]
    assert sold.claim("没有收到")["errors"] == []


def test_an_account_says_so_without_a_key_and_a_key_never_opens_an_accounts_order(till, a_stand):
    sold = Sold(till, a_stand, Buyer(a_person()))
    sold.ship(0)
    assert sold.order["token"] is None
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(0))
    assert sold.parcel(0).state == "delivered"


def test_after_delivery_runs_the_time_in_which_something_can_be_said_to_be_wrong(sold):
    sold.arrive(0, 1)
    for n, hours in ((0, 72), (1, 168)):
        parcel = sold.parcel(n)
        assert parcel.after_sale_until - parcel.delivered_at == timedelta(hours=hours)
    assert [p["allowedActions"] for p in sold.seen["shipments"]] == [[], []]


def test_the_time_in_which_something_can_be_said_is_that_of_the_day_she_bought(sold):
    """A team that shortens it afterwards shortens it for nobody who has bought already."""
    for n, hours in ((0, 24), (1, 240)):
        product = global_id("Product", sold.lots[n].variant.product.uid)
        sold.managers[n].done("productUpdate", id=product, afterSaleHours=hours)
    sold.arrive(0, 1)
    for n, hours in ((0, 72), (1, 240)):
        parcel = sold.parcel(n)
        assert parcel.after_sale_until - parcel.delivered_at == timedelta(hours=hours)


def test_what_was_set_aside_is_owed_once_that_time_is_over(sold):
    sold.arrive(0, 1)
    before = money_in("pool_earmarked", sold.row)
    assert before > 0 and shipment.move_on_due() == 0
    assert shipment.move_on_due(timezone.now() + timedelta(hours=73)) == 1
    assert (sold.parcel(0).state, sold.parcel(1).state, sold.row.state) == (
        "completed",
        "delivered",
        "delivered",
    )
    assert shipment.move_on_due(timezone.now() + timedelta(hours=169)) == 1
    assert sold.row.state == "completed" and sold.row.closed_at
    assert (money_in("pool_earmarked", sold.row), money_in("pool_owed", sold.row)) == (0, before)
    at_rest()


def test_a_parcel_that_nobody_reports_is_taken_as_delivered_after_a_fortnight(sold):
    sold.ship(0)
    for days, moved in ((13, 0), (14, 1)):
        sent = timezone.now() - timedelta(days=days, minutes=1)
        Shipment.objects.filter(state="shipped").update(shipped_at=sent)
        assert shipment.move_on_due() == moved
    assert sold.parcel(0).state == "delivered" and sold.parcel(0).after_sale_until > timezone.now()
    at_rest()


def sent_days_ago(days):
    sent = timezone.now() - timedelta(days=days, minutes=1)
    Shipment.objects.filter(state="shipped").update(shipped_at=sent)


def order_page(sold):
    return Client().get(f"/en/order/{sold.order['number']}/?token={sold.order['token']}").content.decode()


def test_a_parcel_of_which_nobody_has_said_that_it_came_is_not_said_to_have_come(sold):
    sold.ship(0)
    sent_days_ago(14)
    new_mails()
    shipment.move_on_due()
    (told,) = [letter for letter in new_mails() if letter.to == [sold.row.email]]
    assert told.subject.startswith("Has it come?") and "nobody has told us whether it came" in told.body
    assert "Delivered" not in told.subject + told.body
    page = order_page(sold)
    assert page.count("Taken as delivered") == 1 and "nobody has said whether it came" in page
    assert ("Something is wrong" in page) and "Delivered " not in page
    sold.ship(1)
    sent_days_ago(14)
    shipment.move_on_due()
    assert sold.row.state == "delivered" and order_page(sold).count("Taken as delivered") == 3
    assert AuditEntry.objects.filter(deed="presume").count() == 2
    at_rest()


def test_what_has_come_is_said_to_have_come(sold):
    sold.arrive(0)
    assert any(letter.subject.startswith("Delivered:") for letter in new_mails())
    assert "Taken as delivered" not in order_page(sold) and not sold.parcel(0).is_presumed


def test_a_parcel_that_is_lost_can_be_said_to_be_missing_and_is_paid_back(sold):
    sold.ship(0)
    sent_days_ago(6)
    assert not sold.seen["lines"][0]["isClaimable"] and "Should it not have come by" in order_page(sold)
    assert sold.claim("一直没收到")["errors"][0]["code"] == "TOO_LATE"
    sent_days_ago(7)
    assert [line["isClaimable"] for line in sold.seen["lines"]] == [True, False]
    new_mails()
    claim = sold.claim("一直没收到")["claim"]
    (asked,) = new_mails()
    assert "还没有签收" in asked.body or "not delivered yet" in asked.body
    page = order_page(sold)
    assert "Should it not have come by" not in page
    assert 'class="tag warm"' in page.partition("Waiting for the team")[0][-60:]
    # Whoever says that it is missing is not told meanwhile that it has come.
    sent_days_ago(20)
    assert shipment.move_on_due() == 0
    amount = f"{sold.line(0).net_minor / 100:.2f}"
    answer = {"claimId": claim["id"], "words": "快递丢了", "amount": amount, "idempotencyKey": key()}
    sold.managers[0].done("claimAnswer", **answer)
    new_mails()
    assert "Should it not have come by" not in order_page(sold)
    # What was set aside for its sending must not wait for ever; but nobody is asked about what is paid back.
    assert shipment.move_on_due() == 1 and sold.parcel(0).is_presumed
    assert new_mails() == []
    at_rest()


def test_an_open_claim_keeps_a_parcel_from_being_complete(sold):
    sold.arrive(0, 1)
    made = sold.claim()["claim"]
    later = timezone.now() + timedelta(hours=73)
    assert shipment.move_on_due(later) == 0 and sold.parcel(0).state == "delivered"
    sold.managers[0].done("claimAnswer", claimId=made["id"], words="抱歉，下次补发。", idempotencyKey=key())
    assert shipment.move_on_due(later) == 0, "she may still say that it is not enough"
    sold.accept()
    assert shipment.move_on_due(later) == 1 and sold.parcel(0).state == "completed"
    at_rest()


def test_one_parcel_that_is_stuck_does_not_keep_the_others_waiting(sold, monkeypatch):
    sold.arrive(0, 1)
    stuck = sold.parcel(0).pk
    complete = shipment.complete_many

    def broken(parcels, now):
        assert parcels[0].pk != stuck
        return complete(parcels, now)

    monkeypatch.setattr(shipment, "complete_many", broken)
    assert shipment.move_on_due(timezone.now() + timedelta(days=9)) == 1
    assert (sold.parcel(0).state, sold.parcel(1).state) == ("delivered", "completed")


def test_a_parcel_that_was_called_off_holds_nothing_up(sold):
    given = {"number": sold.order["number"], "idempotencyKey": key()}
    part = {"lineId": sold.line_id(1), "units": 2}
    sold.arrive(0)
    assert sold.row.state == "paid"
    sold.managers[1].done("refundRequest", lines=[part], **given)
    assert sold.parcel(1).state == "cancelled"
    assert sold.row.state == "delivered"
    at_rest()


def test_a_claim_is_not_made_past_a_parcel_that_was_just_completed(sold):
    sold.arrive(0)
    line = sold.line(0)
    line.shipment  # noqa: B018 (read before it changes, as a request may have)
    shipment.complete_due(timezone.now() + timedelta(hours=73))
    with pytest.raises(claim.TooLate):
        claim.make(line, "两个坏了", key=uuid4())
    assert Shipment.objects.get(pk=line.shipment_id).state == "completed"
