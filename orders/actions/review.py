"""A word for other buyers, by those who have received what they write about."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.actions import audit
from core.language import say
from core.refusals import Conflict, Invalid, NotFound, TooLate
from orders.models import Line, Review, Shipment

RECEIVED = (Shipment.State.DELIVERED, Shipment.State.COMPLETED)


def is_reviewable(line: Line) -> bool:
    """It has arrived and was not given back."""
    return bool(
        line.shipment and line.shipment.state in RECEIVED and line.refunded_units < line.quantity
    )


def write(line: Line, person: Any, *, stars: int, words: str = "") -> Review:
    """Write the one review of a line; a guest's is signed as a buyer's."""
    words = words.strip()
    if not 1 <= stars <= 5:
        raise Invalid(say("请选 1 到 5 颗星。", "Choose one to five stars."), field="stars")
    if len(words) > 1000:
        raise Invalid(say("请写在 1000 字以内。", "At most 1,000 characters, please."), field="words")
    if not is_reviewable(line):
        raise TooLate(say("收到货之后才能评价。", "You can review it once it has arrived."))
    buyer = person if person.is_authenticated else None
    try:
        with transaction.atomic():
            return Review.objects.create(
                product_id=line.variant.product_id,
                line=line,
                person=buyer,
                nickname=buyer.nickname if buyer else "",
                stars=stars,
                words=words,
            )
    except IntegrityError as twin:
        raise Conflict(say("您已经评价过这件商品。", "You have reviewed this already.")) from twin


@transaction.atomic
def hide(review: Review, by: Any) -> None:
    """An operator takes a review out of sight; it is kept, and the deed is written down."""
    if not by.is_staff:
        raise NotFound()
    Review.objects.filter(pk=review.pk).update(is_hidden=True)
    audit.record(by, "hide", "Review", review.uid)
