"""Papers about a product: origin, organic, test."""

from datetime import date

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import written
from catalog.actions import desk, listing
from catalog.models import Certificate, Product
from core import clock
from core.language import say
from core.refusals import Invalid

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
) -> Certificate:
    """Show a paper on the product's page until it runs out; a published product is looked at again."""
    _check_days(issued_on, expires_on)
    number = written.text_for(Certificate, "number", number, required=True)
    with transaction.atomic():
        row = desk.opened(product, by)
        if row.certificates.count() >= MOST:
            raise Invalid(say("最多 {n} 份证书。", "At most {n} certificates.", n=MOST), field="kind")
        if row.certificates.filter(kind=kind, number=number).exists():
            words = say(
                "同一种类、同一编号的证书已经有了；要换新的，请先撤下旧的。",
                "There is one of this kind and number already. To renew it, remove the old one first.",
            )
            raise Invalid(words, field="number")
        paper = row.certificates.create(
            kind=written.one_of(kind, "kind", Certificate.Kind.values),
            number=number,
            issuer_zh=written.text_for(Certificate, "issuer_zh", issuer_zh, required=True),
            issuer_en=written.text_for(Certificate, "issuer_en", issuer_en),
            issued_on=issued_on,
            expires_on=expires_on,
        )
        audit.record(by, "add", "Certificate", paper.uid, product=str(row.uid), kind=kind)
        listing.look_again(row)
        listing.tell(row)
    return paper


def _check_days(issued_on: date, expires_on: date) -> None:
    """In force today: one that is not yet issued proves nothing, one that has run out is shown to nobody."""
    today = clock.today()
    if issued_on > today:
        raise Invalid(say("签发日不能晚于今天。", "It cannot be issued after today."), field="issued_on")
    if expires_on <= issued_on:
        raise Invalid(say("到期日要晚于签发日。", "It must expire after it was issued."), field="expires_on")
    if expires_on < today:
        raise Invalid(say("这份证书已经过期。", "This certificate has run out."), field="expires_on")


def remove(certificate: Certificate, by: Person | None) -> None:
    """Show it no longer."""
    with transaction.atomic():
        row = desk.opened(certificate.product_id, by)
        audit.record(by, "remove", "Certificate", certificate.uid, product=str(row.uid))
        certificate.delete()
        listing.tell(row)
