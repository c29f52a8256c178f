"""What a team's desk says of a product that is being written."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from graphene.utils.str_converters import to_camel_case

from catalog.food_label import in_grams
from catalog.models import ListingSheet
from catalog.models.variant import HOUSEHOLD_PARTS, STORY_PARTS
from catalog.remarks import Spot
from catalog.samples import sample_for
from core import language
from core.language import Words
from core.money import show
from orders.carriers import names
from shop.templatetags.alone import address_with
from shop.templatetags.forms import field
from shop.templatetags.web import kilograms

register = template.Library()

# Where on a product's desk page one sees to what it lacks; the rest is among its facts.
SEEN_TO_AT = {
    "variants": "sizes",
    "lots": "sizes",
    "pictures": "photos",
    "households": "households",
    "leader": "",
}


@register.simple_tag(takes_context=True)
def with_samples(context: template.Context, product: dict[str, Any]) -> dict[str, Any]:
    """`{% with_samples p as w %}`: what is written of it and, where she has asked for that in the page's address, texts to
    begin from in what is empty."""
    texts = sample_for(product["kind"]) if context["request"].GET.get("sample") else {}
    return {
        **product,
        **{name: text for name, text in texts.items() if not product[name]},
        "isSample": bool(texts),
    }


@register.filter
def seen_to_at(lack: dict) -> str:
    """The part of the page where one sees to what is missing."""
    return SEEN_TO_AT.get(next(iter(lack["field"]), ""), "facts")


@register.simple_tag
def going_live_rest(steps: list[dict]) -> dict[str, list[dict]]:
    """Beside what is needed and not there yet: what is only looked for, and what is done."""
    return {
        "advised": [one for one in steps if not one["isNeeded"] and one["state"] != "DONE"],
        "done": [one for one in steps if one["state"] == "DONE"],
    }


@register.simple_tag
def remark(remarks: list[dict] | None, *spots: str) -> SafeString:
    """What whoever reviewed it last said of these parts, to stand beside their fields."""
    said = [one["words"] for one in remarks or () if one["spot"] in spots]
    return format_html_join(
        "",
        '<p class="wrong remark">{} {}</p>',
        ((language.say("审核：", "Review:"), words) for words in said),
    )


@register.filter
def has_a_standing_comment(product: dict) -> bool:
    """Whether the last word on it is one that its team still has to heed."""
    last = next(iter(product["reviews"]), None)
    waits = product["state"] in ("CHANGES_REQUESTED", "SUSPENDED")
    return bool(last and last["comment"]) and (
        waits or (product["state"] == "PUBLISHED" and product["changesState"] == "RETURNED")
    )


@register.filter
def remarks_that_stand(product: dict) -> list[dict]:
    """What was said of single parts when it was sent back, until it is handed in again."""
    live = product["state"] == "PUBLISHED" and product["changesState"] == "RETURNED"
    last = next(iter(product["reviews"]), None)
    return last["remarks"] if last and (live or product["state"] == "CHANGES_REQUESTED") else []


# Where in the team's pages one sees to what was said of a part: a form that opens, and the place of the page.
_OF_A_SPOT = {
    **dict.fromkeys(("name", "words", "food", "producer", "returns", "quality"), ("update_product", "facts")),
    "looks": ("update_product", "photos"),
    **dict.fromkeys(("price", "sizes", "lots"), ("", "sizes")),
    "papers": ("", "papers"),
}


@register.simple_tag(takes_context=True)
def where_it_is(context: template.Context, spot: str, product: dict) -> str:
    """The address of the part that a remark is about."""
    if spot == "linking":
        team = quote(product["team"]["id"], safe="")
        return f"/{language.current()}/desk/team/?team={team}&open=update_team#words-title"
    key, anchor = _OF_A_SPOT[spot]
    return address_with(context["request"], key, anchor) if key else f"#{anchor}"


@register.simple_tag(takes_context=True)
def remark_spots(context: template.Context) -> dict[str, Any]:
    """The fields in which whoever reviews writes of single parts: the three elements, and the rest behind a fold."""
    spots = [
        {"name": one.value, "zh": one.words.in_language("zh"), "en": one.words.in_language("en")}
        for one in Spot
    ]
    form = context.get("form") or {}
    said = {**form.get("values", {}), **form.get("errors", {})}
    parts = spots[3:]
    return {
        "elements": spots[:3],
        "parts": parts,
        "is_open": any(any(said.get(one["name"]) or ()) for one in parts),
    }


@register.filter
def paper_kinds(product: dict) -> str:
    """Which papers stand behind a product, those that wait too."""
    papers = (*product["certificates"], *product["waitingCertificates"])
    return str(language.say("、", ", ")).join(dict.fromkeys(paper["kindName"] for paper in papers))


@register.simple_tag
def weight_of(units: int, grams: int) -> Words:
    """What a lot weighs by what its variant does."""
    return language.say(
        "这一批 {n} 份，每份重 {w} 公斤，共约 {t} 公斤。",
        "The lot’s {n} units of {w} kg weigh about {t} kg.",
        single="The lot’s one unit weighs about {t} kg.",
        n=units,
        w=kilograms(grams),
        t=kilograms(units * grams),
    )


@register.simple_tag
def weighed(growers: list[dict], shares: list[dict]) -> dict[str, Any]:
    """The rows of a lot's weights: all who may be named, with what each has on record; and those on record alone, whoever
    has left since among them."""
    grams = {share["household"]["id"]: share["grams"] for share in shares}
    rows = [
        {
            **one,
            "grams": grams.get(one["id"], 0),
            "kilograms": kilograms(grams[one["id"]]) if one["id"] in grams else "",
        }
        for one in growers
    ]
    left = [
        {**s["household"], "grams": s["grams"]}
        for s in shares
        if s["household"]["id"] not in {r["id"] for r in rows}
    ]
    return {
        "all": rows,
        "on_record": [row for row in (*rows, *left) if row["grams"]],
        "grams": sum(grams.values()),
    }


@register.simple_tag
def story_fields(story: list[dict] | None) -> list[dict]:
    """The eleven parts of a price for the editor, with the percent that each has now."""
    now = {part["part"]: part["bps"] for part in story or ()}
    return [
        {
            "part": part,
            "field": f"{to_camel_case(part)}Bps",
            "name": str(language.say(*names)),
            "is_households": part in HOUSEHOLD_PARTS,
            "percent": f"{now[part] / 100:g}" if part in now else "",
        }
        for part, names in STORY_PARTS.items()
    ]


@register.filter
def figure_value(figure: dict) -> str:
    """A figure of a result as people read it: yuan, percent, or the number as it is."""
    if figure["unit"] == "minor":
        return show(int(figure["value"]))
    if figure["unit"] == "bps":
        return f"{Decimal(figure['value']) / 100:f} %"
    return str(figure["value"])


@register.filter
def tenths(number: int | None) -> str:
    """65 as 6.5, to be changed in a form."""
    return "" if number in (None, "") else in_grams(int(number))


@register.simple_tag
def carriers() -> list[str]:
    """The houses that a desk chooses from, in the reader's language."""
    return names()


@register.simple_tag(takes_context=True)
def narrowed(context: Any) -> bool:
    """Whether the board shows less than a state: a search, a lot or a day."""
    asked = context["request"].GET
    return any(asked.get(name, "").strip() for name in ("q", "lot", "shipBy"))


@register.simple_tag(takes_context=True)
def number_field(context: Any, parcel: str, number: str) -> Any:
    """A tracking number that is asked of each parcel of a form and may be left out."""
    zh, en = f"{number} 的运单号", f"Tracking number of {number}"
    return field(context, f"number.{parcel}", zh, en, required=False, maxlength=40, autocomplete="off")


@register.simple_tag
def sheet_kinds() -> list[tuple[str, str]]:
    """`{% sheet_kinds as kinds %}`: each table of listings as its address names it, and in words."""
    return [(kind.value, str(kind.words)) for kind in ListingSheet.Kind]


@register.simple_tag(takes_context=True)
def price_field(context: Any, product: dict, variant: dict) -> Any:
    """What a size is to cost: as its team wants it now, in yuan; its label names the size, and its product for the ear."""
    minor = (variant["waiting"] or variant)["price"]["minor"]
    name = f"{variant['name']} {variant['netContent']}".strip()
    return field(
        context,
        f"price.{variant['id']}",
        f"{name}（元）",
        f"{name} (yuan)",
        value=f"{minor / 100:.2f}",
        inputmode="decimal",
    )
