"""What a guest had begun is hers once she has signed in, by whichever way: her cart, and what she wanted to remember."""

from typing import Any

from shop.web.cart import merge_cart
from shop.web.wishes import keep_what_waits


def arrive(request: Any) -> None:
    """Somebody has just signed in."""
    merge_cart(request)
    keep_what_waits(request)
