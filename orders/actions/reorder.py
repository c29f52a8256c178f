"""What was ordered once, wanted again: its goods go into the cart at today's prices."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from catalog.reads import is_known_short
from orders.actions import cart_line
from orders.models import Cart, Line, Order


@dataclass
class Reordered:
    """The cart, if anything could be had for it; and the lines of the order that could not."""

    cart: Cart | None = None
    gone: list[Line] = field(default_factory=list)
    left_out: int = 0


def into_cart(person: Any, uid: UUID | None, order: Order) -> Reordered:
    """Put the order's goods into the cart asked for, else one's own or a new one. What is off sale or sold out stays
    out, and is named; of what is there the cart's line says how much can be had."""
    lines = order.lines.select_related("variant")
    on_sale = cart_line.on_sale([line.variant.uid for line in lines])
    found = Reordered()
    wanted = []
    for line in lines:
        variant = on_sale.get(line.variant.uid)
        if variant is None or is_known_short(variant.units_available, 1):
            found.gone.append(line)
        else:
            wanted.append((variant.uid, line.quantity))
    if wanted:
        found.cart = cart_line.add(person, uid, wanted)
        found.left_out = found.cart.left_out
    return found
