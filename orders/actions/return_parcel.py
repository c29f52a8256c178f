"""Goods go back to the team with its label, and their money to the buyer once the team has them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import clean
from accounts.actions import audit
from accounts.permissions import must
from catalog.actions import desk
from catalog.clean import paragraphs
from core.language import Words, say
from core.outbox import record
from core.refusals import Invalid, TooLate
from orders.actions import refund
from orders.actions.order import lock, not_of_her_own
from orders.carriers import clean_tracking
from orders.events import ReturnAgreed, ReturnCame, ReturnEnded, ReturnSent
from orders.models import Claim, ClaimReply, Line, Refund, ReturnParcel
from orders.reads.return_parcel import RECEIVED_WITHIN, SENT_WITHIN
from orders.refusals import RefundTooLarge

State = ReturnParcel.State


@dataclass(frozen=True)
class Terms:
    """Where goods are to be sent back to, and by which label of the team's, where it pays for one."""

    send_to: str
    carrier: str = ""
    number: str = ""


def ask(claim: Claim, reply: ClaimReply, amount_minor: int, how: Terms) -> ReturnParcel:
    """The team gives so much back for the goods, once it has them again. Called with the order locked."""
    send_to = paragraphs(how.send_to, "return_to", 200)
    if len(send_to) < 10:
        words = say(
            "请写明收件人、电话和地址。", "Please say who takes it, a telephone number and an address."
        )
        raise Invalid(words, field="return_to")
    line = Line.objects.get(pk=claim.line_id)
    if not 0 < amount_minor <= line.net_minor - line.refunded_minor:
        refused = RefundTooLarge(line.net_minor - line.refunded_minor)
        refused.field = ("amount",)
        raise refused
    number = how.number
    return ReturnParcel.objects.create(
        claim=claim,
        reply=reply,
        amount_minor=amount_minor,
        send_to=send_to,
        carrier=clean.line(how.carrier, "return_carrier", 40, required=bool(number)),
        tracking_number=clean_tracking(number, "return_number") if number else "",
    )


def agree(one: ReturnParcel) -> None:
    """Its buyer sends it back. Called with the order locked."""
    one.move_to(State.AGREED, agreed_at=timezone.now())
    record(ReturnAgreed(return_id=one.pk))


def withdraw(claim: Claim) -> None:
    """What was asked for is not sent back. Called with the order locked."""
    for one in claim.returns.filter(state=State.OFFERED):
        one.move_to(State.OVER)


@transaction.atomic
def send(one: ReturnParcel, *, carrier: str = "", tracking_number: str = "") -> ReturnParcel:
    """Its buyer has handed it in, with the team's label or a number of her own."""
    carrier = clean.line(carrier or one.carrier, "carrier", 40)
    tracking_number = clean_tracking(tracking_number or one.tracking_number)
    one = locked(one)
    _must_be(one, State.AGREED)
    one.move_to(State.SENT, carrier=carrier, tracking_number=tracking_number, sent_at=timezone.now())
    record(ReturnSent(return_id=one.pk))
    return one


@transaction.atomic
def receive(one: ReturnParcel, by: Any) -> ReturnParcel:
    """The team has it: what it has promised goes back, or what remains of that where some went back meanwhile."""
    team = one.claim.line.team
    must(by, "orders.refund_own", at=desk.place_of(team))
    one = locked(one)
    _must_be(one, State.SENT)
    line = one.claim.line
    not_of_her_own(line.order, by)
    one.move_to(State.RECEIVED, received_at=timezone.now())
    if amount := min(one.amount_minor, line.net_minor - line.refunded_minor):
        part = {line.uid: refund.Part(amount_minor=amount)}
        given = refund.request(line.order, part, reason=Refund.Reason.CLAIM, by=by)
        ClaimReply.objects.filter(pk=one.reply_id).update(refund=given)
        Claim.objects.filter(pk=one.claim_id).update(refund=given)
    audit.record(by, "receive", "ReturnParcel", one.uid, amount_minor=amount)
    record(ReturnCame(return_id=one.pk))
    return one


def end(claim: Claim) -> None:
    """The office has decided in its place. Called with the order locked."""
    for one in claim.returns.filter(state__in=ReturnParcel.TO_BE_SENT_BACK):
        one.move_to(State.OVER)


def end_due(now: datetime | None = None, limit: int = 200) -> int:
    """What was not sent back in time ends its claim; what a team has not said of in time is the office's to decide;
    called by the clock."""
    now = now or timezone.now()
    unsent = ReturnParcel.objects.filter(state=State.AGREED, agreed_at__lt=now - SENT_WITHIN)
    unanswered = ReturnParcel.objects.filter(
        state=State.SENT, sent_at__lt=now - RECEIVED_WITHIN, claim__state=Claim.State.AGREED
    )
    ended = 0
    # What a bank is deciding about can be given back by nobody meanwhile.
    late = (unsent | unanswered).filter(claim__line__order__contested_at=None)
    for found in late.order_by("pk")[:limit]:
        with transaction.atomic():
            one = locked(found)
            if one.state == found.state and one.claim.state == Claim.State.AGREED:
                _end(one)
                ended += 1
    return ended


def _end(one: ReturnParcel) -> None:
    if one.state == State.AGREED:
        one.move_to(State.OVER)
        one.claim.move_to(Claim.State.DONE, ended_at=timezone.now())
    else:
        one.claim.replies.create(kind=ClaimReply.Kind.UNANSWERED)
        one.claim.move_to(Claim.State.OFFICE)
    record(ReturnEnded(return_id=one.pk))


def _must_be(one: ReturnParcel, state: str) -> None:
    if one.state != state or one.claim.state != Claim.State.AGREED:
        raise TooLate(_why_not(one))


def _why_not(one: ReturnParcel) -> Words:
    if one.state == State.SENT and one.claim.state == Claim.State.OFFICE:
        return NOT_SAID_IN_TIME
    if one.state != State.OVER or one.agreed_at is None:
        return _NOT_NOW
    is_decided = one.claim.replies.filter(kind=ClaimReply.Kind.DECIDED).exists()
    return _DECIDED if is_decided else _NOT_SENT_IN_TIME


# What the clock did is never said of a person: neither has asked the shop to decide.
NOT_SAID_IN_TIME = say(
    "退货寄出后，说收到没有的十天期限已过，现在由平台裁定。",
    "The ten days in which to say that the return came are over: the shop decides now.",
)
_NOT_SENT_IN_TIME = say(
    "寄回的十四天期限已过，这项售后已经结束。",
    "The fourteen days in which to send it back are over, and so is this claim.",
)
_DECIDED = say(
    "平台已经裁定，这件退货不用再处理。", "The shop has decided: nothing more is done about this return."
)
_NOT_NOW = say("这件退货现在不能这样处理。", "This return is not at that point now.")


def locked(one: ReturnParcel) -> ReturnParcel:
    """The return as it is under its order's lock."""
    line = Line.objects.select_related("order").get(claims__returns=one.pk)
    lock([line.order])
    return ReturnParcel.objects.select_related("claim__line__order", "claim__line__team").get(pk=one.pk)
