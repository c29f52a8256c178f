"""What the shop asks of Stripe: each question a call, its answer in our words."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import quote

import stripe
from django.utils import timezone

from core.language import Words
from orders.provider.haste import BRIEF_SECONDS, PATIENT_SECONDS, Gate, is_hasty
from orders.provider.outside import asking
from orders.provider.port import (
    Attempt,
    Away,
    Begun,
    Heard,
    Noun,
    PaymentSeen,
    RefundAttempt,
    RefundSeen,
    Refused,
    Seen,
    Slow,
)
from orders.provider.stripe import keys, notices
from orders.provider.stripe.objects import SEEN, failed, refund_seen
from orders.provider.stripe.wire import Wire

# How long each call took, and on what machine, is no affair of the provider's (and costs a ninth of a call).
stripe.enable_telemetry = False

METHODS = ["card", "alipay", "wechat_pay"]
# To be subscribed to; whatever else is told changes nothing.
NOTICES = (
    *("checkout.session.completed", "checkout.session.async_payment_succeeded"),
    *("checkout.session.async_payment_failed", "checkout.session.expired"),
    *("payment_intent.succeeded", "payment_intent.payment_failed", "payment_intent.canceled"),
    *("charge.refunded", "refund.created", "refund.updated", "refund.failed"),
    *("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"),
    *("charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"),
)
# Seconds between asking again while another request with the same key is being answered; all of them are less than a
# visitor waits anyway.
WAITS_IN_USE = (0.05, 0.1, 0.2, 0.4)
# Stripe forgets an idempotency key after 24 hours; from then on we look before we give again.
KEYS_ARE_KEPT = timedelta(hours=23)
_PATHS = {
    Noun.PAGE: "/v1/checkout/sessions",
    Noun.PAYMENT: "/v1/payment_intents",
    Noun.REFUND: "/v1/refunds",
    Noun.DISPUTE: "/v1/disputes",
}
_EXPANDED = {Noun.PAGE: "payment_intent.latest_charge", Noun.PAYMENT: "latest_charge"}


@contextmanager
def _asking(what: str) -> Iterator[None]:
    try:
        with asking(what):
            yield
    except stripe.StripeError as failure:
        if isinstance(failure, stripe.InvalidRequestError | stripe.CardError):
            raise
        is_slow = getattr(failure, "is_slow", False)
        raise (Slow if is_slow else Away)(type(failure).__name__) from failure


class StripeProvider:
    """The adapter of the port; knows Stripe's words and nothing of our tables."""

    methods, notice_words = tuple(METHODS), NOTICES
    # About half a dollar.
    least_minor = 400
    # Its page lives for at least 30 minutes; a few more let a begin that got no answer be asked again.
    page_lives = timedelta(minutes=35)

    def __init__(self, key: str, base: str, secret: str):
        self.secret, self.key, self.base = secret, key, base
        self.is_live = keys.is_live(key)
        self.mode = keys.mode(key, base)
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

    def key_faults(self) -> list[Words]:
        """By their form and where they are sent."""
        return keys.faults(self.key, self.secret, self.base)

    @contextmanager
    def _asking(self, what: str) -> Iterator[stripe.StripeClient]:
        """The connection to ask by: brief where a visitor waits, and then only if her thread may."""
        if not is_hasty():
            with _asking(what):
                yield self.client
            return
        with self._gate.passing(), _asking(what):
            yield self._brief

    def begin(self, attempt: Attempt) -> Begun:
        """Open Stripe's page, or an intent for a client of our own."""
        try:
            if attempt.noun is Noun.PAYMENT:
                intent = self._opened(attempt, self._intent(attempt))
                return Begun(payment_ref=intent["id"], client_secret=intent.get("client_secret") or "")
            session = self._opened(attempt, self._session(attempt))
            return Begun(page_ref=session["id"], url=session.get("url") or "")
        except (stripe.InvalidRequestError, stripe.CardError) as failure:
            raise Refused(
                f"{failure.code or failure.param or 'refused'}: {failure.user_message or failure}"
            ) from failure

    def _opened(self, attempt: Attempt, given: dict[str, Any]) -> dict[str, Any]:
        """Of two tabs that begin one payment at once, Stripe sends the second away: it comes back to the first's page."""
        key, waits = f"payment:{attempt.payment}", list(WAITS_IN_USE)
        while True:
            try:
                return self._plain("begin", "post", _PATHS[attempt.noun], **given, idempotency_key=key)
            except Away as failure:
                is_in_use = getattr(failure.__cause__, "http_status", 0) == 409
                if not is_in_use or not waits:
                    raise
                time.sleep(waits.pop(0))

    def _plain(self, what: str, method: str, path: str, **given: Any) -> dict[str, Any]:
        """One call whose answer stays as it came: the library's objects cost a fifth of it, and are not looked at."""
        with self._asking(what) as client:
            return cast(dict[str, Any], client.raw_request(method, path, **given).data)

    def _session(self, attempt: Attempt) -> Any:
        title = {"name": attempt.title}
        price = {"currency": "cny", "unit_amount": attempt.amount_minor, "product_data": title}
        return {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "allowed_payment_method_types": _beginning_with(attempt.first),
            "payment_method_options": {"wechat_pay": {"client": "web"}},
            "client_reference_id": str(attempt.payment),
            "metadata": {"order": str(attempt.order)},
            "payment_intent_data": {"metadata": _metadata(attempt)},
            "expires_at": int(attempt.ends_at.timestamp()),
            "success_url": attempt.success_url,
            "cancel_url": attempt.cancel_url,
            "locale": attempt.language,
        }

    def _intent(self, attempt: Attempt) -> Any:
        return {
            "amount": attempt.amount_minor,
            "currency": "cny",
            "allowed_payment_method_types": METHODS,
            "metadata": _metadata(attempt),
        }

    def look(self, noun: Noun, id: str) -> Seen | None:
        """Fetch the object anew: what a notice said may be old by now."""
        path = f"{_PATHS[noun]}/{quote(id, safe='')}"
        expanded = {"expand": [_EXPANDED[noun]]} if noun in _EXPANDED else {}
        try:
            return SEEN[noun](self._plain("look", "get", path, **expanded))
        except stripe.InvalidRequestError as failure:
            if failure.code == "resource_missing":
                return None
            raise

    def close(self, noun: Noun, id: str) -> PaymentSeen | None:
        """Expire the page, or cancel the intent; a payment that was faster is told as it stands."""
        try:
            with self._asking("close") as client:
                if noun is Noun.PAGE:
                    client.v1.checkout.sessions.expire(id)
                else:
                    client.v1.payment_intents.cancel(id)
        except stripe.InvalidRequestError:
            pass  # not open any more: how it stands is asked next
        seen = self.look(noun, id)
        assert seen is None or isinstance(seen, PaymentSeen)
        return seen

    def refund(self, attempt: RefundAttempt) -> RefundSeen:
        """Refund a part of an intent's charge."""
        name = f"{attempt.refund}:{attempt.attempt}"
        if timezone.now() - attempt.requested_at > KEYS_ARE_KEPT and (found := self._given(attempt, name)):
            return found
        params: Any = {
            "payment_intent": attempt.payment_ref,
            "amount": attempt.amount_minor,
            "metadata": {"refund": name},
        }
        try:
            with self._asking("refund"):
                made = self.client.v1.refunds.create(params, {"idempotency_key": f"refund:{name}"})
        except stripe.InvalidRequestError as failure:
            return failed(str(failure.code or failure.param or "refused"))
        return refund_seen(made.to_dict())

    def _given(self, attempt: RefundAttempt, name: str) -> RefundSeen | None:
        made = cast(Iterator[RefundSeen], self.about(Noun.REFUND, attempt.payment_ref))
        return next((one for one in made if one.ours == name), None)

    def recent(self, noun: Noun, since: datetime) -> Iterator[Seen]:
        """Page by page, newest first; each page is one call."""
        path, given = _PATHS[noun], {"limit": 100, "created": {"gte": int(since.timestamp())}}
        for thing in self._listed(path, given):
            yield SEEN[noun](thing)

    def about(self, noun: Noun, payment_ref: str) -> Iterator[Seen]:
        """By their payment."""
        for thing in self._listed(_PATHS[noun], {"limit": 100, "payment_intent": payment_ref}):
            yield SEEN[noun](thing)

    def _listed(self, path: str, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
        after: dict[str, Any] = {}
        while True:
            page = self._plain("look", "get", path, **given, **after)
            yield from page["data"]
            if not page.get("has_more") or not page["data"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def hear(self, body: bytes, headers: Mapping[str, str]) -> Heard:
        """By Stripe's signature, and only of our own account and mode."""
        signature = headers.get("Stripe-Signature", "")
        return notices.verified(body, signature, self.secret, is_live=self.is_live)

    def read(self, body: bytes) -> Heard:
        """From the row that was kept."""
        return notices.read(body)


def _beginning_with(first: str) -> list[str]:
    """All ways of paying, that one before the others. Stripe says that its page may order them anew by what it knows of
    the customer: docs.stripe.com/api/checkout/sessions/create#payment_method_types."""
    return sorted(METHODS, key=lambda method: method != first)


def _metadata(attempt: Attempt) -> dict[str, str]:
    """Our own opaque ids, by which each of its objects leads back to us."""
    return {"order": str(attempt.order), "payment": str(attempt.payment)}
