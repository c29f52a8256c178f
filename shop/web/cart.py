"""How much is in the visitor's cart, as the head of each page shows it."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.language import say
from core.refusals import Refusal
from orders.api.cart import cart_uid
from orders.reads import cart as reads
from shop.web.form import remembered_cart


def units_in_cart(request: Any) -> int:
    """How many units; asks nothing for a visitor without a cookie."""
    if not request.COOKIES:
        return 0
    cart = remembered_cart(request)
    if not cart and not request.user.is_authenticated:
        return 0
    try:
        return reads.units_in(request.user, cart_uid(cart))
    except Refusal:
        return 0


def cart_badge(request: Any) -> SafeString:
    """The figure beside the cart; nothing for an empty one."""
    if not (units := units_in_cart(request)):
        return SafeString("")
    words = say("{n} 件", "{n} items", single="1 item", n=units)
    return format_html('<b class="count" aria-label="{}">{}</b>', words, units)
