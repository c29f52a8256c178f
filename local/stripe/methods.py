"""Payment methods: test tokens, test card numbers, Alipay and WeChat Pay."""

from __future__ import annotations

import re
from typing import Any

from .account import Account, new_id
from .cards import CARDS, MESSAGES, TOKENS, Card, error_code, number_passes
from .errors import ApiError, invalid, not_found
from .forms import Params
from .store import Row

TYPES = ("card", "alipay", "wechat_pay")
BY_REDIRECT = ("alipay", "wechat_pay")
NO_DETAILS = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}


def card_error(decline: str, param: str | None = None, **facts: Any) -> ApiError:
    """The 402 of a card that cannot be charged; what led to it is kept."""
    code = error_code(decline)
    told = decline if code == "card_declined" or decline == "authentication_required" else None
    return ApiError(
        402,
        MESSAGES[decline],
        type="card_error",
        keep=True,
        code=code,
        decline_code=told,
        param=param,
        **facts,
    )


def create(account: Account, params: Params) -> Row:
    params.only(
        "type", "card", "alipay", "wechat_pay", "billing_details", "metadata", "allow_redisplay", "customer"
    )
    kind = params.need("type").choice("type", TYPES)
    if kind == "card":
        method = built(account, "card", _card_given(account, params.part("card")))
    else:
        method = built(account, str(kind))
    method["metadata"] = params.metadata()
    _bill(method, params)
    return account.add(method)


def retrieve(account: Account, params: Params, id: str) -> Row:
    return account.get("payment_method", id)


def attach(account: Account, params: Params, id: str) -> Row:
    params.only("customer").need("customer")
    method = account.get("payment_method", id)
    account.get("customer", params.text("customer"), "customer")
    if method["type"] in BY_REDIRECT:
        raise invalid(
            f"A payment method of type {method['type']} cannot be attached to a customer.", "payment_method"
        )
    return account.save(method, customer=params.text("customer"))


def built(account: Account, kind: str, card: Card | None = None) -> Row:
    """A payment method not yet stored."""
    method = account.stamp(
        "payment_method", type=kind, customer=None, metadata={}, billing_details=dict(NO_DETAILS),
        allow_redisplay="unspecified",
    )  # fmt: skip
    method[kind] = {}
    if card:
        method["_number"] = card.number
        method["card"] = {
            "brand": card.brand, "last4": card.last4, "exp_month": 12, "exp_year": 2034, "country": card.country,
            "funding": card.funding, "fingerprint": f"fp{card.number[-8:]}", "wallet": None,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "three_d_secure_usage": {"supported": True}, "display_brand": card.brand, "generated_from": None,
            "networks": {"available": [card.brand], "preferred": None}, "regulated_status": "unregulated",
        }  # fmt: skip
    return method


def chosen(account: Account, params: Params) -> Row | None:
    """The method a request names: by id, by test token, or by its data."""
    id = params.text("payment_method")
    if id in TOKENS:
        return account.add(built(account, "card", CARDS[TOKENS[id]]))
    if id:
        found = account.store.find(id)
        if not found or found["object"] != "payment_method":
            raise not_found("PaymentMethod", id, "payment_method")
        return found
    if "payment_method_data" in params:
        return create(account, params.part("payment_method_data"))
    return None


def card_of(method: Row) -> Card:
    return CARDS[method["_number"]]


def _card_given(account: Account, params: Params) -> Card:
    params.only("number", "exp_month", "exp_year", "cvc", "token").need("number")
    year, month = params.need("exp_year").integer("exp_year"), params.need("exp_month").integer("exp_month")
    expiry = f"{month:02d}/{(year or 0) % 100:02d}"
    return checked_card(account, str(params.text("number")), expiry, params.text("cvc", "123") or "")


def checked_card(account: Account, number: str, expiry: str, cvc: str) -> Card:
    """The test card typed in, or the error a real form would show."""
    number = re.sub(r"[\s-]", "", number)
    if not number_passes(number):
        raise card_error("incorrect_number", "number")
    found = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(?:20)?(\d{2})\s*", expiry)
    if not found or not 1 <= int(found[1]) <= 12:
        raise card_error("invalid_expiry_month", "exp_month")
    if int(found[2]) + 2000 < account.now() // 31_557_600 + 1970:
        raise card_error("invalid_expiry_year", "exp_year")
    if not re.fullmatch(r"\d{3,4}", cvc.strip()):
        raise card_error("invalid_cvc", "cvc")
    if number not in CARDS:
        raise card_error("test_mode_live_card")
    return CARDS[number]


def _bill(method: Row, params: Params) -> None:
    details = params.part("billing_details")
    for name in ("email", "name", "phone"):
        method["billing_details"][name] = details.text(name)


def charge_details(method: Row) -> Row:
    """How a charge describes the method it was made with."""
    kind = method["type"]
    if kind == "card":
        card = {
            name: value
            for name, value in method["card"].items()
            if name not in ("generated_from", "networks")
        }
        return {"type": kind, kind: {**card, "network": card["brand"], "three_d_secure": None, "mandate": None,
                                     "installments": None, "authorization_code": None}}  # fmt: skip
    if kind == "alipay":
        return {"type": kind, kind: {"buyer_id": new_id("2088", 12), "fingerprint": None,
                                     "transaction_id": new_id("ali", 16)}}  # fmt: skip
    return {"type": kind, kind: {"fingerprint": None,
                                 "transaction_id": new_id("wx", 16)}}  # fmt: skip
