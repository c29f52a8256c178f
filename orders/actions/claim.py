"""Something is wrong with what arrived: said with a photo, answered by a refund or a reason."""

from typing import Any
from uuid import UUID, uuid5

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.actions import audit
from accounts.permissions import may_once_awake, must
from catalog.actions import desk
from catalog.clean import paragraphs
from catalog.photos import cleaned
from catalog.reads import may_at_desk
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound, TooLate
from orders.actions import refund
from orders.actions.order import lock, not_of_her_own
from orders.events import ClaimAnswered, ClaimMade
from orders.models import Claim, Line, Refund
from orders.reads.claim import left_open
from orders.reads.shipment import is_claimable
from orders.refusals import RefundTooLarge

MOST_CLAIMS = 3


def make(line: Line, words: str, photo: Any = None, *, key: UUID) -> Claim:
    """Say that something is wrong with a delivered line; the photo is cleaned of what a camera adds.

    Asked for again under its key, of which the first answer may never have been told, it is the claim that was made.
    """
    uid = uuid5(line.uid, str(key))
    if made := line.claims.filter(uid=uid).first():
        return made
    words = paragraphs(words, "words", 500)
    if len(words) < 2:
        raise Invalid(say("请说说哪里不对。", "Please say what is wrong."), field="words")
    _check(line)
    claim = Claim(uid=uid, line=line, words=words)
    # The file is written before the transaction begins, and taken away again should that fail.
    name = _saved(claim, photo) if photo else ""
    claim.photo = name
    try:
        with transaction.atomic():
            _save(claim)
    except BaseException as failure:
        if name:
            default_storage.delete(name)
        if isinstance(failure, IntegrityError):
            raise _twin() from failure
        raise
    return claim


def _save(claim: Claim) -> None:
    # Under the order's lock: the parcel cannot be completed past a claim that is just being made.
    lock([claim.line.order])
    _check(Line.objects.select_related("shipment").get(pk=claim.line_id))
    claim.save()
    record(ClaimMade(claim_id=claim.pk))


def _check(line: Line) -> None:
    if line.claims.filter(state=Claim.State.OPEN).exists():
        raise _twin()
    if not is_claimable(line) or line.claims.count() >= MOST_CLAIMS:
        raise TooLate(say("这件商品现在不能申请售后。", "This cannot be reported now."))


def _twin() -> Conflict:
    return Conflict(say("这件商品已有一条售后在处理。", "This is already being looked at."))


def _saved(claim: Claim, photo: Any) -> str:
    try:
        full = cleaned(photo).full
    except Invalid as refused:
        raise Invalid(refused.words, field="photo") from refused
    return default_storage.save(f"claims/{claim.uid}.webp", ContentFile(full))


@transaction.atomic
def answer(claim: Claim, by: Any, *, words: str = "", amount_minor: int = 0) -> Claim:
    """The team answers: gives back an amount, or says why not. What it leaves for days an operator answers."""
    line = Line.objects.select_related("order", "team").get(pk=claim.line_id)
    stands_in = not may_at_desk(by, "orders.answer_claims", line.team_id)
    if stands_in:
        _check_stands_in(claim, line, by)
    elif amount_minor:
        must(by, "orders.refund_own", at=desk.place_of(line.team))
    words = paragraphs(words, "words", 500)
    if amount_minor < 0:
        raise Invalid(field="amount")
    if not amount_minor and not words:
        raise Invalid(say("不退款时请说明原因。", "Without a refund, please give the reason."), field="words")
    order = lock([line.order])[line.order_id]
    if amount_minor or stands_in:
        not_of_her_own(order, by)
    claim = Claim.objects.get(pk=claim.pk)
    if claim.state != Claim.State.OPEN:
        raise TooLate(say("这条售后已经答复过了。", "This has been answered already."))
    given = _given(line, by, words, amount_minor) if amount_minor else None
    state = Claim.State.REFUNDED if given else Claim.State.DECLINED
    claim.move_to(state, answer=words, refund=given, answered_by=by, answered_at=timezone.now())
    audit.record(by, "answer", "Claim", claim.uid, state=str(state), amount_minor=amount_minor)
    record(ClaimAnswered(claim_id=claim.pk))
    return claim


def _check_stands_in(claim: Claim, line: Line, by: Any) -> None:
    """An operator who is none of the team's people, once the team has had its time."""
    if not may_once_awake(by, "orders.answer_left_claims", at=desk.place_of(line.team)):
        raise NotFound()
    desk.must_decide(by, line.team, "orders.answer_left_claims")
    if not Claim.objects.filter(left_open() | ~Q(state=Claim.State.OPEN), pk=claim.pk).exists():
        raise TooLate(_TEAM_HAS_TIME)


_TEAM_HAS_TIME = say(
    "团队有三天时间答复；过了三天还没有，才由运营人员答复。",
    "The team has three days for its answer; only what it leaves for longer is answered by an operator.",
)


def _given(line: Line, by: Any, words: str, amount_minor: int) -> Refund:
    part = refund.Part(amount_minor=amount_minor)
    try:
        return refund.request(line.order, {line.uid: part}, reason=Refund.Reason.CLAIM, by=by, note=words)
    except RefundTooLarge as refused:
        refused.field = ("amount",)
        raise
