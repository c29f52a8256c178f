"""Something is wrong with what arrived: said with photos, answered by a refund or a reason.

What its buyer says to the answer: `claim_reply.py`.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.permissions import may_once_awake, must
from catalog.actions import desk
from catalog.clean import paragraphs
from catalog.reads import may_at_desk
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound, TooLate
from orders.actions import claim_photo, refund, replacement, return_parcel
from orders.actions.order import lock, not_of_her_own
from orders.events import ClaimAnswered, ClaimMade
from orders.models import Claim, ClaimReply, Line, Refund
from orders.reads.claim import office_decides
from orders.reads.shipment import is_claimable
from orders.refusals import RefundTooLarge

ReturnTerms = return_parcel.Terms
MOST_CLAIMS = 3
State = Claim.State
Kind = ClaimReply.Kind


def make(line: Line, words: str, photos: Sequence[Any] = (), *, key: UUID) -> Claim:
    """Say that something is wrong with a delivered line; its photos are cleaned of what a camera adds.

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
    with claim_photo.stored(uid, photos) as names:
        try:
            with transaction.atomic():
                _save(claim, names)
        except IntegrityError as failure:
            raise _twin() from failure
    return claim


def _save(claim: Claim, names: Sequence[str]) -> None:
    # Under the order's lock: the parcel cannot be completed past a claim that is just being made.
    lock([claim.line.order])
    _check(Line.objects.select_related("shipment").get(pk=claim.line_id))
    claim.photo = names[0] if names else ""
    claim.save()
    claim_photo.keep(claim, names[1:])
    record(ClaimMade(claim_id=claim.pk))


def _check(line: Line) -> None:
    if line.claims.filter(state__in=Claim.GOES_ON).exists():
        raise _twin()
    if not is_claimable(line) or line.claims.count() >= MOST_CLAIMS:
        raise TooLate(say("这件商品现在不能申请售后。", "This cannot be reported now."))


def _twin() -> Conflict:
    return Conflict(say("这件商品已有一条售后在处理。", "This is already being looked at."))


@transaction.atomic
def answer(
    claim: Claim,
    by: Any,
    *,
    words: str = "",
    amount_minor: int = 0,
    replace_units: int = 0,
    send_back: ReturnTerms | None = None,
) -> Claim:
    """The team answers: gives back an amount, offers so many units in their place, or says why not. What is given goes at
    once: nobody has to give up the rest to have it. What the team leaves for days, or its buyer brings there, the office decides, for good."""
    line = Line.objects.select_related("order", "team").get(pk=claim.line_id)
    decides = not may_at_desk(by, "orders.answer_claims", line.team_id)
    if decides:
        _check_decides(claim, line, by)
    elif amount_minor or replace_units:
        must(by, "orders.refund_own", at=desk.place_of(line.team))
    words = paragraphs(words, "words", 500)
    if amount_minor < 0:
        raise Invalid(field="amount")
    _check_goods(decides, amount_minor, replace_units, send_back)
    if not amount_minor and not replace_units and not words:
        raise Invalid(say("不退款时请说明原因。", "Without a refund, please give the reason."), field="words")
    order = lock([line.order])[line.order_id]
    if amount_minor or decides:
        not_of_her_own(order, by)
    claim = _to_be_answered(claim.pk, decides)
    # What depends on the goods' coming back is given when they have.
    given = _given(line, by, words, amount_minor) if amount_minor and not send_back else None
    state = _comes_to(claim, given, decides)
    now = timezone.now()
    ended = {"ended_at": now} if state == State.DONE else {}
    claim.move_to(state, answer=words, refund=given or claim.refund, answered_by=by, answered_at=now, **ended)
    kind = Kind.DECIDED if decides else Kind.ANSWERED
    reply = claim.replies.create(kind=kind, words=words, refund=given, by=by)
    if replace_units:
        replacement.offer(claim, reply, replace_units)
    elif send_back:
        return_parcel.ask(claim, reply, amount_minor, send_back)
    elif decides:
        return_parcel.end(claim)
    audit.record(by, "answer", "Claim", claim.uid, state=str(state), amount_minor=amount_minor)
    record(ClaimAnswered(claim_id=claim.pk))
    return claim


def _check_goods(decides: bool, amount_minor: int, units: int, send_back: ReturnTerms | None) -> None:
    """Goods come in place of money, or go back for it, and the team's own word promises them: never the shop's."""
    if units and (decides or amount_minor or send_back):
        raise Invalid(_ONE_OF_THEM, field="replace_units")
    if send_back and decides:
        raise Invalid(_ONE_OF_THEM, field="return_to")
    if send_back and not amount_minor:
        raise Invalid(
            say("请写明收到后退多少。", "Please say what goes back once it has come."), field="amount"
        )


_ONE_OF_THEM = say(
    "退款和补发二选一，由团队答复。", "Either money or goods in their place, and the team alone offers those."
)


def _to_be_answered(pk: int, decides: bool) -> Claim:
    """The claim as it is under the order's lock; refused where it is not this asker's turn any more."""
    claim = Claim.objects.select_related("line", "refund").get(pk=pk)
    if claim.state == State.OFFICE and not decides:
        raise TooLate(_BROUGHT if claim.brought_at else return_parcel.NOT_SAID_IN_TIME)
    if claim.state not in (*Claim.TEAM_TO_ANSWER, State.OFFICE):
        raise TooLate(say("这条售后已经答复过了。", "This has been answered already."))
    return claim


_BROUGHT = say("买家已请平台裁定。", "Its buyer has brought it before the shop, which decides.")


def _comes_to(claim: Claim, given: Refund | None, decides: bool) -> State:
    """All that can be given is given, or the office has said its word: then nobody has anything to add."""
    line = Line.objects.get(pk=claim.line_id)
    if given and (decides or line.refunded_minor >= line.net_minor):
        return State.AGREED
    return State.DONE if decides else State.ANSWERED


def _check_decides(claim: Claim, line: Line, by: Any) -> None:
    """An operator who is none of the team's people, once the team has had its time or the buyer has asked her."""
    if not may_once_awake(by, "orders.answer_left_claims", at=desk.place_of(line.team)):
        raise NotFound()
    desk.must_decide(by, line.team, "orders.answer_left_claims")
    waits = Claim.objects.filter(state__in=Claim.TEAM_TO_ANSWER, pk=claim.pk)
    if waits.exclude(office_decides()).exists():
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
