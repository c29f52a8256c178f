"""What the pages of buying ask of what they show."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def is_thanked(order: dict[str, Any], set_aside: dict[str, Any] | None, came_back: str | None) -> bool:
    """Whether its buyer comes from paying it, and nothing has become of it since."""
    is_returned = set_aside is not None and set_aside["state"] == "RETURNED"
    return bool(came_back) and order["state"] in ("PAID", "HELD") and not is_returned
