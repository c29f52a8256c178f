"""What pages say of group purchases: their units in words, and drawn."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import language

register = template.Library()

# More seats than this are drawn as a bar.
MOST_DRAWN = 120


CAME_TO_NOTHING = ("FELL_SHORT", "CANCELLED")


@register.simple_tag
def units(count: int) -> str:
    """3 as "3 份" or "3 units", 1 as "1 unit"."""
    return str(language.say("{n} 份", "{n} unit" if count == 1 else "{n} units", n=count))


@register.simple_tag
def units_of(seat: dict) -> str:
    """What is left of a seat, and of how many where some were given back."""
    kept, bought = seat["units"], seat["unitsBought"]
    if kept == bought:
        return units(kept)
    return str(language.say("{n} 份（原 {m} 份）", "{n} of {m} units", n=kept, m=bought))


@register.simple_tag
def units_returned(count: int) -> str:
    """What a confirmed group has given back, and what that means for those who remain."""
    one = "1 unit was given back since it was confirmed; the price stays for everyone else."
    many = "{n} units were given back since it was confirmed; the price stays for everyone else."
    zh = "成团后退了 {n} 份，其他人的价格不变。"
    return str(language.say(zh, one if count == 1 else many, n=count))


@register.simple_tag
def units_paid(group: dict) -> str:
    """How many units are paid; of a group that came to nothing, had been, and whether that is repaid."""
    n = group["unitsHeld"]
    if group["state"] not in CAME_TO_NOTHING:
        return str(language.say("{n} 份已付款", "{n} unit paid" if n == 1 else "{n} units paid", n=n))
    if not n:
        return str(language.say("没有人付款", "No unit had been paid"))
    had, has = ("1 unit", "is") if n == 1 else ("{n} units", "are")
    had += " had been paid"
    if "isRepaid" not in group:
        return str(language.say("曾有 {n} 份付款", had, n=n))
    if group["isRepaid"]:
        return str(language.say("曾有 {n} 份付款，已全额退款", f"{had} and {has} repaid", n=n))
    return str(language.say("曾有 {n} 份付款，正在全额退款", f"{had} and {has} being repaid", n=n))


@register.simple_tag
def seats(group: dict) -> SafeString:
    """The group's units: those paid are filled, those it still needs are outlined, the rest are faint."""
    held, least, most = group["unitsHeld"], group["minimumUnits"], group["maximumUnits"]
    words = ("{a} 份已付，{b} 份成团，最多 {c} 份", "{a} paid of {b} needed, {c} at most")
    if group["state"] in CAME_TO_NOTHING:
        words = (
            "曾有 {a} 份付款，{b} 份成团，最多 {c} 份",
            "{a} had been paid of {b} needed, {c} at most",
        )
    label = language.say(*words, a=held, b=least, c=most)
    if most > MOST_DRAWN:
        parts = [("track", 1000), ("run", round(1000 * min(held, most) / most))]
        drawn = format_html_join("", '<rect class="{}" width="{}" height="20"/>', parts)
        mark = format_html(
            '<rect class="mark" x="{}" width="4" height="20"/>', min(996, round(1000 * least / most))
        )
        return format_html(
            '<svg class="seat-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>',
            label,
            drawn,
            mark,
        )
    kinds = ["taken" if n < held else "needed" if n < least else "free" for n in range(most)]
    return format_html(
        '<div class="seats" role="img" aria-label="{}">{}</div>',
        label,
        format_html_join("", '<i class="{}"></i>', ((kind,) for kind in kinds)),
    )


@register.simple_tag
def group_presale(group: dict[str, Any]) -> str | None:
    """`{% group_presale g as sent_by %}`: by when a harvest that is not in is sent: while one may join, the one that is
    sold now, then what was paid for."""
    lot = (group.get("variant") or {}).get("lot") or {}
    if group["state"] == "OPEN" and lot.get("isPresale"):
        return str(lot["shipBy"])
    return group["presaleShipBy"]
