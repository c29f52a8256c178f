"""Papers about a product: origin, organic, test."""

from datetime import date
from functools import partial

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import clean, search
from catalog.actions import desk, waiting
from catalog.models import Certificate, Product
from catalog.naming import of_a_number
from catalog.reads.marks import NAMED
from catalog.reads.papers import is_required
from core import clock
from core.language import say
from core.refusals import Conflict, Invalid, every

MOST = 10


def add(
    product: Product,
    by: Person | None,
    *,
    kind: str,
    number: str,
    issuer_zh: str,
    issued_on: date,
    expires_on: date,
    issuer_en: str = "",
    mark_zh: str = "",
    mark_en: str = "",
) -> Certificate:
    """Show a paper on the product's page until it runs out; beside what is approved it waits for an operator first. `mark_…`:
    what an indication or a trade mark names; all that is sold under it has one page (decision 0085)."""
    text = partial(clean.text_for, Certificate)
    told = every(
        {
            "kind": lambda: clean.one_of(kind, "kind", Certificate.Kind.values),
            "number": lambda: text("number", number, required=True),
            "issuer_zh": lambda: text("issuer_zh", issuer_zh, required=True),
            "issuer_en": lambda: text("issuer_en", issuer_en),
            "mark_zh": lambda: text("mark_zh", _mark(kind, mark_zh), required=kind == Certificate.Kind.BRAND),
            "mark_en": lambda: text("mark_en", _mark(kind, mark_en)),
            "issued_on": lambda: _issued_by_today(issued_on),
            "expires_on": lambda: _in_force(issued_on, expires_on),
        }
    )
    told["mark_slug"] = of_a_number(told["number"]) if told["mark_zh"] else ""
    with transaction.atomic():
        row = desk.opened(product, by)
        if row.certificates.count() >= MOST:
            raise Invalid(say("最多 {n} 份证书。", "At most {n} certificates.", n=MOST), field="kind")
        same = row.certificates.filter(kind=told["kind"], number=told["number"])
        # Renewed, a licence keeps its number: the new term stands beside the old one until that runs out.
        if same.filter(expires_on__gte=told["expires_on"]).exists():
            words = say(
                "同一种类、同一编号的证书已经有了；续期的请填新的到期日。",
                "There is one of this kind and number already. Of a renewed one give the new day.",
            )
            raise Invalid(words, field="number")
        paper = row.certificates.create(**told, is_waiting=row.published_at is not None)
        audit.record(by, "add", "Certificate", paper.uid, product=str(row.uid), kind=kind)
        if paper.is_waiting:
            waiting.hand_in(row, by)
        waiting.touch(row)
        search.index([row.id])
    return paper


def _mark(kind: str, text: str) -> str:
    """Of another paper nothing is named."""
    return text if kind in NAMED else ""


def _issued_by_today(day: date) -> date:
    """One that is not yet issued proves nothing."""
    if day > clock.today():
        raise Invalid(say("签发日不能晚于今天。", "It cannot be issued after today."), field="issued_on")
    return day


def _in_force(issued_on: date, day: date) -> date:
    """One that has run out is shown to nobody."""
    if day <= issued_on:
        raise Invalid(say("到期日要晚于签发日。", "It must expire after it was issued."), field="expires_on")
    if day < clock.today():
        raise Invalid(say("这份证书已经过期。", "This certificate has run out."), field="expires_on")
    return day


def remove(certificate: Certificate, by: Person | None) -> None:
    """Show it no longer."""
    with transaction.atomic():
        row = desk.opened(certificate.product_id, by)
        _can_do_without(row, certificate)
        audit.record(by, "remove", "Certificate", certificate.uid, product=str(row.uid))
        certificate.delete()
        waiting.recount(row)
        waiting.touch(row)
        search.index([row.id])


def _can_do_without(product: Product, certificate: Certificate) -> None:
    """Of what is on the shelf a paper that it needs is taken away only where another is in force."""
    if not product.is_published or certificate.is_waiting or not is_required(certificate.kind, product):
        return
    today = clock.today()
    others = product.certificates.filter(
        kind=certificate.kind, is_waiting=False, issued_on__lte=today, expires_on__gte=today
    )
    if not others.exclude(pk=certificate.pk).exists():
        words = say(
            "没有它不能卖：请先加上新的，运营人员看过再撤下旧的。",
            "It is not sold without this: add the new one first, and remove the old one once that was seen.",
        )
        raise Conflict(words)
