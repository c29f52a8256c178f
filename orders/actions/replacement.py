"""What is sent in place of what arrived spoilt: offered with its units taken from the shelf, agreed, sent, delivered."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from catalog.actions import stock
from catalog.clean import paragraphs
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, TooLate
from orders.actions.order import lock
from orders.actions.shipment import TAKEN_AS_DELIVERED
from orders.carriers import clean_tracking, validated
from orders.events import GoodsRecalled, ReplacementAgreed, ReplacementCalledOff, ReplacementShipped
from orders.models import Claim, ClaimReply, Line, Parcel, Replacement, Shipment
from orders.reads.replacement import SENT_WITHIN, most_units, of_lot
from orders.reads.stopped import drew_on

State = Replacement.State
Kind = ClaimReply.Kind


def offer(claim: Claim, reply: ClaimReply, units: int) -> Replacement:
    """Take so many units from the shelf to be sent in place of the line's. Called with the order locked.

    No more than remain paid: what was given back is not replaced as well.
    """
    line = Line.objects.get(pk=claim.line_id)
    if not 0 < units <= (most := most_units(line)):
        words = say("补发 1 到 {n} 份。", "Between 1 and {n} units can be replaced.", n=most)
        if not most:
            words = say(
                "这件商品的钱已经全部退回，不能再补发。",
                "All of its money has gone back: nothing is sent in its place.",
            )
        raise Invalid(words, field="replace_units")
    made = Replacement.objects.create(claim=claim, reply=reply, units=units)
    stock.replace(made.uid, {line.variant_id: units})
    return made


def agree(replacement: Replacement) -> None:
    """Its buyer wants it: it goes where the line's parcel went. Called with the order locked."""
    line = Line.objects.select_related("shipment__parcel").get(pk=replacement.claim.line_id)
    assert line.shipment
    went = line.shipment.parcel
    where = ("team_id", "recipient", "phone", "region_id", "street", "is_gift", "sender")
    parcel = Parcel.objects.create(**{name: getattr(went, name) for name in where})
    replacement.move_to(State.AGREED, parcel=parcel, agreed_at=timezone.now())
    record(ReplacementAgreed(replacement_id=replacement.pk))


def withdraw(claim: Claim) -> None:
    """What was offered is not wanted: its units are on the shelf again. Called with the order locked."""
    for one in claim.replacements.filter(state=State.OFFERED):
        one.move_to(State.CANCELLED)
        stock.put_back(one.uid)


@transaction.atomic
def ship(replacement: Replacement, by: Any, *, carrier: str, tracking_number: str) -> Replacement:
    """The team has handed it to a carrier."""
    carrier = validated(carrier)
    tracking_number = clean_tracking(tracking_number)
    replacement = _locked(replacement)
    if replacement.state != State.AGREED:
        raise _not_now(replacement)
    if replacement.claim.line.order.contested_at:
        raise Conflict(_CONTESTED)
    if replacement.units > most_units(replacement.claim.line):
        raise Conflict(_GIVEN_BACK)
    assert replacement.parcel
    Parcel.objects.filter(pk=replacement.parcel.pk).update(carrier=carrier, tracking_number=tracking_number)
    replacement.move_to(State.SHIPPED, shipped_at=timezone.now())
    audit.record(by, "ship", "Replacement", replacement.uid)
    record(ReplacementShipped(replacement_id=replacement.pk))
    return replacement


_CONTESTED = say(
    "买家的银行正在裁定这笔付款，先不要补发。",
    "The buyer’s bank is deciding about this payment: please do not send it yet.",
)


_GIVEN_BACK = say(
    "这些份的钱已经退给买家，不要再补发：请取消补发，再答复买家。",
    "The money for these has gone back to the buyer meanwhile: please call this off, and answer the buyer anew.",
)


def _not_now(one: Replacement) -> TooLate:
    """Why it is too late; what the clock did is never said of a person."""
    if one.state == State.DELIVERED and one.is_presumed:
        return TooLate(_TAKEN_AS_DELIVERED)
    ended = one.claim.replies.filter(kind__in=ClaimReply.NOT_SENT, pk__gt=one.reply_id).first()
    if one.state == State.CANCELLED and ended and ended.kind == Kind.OVERDUE:
        return TooLate(_OVERDUE)
    return TooLate(say("这次补发现在不能这样处理。", "This replacement is not at that point now."))


_OVERDUE = say(
    "补发的七天期限已过，这次补发已取消，请看这项售后的最新进展。",
    "The seven days in which to send it are over, so it was called off: please look at how the claim stands.",
)
_TAKEN_AS_DELIVERED = say(
    "寄出两周没有消息，已按收到处理。",
    "Nothing was heard of it for two weeks: it is taken as delivered already.",
)


@transaction.atomic
def call_off(replacement: Replacement, by: Any, words: str) -> Replacement:
    """It cannot be sent after all: its units are on the shelf again, and the team answers the claim anew."""
    words = paragraphs(words, "words", 500)
    if len(words) < 2:
        raise Invalid(say("请告诉买家为什么。", "Please tell the buyer why."), field="words")
    replacement = _locked(replacement)
    if replacement.state != State.AGREED:
        raise _not_now(replacement)
    _call_off(replacement, by, words)
    return replacement


def _call_off(replacement: Replacement, by: Any, words: str, kind: Kind = Kind.CALLED_OFF) -> None:
    replacement.move_to(State.CANCELLED)
    stock.put_back(replacement.uid)
    claim = replacement.claim
    claim.replies.create(kind=kind, words=words, by=by)
    claim.move_to(Claim.State.DISPUTED, disputed_at=timezone.now())
    audit.record(by, "call_off", "Replacement", replacement.uid)
    record(ReplacementCalledOff(replacement_id=replacement.pk))


@transaction.atomic
def deliver(replacement: Replacement) -> Replacement:
    """It has come. Something may be wrong with it too: the time to say so begins anew for its parcel."""
    replacement = _locked(replacement)
    if replacement.state != State.SHIPPED:
        raise _not_now(replacement)
    _deliver(replacement, is_presumed=False)
    return replacement


def _deliver(replacement: Replacement, *, is_presumed: bool) -> None:
    now = timezone.now()
    replacement.move_to(State.DELIVERED, delivered_at=now, is_presumed=is_presumed)
    claim = replacement.claim
    if claim.state == Claim.State.AGREED:
        claim.move_to(Claim.State.DONE, ended_at=now)
    _window_anew(claim.line, now)


def _window_anew(line: Line, now: datetime) -> None:
    hours = line.after_sale_hours or line.variant.product.after_sale_hours
    until = now + timedelta(hours=hours)
    parcels = Shipment.objects.filter(lines=line, state=Shipment.State.DELIVERED)
    parcels.filter(after_sale_until__lt=until).update(after_sale_until=until)


def _locked(replacement: Replacement) -> Replacement:
    """The replacement as it is under its order's lock."""
    line = Line.objects.select_related("order").get(claims__replacements=replacement.pk)
    lock([line.order])
    rows = Replacement.objects.select_related("claim__line__order", "claim__line__variant__product", "parcel")
    return rows.get(pk=replacement.pk)


def deliver_silent(now: datetime | None = None, limit: int = 200) -> int:
    """What was sent two weeks ago, and of which nobody has said anything, is taken as delivered; called by the clock."""
    since = (now or timezone.now()) - TAKEN_AS_DELIVERED
    silent = Replacement.objects.filter(state=State.SHIPPED, shipped_at__lt=since)
    taken = 0
    for found in silent.order_by("pk")[:limit]:
        with transaction.atomic():
            one = _locked(found)
            # Its buyer may have said so in this very moment.
            if one.state == State.SHIPPED:
                _deliver(one, is_presumed=True)
                taken += 1
    return taken


def call_off_unsent(now: datetime | None = None, limit: int = 200) -> int:
    """What a team has not sent in its time is not sent any more: it answers anew, or leaves the claim to the office;
    called by the clock. While a bank decides about the payment it may not be sent."""
    since = (now or timezone.now()) - SENT_WITHIN
    late = Replacement.objects.filter(state=State.AGREED, agreed_at__lt=since)
    late = late.filter(claim__line__order__contested_at=None)
    called_off = 0
    for found in late.order_by("pk")[:limit]:
        with transaction.atomic():
            one = _locked(found)
            if one.state == State.AGREED:
                _call_off(one, None, "", Kind.OVERDUE)
                called_off += 1
    return called_off


def follow_recall(lot_id: int) -> None:
    """What waits to be sent of a lot that was recalled stays here, and its team answers anew; whoever was sent some is
    told not to eat it, and may say that something is wrong with it however late."""
    for found in of_lot(lot_id).exclude(state=State.CANCELLED).order_by("pk"):
        with transaction.atomic():
            one = _locked(found)
            if one.state in Replacement.SENT:
                _tell_recalled(one.claim.line, lot_id)
            elif one.state == State.AGREED or one.claim.state == Claim.State.ANSWERED:
                _call_off(one, None, "", Kind.RECALLED)


def _tell_recalled(line: Line, lot_id: int) -> None:
    Line.objects.filter(pk=line.pk, recalled_at=None).update(recalled_at=timezone.now())
    # Whoever has bought of that lot as well is told of both in one letter.
    if not drew_on(lot_id).filter(pk=line.order_id).exists():
        record(GoodsRecalled(line.order_id, lot_id))
