"""The office finds an order by what is known of it, sees all of it, and gives back exactly what it was shown."""

import logging
import re
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry
from core.money import show
from orders.models import Order, Refund
from orders.reads.letters import names
from shop.reactions import REACTIONS
from tests.catalog.world import an_operator
from tests.orders.sold import Sold, settle
from tests.orders.world import Buyer, a_person
from tests.web.conftest import signed_in
from tests.web.test_desk import sure
from tests.web.test_pages import fields, unfolded, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]


@pytest.fixture
def town(till, a_stand) -> SimpleNamespace:
    """Oranges of one team and tea of another, paid for; three units of each."""
    sold = Sold(till, a_stand, quantity=3)
    clerk = an_operator()
    return SimpleNamespace(sold=sold, clerk=clerk, office=signed_in(clerk))


def find(town, text: str):
    form = fields(words(town.office.get("/en/office/orders/")), "find_order")
    return town.office.post("/do/find_order/", {**form, "words": text, "lang": "en"})


def form_of(town, **written: str) -> dict[str, str]:
    """The refund's form as it is filled in."""
    path = f"/en/office/orders/{town.sold.row.number}/"
    page = unfolded(town.office, path, "refund_in_part")
    return {**fields(page, "refund_in_part"), "lang": "en", "note": "示例原因", **written}


def look(town, **written: str) -> tuple[dict[str, str], str]:
    """What is shown before it is done, and the form that does it."""
    form = form_of(town, **written)
    page = words(town.office.get(town.office.post("/do/refund_in_part/", form).url))
    return {**form, **{k: v for k, v in fields(page, "refund_in_part").items() if k == "seen"}}, page


def shown(page: str) -> list[tuple[str, str]]:
    """What comes of it, line by line."""
    (note,) = re.findall(r'id="look".*?</ul>', page)
    return re.findall(r"<li><span>([^<]*)</span><b class=\"num\">([^<]*)</b>", note)


def give(town, form) -> str:
    return words(town.office.get(town.office.post("/do/refund_in_part/", form).url))


def test_an_order_is_found_by_number_mailbox_telephone_and_tracking_number(town, caplog):
    order = town.sold.row
    phone = order.shipments.first().parcel.phone
    town.sold.ship(0)
    page = f"/en/office/orders/{order.number}/"
    caplog.set_level(logging.DEBUG)
    for text in (
        *(order.number, order.number.lower().replace("-", " "), order.number[:4]),
        *(order.email.upper(), phone, f"+86 {phone[:3]} {phone[3:]}", "sf0000"),
    ):
        assert find(town, text).url == page, text
    other = Buyer().place(town.sold.lots[0])
    both = find(town, phone).url
    assert both == f"/en/office/orders/?numbers={other['number']}&numbers={order.number}"
    assert words(town.office.get(both)).count('class="tap num"') == 2
    assert find(town, phone[:-1]).url.startswith("/en/office/orders/"), "not by a part of it"
    for text in ("ab", "x@nowhere.example", "SF999999"):
        assert page not in find(town, text).url
    assert phone not in caplog.text and order.email not in caplog.text.lower()


def test_each_look_is_written_down_without_the_words(town):
    order = town.sold.row
    find(town, order.shipments.first().parcel.phone)
    assert town.office.get(f"/en/office/orders/{order.number}/").status_code == 200
    entries = AuditEntry.objects.filter(actor=town.clerk).order_by("pk")
    assert [(one.deed, one.noun, one.facts) for one in entries] == [
        ("find", "Order", {"by": "phone", "orders": [order.number]}),
        ("look", "Order", {"order": order.number}),
    ]


def test_the_order_is_seen_whole(town):
    settle()
    page = words(town.office.get(f"/en/office/orders/{town.sold.row.number}/"))
    row = town.sold.row
    parcel = row.shipments.first().parcel
    told = (
        parcel.recipient,
        parcel.phone,
        row.email,
        show(row.total_minor),
        "Paid, to the buyer",
        "Received",
    )
    assert all(fact in page for fact in told)
    assert page.count("A new order, to the teams") == 1
    assert "Give back a part, or all" in page


def test_units_of_a_line_go_back_with_their_price_and_exactly_what_was_shown(town):
    form, page = look(town, **{f"units.{town.sold.line_id()}": "2"})
    line = town.sold.line()
    two = 2 * line.unit_price_minor
    assert shown(page) == [(f"{line.name_en} × 2", show(two)), ("Given back to the buyer in all", show(two))]
    assert Refund.objects.count() == 0
    assert f"{show(two)} is on its way back." in give(town, form)
    give(town, form)  # pressed twice: its key is the same
    made = Refund.objects.get()
    assert (made.amount_minor, made.note, made.requested_by, made.reason) == (
        two,
        "示例原因",
        town.clerk,
        "team",
    )
    settle()
    made.refresh_from_db()
    assert made.state == "succeeded" and Order.objects.get().refunded_minor == two
    entry = AuditEntry.objects.get(deed="request")
    assert (entry.actor, entry.facts) == (town.clerk, {"order": town.sold.row.number, "amount_minor": two})
    call_command("verify")


def test_a_sum_is_shared_over_what_remains_of_each_line_and_sending_is_asked_for_apart(town):
    first, second = town.sold.line(0), town.sold.line(1)
    form, page = look(town, sumMinor="10.01")
    whole = first.net_minor + second.net_minor
    part = round(1001 * first.net_minor / whole)
    assert [amount for _, amount in shown(page)] == [show(part), show(1001 - part), show(1001)]
    give(town, form)
    town.sold.row.refresh_from_db()
    assert [line.refunded_minor for line in town.sold.row.lines.all()] == [part, 1001 - part]
    assert [line.refunded_units for line in town.sold.row.lines.all()] == [0, 0]
    # All that is left, sending too: the parcels are called off and the order is over.
    left = whole - 1001
    sending = sum(parcel.shipping_minor for parcel in town.sold.row.shipments.all())
    form, page = look(town, sumMinor=f"{left / 100:.2f}", shipping="true")
    assert shown(page)[-1] == ("Given back to the buyer in all", show(left + sending))
    give(town, form)
    settle()
    order = town.sold.row
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert {parcel.state for parcel in order.shipments.all()} == {"cancelled"}
    call_command("verify")


def test_an_unsent_order_is_called_off_whole_and_its_goods_are_in_stock_again(town):
    path = f"/en/office/orders/{town.sold.row.number}/"
    sure(town.office, path, "call_off_order", reason=" ")
    assert Refund.objects.count() == 0 and AuditEntry.objects.filter(deed="cancel").count() == 0
    sure(town.office, path, "call_off_order", reason="买家来电不要了")
    settle()
    order = town.sold.row
    assert (order.state, order.refunded_minor) == ("refunded", order.total_minor)
    assert Refund.objects.get().amount_minor == order.total_minor
    for lot in town.sold.lots:
        lot.refresh_from_db()
    assert [lot.units_available for lot in town.sold.lots] == [50, 50]
    assert AuditEntry.objects.get(deed="cancel").facts["reason"] == "买家来电不要了"
    assert "call_off_order" not in words(town.office.get(path))
    call_command("verify")


def test_what_was_sent_is_not_called_off_by_anybody(town):
    town.sold.ship(0)
    assert "call_off_order" not in words(town.office.get(f"/en/office/orders/{town.sold.row.number}/"))
    given = {"number": town.sold.row.number, "reason": "示例", "seen": "x", "lang": "en"}
    for client in (town.office, signed_in(a_person())):
        client.post(
            "/do/call_off_order/", {**given, "idempotencyKey": "7f0c9a0e-7d52-4c3b-9f57-0c8f5a1d2e65"}
        )
    assert Refund.objects.count() == 0 and town.sold.row.state == "paid"


def test_what_cannot_be_given_back_is_refused_and_nothing_changes(town):
    line = town.sold.line()
    much = f"{(line.net_minor + 1) / 100:.2f}"
    for written in (
        {f"units.{town.sold.line_id()}": "4"},
        {f"yuan.{town.sold.line_id()}": much},
        {"sumMinor": "100000.00"},
        {"sumMinor": "1.00", f"units.{town.sold.line_id()}": "1"},
        {},
        {"sumMinor": "-1"},
    ):
        form = form_of(town, **written)
        page = words(town.office.get(town.office.post("/do/refund_in_part/", form).url))
        assert 'class="note error"' in page and 'id="look"' not in page, written
    form = form_of(town, **{f"units.{town.sold.line_id()}": "1"})
    page = words(town.office.get(town.office.post("/do/refund_in_part/", form | {"note": ""}).url))
    assert 'name="note"' in page and "Please fill this in." in page
    assert Refund.objects.count() == 0


def test_another_sum_than_was_shown_is_shown_again(town):
    form, _ = look(town, sumMinor="5.00")
    again = words(town.office.get(town.office.post("/do/refund_in_part/", form | {"sumMinor": "6.00"}).url))
    assert shown(again)[-1][1] == "¥6.00" and Refund.objects.count() == 0


def test_nobody_gives_back_an_order_of_her_own_nor_what_is_not_hers_to_give(town, till, a_stand):
    Order.objects.update(email=town.clerk.email)
    page = words(town.office.get(f"/en/office/orders/{town.sold.row.number}/"))
    assert "somebody else gives it back" in page and "refund_in_part" not in page
    fields_ = {"number": town.sold.row.number, "sumMinor": "1.00", "note": "x", "seen": "x", "lang": "en"}
    for person in (town.clerk, a_person()):
        town_ = signed_in(person)
        town_.post(
            "/do/refund_in_part/", {**fields_, "idempotencyKey": "7f0c9a0e-7d52-4c3b-9f57-0c8f5a1d2e64"}
        )
    assert Refund.objects.count() == 0


def test_every_letter_about_an_order_has_a_name_in_the_office():
    about_orders = {
        name
        for event, line in REACTIONS.items()
        for name in line.afterwards
        if ".letters" in name
        and not name.startswith("contest.")
        and not event.startswith(
            ("Group", "LotRecalled", "TeamHolds", "Wish", "News", "MessagesGivenUp", "Application")
        )
    }
    assert set(names()) == about_orders
