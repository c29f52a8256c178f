"""What the pages of buying ask of what they show."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import language
from core.templatetags.sheaf import day
from orders.models import Order

register = template.Library()


@register.filter
def narrow_day(value: Any) -> SafeString:
    """A day under a station: where it is too wide for a phone it breaks behind the year and nowhere else."""
    year, mark, rest = day(value).partition("年")
    return format_html("{}{}<wbr>{}", year, mark, rest) if mark else format_html("{}", year)


@register.simple_tag
def is_thanked(order: dict[str, Any], set_aside: dict[str, Any] | None, came_back: str | None) -> bool:
    """Whether its buyer comes from paying it, and nothing has become of it since."""
    is_returned = set_aside is not None and set_aside["state"] == "RETURNED"
    return bool(came_back) and order["state"] in ("PAID", "HELD") and not is_returned


@register.simple_tag
def stations(order: dict) -> list[dict]:
    """The stops of an order's way, how far it has come, and when it came to each."""
    reached = {"PLACED": 0, "HELD": 1, "PAID": 1, "SHIPPED": 2, "DELIVERED": 3, "COMPLETED": 4}[
        order["state"]
    ]
    names = [
        language.say("已下单", "Placed"),
        language.say("已付款", "Paid"),
        Order.State.SHIPPED.words,
        Order.State.DELIVERED.words,
        Order.State.COMPLETED.words,
    ]
    # It is as far as its slowest parcel.
    sent = [parcel for parcel in order["shipments"] if parcel["state"] != "CANCELLED"]
    came = [
        order["placedAt"],
        order["paidAt"],
        *(_last(sent, at) for at in ("shippedAt", "deliveredAt", "afterSaleUntil")),
    ]
    return [
        {"name": str(name), "done": n <= reached, "now": n == reached, "at": at if n <= reached else None}
        for n, (name, at) in enumerate(zip(names, came, strict=True))
    ]


def _last(parcels: list[dict], at: str) -> Any:
    return max((parcel[at] for parcel in parcels if parcel[at]), default=None)
