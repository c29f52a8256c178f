"""Tracking numbers as a table: what is to be sent goes out, comes back filled in, is looked at, and then done."""

import csv
import re
from io import BytesIO, StringIO
from uuid import UUID

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from core.deliveries import drain
from orders.actions import number_sheet
from orders.models import Parcel, Shipment
from tests.orders.test_what_befalls_a_parcel import House, another
from tests.orders.world import Buyer, a_person, row
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
HEAD = ["订单", "承运公司", "运单号", "重量（克）"]


@pytest.fixture
def house(till, a_stand):
    made = House(till, a_stand)
    made.till, made.stand = till, a_stand
    made.second = another(made)
    drain()
    mail.outbox.clear()
    return made


def a_table(*rows, head=HEAD):
    written = StringIO()
    csv.writer(written).writerows([head, *rows])
    return SimpleUploadedFile("numbers.csv", written.getvalue().encode("utf-8-sig"), "text/csv")


def look(house, file, by=None, language="en"):
    """What the page says that the table would do."""
    client = (by or house.managers[0]).client
    here = f"/{language}/desk/numbers/"
    client.post("/do/import_numbers/", {"file": file, "lang": language, "next": here, "back": here})
    return client.get(here).content.decode()


def do(house, page, **ticked):
    """Press the button below what was looked at; what the next page says."""
    sheet = re.search(r'name="sheet" value="([^"]+)"', page)[1]
    told = {"sheet": sheet, "lang": "en", "next": "/en/desk/orders/", "back": "/en/desk/numbers/", **ticked}
    return house.managers[0].client.post("/do/send_numbers/", told, follow=True).content.decode()


def numbers(house):
    return [house.order["number"], house.second["number"]]


def sent():
    return set(Parcel.objects.exclude(tracking_number="").values_list("tracking_number", flat=True))


def test_a_table_is_looked_at_first_and_then_all_of_it_is_sent(house):
    first, second = numbers(house)
    page = look(house, a_table([first, "顺丰速运", "SF1001", "2600"], [second, "中通", "ZT1002", ""]))
    assert "To be sent: 2" in page and "ZT1002" in page and sent() == set()
    assert "Sent: 2; put right: 0" in do(house, page)
    assert sent() == {"SF1001", "ZT1002"}
    assert {"顺丰", "中通"} == set(Parcel.objects.exclude(carrier="").values_list("carrier", flat=True))
    assert len(house.letters()) == 2
    # The same table again changes nothing and writes to nobody.
    again = look(house, a_table([first, "顺丰", "SF1001", "2600"], [second, "中通", "ZT1002", ""]))
    assert "so already: 2" in again and 'name="sheet"' not in again and house.letters() == []
    at_rest()


def test_whatever_is_wrong_is_named_by_row_and_column_and_nothing_is_done(house):
    first, second = numbers(house)
    page = look(
        house,
        a_table(
            [first, "顺丰", "SF 1", ""],
            [second, "", "ZT1002", ""],
            ["AAAA-BBBB-CCCC", "顺丰", "SF1003", ""],
            [first, "顺丰", "6.12346E+14", ""],
            [second, "顺丰", "SF1004", "0.5"],
        ),
    )
    for where in (
        "Row 2, column C",
        "Row 3, column B",
        "Row 4, column A",
        "Row 5, column C",
        "Row 6, column D",
    ):
        assert where in page, where
    assert "5 things are wrong" in page and 'name="sheet"' not in page and sent() == set()


def test_a_number_that_stands_twice_is_asked_about(house):
    first, second = numbers(house)
    page = look(house, a_table([first, "顺丰", "SF1001", ""], [second, "顺丰", "SF1001", ""]))
    assert f"SF1001: order {first} and order {second}" in page
    assert "is on order" in do(house, page) and sent() == set()
    assert "Sent: 2" in do(house, page, isMeant="true") and sent() == {"SF1001"}


def test_yesterdays_sheet_is_asked_about_and_its_old_number_is_not_taken(house):
    first, _ = numbers(house)
    house.ship(0)
    assert house.correct("ZT0001") == []
    house.letters()
    page = look(house, a_table([first, "顺丰", "SF0000", ""]))
    assert "put right before, and are not taken" in page and 'name="sheet"' not in page
    assert sent() == {"ZT0001"} and house.letters() == []
    # Another number than it travels under is a correction, and only where she says so.
    page = look(house, a_table([first, "圆通", "YT0003", ""]))
    assert "put right: 0" in do(house, page) and sent() == {"ZT0001"}
    assert "put right: 1" in do(house, page, correct="true") and sent() == {"YT0003"}
    (letter,) = house.letters()
    assert "YT0003" in letter.subject


def test_nothing_of_another_teams_orders_is_told_or_sent(house):
    first, second = numbers(house)
    other = house.managers[1]
    page = look(house, a_table([second, "顺丰", "SF1001", ""]), by=other)
    assert "There is no parcel of such an order" in page and sent() == set()
    page = look(house, a_table([first, "顺丰", "SF1001", ""]), by=other)
    assert "To be sent: 1" in page, "her own part of it"
    sheet = re.search(r'name="sheet" value="([^"]+)"', page)[1]
    told = house.managers[0].client.post("/do/send_numbers/", {"sheet": sheet, "lang": "en"}, follow=True)
    assert "It is too long since" in told.content.decode() and sent() == set(), "looked at by somebody else"
    here = {"file": a_table([first, "顺丰", "SF1001", ""]), "lang": "en", "back": "/en/desk/numbers/"}
    assert Buyer(a_person()).client.get("/en/desk/to-send.csv").status_code == 404
    Buyer(a_person()).client.post("/do/import_numbers/", here)
    assert sent() == set()


def test_what_was_changed_since_it_was_looked_at_is_refused_whole(house):
    first, second = numbers(house)
    page = look(house, a_table([first, "顺丰", "SF1001", ""], [second, "中通", "ZT1002", ""]))
    house.buyer.done("orderCancel", **house.second, idempotencyKey="7f0c9a0e-7d52-4c3b-9f57-0c8f5a1d2e64")
    assert second in do(house, page) and sent() == set()
    assert row(house.order).state == "paid"


def test_what_is_taken_along_can_be_sent_in_again_and_changes_nothing_until_it_is_filled_in(house):
    team, packer = house.parcel(0).team, house.managers[0].client
    assert packer.get("/zh/desk/to-send.pdf").status_code == 404
    taken = {form: packer.get(f"/zh/desk/to-send.{form}").content for form in ("csv", "xlsx")}
    for body in taken.values():
        plan = number_sheet.plan(team, BytesIO(body))
        assert (plan.to_send, plan.faults) == ([], [str(number_sheet._EMPTY)])
    book = load_workbook(BytesIO(taken["xlsx"]))
    page = book.active
    at = {cell.value: cell.column for cell in page[1]}
    for n, code in ((2, "SF1001"), (3, "SF1002")):
        page.cell(n, at["承运公司"]).value, page.cell(n, at["运单号"]).value = "顺丰", code
    filled = BytesIO()
    book.save(filled)
    plan = number_sheet.plan(team, BytesIO(filled.getvalue()))
    assert ([one.tracking_number for one in plan.to_send], plan.faults) == (["SF1001", "SF1002"], [])
    assert {one.order for one in plan.to_send} == set(numbers(house))


def test_of_an_order_in_two_parcels_the_table_says_which(house):
    first, _ = numbers(house)
    here = house.parcel(0)
    here.uid = UUID(
        "582e5251-0a10-476f-92df-476a3704fe24"
    )  # a number to a spreadsheet, were it not for the P before it
    here.save()
    twin = Shipment.objects.get(pk=here.pk)
    packed = Parcel.objects.get(pk=here.parcel_id)
    packed.pk = packed.uid = None
    packed.uid = Parcel._meta.get_field("uid").get_default()
    packed.save()
    twin.pk, twin.uid, twin.parcel = None, Parcel._meta.get_field("uid").get_default(), packed
    twin.save()
    plan = number_sheet.plan(here.team, a_table([first, "顺丰", "SF1001", ""]))
    assert "several parcels" in plan.faults[0] or "几个包裹" in plan.faults[0]
    code = number_sheet.code_of(here)
    plan = number_sheet.plan(
        here.team, a_table([first, code, "顺丰", "SF1001"], head=["订单", "包裹", "承运公司", "运单号"])
    )
    assert ([one.shipment for one in plan.to_send], plan.faults) == ([here.uid], [])
