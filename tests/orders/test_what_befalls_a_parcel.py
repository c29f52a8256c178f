"""What may befall a parcel: its buyer's page, its team's desk, mails, ledger and lists say the same of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from orders.actions import address_change, shipment
from orders.models import Claim, ParcelNumber, Shipment
from orders.reads.desk import changed_since_list, packing_rows
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.sold import Sold
from tests.orders.world import WUHAN, Buyer, a_person, key, row, tell
from tests.together.world import at_rest, money_in, pay_at_the_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]

SEEN = """query($number: String!, $token: String) { order(number: $number, token: $token) { state allowedActions
    lines { isClaimable claims { stateName words } }
    shipments { id state carrier trackingNumber trackingUrl shipBy lostAt cameBackAt allowedActions } } }"""
BOARD = """query { desk { parcelsWaiting parcels(first: 20) { nodes { id number state carrier trackingNumber shipBy units
    actions lostAt cameBackAt grams numbers { carrier trackingNumber } lines { id units } } }
    changedSinceList { number isCalledOff takenOut newAddress } } }"""


class House(Sold):
    """What each sees of an order, and the deeds of its first team."""

    @property
    def page(self):
        """What its buyer sees."""
        return self.buyer.ask(SEEN, **self.order)["order"]

    @property
    def board(self):
        """What the first team's packer sees of this order's parcels."""
        rows = self.managers[0].ask(BOARD)["desk"]["parcels"]["nodes"]
        return [one for one in rows if one["number"] == self.order["number"]]

    @property
    def on_list(self):
        """What of it stands on the first team's packing list."""
        rows = packing_rows(self.parcel(0).team)
        return [line for one in rows if one.number == self.order["number"] for line in one.contents]

    def say(self, deed, n=0, by=None, **told):
        """What comes of saying something of a parcel."""
        told = {"shipmentId": self.parcel_id(n), **told}
        return (by or self.managers[n]).do(deed, "shipment { id state }", **told)

    def correct(self, number, carrier="中通", **told):
        return codes(self.say("shipmentNumberCorrect", carrier=carrier, trackingNumber=number, **told))

    def letters(self):
        """What its buyer was written since this was last asked."""
        drain()
        got = [one for one in mail.outbox if "buyer@example.com" in one.to]
        mail.outbox.clear()
        return got


def codes(answer):
    return [error["code"] for error in answer["errors"]]


def another(house, quantity=1):
    """One more order of the first team's goods, paid."""
    order = house.buyer.place(house.lots[0], quantity=quantity)
    pay_at_the_till(house.till, house.buyer, order)
    tell(house.stand, "checkout.session.completed")
    return order


@pytest.fixture
def house(till, a_stand):
    made = House(till, a_stand)
    made.till, made.stand = till, a_stand
    drain()
    mail.outbox.clear()
    return made


# --- A wrong tracking number (N37) ------------------------------------------------------------------


def test_a_wrong_number_is_put_right_and_its_buyer_told_once_the_one_that_is_true(house):
    house.ship(0)
    (first,) = house.letters()
    assert "顺丰 SF0000" in first.subject
    assert house.correct("ZT0001") == []
    (second,) = house.letters()
    assert "中通 ZT0001" in second.subject and "SF0000" not in second.subject + second.body
    assert house.correct("ZT0001") == [] and house.letters() == [], "the same again tells nobody anything"
    (seen, _), (there,) = house.page["shipments"], house.board
    assert (seen["carrier"], seen["trackingNumber"]) == ("中通", "ZT0001") and "ZT0001" in seen["trackingUrl"]
    assert (there["trackingNumber"], there["state"]) == ("ZT0001", "SHIPPED")
    assert [one["trackingNumber"] for one in there["numbers"]] == ["SF0000", "ZT0001"]
    assert house.line(0).claims.count() == 0
    at_rest()


def test_a_number_that_is_put_right_before_the_letter_went_is_told_once(house):
    house.ship(0)
    assert house.correct("ZT0001") == [] and house.correct("ZT0002") == []
    (only,) = house.letters()
    assert "ZT0002" in only.subject and "ZT0001" not in only.body and "SF0000" not in only.body


def test_a_number_that_was_put_right_is_asked_about_when_it_comes_again(house):
    house.ship(0)
    assert house.correct("ZT0001") == [] and house.correct("SF0000", "顺丰") == ["NUMBER_TWICE"]
    assert house.parcel(0).tracking_number == "ZT0001"
    assert house.correct("SF0000", "顺丰", isMeant=True) == []
    assert [n.tracking_number for n in ParcelNumber.objects.order_by("pk")] == ["SF0000", "ZT0001", "SF0000"]


def test_of_two_parcels_one_is_put_right_and_the_other_stays(house):
    house.ship(0)
    house.ship(1)
    house.letters()
    assert house.correct("ZT0001") == []
    (letter,) = house.letters()
    assert "ZT0001" in letter.subject and [p.tracking_number for p in map(house.parcel, (0, 1))] == [
        "ZT0001",
        "SF0001",
    ]


def test_only_its_own_team_puts_a_number_right_and_only_of_what_travels(house):
    told = {"carrier": "中通", "trackingNumber": "ZT0001"}
    assert codes(house.say("shipmentNumberCorrect", **told)) == ["TOO_LATE"]
    house.ship(0)
    for asker in (house.managers[1], Buyer(a_person())):
        assert codes(house.say("shipmentNumberCorrect", by=asker, **told)) == ["NOT_FOUND"]
    assert house.parcel(0).tracking_number == "SF0000"
    house.buyer.done("shipmentDelivered", shipmentId=house.parcel_id(0), token=house.order["token"])
    shipment.complete_due(timezone.now() + timedelta(days=30))
    assert codes(house.say("shipmentNumberCorrect", **told)) == ["TOO_LATE"]


def test_what_was_not_sent_after_all_waits_again_within_the_hour(house):
    house.ship(0)
    house.ship(1)
    house.letters()
    assert house.row.state == "shipped" and codes(house.say("shipmentSendingUndo")) == []
    (letter,) = house.letters()
    assert "Not sent yet" in letter.subject and "SF0000" not in letter.body
    (seen, _), (there,) = house.page["shipments"], house.board
    assert (seen["state"], seen["trackingNumber"], seen["trackingUrl"]) == ("WAITING", "", None)
    assert (there["state"], there["trackingNumber"]) == ("WAITING", "") and house.row.state == "paid"
    assert house.on_list and "CHANGE_ADDRESS" in seen["allowedActions"]
    at_rest()
    assert codes(house.ship(0, trackingNumber="SF9999")) == []
    (again,) = house.letters()
    assert "SF9999" in again.subject
    Shipment.objects.update(shipped_at=timezone.now() - timedelta(minutes=61))
    assert codes(house.say("shipmentSendingUndo")) == ["TOO_LATE"]
    at_rest()


def test_sent_not_sent_and_sent_anew_before_any_letter_went_is_one_letter(house):
    house.ship(0)
    house.say("shipmentSendingUndo")
    house.ship(0, trackingNumber="SF9999")
    (only,) = house.letters()
    assert "SF9999" in only.subject


# --- The same number twice --------------------------------------------------------------------------


def test_the_same_number_twice_is_asked_about_and_goes_where_it_is_meant(house):
    house.ship(0)
    order = another(house)
    theirs = global_id("Shipment", row(order).shipments.get().uid)
    told = {"shipmentId": theirs, "carrier": "顺丰", "trackingNumber": "SF0000", "expectedUnits": 1}
    answer = house.managers[0].do("shipmentShip", "shipment { id }", **told, idempotencyKey=key())
    assert codes(answer) == ["NUMBER_TWICE"] and answer["errors"][0]["field"] == ["trackingNumber"]
    assert house.order["number"] in answer["errors"][0]["message"]
    assert row(order).state == "paid" and house.letters()[0].subject.count("SF0000") == 1
    house.managers[0].done("shipmentShip", **told, isMeant=True, idempotencyKey=key())
    assert row(order).state == "shipped" and len(house.letters()) == 1


def test_a_number_of_another_teams_order_is_nobodys_business(house):
    house.ship(0)
    assert codes(house.ship(1, trackingNumber="SF0000")) == [], (
        "no word of it: it tells nothing of the other team"
    )


# --- A lost parcel, and one that comes back ---------------------------------------------------------


def test_a_lost_parcel_is_a_claim_that_its_team_answers_with_money(house):
    house.ship(0)
    house.letters()
    assert codes(house.say("shipmentLost")) == [] and codes(house.say("shipmentLost")) == []
    (letter,) = house.letters()
    assert "has lost" in letter.subject and "SF0000" in letter.body
    line = house.page["lines"][0]
    assert ["lost" in claim["words"] for claim in line["claims"]] == [True] and not line["isClaimable"]
    assert house.board[0]["lostAt"] and house.page["shipments"][0]["lostAt"]
    claim = Claim.objects.get()
    assert shipment.move_on_due(timezone.now() + timedelta(days=20)) == 0, "nobody takes it as delivered"
    paid = house.line(0).net_minor
    given = {"claimId": global_id("Claim", claim.uid), "words": "全额退", "amount": f"{paid / 100:.2f}"}
    house.managers[0].done("claimAnswer", "claim { state }", **given, idempotencyKey=key())
    drain()
    assert house.line(0).refunded_minor == paid and money_in("pool_earmarked", house.row) >= 0
    at_rest()


def test_what_comes_back_waits_and_its_buyer_may_change_the_address_or_call_it_off(house):
    house.ship(0)
    house.letters()
    sold_before = house.lots[0].__class__.objects.get(pk=house.lots[0].pk).units_available
    assert codes(house.say("shipmentCameBack")) == []
    (letter,) = house.letters()
    assert "has come back" in letter.subject and "示例路 1 号" in letter.body
    seen = house.page["shipments"][0]
    assert (seen["state"], "CHANGE_ADDRESS" in seen["allowedActions"], bool(seen["cameBackAt"])) == (
        "WAITING",
        True,
        True,
    )
    assert house.on_list and house.board[0]["cameBackAt"]
    assert house.page["allowedActions"] == ["CANCEL"]
    house.buyer.done("orderCancel", **house.order, idempotencyKey=key())
    drain()
    assert house.row.refunded_minor == house.row.total_minor and house.on_list == []
    available = house.lots[0].__class__.objects.get(pk=house.lots[0].pk).units_available
    assert available == sold_before, "what has travelled is not sold again"
    at_rest()


# --- A part of it first -----------------------------------------------------------------------------


@pytest.fixture
def two_things(till, a_stand):
    """Of one team two things in one parcel."""
    manager = a_person(language="zh")
    team = a_team(manager=manager)
    lots = [
        a_lot(a_variant(a_product(team)), units=9),
        a_lot(a_variant(a_product(team), price_minor=1000), units=9),
    ]
    house = House.__new__(House)
    house.managers, house.lots, house.buyer = [Buyer(manager)] * 2, lots, Buyer()
    house.order = house.buyer.place(*lots, quantity=2)
    pay_at_the_till(till, house.buyer, house.order)
    tell(a_stand, "checkout.session.completed")
    drain()
    mail.outbox.clear()
    return house


def split(house, stays, day):
    told = {"shipmentId": house.parcel_id(0), "stays": stays, "shipBy": str(day)}
    return codes(house.managers[0].do("shipmentSplit", "rest { id }", **told))


def test_a_part_travels_first_and_the_rest_keeps_its_own_day(two_things):
    house, later = two_things, clock.today() + timedelta(days=9)
    assert split(house, [], later) == ["INVALID"]
    assert split(house, [house.line_id(0), house.line_id(1)], later) == ["INVALID"]
    assert split(house, [house.line_id(1)], clock.today() - timedelta(days=1)) == ["INVALID"]
    postage = house.parcel(0).shipping_minor
    assert split(house, [house.line_id(1)], later) == []
    (letter,) = house.letters()
    assert "two parcels" in letter.subject
    assert [p.shipping_minor for p in house.row.shipments.all()] == [postage, 0]
    assert [(one["shipBy"], one["units"]) for one in sorted(house.board, key=lambda one: one["shipBy"])][
        1
    ] == (str(later), 2)
    assert len(house.on_list) == 2
    at_rest()
    house.ship(0)
    assert house.row.state == "paid" and [p["state"] for p in house.page["shipments"]] == [
        "SHIPPED",
        "WAITING",
    ]
    house.ship(1, trackingNumber="SF0009")
    assert house.row.state == "shipped"
    for n in (0, 1):
        house.buyer.done("shipmentDelivered", shipmentId=house.parcel_id(n), token=house.order["token"])
    shipment.complete_due(timezone.now() + timedelta(days=30))
    drain()
    assert house.row.state == "completed" and money_in("pool_earmarked", house.row) == 0
    at_rest()


def test_what_stays_at_home_is_called_off_by_itself(two_things):
    house = two_things
    assert split(house, [house.line_id(1)], clock.today() + timedelta(days=9)) == []
    house.ship(0)
    part = {"lineId": house.line_id(1), "units": 2}
    house.managers[0].done("refundRequest", number=house.order["number"], lines=[part], idempotencyKey=key())
    drain()
    assert house.row.state == "shipped" and [p.state for p in house.row.shipments.all()] == [
        "shipped",
        "cancelled",
    ]
    at_rest()


# --- After the list was downloaded ------------------------------------------------------------------


def packing_list(house):
    house.managers[0].client.get(f"/zh/desk/packing.csv?team={house.parcel(0).team.code}")


def test_an_order_that_is_cancelled_after_the_list_was_downloaded_is_named_beside_it(house):
    packing_list(house)
    house.buyer.done("orderCancel", **house.order, idempotencyKey=key())
    drain()
    (change,) = changed_since_list(house.parcel(0).team)
    assert (change.number, change.is_called_off) == (house.order["number"], True)
    assert house.on_list == [] and house.board == [] and house.row.refunded_minor == house.row.total_minor
    at_rest()


def test_an_address_that_is_changed_before_packing_is_the_one_on_every_list(house):
    packing_list(house)
    elsewhere = {"recipient": "李示例", "phone": "13700137000", "region": WUHAN, "street": "新路 9 号"}
    address_change.change(house.parcel(0), None, is_known=True, **elsewhere)
    (told,) = changed_since_list(house.parcel(0).team)
    assert "新路 9 号" in told.new_address and not told.is_called_off
    house.ship(0)
    assert "新路 9 号" in house.letters()[0].body


def test_a_recall_in_the_middle_of_packing_stops_the_parcel_wherever_it_is_shown(house):
    house.managers[0].done("shipmentPack", shipmentId=house.parcel_id(0), isPacked=True)
    packing_list(house)
    lot = global_id("Lot", house.lots[0].uid)
    house.managers[0].done("lotRecall", id=lot, reason="示例：检出问题")
    drain()
    assert codes(house.ship(0)) == ["TOO_LATE"] and house.on_list == [] and house.board == []
    assert house.line(0).refunded_minor == house.line(0).net_minor
    assert any("SF0000" in one.subject for one in house.letters()) is False
    at_rest()
