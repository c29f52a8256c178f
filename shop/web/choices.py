"""What the shop's own select boxes offer, in the reader's words."""

from collections.abc import Callable

from accounts.models import Membership, Organisation
from catalog.illustrations import KINDS
from catalog.models import Certificate, Lot, Product
from core import language
from core.language import say


def _drawings() -> list[tuple[str, str]]:
    return [(kind, names[language.current() == "en"]) for kind, names in KINDS.items()]


def _languages() -> list[tuple[str, str]]:
    """Each in its own words, whatever the reader speaks."""
    return [("ZH", "中文"), ("EN", "English")]


CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "organisation_kind": Organisation.Kind.offered,
    "role": Membership.Role.offered,
    "language": _languages,
    "product_kind": Product.Kind.offered,
    "storage": Product.Storage.offered,
    "lot_level": Lot.Level.offered,
    "certificate_kind": Certificate.Kind.offered,
    "illustration": _drawings,
}

# What a bearer token may do (accounts.api.viewer.TokenScope); the name stands before the colon.
TOKEN_SCOPES = {
    "READ": say("查看：您的账户、订单和团购", "Read: your account, orders and group purchases"),
    "BUY": say(
        "购买：购物车、下单、付款、取消、团购", "Buy: cart, orders, payment, calling off, group purchases"
    ),
    "DESK": say("团队工作台：商品、批次、发货、售后", "Team’s desk: products, lots, parcels, claims"),
}
