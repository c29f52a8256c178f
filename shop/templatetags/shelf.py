"""What the shelf says of a product: what is left of it, when it is sent; and where a suggestion leads."""

from typing import Any
from urllib.parse import quote, urlencode

from django import template

from core.language import Words, say
from core.templatetags.sheaf import day
from shop.templatetags.web import to

register = template.Library()


@register.simple_tag
def in_stock(variant: dict[str, Any]) -> Words:
    """How many there are, as the public is told; of a harvest that is not in yet, by when it is sent."""
    lot = variant.get("lot") or {}
    if variant["unitsAvailable"] and lot.get("isPresale") and lot["shipBy"]:
        return say("预售，{d} 前发货", "Pre-sale, sent by {d}", d=day(lot["shipBy"]))
    if variant["isPlenty"]:
        return say("有货", "In stock")
    if units := variant["unitsAvailable"]:
        return say("还有 {n} 份", "{n} left", n=units)
    return say("售罄", "Sold out")


@register.simple_tag
def sent_when(product: dict[str, Any]) -> Words:
    """By when it is sent, in a sentence."""
    if product["isPresale"] and product["shipBy"]:
        return say("现在下单，{d} 前发货。", "Order now; sent by {d}.", d=day(product["shipBy"]))
    if days := product["dispatchDays"]:
        return say(
            "付款后 {n} 天内发货。",
            "Sent within {n} days of payment.",
            single="Sent within a day of payment.",
            n=days,
        )
    return say("付款当天发货。", "Sent on the day of payment.")


@register.simple_tag
def suggested(one: dict[str, Any]) -> str:
    """The address of what was suggested: a product's or a team's page, else the catalogue narrowed to it."""
    if one["kind"] in ("product", "team"):
        return to(one["kind"], slug=one["slug"])
    narrowed = {"category": one["slug"]} if one["kind"] == "category" else {"query": one["name"]}
    return f"{to('catalogue')}?{urlencode(narrowed, quote_via=quote)}"
