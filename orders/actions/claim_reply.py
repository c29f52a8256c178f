"""What a buyer says to an answer: that it is well, that it is not enough, or that the office is to decide; and the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from catalog.clean import paragraphs
from core.language import say
from core.outbox import record
from core.refusals import Invalid, TooLate
from orders.actions import claim_photo, replacement, return_parcel
from orders.actions.order import lock
from orders.events import ClaimBrought, ClaimDisputed
from orders.models import Claim, ClaimReply, Refund, Replacement, ReturnParcel
from orders.reads.claim import BUYER_ANSWERS, allowed_actions, reply_by

State = Claim.State
Kind = ClaimReply.Kind

_TIME_IS_OVER = say(
    "对答复提出意见的七天期限已过，团队的答复算数。",
    "The seven days in which to say something to the answer are over: it stands.",
)
_NOT_NOW = say("现在不能这样做：请看看最新的进展。", "This cannot be done now: please look at how it stands.")


@transaction.atomic
def accept(claim: Claim) -> Claim:
    """The answer is well: there is nothing more to say."""
    claim = _locked(claim)
    if claim.state in (State.AGREED, State.DONE) and claim.answered_at:
        return claim
    _must(claim, "ACCEPT")
    return _settle(claim)


def dispute(claim: Claim, words: str, photos: Sequence[Any] = (), *, key: UUID) -> Claim:
    """It is not enough: the team answers anew, within its time."""
    return _reply(claim, Kind.DISPUTED, words, photos, key)


def bring(claim: Claim, words: str, photos: Sequence[Any] = (), *, key: UUID) -> Claim:
    """The office is to decide; once, and for good."""
    return _reply(claim, Kind.BROUGHT, words, photos, key)


_ASKS = {Kind.DISPUTED: "DISPUTE", Kind.BROUGHT: "BRING"}


def _reply(claim: Claim, kind: Kind, words: str, photos: Sequence[Any], key: UUID) -> Claim:
    # By what is said, too: a key is its deed's own, and under it another deed is not done yet.
    uid = uuid5(claim.uid, f"{kind} {key}")
    # Asked for again under its key, of which the first answer may never have been told.
    if claim.replies.filter(uid=uid).exists():
        return claim
    words = paragraphs(words, "words", 500)
    if len(words) < 2:
        raise Invalid(say("请说说为什么不同意。", "Please say why it is not enough."), field="words")
    _must(claim, _ASKS[kind])
    with (
        claim_photo.stored(claim.uid, photos, before=claim_photo.count(claim)) as names,
        transaction.atomic(),
    ):
        claim = _locked(claim)
        _must(claim, _ASKS[kind])
        now = timezone.now()
        replacement.withdraw(claim)
        return_parcel.withdraw(claim)
        if kind == Kind.BROUGHT:
            claim.move_to(State.OFFICE, brought_at=now)
            record(ClaimBrought(claim_id=claim.pk))
        else:
            claim.move_to(State.DISPUTED, disputed_at=now)
            record(ClaimDisputed(claim_id=claim.pk))
        claim_photo.keep(claim, names, claim.replies.create(uid=uid, kind=kind, words=words))
    return claim


def add_photos(claim: Claim, photos: Sequence[Any]) -> Claim:
    """More photos of what is wrong, while the team has not answered."""
    if not photos:
        raise Invalid(say("请选一张照片。", "Please choose a photo."), field="photo")
    _must(claim, "ADD_PHOTO")
    with (
        claim_photo.stored(claim.uid, photos, before=claim_photo.count(claim)) as names,
        transaction.atomic(),
    ):
        claim = _locked(claim)
        _must(claim, "ADD_PHOTO")
        last = claim.replies.filter(kind=Kind.DISPUTED).last()
        claim_photo.keep(claim, names, last)
    return claim


def _must(claim: Claim, what: str) -> None:
    if what not in allowed_actions(claim):
        until = reply_by(claim)
        raise TooLate(_TIME_IS_OVER if until and until <= timezone.now() else _NOT_NOW)


def _locked(claim: Claim) -> Claim:
    """The claim as it is under its order's lock."""
    lock([claim.line.order])
    return Claim.objects.select_related("line__order").get(pk=claim.pk)


def _settle(claim: Claim) -> Claim:
    """Nothing is asked any more; done once what was given for it has arrived, and what was offered has come."""
    if offered := claim.replacements.filter(state=Replacement.State.OFFERED).first():
        replacement.agree(offered)
    if asked := claim.returns.filter(state=ReturnParcel.State.OFFERED).first():
        return_parcel.agree(asked)
    if not _on_its_way(claim):
        claim.move_to(State.DONE, ended_at=timezone.now())
    elif claim.state != State.AGREED:
        claim.move_to(State.AGREED)
    return claim


def _on_its_way(claim: Claim) -> bool:
    given = Refund.objects.filter(claim_reply__claim=claim)
    sent = claim.replacements.filter(state__in=Replacement.UNDER_WAY)
    back = claim.returns.filter(state__in=ReturnParcel.UNDER_WAY)
    return sent.exists() or back.exists() or given.exclude(state__in=Refund.SETTLED).exists()


def end_due(now: datetime | None = None, limit: int = 200) -> int:
    """Answers that their buyers have left alone for their time stand, and what was agreed is done once the money has
    arrived; called by the clock."""
    silent = Q(state=State.ANSWERED, answered_at__lt=(now or timezone.now()) - BUYER_ANSWERS)
    under_way = Refund.objects.filter(claim_reply__claim=OuterRef("pk")).exclude(state__in=Refund.SETTLED)
    sent = Replacement.objects.filter(claim=OuterRef("pk"), state__in=Replacement.UNDER_WAY)
    back = ReturnParcel.objects.filter(claim=OuterRef("pk"), state__in=ReturnParcel.UNDER_WAY)
    due = Claim.objects.filter(
        silent | Q(state=State.AGREED) & ~Exists(under_way) & ~Exists(sent) & ~Exists(back)
    )
    ended = 0
    for claim in due.select_related("line__order").order_by("answered_at")[:limit]:
        with transaction.atomic():
            before, claim = claim.state, _locked(claim)
            if claim.state == before:
                _settle(claim)
                ended += 1
    return ended
