"""Stripe: Checkout Sessions and PaymentIntents by card, Alipay and WeChat Pay, in CNY."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

import stripe
from django.db import connection
from django.utils import timezone

from core import failpoints
from orders.provider.haste import BRIEF_SECONDS, PATIENT_SECONDS, Gate, is_hasty
from orders.provider.port import (
    Attempt,
    Away,
    Begun,
    Forged,
    GiveBack,
    Heard,
    Noun,
    PaymentSeen,
    RefundSeen,
    Refused,
    Seen,
    Slow,
    Was,
)
from orders.provider.stripe_disputes import dispute_seen, id_of
from orders.provider.wire import Wire

# How long each call took, and on what machine, is no affair of the provider's (and costs a ninth of a call).
stripe.enable_telemetry = False

METHODS = ["card", "alipay", "wechat_pay"]
TOLERANCE_SECONDS = 300
# Seconds between asking again while another request with the same key is being answered; all of them are less than a
# visitor waits anyway.
WAITS_IN_USE = (0.05, 0.1, 0.2, 0.4)
# Stripe forgets an idempotency key after 24 hours; from then on we look before we give again.
KEYS_ARE_KEPT = timedelta(hours=23)
_NOUNS = {
    "checkout.session": Noun.SESSION,
    "payment_intent": Noun.INTENT,
    "refund": Noun.REFUND,
    "dispute": Noun.DISPUTE,
}
_PATHS = {
    Noun.SESSION: "/v1/checkout/sessions",
    Noun.INTENT: "/v1/payment_intents",
    Noun.REFUND: "/v1/refunds",
    Noun.DISPUTE: "/v1/disputes",
}
_EXPANDED = {Noun.SESSION: "payment_intent.latest_charge", Noun.INTENT: "latest_charge"}


def _outside() -> None:
    """Nothing outside is called while a transaction is open; a test's own wrapping does not count."""
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    assert not ours, "the payment provider was called inside a transaction"


@contextmanager
def _asking(what: str) -> Iterator[None]:
    _outside()
    failpoints.reach(f"stripe.{what}.asking")
    try:
        yield
        failpoints.reach(f"stripe.{what}.answered")
    except stripe.StripeError as failure:
        if isinstance(failure, stripe.InvalidRequestError | stripe.CardError):
            raise
        is_slow = getattr(failure, "is_slow", False)
        raise (Slow if is_slow else Away)(type(failure).__name__) from failure


class StripeProvider:
    """The adapter of the port; knows Stripe's words and nothing of our tables."""

    def __init__(self, key: str, base: str, secret: str):
        self.secret = secret
        self.is_live = key.startswith(("sk_live", "rk_live"))
        base_addresses: Any = {"api": base}
        self.client = stripe.StripeClient(
            key,
            base_addresses=base_addresses,
            max_network_retries=1,
            http_client=Wire(base, PATIENT_SECONDS),
        )
        self._brief = stripe.StripeClient(
            key,
            base_addresses=base_addresses,
            max_network_retries=0,
            http_client=Wire(base, BRIEF_SECONDS, is_hasty=True),
        )
        self._gate = Gate()

    @contextmanager
    def _asking(self, what: str) -> Iterator[stripe.StripeClient]:
        """The connection to ask by: brief where a visitor waits, and then only if her thread may."""
        if not is_hasty():
            with _asking(what):
                yield self.client
            return
        with self._gate.passing(), _asking(what):
            yield self._brief

    def begin(self, asked: Attempt) -> Begun:
        """Open Stripe's page, or an intent for a client of our own."""
        try:
            if asked.noun is Noun.INTENT:
                intent = self._opened(asked, self._intent(asked))
                return Begun(intent_id=intent["id"], client_secret=intent.get("client_secret") or "")
            session = self._opened(asked, self._session(asked))
            return Begun(session_id=session["id"], url=session.get("url") or "")
        except (stripe.InvalidRequestError, stripe.CardError) as failure:
            raise Refused(
                f"{failure.code or failure.param or 'refused'}: {failure.user_message or failure}"
            ) from failure

    def _opened(self, asked: Attempt, given: dict[str, Any]) -> dict[str, Any]:
        """Of two tabs that begin one payment at once, Stripe sends the second away: it comes back to the first's page."""
        key, waits = f"payment:{asked.payment}", list(WAITS_IN_USE)
        while True:
            try:
                return self._plain("begin", "post", _PATHS[asked.noun], **given, idempotency_key=key)
            except Away as failure:
                is_in_use = getattr(failure.__cause__, "http_status", 0) == 409
                if not is_in_use or not waits:
                    raise
                time.sleep(waits.pop(0))

    def _plain(self, what: str, method: str, path: str, **given: Any) -> dict[str, Any]:
        """One call whose answer stays as it came: the library's objects cost a fifth of it, and are not looked at."""
        with self._asking(what) as client:
            return cast(dict[str, Any], client.raw_request(method, path, **given).data)

    def _session(self, asked: Attempt) -> Any:
        title = {"name": asked.title}
        price = {"currency": "cny", "unit_amount": asked.amount_minor, "product_data": title}
        return {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "allowed_payment_method_types": METHODS,
            "payment_method_options": {"wechat_pay": {"client": "web"}},
            "client_reference_id": str(asked.payment),
            "metadata": {"order": str(asked.order)},
            "payment_intent_data": {"metadata": _written_on(asked)},
            "expires_at": int(asked.ends_at.timestamp()),
            "success_url": asked.success_url,
            "cancel_url": asked.cancel_url,
            "locale": asked.language,
        }

    def _intent(self, asked: Attempt) -> Any:
        return {
            "amount": asked.amount_minor,
            "currency": "cny",
            "allowed_payment_method_types": METHODS,
            "metadata": _written_on(asked),
        }

    def look(self, noun: Noun, id: str) -> Seen | None:
        """Fetch the object anew: what a notice said may be old by now."""
        path = f"{_PATHS[noun]}/{quote(id, safe='')}"
        expanded = {"expand": [_EXPANDED[noun]]} if noun in _EXPANDED else {}
        try:
            return _SEEN[noun](self._plain("look", "get", path, **expanded))
        except stripe.InvalidRequestError as failure:
            if failure.code == "resource_missing":
                return None
            raise

    def close(self, noun: Noun, id: str) -> PaymentSeen | None:
        """Expire the page, or cancel the intent; a payment that was faster is told as it stands."""
        try:
            with self._asking("close") as client:
                if noun is Noun.SESSION:
                    client.v1.checkout.sessions.expire(id)
                else:
                    client.v1.payment_intents.cancel(id)
        except stripe.InvalidRequestError:
            pass  # not open any more: how it stands is asked next
        seen = self.look(noun, id)
        assert seen is None or isinstance(seen, PaymentSeen)
        return seen

    def give_back(self, asked: GiveBack) -> RefundSeen:
        """Refund a part of an intent's charge."""
        name = f"{asked.refund}:{asked.attempt}"
        if timezone.now() - asked.requested_at > KEYS_ARE_KEPT and (found := self._given(asked, name)):
            return found
        params: Any = {
            "payment_intent": asked.intent_id,
            "amount": asked.amount_minor,
            "metadata": {"refund": name},
        }
        try:
            with self._asking("refund"):
                made = self.client.v1.refunds.create(params, {"idempotency_key": f"refund:{name}"})
        except stripe.InvalidRequestError as failure:
            return RefundSeen(Was.FAILED, failure=str(failure.code or failure.param or "refused")[:120])
        return _refund_seen(made.to_dict())

    def _given(self, asked: GiveBack, name: str) -> RefundSeen | None:
        made = cast(Iterator[RefundSeen], self.about(Noun.REFUND, asked.intent_id))
        return next((one for one in made if one.ours == name), None)

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        """Page by page, newest first; each page is one call."""
        path, given = _PATHS[noun], {"limit": 100, "created": {"gte": int(since.timestamp())}}
        for thing in self._listed(path, given):
            yield _SEEN[noun](thing)

    def about(self, noun: Noun, intent_id: str) -> Iterator[Seen]:
        """By their payment."""
        for thing in self._listed(_PATHS[noun], {"limit": 100, "payment_intent": intent_id}):
            yield _SEEN[noun](thing)

    def _listed(self, path: str, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        after: dict[str, Any] = {}
        while True:
            page = self._plain("look", "get", path, **given, **after)
            yield from page["data"]
            if not page.get("has_more") or not page["data"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def hear(self, body: bytes, signature: str) -> Heard:
        """Check signature, age, account and mode; the body is parsed only when the signature holds."""
        try:
            stripe.WebhookSignature.verify_header(body, signature, self.secret, TOLERANCE_SECONDS)
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
        if (
            not isinstance(event, dict)
            or event.get("object") != "event"
            or bool(event.get("livemode")) is not self.is_live
        ):
            raise Forged("mode")
        if event.get("account"):
            raise Forged("account")
        try:
            return _checked(_heard(event))
        except (AttributeError, KeyError, TypeError, ValueError) as failure:
            raise Forged("not what a notice is") from failure

    def read(self, body: bytes) -> Heard:
        """Read a notice that was verified when it came."""
        return _heard(json.loads(body))


def _written_on(asked: Attempt) -> dict[str, str]:
    """Our own opaque ids, by which each of its objects leads back to us."""
    return {"order": str(asked.order), "payment": str(asked.payment)}


def _heard(event: dict) -> Heard:
    thing = event["data"]["object"]
    kind = thing.get("object", "")
    noun = _NOUNS.get(kind)
    if kind == "charge":
        # A charge tells of a refund or of its intent; we keep no charges ourselves.
        noun = Noun.INTENT
    is_money = kind in ("checkout.session", "payment_intent")
    return Heard(
        event_id=event["id"],
        kind=event["type"],
        noun=noun,
        object_id=thing.get("id") or "",
        session_id=thing["id"] if kind == "checkout.session" else "",
        intent_id=thing["id"] if kind == "payment_intent" else id_of(thing.get("payment_intent")),
        order=(thing.get("metadata") or {}).get("order", ""),
        amount_minor=thing.get("amount_total", thing.get("amount")) if is_money else None,
        currency=(thing.get("currency") or "") if is_money else "",
    )


def _checked(heard: Heard) -> Heard:
    """Its words are words and its amount a number: whatever else a signed body may hold."""
    words = (
        heard.event_id,
        heard.kind,
        heard.object_id,
        heard.session_id,
        heard.intent_id,
        heard.order,
        heard.currency,
    )
    if not all(isinstance(word, str) and "\0" not in word and len(word) <= 255 for word in words):
        raise TypeError("words")
    is_number = heard.amount_minor is None or type(heard.amount_minor) is int
    is_named = heard.noun is None or heard.object_id
    if not (heard.event_id and heard.kind and is_number and is_named):
        raise TypeError("amount")
    return heard


def _intent_seen(intent: dict, session_id: str = "") -> PaymentSeen:
    written = intent.get("metadata") or {}
    status = intent["status"]
    state = {"succeeded": Was.SUCCEEDED, "processing": Was.PROCESSING, "canceled": Was.CANCELLED}.get(status)
    if state is None:
        state = Was.FAILED if intent.get("last_payment_error") else Was.CREATED
    charge = intent.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    return PaymentSeen(
        state=state,
        amount_minor=intent.get("amount_received") or 0,
        currency=intent.get("currency") or "",
        method=(details or {}).get("type") or "",
        session_id=session_id,
        intent_id=intent["id"],
        paid_at=_moment(charge) if state is Was.SUCCEEDED else None,
        payment=written.get("payment") or "",
        order=written.get("order") or "",
    )


def _moment(charge: Any) -> datetime | None:
    """When a charge was made, in whole seconds."""
    made = charge.get("created") if isinstance(charge, dict) else None
    return datetime.fromtimestamp(made, UTC) if isinstance(made, int) else None


def _session_seen(session: dict) -> PaymentSeen:
    intent = session.get("payment_intent")
    seen = _intent_seen(intent, session["id"]) if isinstance(intent, dict) else None
    if session["status"] == "expired" and (seen is None or seen.state is not Was.SUCCEEDED):
        return PaymentSeen(Was.CANCELLED, session_id=session["id"], intent_id=id_of(intent))
    if session["status"] == "complete" and session["payment_status"] != "paid":
        failed = seen is not None and seen.state in (Was.FAILED, Was.CANCELLED)
        state = Was.FAILED if failed else Was.PROCESSING
        return PaymentSeen(state, session_id=session["id"], intent_id=id_of(intent))
    return seen or PaymentSeen(Was.CREATED, session_id=session["id"])


def _refund_seen(refund: dict) -> RefundSeen:
    state = {
        "succeeded": Was.SUCCEEDED,
        "failed": Was.FAILED,
        "canceled": Was.FAILED,
    }.get(refund["status"], Was.PENDING)
    failure = (refund.get("failure_reason") or refund["status"]) if state is Was.FAILED else ""
    return RefundSeen(
        state,
        refund["id"],
        refund["amount"],
        failure[:120],
        currency=refund.get("currency") or "",
        intent_id=id_of(refund.get("payment_intent")),
        ours=(refund.get("metadata") or {}).get("refund") or "",
    )


_SEEN: dict[Noun, Callable[[dict], Seen]] = {
    Noun.SESSION: _session_seen,
    Noun.INTENT: _intent_seen,
    Noun.REFUND: _refund_seen,
    Noun.DISPUTE: dispute_seen,
}
