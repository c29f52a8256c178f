"""An invoice by its pages: asked for at checkout or on the order, uploaded at the desk, taken along by its buyer."""

import re

import pytest
from django.test import Client

from core.money import show
from orders.links import token_for
from orders.models import Cart, Invoice, InvoiceWish, Order
from tests.catalog.world import an_operator
from tests.orders.coupons import Saver, pay
from tests.orders.test_invoice import NUMBER, a_code, pdf
from tests.orders.world import BUYER, row
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {"email": "a@example.com", "recipient": "Ann", "phone": "13800138000", "street": "1 Road"}
DESK = "/en/desk/invoices/"


def at_checkout(shelf, client: Client) -> dict[str, str]:
    """What the form of the checkout page would send."""
    post(client, "add_to_cart", variant=shelf.variant, quantity="1")
    post(client, "choose_region", region=BUYER["regionCode"])
    return fields(words(client.get("/en/checkout/")), "tell_cart") | TOLD


def test_at_checkout_it_is_folded_and_what_is_wrong_is_kept_beside_why(shelf, guest, till):
    form = at_checkout(shelf, guest)
    page = words(guest.get("/en/checkout/"))
    assert re.search(r"<details ?><summary[^>]*>An invoice<", page), "folded"
    assert not {"invoiceTitle", "invoiceTaxNumber"} & form.keys(), "nothing stands in it"
    wrong = {"invoiceTitle": "示例公司", "invoiceTaxNumber": "914201", "invoiceKind": "SPECIAL"}
    page = words(guest.post("/do/tell_cart/", form | wrong, follow=True))
    assert re.search(r"<details open><summary[^>]*>An invoice<", page), "open where something is wrong"
    assert 'value="示例公司"' in page and 'value="914201"' in page and "18 places" in page
    assert re.search(r'<option value="SPECIAL" selected', page)
    assert (
        not Cart.objects.exclude(invoice_title="").exists() and not Cart.objects.exclude(street="").exists()
    )
    code = a_code()
    asked = form | wrong | {"invoiceTaxNumber": f" {code.lower()} "}
    page = words(guest.post("/do/tell_cart/", asked, follow=True))
    form = fields(page, "tell_cart")
    assert (form["invoiceTitle"], form["invoiceTaxNumber"]) == ("示例公司", code)
    guest.post("/do/place_order/", form | {"invoiceKind": "SPECIAL", "first": "tell_cart"})
    wish = InvoiceWish.objects.get()
    assert (wish.order, wish.title, wish.tax_number, wish.kind) == (
        Order.objects.get(),
        "示例公司",
        code,
        "special",
    )
    page = words(guest.get(f"/en/order/{wish.order.number}/?token={token_for(wish.order)}"))
    assert "示例公司" in page and code in page


def test_nobody_who_says_nothing_wants_one_and_what_was_said_can_be_taken_back(shelf, guest, till):
    form = at_checkout(shelf, guest)
    asked = {"invoiceTitle": "Ann", "invoiceTaxNumber": "", "invoiceKind": "ORDINARY"}
    post(guest, "tell_cart", **form | asked)
    assert Cart.objects.get().invoice_title == "Ann"
    post(guest, "sign_in", email=shelf.buyer.email, password=shelf.password)
    assert Cart.objects.get(person=shelf.buyer).invoice_title == "Ann", "kept when she signs in"
    form = fields(words(guest.get("/en/checkout/")), "tell_cart") | {
        "invoiceTitle": "",
        "invoiceKind": "ORDINARY",
    }
    guest.post("/do/place_order/", form | {"first": "tell_cart"})
    assert Order.objects.count() == 1 and not InvoiceWish.objects.exists()


@pytest.fixture
def sold(shelf, till, a_stand) -> Order:
    """A paid order whose buyer asked for an invoice on its page."""
    buyer = Saver()
    order = buyer.buy(shelf.lot)
    pay(buyer, order, till, a_stand)
    client, path = Client(), f"/en/order/{order['number']}/?token={order['token']}"
    page = unfolded(client, path, "ask_for_invoice")
    asked = fields(page, "ask_for_invoice") | {"invoiceTitle": "示例工会", "invoiceKind": "ORDINARY"}
    page = words(client.post("/do/ask_for_invoice/", asked | {"invoiceTaxNumber": "1"}, follow=True))
    assert "18 places" in page and 'value="示例工会"' in page
    page = words(client.post("/do/ask_for_invoice/", asked, follow=True))
    assert "uploaded to this page" in page and InvoiceWish.objects.get().title == "示例工会"
    return row(order)


def test_the_team_uploads_it_at_its_desk_and_the_buyer_takes_it_along(shelf, sold):
    desk = signed_in(shelf.manager)
    assert f'href="{DESK}?team=' in words(desk.get("/en/desk/"))
    page = unfolded(desk, DESK, "upload_invoice")
    owed = show(sold.total_minor)
    assert f"a blue one is missing, over {owed}" in page
    order = re.search(r'name="orders" value="([^"]+)"', page)[1]
    form = {**fields(page, "upload_invoice"), "orders": ""}
    page = words(
        desk.post("/do/upload_invoice/", {**form, "amountMinor": "x", "number": "2.43E+19"}, follow=True)
    )
    for why in ("Please give an amount", "20 digits", "Please choose the invoice’s PDF", 'value="2.43E+19"'):
        assert why.replace("’", "&#x27;") in page or why in page, why
    told = {**form, "orders": order, "number": NUMBER, "amountMinor": "1.00"}
    page = words(desk.post("/do/upload_invoice/", {**told, "file": pdf()}, follow=True))
    assert "The invoice says ¥1.00" in page and owed in page and f'value="{NUMBER}"' in page
    assert not Invoice.objects.exists()
    right = {**told, "amountMinor": owed.lstrip("¥")}
    page = words(desk.post("/do/upload_invoice/", {**right, "file": pdf()}, follow=True))
    assert "It is uploaded" in page and "No invoice is missing now" in page
    made = Invoice.objects.get()
    assert (made.team, made.amount_minor, made.number) == (shelf.team, sold.total_minor, NUMBER)
    hers = Client()
    page = words(hers.get(f"/en/order/{sold.number}/?token={token_for(sold)}"))
    link = re.search(r'href="(/en/invoices/[^"]+)"', page)[1].replace("&amp;", "&")
    taken = hers.get(link)
    assert taken.content == bytes(made.body) and taken["Content-Type"] == "application/pdf"
    assert 'action="/do/ask_for_invoice/"' not in page and "open=ask_for_invoice" not in page


def test_the_office_sees_what_is_missing_and_no_file(shelf, sold):
    page = words(signed_in(an_operator()).get("/en/office/invoices/"))
    assert (
        sold.number in page
        and "示例工会" in page
        and "/invoices/I" not in page.replace("/office/invoices/", "")
    )
    assert signed_in(shelf.manager).get("/en/office/invoices/").status_code == 404
