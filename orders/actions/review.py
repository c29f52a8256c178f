"""A word for other buyers, by those who have received what they write about."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum

from accounts.actions import audit
from accounts.permissions import must
from catalog.actions import desk, rating
from catalog.clean import paragraphs
from catalog.models import Product
from catalog.reads import is_related
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from orders.models import Line, Review
from orders.reads.review import shown, tenths
from orders.reads.shipment import is_reviewable


def write(line: Line, person: Any, *, stars: int, words: str = "") -> Review:
    """Write the one review of a line; a guest's is signed as a buyer's."""
    words = paragraphs(words, "words", 1000)
    if not 1 <= stars <= 5:
        raise Invalid(say("请选 1 到 5 颗星。", "Choose one to five stars."), field="stars")
    if Review.objects.filter(line=line).exists():
        raise _twin()
    if not is_reviewable(line):
        raise TooLate(say("收到货之后才能评价。", "You can review it once it has arrived."))
    if is_related(person, line.team_id):
        raise NotAllowed(say("不能评价自己团队的商品。", "Nobody reviews what their own team sells."))
    buyer = person if person.is_authenticated else None
    try:
        with transaction.atomic():
            written = Review.objects.create(
                product_id=line.variant.product_id,
                line=line,
                person=buyer,
                nickname=buyer.nickname if buyer else "",
                stars=stars,
                words=words,
            )
            _rate(written.product_id)
            return written
    except IntegrityError as twin:
        raise _twin() from twin


def _rate(product: int) -> None:
    """Lists show what its reviews come to; whoever writes the next waits, so that none is left out."""
    Product.objects.select_for_update(no_key=True).get(pk=product)
    sums = shown().filter(product=product).aggregate(count=Count("pk"), stars=Sum("stars"))
    rating.keep(product, tenths(sums["count"], sums["stars"] or 0), sums["count"])


def _twin() -> Conflict:
    return Conflict(say("您已经评价过这件商品。", "You have reviewed this already."))


@transaction.atomic
def hide(review: Review, by: Any) -> Review:
    """An operator, not of the team it is about, takes a review out of sight; it is kept, and the deed is written down."""
    team = Line.objects.select_related("team").get(pk=review.line_id).team
    must(by, "orders.hide_review", at=desk.place_of(team))
    if is_related(by, team.pk):
        raise NotAllowed(
            say("不能隐藏对自己团队商品的评价。", "Nobody hides what is said of a team of their own.")
        )
    Review.objects.filter(pk=review.pk).update(is_hidden=True)
    _rate(review.product_id)
    audit.record(by, "hide", "Review", review.uid)
    review.is_hidden = True
    return review
