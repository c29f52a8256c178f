"""An invoice is its team's and the tax office's: its number once, its figures those that are owed, its red one against it."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.money import show
from core.refusals import Conflict, Invalid, NotFound
from orders import verify
from orders.actions import invoice as invoices
from orders.actions.invoice_wish import clean_tax_number
from orders.models import Invoice, InvoicePart, InvoiceWish, Order
from orders.reads.invoice import missing, missing_at_places_of
from orders.refusals import InvoiceDiffers
from tests.catalog.world import a_product, a_region, a_team, a_variant, works_at
from tests.orders.coupons import Saver, a_coupon, pay
from tests.orders.world import Buyer, a_lot, a_person, at_rest, key, row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_rates")]

NUMBER = "24312000000012345678"
COMPANY = "91420100MA4KXXXX0Q"
ASKED = {"title": "示例工会", "taxNumber": ""}


def a_code(body: str = "91420100MA4KABCD1") -> str:
    """A unified social credit code with the last place that belongs to it."""
    for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        try:
            return clean_tax_number(body + letter)
        except Invalid:
            continue
    raise AssertionError


def pdf(text: str = "x") -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + text.encode())


def xml(number: str = NUMBER, amount: str = "46.50", title: str = "", tax: str = "") -> bytes:
    return (
        f"<EInvoice><Inner><BuyerName>{title}</BuyerName><BuyerIdNum>{tax}</BuyerIdNum>"
        f"<TotalTax-includedAmount>{amount}</TotalTax-includedAmount><InvoiceNumber>{number}</InvoiceNumber></Inner></EInvoice>"
    ).encode()


def ofd(inside: bytes = b"") -> SimpleUploadedFile:
    body = BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("OFD.xml", "<OFD/>")
        if inside:
            parts.writestr("Doc_0/Attachs/original_invoice.xml", inside)
    return SimpleUploadedFile("a.ofd", body.getvalue())


def broken_ofd() -> SimpleUploadedFile:
    """One whose list of parts is whole, and whose packed part is not."""
    body = bytearray(ofd(xml() * 40).read())
    at = body.index(b"original_invoice.xml") + len("original_invoice.xml")
    body[at : at + 12] = b"\xff" * 12
    return SimpleUploadedFile("a.ofd", bytes(body))


@pytest.fixture
def sold(till, a_stand):
    """A paid order of which an invoice is wanted, its team and its buyer."""
    return Sale(till, a_stand)


class Sale:
    def __init__(self, till, stand):
        self.till, self.stand = till, stand
        self.manager = a_person()
        self.team = a_team(manager=self.manager)
        self.lot = a_lot(a_variant(a_product(self.team), price_minor=36_90), units=50)
        self.buyer = Saver()
        self.order = self.another()

    def another(self, quantity: int = 1, title: str = "示例工会", code: str = "") -> dict:
        order = self.buyer.buy(self.lot, code, quantity=quantity)
        pay(self.buyer, order, self.till, self.stand)
        self.ask(order, title=title)
        return order

    def ask(self, order, **told):
        return self.buyer.done("orderInvoiceAsk", "wish { title }", **order, **{**ASKED, **told})

    def owed(self, order=None) -> int:
        return row(order or self.order).total_minor - sum(
            one.refunded_minor
            for one in (*row(order or self.order).lines.all(), *row(order or self.order).shipments.all())
        )

    def blue(
        self, *orders, number: str = NUMBER, amount: int | None = None, file=None, xml=None, team=None
    ) -> Invoice:
        rows = [row(order) for order in orders or (self.order,)]
        sum_ = amount if amount is not None else sum(self.owed(order) for order in orders or (self.order,))
        beside = SimpleUploadedFile("a.xml", xml) if xml else None
        return invoices.upload_blue(
            team or self.team, self.manager, rows, file or pdf(), number=number, amount_minor=sum_, xml=beside
        )

    def red(self, blue: Invoice, amount: int, number: str = "24312000000012345679") -> Invoice:
        return invoices.upload_red(
            self.team, self.manager, blue, pdf("red"), number=number, amount_minor=amount
        )

    def refund(self, order, minor: int) -> None:
        line = row(order).lines.get()
        from tests.orders.coupons import line_id

        Order.objects.filter(pk=row(order).pk).update(state="shipped")
        row(order).shipments.update(state="shipped", shipped_at=row(order).paid_at)
        given = [{"lineId": line_id(line), "amountMinor": minor}]
        asked = {"number": order["number"], "lines": given, "idempotencyKey": key()}
        Buyer(self.manager).done("refundRequest", "refund { id }", **asked)


def test_a_number_counts_once_however_it_is_written_and_is_never_guessed(sold):
    sold.blue(number=" ２４３１２０００００００１２３４５６７８ ")
    assert Invoice.objects.get().number == NUMBER
    second = sold.another()
    with pytest.raises(Invalid) as twice:
        sold.blue(second, number="2431 2000 0000 1234 5678")
    assert twice.value.field == ("number",)
    for spoiled in ("2.43E+19", "24312000000012345680.0", "2431200000001234567", "", "二四三一"):
        with pytest.raises(Invalid) as no:
            sold.blue(second, number=spoiled)
        assert no.value.field == ("number",)
    other = Sale(sold.till, sold.stand)
    assert other.blue(number=NUMBER).team != sold.team, "another issuer has numbers of its own"
    assert Invoice.objects.count() == 2
    at_rest()


def test_figures_that_differ_are_refused_with_both_shown(sold):
    owed = sold.owed()
    with pytest.raises(InvoiceDiffers) as no:
        sold.blue(amount=owed + 72)
    assert show(owed + 72) in str(no.value) and show(owed) in str(no.value)
    with pytest.raises(InvoiceDiffers) as no:
        sold.blue(xml=xml(amount="31.08"))
    assert "¥31.08" in str(no.value) and show(owed) in str(no.value)
    yuan = f"{owed // 100}.{owed % 100:02d}"
    for wrong in (xml(number="24312000000012345600", amount=yuan), xml(amount=yuan, title="别人")):
        with pytest.raises(Invalid) as other:
            sold.blue(xml=wrong)
        assert other.value.field == ("xml",)
    assert not Invoice.objects.exists()
    assert sold.blue(xml=xml(amount=yuan, title="示例工会")).amount_minor == owed


def test_a_file_is_what_lies_in_it(sold):
    owed = sold.owed()
    yuan = f"{owed // 100}.{owed % 100:02d}"
    other = SimpleUploadedFile("a.pdf", b"MZ")
    for file, field in ((other, "file"), (broken_ofd(), "file"), (ofd(), "xml"), (ofd(b"<x/>"), "xml")):
        with pytest.raises(Invalid) as no:
            sold.blue(file=file)
        assert no.value.field == (field,)
    # Of encodings that are none, and of such that the reader of XML cannot have.
    for encoding in ("foo", "hex", "utf-7", "idna"):
        unreadable = f'<?xml version="1.0" encoding="{encoding}"?>'.encode() + xml(amount=yuan)
        with pytest.raises(Invalid) as no:
            sold.blue(xml=unreadable)
        assert no.value.field == ("xml",)
    made = sold.blue(file=ofd(xml(amount=yuan)))
    assert made.form == "ofd"


def test_the_office_hears_of_what_is_missing_at_its_places_alone(sold):
    at = {"role": "operator", "starts_at": timezone.now() - timedelta(hours=1)}
    county, elsewhere = sold.team.county, a_region("330102", "示例区", "Demo district", 3)
    for region, hears in ((None, True), (county, True), (elsewhere, False)):
        operator = a_person()
        operator.appointments.create(region=region, **at)
        told = {one.team_id for one in missing_at_places_of(operator)}
        assert (sold.team.pk in told) is hears, region


def test_one_over_three_orders_and_its_red_ones_come_to_what_is_owed(sold):
    orders = [sold.order, sold.another(2), sold.another(3)]
    with pytest.raises(Invalid):
        sold.blue(sold.order, sold.another(title="另一个抬头"))
    blue = sold.blue(*orders)
    assert [part.amount_minor for part in blue.parts.order_by("order")] == [
        sold.owed(order) for order in orders
    ]
    assert not [one for one in missing(sold.team.pk) if row(orders[0]).pk == one.order_id]
    sold.refund(orders[1], 20_00)
    for wrong in (19_99, 20_01):
        with pytest.raises(InvoiceDiffers):
            sold.red(blue, wrong)
    red = sold.red(blue, 20_00)
    assert red.blue == blue and red.is_red
    with pytest.raises(Conflict):
        sold.red(blue, 20_00, number="24312000000012345699")
    sold.refund(orders[2], 10_00)
    assert [one.missing_minor for one in missing(sold.team.pk) if one.missing_minor < 0] == [-10_00]
    sold.red(blue, 10_00, number="24312000000012345688")
    assert not [one for one in missing(sold.team.pk) if one.missing_minor < 0]
    with pytest.raises(NotFound):
        invoices.upload_red(a_team(), sold.manager, blue, pdf(), number=NUMBER, amount_minor=1)
    at_rest()


def test_verify_names_an_invoice_that_is_not_its_parts_and_a_red_one_that_takes_back_too_much(sold):
    blue = sold.blue()
    sold.refund(sold.order, 5_00)
    red = sold.red(blue, 5_00)
    at_rest()

    def seen():
        return [one.words for one in verify.verify() if one.rule == "INVOICE"]

    InvoicePart.objects.filter(invoice=red).update(amount_minor=blue.amount_minor + 1)
    Invoice.objects.filter(pk=red.pk).update(amount_minor=blue.amount_minor + 1)
    assert len(seen()) == 1 and "red" in seen()[0]
    InvoicePart.objects.filter(invoice=red).update(amount_minor=4_00)
    assert len(seen()) == 1 and "parts" in seen()[0]


def test_what_the_shops_coupon_paid_is_on_no_invoice(sold):
    a_coupon(None, code="TENTH", percent=10)
    order = sold.another(code="TENTH")
    assert sold.blue(order).amount_minor == row(order).total_minor == 36_90 - 369 + row(order).shipping_minor


def test_a_tax_number_is_checked_and_a_title_stays_once_it_is_issued(sold):
    code = a_code()
    sold.ask(sold.order, title="示例公司", taxNumber=f" {code.lower()} ", kind="SPECIAL")
    wish = InvoiceWish.objects.get()
    assert (wish.tax_number, wish.kind) == (code, "special")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for told in ({"taxNumber": wrong}, {"taxNumber": code[:15]}, {"taxNumber": "", "kind": "SPECIAL"}):
        answer = sold.buyer.do("orderInvoiceAsk", **sold.order, **{**ASKED, **told})
        assert answer["errors"][0]["field"] == ["taxNumber"]
    sold.blue()
    answer = sold.buyer.do("orderInvoiceAsk", **sold.order, title="另一个", taxNumber="")
    assert answer["errors"][0]["code"] == "CONFLICT"


def test_its_file_is_for_whoever_may_read_the_order_and_for_its_team(sold, whole_shop):
    made = sold.blue()
    from core.api.ids import global_id

    path = f"/en/invoices/{global_id('Invoice', made.uid)}/"
    stranger, other, own = Client(), Client(), Client()
    assert (
        stranger.get(path).status_code
        == stranger.get(f"{path}?order={sold.order['number']}").status_code
        == 404
    )
    elsewhere = a_person()
    works_at(a_team(), elsewhere)
    other.force_login(elsewhere)
    own.force_login(sold.manager)
    assert other.get(path).status_code == 404 and own.get(path).status_code == 200
    hers = stranger.get(path, {"order": sold.order["number"], "token": sold.order["token"]})
    assert hers.content == bytes(made.body) and hers["Content-Type"] == "application/pdf"
    assert "no-store" in hers["Cache-Control"]
