"""Reading and checking what a PaymentIntent is made of."""

from __future__ import annotations

from .errors import invalid
from .forms import Params
from .methods import BY_REDIRECT, TYPES
from .store import Row

CURRENCIES = ("cny", "hkd", "usd", "eur", "gbp", "jpy")
MOST = 99_999_999
CAPTURE = ("automatic", "automatic_async", "manual")


def refuse_explicit_types(params: Params) -> None:
    if "payment_method_types" in params:
        message = (
            "The `payment_method_types` parameter is no longer supported. Use"
            " `allowed_payment_method_types` or dynamic payment methods instead."
        )
        raise invalid(
            message, params.label("payment_method_types"), "payment_method_types_no_longer_supported"
        )


def amount_of(params: Params, name: str = "amount") -> int:
    amount = params.need(name).integer(name, least=1) or 0
    if amount > MOST:
        raise invalid("Amount must be no more than 999,999.99", params.label(name), "amount_too_large")
    return amount


def currency_of(params: Params) -> str:
    currency = str(params.need("currency").text("currency")).lower()
    if currency not in CURRENCIES:
        message = f"Invalid currency: {currency}. Stripe currently supports these currencies: {', '.join(CURRENCIES)}"
        raise invalid(message, params.label("currency"))
    return currency


def types_allowed(params: Params, manual: bool) -> list[str]:
    """The methods on offer: wallets cannot be held, and those not compatible are silently left out."""
    allowed, excluded = (
        params.texts("allowed_payment_method_types"),
        params.texts("excluded_payment_method_types"),
    )
    if allowed is not None and (excluded is not None or "automatic_payment_methods" in params):
        message = (
            "You may only specify one of these parameters: allowed_payment_method_types,"
            " excluded_payment_method_types, automatic_payment_methods."
        )
        raise invalid(message, params.label("allowed_payment_method_types"))
    # As asked for: the page offers the first of them first.
    asked = TYPES if allowed is None else [kind for kind in dict.fromkeys(allowed) if kind in TYPES]
    types = [kind for kind in asked if kind not in (excluded or [])]
    if manual:
        types = [kind for kind in types if kind not in BY_REDIRECT]
    if not types:
        message = (
            "No valid payment method types for this payment. Please ensure that you have activated payment"
            " methods compatible with your chosen currency and parameters."
        )
        raise invalid(message, "allowed_payment_method_types")
    return types


def decide_types(made: Row, params: Params) -> None:
    automatic = params.part("automatic_payment_methods").only("enabled", "allow_redirects")
    types = types_allowed(params, made["capture_method"] == "manual")
    made["allowed_payment_method_types"] = params.texts("allowed_payment_method_types")
    if made["allowed_payment_method_types"] is None:
        redirects = automatic.choice("allow_redirects", ("always", "never"), "always")
        made["automatic_payment_methods"] = {"enabled": True, "allow_redirects": redirects}
        if redirects == "never":
            types = [kind for kind in types if kind not in BY_REDIRECT]
    made["payment_method_types"] = types


def describe(intent: Row, params: Params) -> None:
    if "receipt_email" in params:
        intent["receipt_email"] = params.email("receipt_email")
    for name in ("description", "transfer_group", "statement_descriptor", "statement_descriptor_suffix",
                 "setup_future_usage"):  # fmt: skip
        if name in params:
            intent[name] = params.text(name)
    if "shipping" in params:
        intent["shipping"] = params.part("shipping").data or None
    intent["metadata"] = params.metadata(intent["metadata"])
