"""By whose call a visitor came, as her checkout shows it."""

from django import template

from shop.web.contest.touch import Called
from shop.web.contest.touch import code_at_checkout as called_at_checkout

register = template.Library()


@register.simple_tag(takes_context=True)
def code_at_checkout(context: dict, in_cart: str) -> Called:
    """`{% code_at_checkout cart.mobiliserCode as called %}`: the mobiliser code to show, with whose link brought it."""
    return called_at_checkout(context["request"], in_cart)
