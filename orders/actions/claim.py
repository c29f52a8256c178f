"""Something is wrong with what arrived: said with a photo, answered by a refund or a reason."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from catalog.actions.picture import cleaned
from catalog.reads.teams import is_manager
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound, TooLate
from orders.actions import refund
from orders.actions.order import lock
from orders.events import ClaimAnswered, ClaimMade
from orders.models import Claim, Line, Order, Refund, Shipment


def is_claimable(line: Line) -> bool:
    """Delivered, within the after-sale window, and something is left to give back."""
    parcel = line.shipment
    return bool(
        parcel
        and parcel.state == Shipment.State.DELIVERED
        and parcel.after_sale_until
        and parcel.after_sale_until > timezone.now()
        and line.refunded_minor < line.net_minor
    )


def make(line: Line, words: str, photo: Any = None) -> Claim:
    """Say that something is wrong with a delivered line; the photo is cleaned of what a camera adds."""
    words = words.strip()
    if not 2 <= len(words) <= 500:
        raise Invalid(say("请用 2–500 字说说哪里不对。", "Say what is wrong in 2 to 500 characters."), field="words")
    if not is_claimable(line):
        raise TooLate(say("这件商品现在不能申请售后。", "This cannot be reported now."))
    picture = ContentFile(cleaned(photo).full) if photo else None
    try:
        with transaction.atomic():
            claim = Claim(line=line, words=words)
            if picture is not None:
                claim.photo.save(f"{claim.uid}.webp", picture, save=False)
            claim.save()
            record(ClaimMade(claim_id=claim.pk))
    except IntegrityError as twin:
        raise Conflict(say("这件商品已有一条售后在处理。", "This is already being looked at.")) from twin
    return claim


@transaction.atomic
def answer(claim: Claim, by: Any, *, words: str, amount_minor: int = 0) -> Claim:
    """The team answers: gives back an amount, or says why not."""
    line = Line.objects.select_related("order").get(pk=claim.line_id)
    if not is_manager(by, line.team_id):
        raise NotFound()
    words = words.strip()
    if not amount_minor and not words:
        words_needed = say("不退款时请说明原因。", "Without a refund, please give the reason.")
        raise Invalid(words_needed, field="words")
    lock([Order(pk=line.order_id, group_id=line.order.group_id)])
    claim = Claim.objects.get(pk=claim.pk)
    if claim.state != Claim.State.OPEN:
        raise TooLate(say("这条售后已经答复过了。", "This has been answered already."))
    given = None
    if amount_minor:
        given = refund.request(
            line.order, {line.uid: refund.Part(amount_minor=amount_minor)}, reason=Refund.Reason.CLAIM, by=by, note=words
        )
    state = Claim.State.REFUNDED if given else Claim.State.DECLINED
    claim.move_to(state, answer=words, refund=given, answered_by=by, answered_at=timezone.now())
    audit.record(by, "answer", "Claim", claim.uid, state=state, amount_minor=amount_minor)
    record(ClaimAnswered(claim_id=claim.pk))
    return claim
