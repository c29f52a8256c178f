"""Invoices, uploaded by the team that has issued them, red ones against their blue. Figures are compared with what is owed
before anything is kept, and no number is ever made here.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from accounts.actions import audit
from catalog.models import Team
from core import texts
from core.language import say
from core.refusals import Conflict, Invalid, NotFound
from orders.actions.invoice_paper import Paper, read
from orders.actions.order import lock
from orders.models import Invoice, InvoicePart, InvoiceWish, Order
from orders.reads.invoice import owed_of
from orders.refusals import InvoiceDiffers

# Fully digital invoices have twenty digits, those before them eight.
_NUMBER = re.compile(r"[0-9]{20}|[0-9]{8}")


def clean_number(text: str | None, field: str = "number") -> str:
    """An invoice's number as the tax office gave it; of one that a sheet has made a number of, nothing is guessed."""
    number = texts.code(text or "")
    if not _NUMBER.fullmatch(number):
        words = say(
            "发票号码是 20 位数字（旧版电子发票 8 位），请照原样填写；表格里变成 2.43E+19 的，要从发票上重抄。",
            "An invoice's number has 20 digits (older ones 8): please copy it as it stands; where a sheet made 2.43E+19 of it, "
            "from the invoice itself.",
        )
        raise Invalid(words, field=field)
    return number


def upload_blue(
    team: Team,
    by: Any,
    orders: Sequence[Order],
    file: Any,
    *,
    number: str,
    amount_minor: int,
    xml: Any = None,
) -> Invoice:
    """Keep a blue invoice over what is missing of one order or several of one title. INVALID names the field, and of
    figures that differ both."""
    # Read before anything is locked: a file can take its time, and its orders' buyers need not wait for it.
    paper = read(file, xml)
    if not orders:
        words = say("请勾选开给哪些订单。", "Please tick the orders that it is over.")
        raise Invalid(words, field="orders")
    with transaction.atomic():
        locked = lock(orders)
        wish, parts = _missing(team, locked)
        invoice = Invoice(team=team, title=wish.title, tax_number=wish.tax_number)
        return _keep(invoice, parts, paper, by, number, amount_minor)


def _missing(team: Team, locked: Mapping[int, Order]) -> tuple[InvoiceWish, dict[int, int]]:
    """What they want on it, all the same, and how much is missing of each."""
    wishes = list(InvoiceWish.objects.filter(order__in=list(locked)))
    if not wishes or len(wishes) < len(locked) or len({(w.title, w.tax_number, w.kind) for w in wishes}) > 1:
        words = say("一张发票只能开给同一个抬头的订单。", "One invoice is over orders of one title alone.")
        raise Invalid(words, field="orders")
    parts = {row.order_id: row.missing_minor for row in owed_of(locked, team.pk)}
    if len(parts) < len(locked) or any(minor <= 0 for minor in parts.values()):
        raise Conflict(
            say("这些订单不缺蓝票。", "No blue invoice is missing of these orders."), field="orders"
        )
    return wishes[0], parts


def upload_red(
    team: Team, by: Any, blue: Invoice, file: Any, *, number: str, amount_minor: int, xml: Any = None
) -> Invoice:
    """Keep a red invoice: of what its blue one is over, as much as is not owed any more."""
    paper = read(file, xml)
    if blue.team_id != team.pk or blue.is_red:
        raise NotFound(field="blue")
    with transaction.atomic():
        parts = _to_reverse(team, blue)
        red = Invoice(team=team, blue=blue, title=blue.title, tax_number=blue.tax_number)
        return _keep(red, parts, paper, by, number, amount_minor)


def _to_reverse(team: Team, blue: Invoice) -> dict[int, int]:
    held = dict(blue.parts.values_list("order_id", "amount_minor"))
    locked = lock(list(Order.objects.filter(pk__in=held)))
    back = _reversed_of(blue)
    parts = {}
    for row in owed_of(locked, team.pk):
        left = held[row.order_id] - back.get(row.order_id, 0)
        if (minor := min(-row.missing_minor, left)) > 0:
            parts[row.order_id] = minor
    if not parts:
        words = say(
            "这张蓝票不用红冲：开的和应开的一样。", "Nothing of this blue invoice is to be taken back."
        )
        raise Conflict(words, field="blue")
    return parts


def _reversed_of(blue: Invoice) -> dict[int, int]:
    back = InvoicePart.objects.filter(invoice__blue=blue).values_list("order_id")
    return dict(back.annotate(minor=Sum("amount_minor")).order_by())


def _keep(
    invoice: Invoice, parts: dict[int, int], paper: Paper, by: Any, number: str, amount_minor: int
) -> Invoice:
    invoice.number = clean_number(number)
    owed = sum(parts.values())
    if amount_minor != owed:
        raise InvoiceDiffers(amount_minor, owed, field="amount_minor")
    if paper.figures is not None:
        _compare(invoice, paper, owed)
    invoice.amount_minor, invoice.form, invoice.body = owed, paper.form, paper.body
    invoice.sha256 = hashlib.sha256(paper.body).hexdigest()
    invoice.uploaded_by = by
    try:
        with transaction.atomic():
            invoice.save(force_insert=True)
    except IntegrityError:
        words = say("这个号码的发票已经上传过了。", "An invoice of this number is uploaded already.")
        raise Invalid(words, field="number") from None
    InvoicePart.objects.bulk_create(
        InvoicePart(invoice=invoice, order_id=order, amount_minor=minor)
        for order, minor in sorted(parts.items())
    )
    audit.record(by, "upload", "Invoice", invoice.uid, amount_minor=owed, is_red=invoice.is_red)
    return invoice


def _compare(invoice: Invoice, paper: Paper, owed: int) -> None:
    """What the XML says against what was typed and is owed."""
    said = paper.figures
    assert said is not None
    if said.amount_minor != owed:
        raise InvoiceDiffers(said.amount_minor, owed, field="xml")
    pairs = (
        (texts.code(said.number), invoice.number, say("号码", "number")),
        (texts.code(said.title), texts.code(invoice.title), say("抬头", "title")),
        (texts.code(said.tax_number).upper(), invoice.tax_number, say("税号", "tax number")),
    )
    for found, wanted, what in pairs:
        if found and found != wanted:
            words = say(
                "XML 里的{what}是 {a}，应为 {b}。",
                "The XML's {what} is {a}, and should be {b}.",
                what=what,
                a=found,
                b=wanted or "—",
            )
            raise Invalid(words, field="xml")
