"""A team's board of parcels: found by state, lot, day and by what anybody says of one; many at once; no slower with the years."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Order, Parcel, Shipment
from tests.catalog.world import a_lot
from tests.orders.test_what_befalls_a_parcel import House, another, codes
from tests.orders.world import Buyer, a_person, key, row
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]

FOUND = """query($q: String, $lot: ID, $day: Date, $state: ShipmentState) { desk { lotsToSend { id code units }
    daysToSend { day parcels }
    parcels(first: 20, search: $q, lot: $lot, shipBy: $day, state: $state, sort: NEWEST) { nodes { id number } } } }"""


@pytest.fixture
def house(till, a_stand):
    made = House(till, a_stand)
    made.till, made.stand = till, a_stand
    made.second = another(made)
    drain()
    mail.outbox.clear()
    return made


def found(house, by=None, **asked):
    desk = (by or house.managers[0]).ask(FOUND, **asked)["desk"]
    return [one["number"] for one in desk["parcels"]["nodes"]]


def test_a_parcel_is_found_by_number_name_phone_and_tracking_even_by_one_that_was_put_right(house):
    first, second = house.order["number"], house.second["number"]
    Parcel.objects.filter(shipments__order__number=second).update(recipient="李示例", phone="13700137000")
    house.ship(0)
    house.correct("ZT0001")
    for q in (
        first,
        first.lower().replace("-", ""),
        first[:4],
        "示例买",
        "138 0013 8000",
        "zt0001",
        "SF0000",
    ):
        assert found(house, q=q) == [first], q
    for q in ("李", "13700137000"):
        assert found(house, q=q) == [second]
    for q in ("示例买家 2", "13800", "%", "=1+1", "ZT000"):
        assert found(house, q=q) == [], q
    assert found(house, q=first, state="WAITING") == []


def test_another_teams_board_finds_nothing_of_it(house):
    house.ship(0)
    for q in ("示例买家", "13800138000", house.order["number"]):
        assert found(house, by=house.managers[1], q=q) == [house.order["number"]], (
            "her own part of the order alone"
        )
    assert found(house, by=house.managers[1], q="SF0000") == []
    assert found(house, by=house.managers[1], q=house.second["number"]) == []


def test_parcels_are_distinct_slug_by_lot_and_day(house):
    other = a_lot(house.lots[0].variant, units=9)
    Shipment.objects.filter(order__number=house.second["number"]).update(ship_by=clock.today())
    desk = house.managers[0].ask(FOUND)["desk"]
    assert [(one["code"], one["units"]) for one in desk["lotsToSend"]] == [(house.lots[0].code, 3)]
    assert {one["day"]: one["parcels"] for one in desk["daysToSend"]}[str(clock.today())] == 1
    assert found(house, day=str(clock.today())) == [house.second["number"]]
    assert len(found(house, lot=global_id("Lot", house.lots[0].uid))) == 2
    assert found(house, lot=global_id("Lot", other.uid)) == []


# --- Many at once -----------------------------------------------------------------------------------


def rows_of(house, *numbers, **told):
    orders = [house.order, house.second]
    made = []
    for order, number in zip(orders, numbers, strict=False):
        parcel = row(order).shipments.get(team=house.parcel(0).team)
        units = sum(line.units_sent for line in parcel.lines.all())
        made.append(
            {
                "shipmentId": global_id("Shipment", parcel.uid),
                "carrier": "sf express",
                "trackingNumber": number,
            }
            | {"expectedUnits": units, **told}
        )
    return made


def send(house, rows, by=None, **told):
    return (by or house.managers[0]).do("shipmentsShip", "sent", parcels=rows, idempotencyKey=key(), **told)


def test_many_are_sent_at_once_and_each_buyer_is_told_once(house):
    answer = send(house, rows_of(house, "SF1001", "SF1002", grams=2600))
    assert (answer["errors"], answer["sent"]) == ([], 2)
    letters = house.letters()
    assert sorted(re.search("SF100.", one.subject)[0] for one in letters) == ["SF1001", "SF1002"]
    assert set(Parcel.objects.exclude(tracking_number="").values_list("carrier", "grams")) == {("顺丰", 2600)}
    at_rest()


def test_if_one_is_wrong_none_is_sent_and_all_that_is_wrong_is_said(house):
    rows = rows_of(house, "SF1001", "?")
    rows[0]["expectedUnits"] = 7
    answer = send(house, rows)
    assert [(e["code"], e["field"]) for e in answer["errors"]] == [
        ("INVALID", ["parcels", "1", "trackingNumber"]),
        ("CONFLICT", ["parcels", "0", "expectedUnits"]),
    ]
    assert all(
        house.second["number"] in e["message"] or house.order["number"] in e["message"]
        for e in answer["errors"]
    )
    same = send(house, rows_of(house, "SF1001", "SF1001"))
    assert codes(same) == ["NUMBER_TWICE"] and same["errors"][0]["field"][1] == "1"
    assert codes(send(house, rows_of(house, "SF1001"), by=house.managers[1])) == ["NOT_FOUND"]
    assert codes(send(house, rows_of(house, "SF1001"), by=Buyer(a_person()))) == ["NOT_FOUND"]
    assert not Shipment.objects.filter(state="shipped").exists() and house.letters() == []
    assert codes(send(house, rows_of(house, "SF1001", "SF1001"), isMeant=True)) == []
    at_rest()


def test_numbers_are_typed_on_one_page_and_what_is_left_empty_stays(house):
    page = house.managers[0].client.get("/en/desk/send/").content.decode()
    parcel = rows_of(house, "SF1001")[0]["shipmentId"]
    assert f"number.{parcel}" in page and house.second["number"] in page
    told = {
        "carrier": "SF Express",
        f"number.{parcel}": "SF1001",
        f"seen.{parcel}": "2",
        "lang": "en",
        "next": "/en/desk/orders/",
    }
    for one in re.findall(r'name="(number\.[^"]+)"', page):
        told.setdefault(one, "")
    house.managers[0].client.post("/do/send_parcels/", {**told, "idempotencyKey": key()})
    assert (house.parcel(0).tracking_number, row(house.second).state) == ("SF1001", "paid")


# --- What is printed --------------------------------------------------------------------------------


def test_what_is_printed_is_of_those_that_are_ticked_and_for_whoever_packs(house):
    packer, stranger = house.managers[0].client, Buyer(a_person()).client
    parcel = rows_of(house, "SF1001")[0]["shipmentId"]
    for kind in ("labels", "slips", "pick"):
        address = f"/zh/desk/papers/{kind}.pdf"
        one, both = packer.get(address, {"p": parcel}), packer.get(address)
        assert one.content.startswith(b"%PDF") and one["Cache-Control"] == "private, no-store"
        assert len(both.content) > len(one.content)
        assert stranger.get(address, {"p": parcel}).status_code == 404
    assert packer.get("/zh/desk/papers/other.pdf").status_code == 404


def test_the_board_page_asks_as_much_of_a_thousand_orders_as_of_ten(house):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = house.managers[0].client.get("/en/desk/orders/?state=SHIPPED")
        assert page.status_code == 200
        return len(asked)

    house.ship(0)
    statements()
    few = statements()
    many_more(house, 30)
    assert statements() <= few


def many_more(house, times):
    """So many more orders like the first, sent; rows alone, since it is how many that counts."""
    order, parcel = house.row, house.parcel(0)
    for n in range(times):
        made = Order.objects.get(pk=order.pk)
        made.pk, made.uid, made.number, made.cart_id = None, None, f"{n:04}-AAAA-BBBB", None
        made.uid = key()
        made.save()
        packed = Parcel.objects.get(pk=parcel.parcel_id)
        packed.pk, packed.uid = None, key()
        packed.save()
        again = Shipment.objects.get(pk=parcel.pk)
        again.pk, again.uid, again.order, again.parcel = None, key(), made, packed
        again.save()


def test_each_of_the_boards_lists_goes_by_an_index_of_the_teams(house):
    plans = []
    with connection.cursor() as cursor:
        # Few rows are as soon sorted: what is shown is that the index has their order.
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        for where, args in (
            ("orders_shipment WHERE team_id = %s AND state = 'completed' ORDER BY id DESC LIMIT 21", []),
            ("orders_parcel WHERE team_id = %s AND recipient LIKE %s", ["李%"]),
        ):
            cursor.execute(f"EXPLAIN SELECT * FROM {where}", [house.parcel(0).team_id, *args])
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan")
    assert "shipments_of_a_team_newest" in plans[0] and "Sort" not in plans[0]
    assert "parcels_of_a_teams_recipient" in plans[1]
