"""/v1/checkout/sessions"""

from __future__ import annotations

from typing import Any

from . import charging, intent_fields, intents, methods, shapes
from .account import Account
from .cards import Card
from .errors import ApiError, invalid, missing
from .forms import Params
from .listing import listed
from .store import Row

SHORTEST, LONGEST, GRACE = 30 * 60, 24 * 3600, 5
MOST_ITEMS = 100
LOCALES = ("auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
           "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru",
           "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW")  # fmt: skip
# Known to Stripe and without effect on this stand-in's page.
PASSED_BY = ("adaptive_pricing", "after_expiration", "allow_promotion_codes", "automatic_tax",
             "billing_address_collection", "branding_settings", "consent_collection", "custom_fields", "custom_text",
             "customer_creation", "customer_update", "integration_identifier", "invoice_creation",
             "name_collection", "origin_context", "payment_method_collection", "payment_method_configuration",
             "phone_number_collection", "saved_payment_method_options", "shipping_address_collection", "submit_type",
             "tax_id_collection", "wallet_options")  # fmt: skip
INTENT_FIELDS = ("capture_method", "description", "metadata", "receipt_email", "setup_future_usage", "shipping",
                 "statement_descriptor", "statement_descriptor_suffix", "transfer_group")  # fmt: skip


def create(account: Account, params: Params) -> Row:
    intent_fields.refuse_explicit_types(params)
    params.only("mode", "line_items", "success_url", "cancel_url", "client_reference_id", "customer", "currency",
                "customer_email", "expires_at", "locale", "metadata", "payment_intent_data", "ui_mode",
                "payment_method_options", "allowed_payment_method_types", "excluded_payment_method_types",
                "shipping_options", *PASSED_BY)  # fmt: skip
    if params.need("mode").choice("mode", ("payment", "setup", "subscription")) != "payment":
        raise invalid("This stand-in sells by `mode=payment` alone.", "mode")
    if (
        params.choice("ui_mode", ("hosted_page", "embedded_page", "elements", "form"), "hosted_page")
        != "hosted_page"
    ):
        raise invalid("This stand-in has the hosted page alone.", "ui_mode")
    items = _items(account, params)
    currency = items[0]["currency"]
    shipping, options = _shipping(params, currency)
    total = sum(item["amount_total"] for item in items) + shipping
    if not 1 <= total <= intent_fields.MOST:
        raise invalid("The Checkout Session's total amount due must add up to at least 1 and at most 999,999.99.",
                      "line_items", "amount_too_small" if total < 1 else "amount_too_large")  # fmt: skip
    later = params.part("payment_intent_data").only(*INTENT_FIELDS)
    types = _types(params, later)
    made = shapes.session(
        account, total, currency, types, amount_shipping=shipping, shipping_options=options, _items=items,
        **_addressed(account, params),
    )  # fmt: skip
    made["_intent"] = _intent_data(later)
    account.add(made)
    account.later(made["expires_at"] - account.exact_now(), "session.expire", made["id"])
    return made


def retrieve(account: Account, params: Params, id: str) -> Row:
    params.only()
    return account.get("checkout.session", id)


def update(account: Account, params: Params, id: str) -> Row:
    params.only("metadata")
    made = account.get("checkout.session", id)
    return account.save(made, metadata=params.metadata(made["metadata"]))


def expire(account: Account, params: Params, id: str) -> Row:
    params.only()
    made = account.get("checkout.session", id)
    if made["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a'
            f" status of `{made['status']}`."
        )
        raise ApiError(400, message)
    return end(account, made)


def end(account: Account, made: Row) -> Row:
    """Nobody can pay this session any more."""
    account.save(made, status="expired", url=None)
    account.forget_timers(made["id"])
    if made["payment_intent"]:
        intent = account.get("payment_intent", made["payment_intent"])
        if intent["status"] in charging.CONFIRMABLE:
            intents.end(account, intent, "expired")
    account.emit("checkout.session.expired", made)
    return made


def run_out(account: Account, id: str) -> None:
    """The session's time is up."""
    made = account.get("checkout.session", id)
    if made["status"] == "open":
        end(account, made)


def list_all(account: Account, params: Params) -> Row:
    return listed(account, params, "checkout.session", "/v1/checkout/sessions",
                  ("payment_intent", "customer", "status"))  # fmt: skip


def line_items(account: Account, params: Params, id: str) -> Row:
    params.only("limit", "starting_after", "ending_before")
    return items_of(account.get("checkout.session", id))


def items_of(session: Row) -> Row:
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return {"object": "list", "url": url, "has_more": False, "data": session["_items"]}


def pay(account: Account, session: Row, kind: str, card: Card | None = None) -> Row:
    """What the pay page does: one PaymentIntent a session, as many tries as it takes, one success."""
    if session["status"] != "open":
        raise ApiError(400, f"This Checkout Session is no longer open: {session['status']}.")
    if kind not in session["payment_method_types"]:
        raise invalid(f"This Checkout Session does not accept {kind}.", "method")
    method = methods.built(account, kind, card)
    method["billing_details"]["email"] = session["customer_email"]
    account.add(method)
    if session["payment_intent"]:
        intent = account.get("payment_intent", session["payment_intent"])
    else:
        intent = shapes.intent(
            account, session["amount_total"], session["currency"], session["payment_method_types"],
            customer=session["customer"], _session=session["id"], **session["_intent"],
        )  # fmt: skip
        account.add(intent)
        account.save(session, payment_intent=intent["id"])
        account.emit("payment_intent.created", intent)
    return charging.begin(account, intent, method)


def _items(account: Account, params: Params) -> list[Row]:
    given = params.parts("line_items")
    if not given:
        raise missing("line_items")
    if len(given) > MOST_ITEMS:
        raise invalid(f"You can have at most {MOST_ITEMS} line items.", "line_items")
    items = [_item(account, item) for item in given]
    if len({item["currency"] for item in items}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    return items


def _item(account: Account, params: Params) -> Row:
    params.only("price_data", "quantity", "metadata", "adjustable_quantity", "price", "tax_rates")
    if "price" in params:
        raise invalid(f"No such price: '{params.text('price')}'", params.label("price"), "resource_missing")
    price = params.need("price_data").part("price_data")
    price.only("currency", "unit_amount", "product_data", "tax_behavior")
    product = price.need("product_data").part("product_data").only("name", "description", "images", "metadata",
                                                                   "tax_code", "unit_label")  # fmt: skip
    name = product.need("name").text("name", limit=250)
    quantity = params.need("quantity").integer("quantity", least=1, most=999_999) or 1
    unit, currency = price.need("unit_amount").integer("unit_amount") or 0, intent_fields.currency_of(price)
    made = account.stamp(
        "item", amount_discount=0, amount_subtotal=unit * quantity, amount_tax=0, amount_total=unit * quantity,
        currency=currency, description=name, quantity=quantity, adjustable_quantity=None,
        metadata=product.metadata(),
        price={"object": "price", "active": False, "currency": currency, "type": "one_time", "unit_amount": unit,
               "unit_amount_decimal": str(unit), "metadata": {}, "livemode": False, "recurring": None},
    )  # fmt: skip
    del made["livemode"], made["created"]
    return made


def _shipping(params: Params, currency: str) -> tuple[int, list[Row]]:
    """The first shipping option is the chosen one, as on Stripe's page before the customer picks another."""
    options: list[Row] = []
    for option in params.parts("shipping_options"):
        rate = option.only("shipping_rate_data").need("shipping_rate_data").part("shipping_rate_data")
        rate.only("display_name", "fixed_amount", "type", "metadata", "delivery_estimate").need(
            "display_name"
        )
        fixed = rate.need("fixed_amount").part("fixed_amount").only("amount", "currency").need("amount")
        if intent_fields.currency_of(fixed) != currency:
            raise invalid("Shipping must have the line items' currency.", fixed.label("currency"))
        options.append(
            {"shipping_amount": fixed.integer("amount"), "shipping_rate": rate.text("display_name")}
        )
    return (options[0]["shipping_amount"] if options else 0), options


def _types(params: Params, later: Params) -> list[str]:
    manual = later.choice("capture_method", intent_fields.CAPTURE) == "manual"
    types = intent_fields.types_allowed(params, manual)
    named = params.texts("allowed_payment_method_types") or []
    client = params.part("payment_method_options").part("wechat_pay").text("client")
    if "wechat_pay" in types and "wechat_pay" in named and client != "web":
        raise invalid("WeChat Pay requires `payment_method_options[wechat_pay][client]` to be set to `web`.",
                      "payment_method_options[wechat_pay][client]")  # fmt: skip
    return types


def _addressed(account: Account, params: Params) -> dict[str, Any]:
    if "customer" in params and "customer_email" in params:
        raise invalid("You may only specify one of these parameters: customer, customer_email.")
    customer = params.text("customer")
    if customer:
        account.get("customer", customer, "customer")
    now = account.now()
    ends = params.integer("expires_at", now + LONGEST) or 0
    if ends < now + SHORTEST - GRACE:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise invalid(message, "expires_at")
    if ends > now + LONGEST + GRACE:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise invalid(message, "expires_at")
    return {
        "success_url": params.need("success_url").url("success_url"), "cancel_url": params.url("cancel_url"),
        "client_reference_id": params.text("client_reference_id", limit=200), "customer": customer,
        "customer_email": params.email("customer_email"), "expires_at": ends,
        "locale": params.choice("locale", LOCALES), "metadata": params.metadata(),
        "payment_method_options": params.part("payment_method_options").data,
        "allowed_payment_method_types": params.texts("allowed_payment_method_types"),
        "excluded_payment_method_types": params.texts("excluded_payment_method_types"),
    }  # fmt: skip


def _intent_data(later: Params) -> dict[str, Any]:
    data: dict[str, Any] = {name: later.text(name) for name in INTENT_FIELDS
                            if name in later and name not in ("metadata", "shipping")}  # fmt: skip
    if "receipt_email" in later:
        data["receipt_email"] = later.email("receipt_email")
    data["metadata"] = later.metadata()
    if "shipping" in later:
        data["shipping"] = later.part("shipping").data
    return data
