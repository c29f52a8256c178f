"""Papers about a product: origin, organic, test."""

from datetime import date

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import written
from catalog.actions import desk, listing
from catalog.models import Certificate, Product
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
    if expires_on <= issued_on:
        raise Invalid(say("到期日要晚于签发日。", "It must expire after it was issued."), field="expires_on")
    with transaction.atomic():
        row = desk.opened(product, by)
        if row.certificates.count() >= MOST:
            raise Invalid(say("最多 {n} 份证书。", "At most {n} certificates.", n=MOST), field="kind")
        paper = row.certificates.create(
            kind=written.one_of(kind, "kind", Certificate.Kind.values),
            number=written.text_for(Certificate, "number", number, required=True),
            issuer_zh=written.text_for(Certificate, "issuer_zh", issuer_zh, required=True),
            issuer_en=written.text_for(Certificate, "issuer_en", issuer_en),
            issued_on=issued_on,
            expires_on=expires_on,
        )
        audit.record(by, "add", "Certificate", paper.uid, product=str(row.uid), kind=kind)
        listing.look_again(row)
        listing.tell(row)
    return paper


def remove(certificate: Certificate, by: Person | None) -> None:
    """Show it no longer."""
    with transaction.atomic():
        row = desk.opened(certificate.product_id, by)
        audit.record(by, "remove", "Certificate", certificate.uid, product=str(row.uid))
        certificate.delete()
        listing.tell(row)
