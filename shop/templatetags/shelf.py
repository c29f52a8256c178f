"""What the shelf says of a product: what is left of it, when it is sent; and where a suggestion leads."""

from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.food_label import Allergen
from core import language, money
from core.api.ids import global_id
from core.language import Words, say
from core.templatetags.sheaf import day
from orders.reads.wish import wished as wished_by
from shop.templatetags.web import kilograms, to

register = template.Library()


@register.simple_tag
def in_stock(variant: dict[str, Any]) -> Words:
    """How many there are, as the public is told; of a harvest that is not in yet, by when it is sent."""
    lot = variant.get("lot") or {}
    if variant["unitsAvailable"] and lot.get("isPresale") and lot["shipBy"]:
        return say("预售，{d}前发货", "Pre-sale, sent by {d}", d=day(lot["shipBy"]))
    if variant["isPlenty"]:
        return say("有货", "In stock")
    if units := variant["unitsAvailable"]:
        return say("还有 {n} 份", "{n} left", n=units)
    return say("售罄", "Sold out")


@register.simple_tag
def sent_when(product: dict[str, Any]) -> Words:
    """By when it is sent, in a sentence."""
    if product["isPresale"] and product["shipBy"]:
        return say("现在下单，{d}前发货。", "Order now; sent by {d}.", d=day(product["shipBy"]))
    if days := product["dispatchDays"]:
        return say(
            "付款后 {n} 天内发货。",
            "Sent within {n} days of payment.",
            single="Sent within a day of payment.",
            n=days,
        )
    return say("付款当天发货。", "Sent on the day of payment.")


@register.simple_tag
def public_rate(rate: dict[str, Any], is_alone: bool) -> str:
    """`{% public_rate rate True %}`: where a price of sending holds, and what it is: 湖北省：3 公斤以内 ¥8.00."""
    if rate["places"]:
        where: Words | str = ("、" if language.current() == "zh" else ", ").join(rate["places"])
    else:
        where = say("所有地方", "Everywhere") if is_alone else say("其他地方", "Everywhere else")
    return str(say("{x}：{y}", "{x}: {y}", x=where, y=_price_of_sending(rate)))


def _price_of_sending(rate: dict[str, Any]) -> Words:
    first, step = rate["first"]["minor"], rate["step"]["minor"]
    if not rate["isServed"]:
        return say("不送", "not delivered")
    if not first and not step:
        return say("免运费", "free")
    facts = {"n": kilograms(rate["firstGrams"]), "a": money.show(first)}
    if not step:
        return say("不论多重 {a}", "{a} whatever it weighs", **facts)
    facts |= {"m": kilograms(rate["stepGrams"]), "b": money.show(step)}
    return say("{n} 公斤以内 {a}，每多 {m} 公斤加 {b}", "up to {n} kg {a}, each further {m} kg {b}", **facts)


@register.simple_tag
def unit_price(product: dict[str, Any]) -> Words | str:
    """What a kilogram and a pound of 500 g, or a litre, come to; nothing where its net content says neither."""
    if weighed := product["pricePerKilogram"]:
        return say(
            "{a}/公斤 · {b}/500 克",
            "{a} a kg · {b} for 500 g",
            a=money.show(weighed["minor"]),
            b=money.show((weighed["minor"] + 1) // 2),
        )
    if poured := product["pricePerLitre"]:
        return say("{a}/升", "{a} a litre", a=money.show(poured["minor"]))
    return ""


@register.simple_tag
def suggested(one: dict[str, Any]) -> str:
    """The address of what was suggested: a product's or a team's page, else the catalogue narrowed to it."""
    if one["kind"] in ("product", "team"):
        return to(one["kind"], slug=one["slug"])
    narrowed = {"category": one["slug"]} if one["kind"] == "category" else {"query": one["name"]}
    return f"{to('catalogue')}?{urlencode(narrowed, quote_via=quote)}"


@register.simple_tag(takes_context=True)
def wished(context: template.Context, slug: str, letter: str, variant: str = "") -> str:
    """The line of her wish list that says so, by its id; nothing where none does, and for guests."""
    request = context["request"]
    if not hasattr(request, "wished"):
        request.wished = {
            (row.letter.upper(), global_id("Variant", uid) if uid else ""): global_id("Wish", row.uid)
            for (_, uid), row in wished_by(request.user, slug).items()
        }
    found: str = request.wished.get((letter, variant), "")
    return found


@register.simple_tag(takes_context=True)
def with_reasons(context: dict) -> str:
    """This address with the reasons for each hit, or without them where they are shown."""
    query = context["request"].GET.copy()
    if not query.pop("why", None):
        query["why"] = "true"
    return "?" + query.urlencode()


@register.simple_tag
def wish_button(*which: str) -> SafeString:
    """What makes a button one of the form that buys, so that a number that was chosen there is not lost by it."""
    fixed = 'form="buy-form" formaction="/do/wish/" formnovalidate name="wish" value="{}"'
    return format_html(fixed, " ".join(which))


@register.filter
def classes(allergens: list[dict[str, str] | str]) -> str:
    """Classes of allergens in a row, as buyers are told them or by their codes: 大豆、乳; Soybeans, Milk."""
    names = [one["name"] if isinstance(one, dict) else str(Allergen[one].words) for one in allergens]
    return str(language.say("、", ", ")).join(names)
