"""Where a deed leads when it is not simply the form's own next address; one function an act."""

from typing import Any

from django.http import HttpRequest

from core import language


def _to(path: str) -> str:
    return f"/{language.current()}/{path}"


def _order(order: dict, token: str | None) -> str:
    return _to(f"order/{order['number']}/" + (f"?token={token}" if token else ""))


def add_to_cart(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The visitor's session remembers a guest's cart."""
    request.session["cart"] = payload["cart"]["id"]
    return _to("cart/")


def place_order(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The cart is an order now: on to paying it."""
    request.session.pop("cart", None)
    return _order(payload["order"], payload.get("token"))


def begin_payment(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the provider's page."""
    return payload["payment"]["url"]


def join_group(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A seat is an order of its own, to be paid."""
    return _order(payload["order"], payload.get("token"))


def sign_in(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The guest's cart was merged: the session forgets it."""
    request.session.pop("cart", None)
    return ""


sign_up = sign_in
