"""A confirmed group is sent in one parcel, and its coordinator hands it out."""

import pytest
from django.utils import timezone

from core.deliveries import drain
from orders.actions import cancel
from orders.models import Shipment
from tests.catalog.world import an_operator
from tests.orders.world import Buyer, a_person, key, row
from tests.together.world import at_rest, state

HELD = "已付款，等待成团"
pytestmark = pytest.mark.django_db(transaction=True)


def test_the_team_sends_a_confirmed_group_in_one_parcel_and_the_coordinator_hands_it_out(together):
    made = together(minimum=2, maximum=3, members=1)
    member = made.members[0]
    own = made.join(member, units=1)
    made.pay(own, by=member)
    (other,) = made.fill(1, units=2)
    sent = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF 1234 5678"}
    seat = made.look(made.coordinator)["coordination"]["seats"]["nodes"][0]
    assert not seat["isCollectable"]
    assert made.coordinator.refused("seatCollect", seatId=seat["id"]) == "CONFLICT"
    assert made.coordinator.refused("groupShip", **sent, idempotencyKey=key()) == "NOT_FOUND"
    shown = made.manager.done(
        "groupShip", "group { state units trackingNumber }", **sent, idempotencyKey=key()
    )
    assert shown["group"] == {"state": "SHIPPED", "units": 3, "trackingNumber": "SF12345678"}
    assert set(Shipment.objects.values_list("state", "parcel__tracking_number")) == {
        ("shipped", "SF12345678")
    }
    assert [state(order) for order in (own, other)] == ["shipped", "shipped"]
    assert made.look(made.coordinator)["allowedActions"] == ["PACKING_LIST", "CONFIRM_DELIVERY"]
    made.coordinator.done("groupPurchaseDelivered", "group { state }", groupId=made.id)
    assert [state(order) for order in (own, other)] == ["delivered", "delivered"]
    collected = made.coordinator.done("seatCollect", "seat { state stateName }", seatId=seat["id"])
    assert collected["seat"]["state"] == "COLLECTED"
    assert made.coordinator.done("seatCollect", "seat { state }", seatId=seat["id"])["seat"] == {
        "state": "COLLECTED"
    }
    at_rest()


def test_whose_desk_was_closed_is_told_no_more_of_what_she_had_sent(together):
    """By asking once more under the key of then; whoever keeps the desk is told the same as before."""
    made = together(minimum=2, maximum=2)
    made.fill(2)
    sent = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF12345678", "idempotencyKey": key()}
    asked = ("groupShip", "group { recipient phone address }")
    first = made.manager.done(*asked, expectedUnits=2, **sent)
    assert first["group"]["phone"] and made.manager.done(*asked, expectedUnits=2, **sent) == first
    made.manager.person.appointments.update(ends_at=timezone.now())
    assert made.manager.refused("groupShip", expectedUnits=2, **sent) == "NOT_FOUND"
    assert made.manager.do(*asked, expectedUnits=2, **sent)["group"] is None


def test_what_a_member_was_given_back_does_not_travel(together):
    made = together(minimum=2, maximum=3)
    orders = made.fill(3)
    cancel.cancel(row(orders[0]), an_operator())
    drain()
    sent = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF12345678", "idempotencyKey": key()}
    assert made.manager.done("groupShip", "group { units }", **sent)["group"]["units"] == 2
    assert [state(order) for order in orders] == ["refunded", "shipped", "shipped"]
    at_rest()


def test_the_packing_list_says_who_gets_how_much_and_runs_no_formula(together):
    made = together(minimum=2, maximum=4)
    orders = [
        made.join(name="=HYPERLINK(1)"),
        made.join(name="示例王", units=2),
        made.join(name="没付钱的人"),
    ]
    made.pay(*orders[:2])
    reply = made.coordinator.client.get(f"/zh/g/{made.code}/packing.csv")
    assert reply["Content-Type"] == "text/csv; charset=utf-8" and "attachment" in reply["Content-Disposition"]
    text = reply.content.decode("utf-8-sig")
    assert reply.content.startswith(b"\xef\xbb\xbf")
    codes = [made.seat(order).pickup_code for order in orders]
    head, *rows = [line.rsplit(",", 1) for line in text.splitlines()]
    assert head == ["姓名,份数,取货码,状态", "制表时间"]
    assert [row for row, _ in rows] == [f"'=HYPERLINK(1),1,{codes[0]},{HELD}", f"示例王,2,{codes[1]},{HELD}"]
    assert len({made for _, made in rows}) == 1
    assert Buyer().client.get(f"/zh/g/{made.code}/packing.csv").status_code == 404


def test_a_coordinator_without_a_seat_reads_under_which_number_the_parcel_travels(together):
    made = together(minimum=2, maximum=2)
    (order, _) = made.fill(2)
    asked = "query($code: String!) { groupPurchase(code: $code) { mySeat { units } coordination { parcels { carrier trackingNumber shippedAt deliveredAt } } } }"

    def seen(asker):
        return asker.ask(asked, code=made.code)["groupPurchase"]

    assert seen(made.coordinator) == {"mySeat": None, "coordination": {"parcels": []}}
    given = {"groupId": made.id, "carrier": "顺丰", "trackingNumber": "SF777888"}
    made.manager.done("groupShip", **given, idempotencyKey=key())
    (parcel,) = seen(made.coordinator)["coordination"]["parcels"]
    assert (parcel["carrier"], parcel["trackingNumber"], parcel["deliveredAt"]) == ("顺丰", "SF777888", None)
    for asker in (Buyer(), Buyer(a_person()), made.manager):
        assert seen(asker)["coordination"] is None, "her courier's number is nobody else's"
    for language, word in (("zh", "已发出"), ("en", "Sent")):
        page = made.coordinator.client.get(f"/{language}/g/{made.code}/").content.decode()
        assert "SF777888" in page and word in page
    assert "SF777888" not in Buyer().client.get(f"/zh/g/{made.code}/").content.decode()
    made.coordinator.done("groupPurchaseDelivered", groupId=made.id)
    (parcel,) = seen(made.coordinator)["coordination"]["parcels"]
    assert parcel["deliveredAt"] and row(order).state == "delivered"
