"""Stripe's notices: which are truly Stripe's, and what each tells of in our words."""

import json
import time
from typing import Any

import stripe

from orders.provider.port import Forged, Heard, NoticeKind, OtherMode
from orders.provider.stripe.objects import id_of

TOLERANCE_SECONDS = 300
SESSION, INTENT = "checkout.session", "payment_intent"
_KINDS = {
    f"{SESSION}.": NoticeKind.PAYMENT_MOVED,
    f"{INTENT}.": NoticeKind.PAYMENT_MOVED,
    "charge.dispute.": NoticeKind.DISPUTE_MOVED,
    "charge.refund.": NoticeKind.REFUND_MOVED,
    "refund.": NoticeKind.REFUND_MOVED,
}


def verified(body: bytes, signature: str, secret: str, *, is_live: bool) -> Heard:
    """A notice whose signature, age, account and mode hold; raises Forged for any other, and OtherMode for a true one
    of the other mode. The body is parsed only when the signature holds."""
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        # The SDK accepts a moment that is still to come; a notice from the future is forged.
        written = int(dict(part.split("=", 1) for part in signature.split(","))["t"])
    except (stripe.SignatureVerificationError, ValueError, KeyError) as failure:
        raise Forged("signature") from failure
    if written > time.time() + TOLERANCE_SECONDS:
        raise Forged("from the future")
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as failure:
        raise Forged("no JSON") from failure
    if not isinstance(event, dict) or event.get("object") != "event":
        raise Forged("not what a notice is")
    if event.get("account"):
        raise Forged("account")
    if bool(event.get("livemode")) is not is_live:
        # Stripe tells both modes to an address that was given to both, and tells again whatever is refused.
        raise OtherMode(str(event.get("id", ""))[:60])
    try:
        return _checked(_heard(event))
    except (AttributeError, KeyError, TypeError, ValueError) as failure:
        raise Forged("not what a notice is") from failure


def read(body: bytes) -> Heard:
    """A notice that was verified when it came."""
    return _heard(json.loads(body))


def _heard(event: dict[str, Any]) -> Heard:
    thing = event["data"]["object"]
    noun = thing.get("object", "")
    is_money = noun in (SESSION, INTENT)
    return Heard(
        event_id=event["id"],
        kind=_kind(event["type"], is_money),
        word=event["type"],
        object_id=thing.get("id") or "",
        page_ref=thing["id"] if noun == SESSION else "",
        payment_ref=thing["id"] if noun == INTENT else id_of(thing.get("payment_intent")),
        order=(thing.get("metadata") or {}).get("order", ""),
        amount_minor=thing.get("amount_total", thing.get("amount")) if is_money else None,
        currency=(thing.get("currency") or "") if is_money else "",
    )


def _kind(word: str, is_money: bool) -> NoticeKind:
    if word == "charge.refunded":
        # It tells of a charge; we keep none, so the refunds of its payment are asked about.
        return NoticeKind.PAYMENT_REFUNDED
    kind = next((kind for start, kind in _KINDS.items() if word.startswith(start)), NoticeKind.OTHER)
    return NoticeKind.OTHER if kind is NoticeKind.PAYMENT_MOVED and not is_money else kind


def _checked(heard: Heard) -> Heard:
    """Its words are words and its amount a number: whatever else a signed body may hold."""
    words = (
        heard.event_id,
        heard.word,
        heard.object_id,
        heard.page_ref,
        heard.payment_ref,
        heard.order,
        heard.currency,
    )
    if not all(isinstance(word, str) and "\0" not in word and len(word) <= 255 for word in words):
        raise TypeError("words")
    is_number = heard.amount_minor is None or type(heard.amount_minor) is int
    is_named = heard.kind is NoticeKind.OTHER or heard.object_id
    if not (heard.event_id and heard.word and is_number and is_named):
        raise TypeError("amount")
    return heard
