"""The visitor's cart, as every room meets it: how much is in it, and how a guest's becomes her own."""

from typing import Any

from django.contrib import messages
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.api.documents import ask
from core.language import say
from core.refusals import Refusal
from orders.actions.cart import MOST_LINES, MOST_UNITS
from orders.api.cart import cart_uid
from orders.reads import cart as reads
from shop.web.document import act_document, text_of
from shop.web.form import APART, is_apart, remembered_cart
from shop.web.once import remember


def inside_the_cart(request: Any) -> tuple[int, str]:
    """How many units, and the region that it goes to; asked once, and never for a visitor without a cookie."""
    known: tuple[int, str] | None = getattr(request, "inside_the_cart", None)
    if known is None:
        known = request.inside_the_cart = _inside(request)
    return known


def _inside(request: Any) -> tuple[int, str]:
    # What is bought at once is not in the cart.
    cart = remembered_cart(request) if request.COOKIES and not is_apart(request) else None
    if not cart and not (request.COOKIES and request.user.is_authenticated):
        return 0, ""
    try:
        return reads.inside(request.user, cart_uid(cart))
    except Refusal:
        return 0, ""


def cart_badge(request: Any) -> SafeString:
    """The figure beside the cart; nothing for an empty one."""
    units, _ = inside_the_cart(request)
    if not units:
        return SafeString("")
    words = say("{n} 件", "{n} items", single="1 item", n=units)
    return format_html('<b class="count" role="img" aria-label="{}">{}</b>', words, units)


def remember_cart(request: Any, cart: str) -> None:
    """A guest's session remembers her cart; whoever is signed in has one of her own."""
    if is_apart(request):
        remember(request, APART, cart)
    elif not request.user.is_authenticated:
        remember(request, "cart", cart)


def merge_cart(request: Any) -> None:
    """Pour what a guest had put into her cart into the one of whom she has now signed in as."""
    if cart := request.session.pop("cart", None):
        data, _ = ask(request, text_of(act_document("merge_cart")), {"cart": cart})
        say_left_out(request, (data or {}).get("cartMerge"))


def say_left_out(request: Any, payload: dict[str, Any] | None) -> None:
    """What a cart did not take: of each kind it holds so many, and so many kinds."""
    if payload and (n := payload["leftOut"]):
        words = say(
            "每样最多 {most} 份，最多 {kinds} 种；有 {n} 份没有放进购物车。",
            "A cart holds at most {most} of each and {kinds} kinds: {n} units were left out.",
            single="A cart holds at most {most} of each and {kinds} kinds: 1 unit was left out.",
            n=n,
            most=MOST_UNITS,
            kinds=MOST_LINES,
        )
        messages.warning(request, str(words))
