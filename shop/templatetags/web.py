"""What the shop's templates draw and where their links lead."""

from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.wechat import is_inside
from catalog import after_sale as hours
from core import language
from core.clock import SHANGHAI
from orders.models import Claim, Payment
from shop.web.cart import cart_badge
from shop.web.closed import closed_band
from shop.web.holes import hole, is_shared
from shop.web.percents import tenths_of
from together.models import Seat

register = template.Library()

# Of a claim with which nobody has anything to do any more.
CLAIM_OVER = {state.name for state in Claim.State if state not in Claim.GOES_ON}
PART_COLOURS = {  # the households' parts are green and come first
    "households": "p1",  # all three together, as an order's money is told
    "farm_gate": "p1",
    "labour": "p2",
    "dividend": "p3",
    "processing": "p4",
    "packaging": "p5",
    "logistics": "p6",
    "testing": "p7",
    "gateway": "p8",
    "platform": "p9",
    "team": "p10",
    "reserve": "p11",
    "shipping": "p12",
    "held": "p11",
}


# Green is well, warm is under way, red wants something done; what has come to rest has no colour.
TONES = {
    # an order's
    **dict.fromkeys(("PLACED", "HELD"), "warm"),
    **dict.fromkeys(("PAID", "SHIPPED", "DELIVERED", "COMPLETED"), "green"),
    # a product's
    "PUBLISHED": "green",
    "SUBMITTED": "warm",
    "CHANGES_REQUESTED": "red",
    "SUSPENDED": "red",
    # a lot's
    "OPEN": "green",
    "PLANNED": "warm",
    "RECALLED": "red",
    # a household's, an organisation's
    "VERIFIED": "green",
    "PROPOSED": "warm",
    "DECLINED": "red",
    # a correction's
    "ASKED": "warm",
    "APPROVED": "green",
    "REFUSED": "red",
}


@register.filter
def tone(state: str) -> str:
    """The colour of the tag that names a state."""
    return TONES.get(state, "")


@register.simple_tag
def is_preparing(order: dict[str, Any] | None) -> bool:
    """`{% is_preparing order as preparing %}`: whether its payment page is being opened for the buyer."""
    if not order or "PAY" not in order["allowedActions"]:
        return False
    return any(payment["isPreparing"] for payment in order["payments"])


@register.simple_tag
def to(name: str, **captures: Any) -> str:
    """The address of a page in the reader's language."""
    return reverse(name, kwargs={"lang": language.current(), **captures})


@register.simple_tag
def in_office(path: str) -> str:
    """Where something that waits is done: below the reader's language, or from the root."""
    return path if path.startswith("/") else f"/{language.current()}/{path}"


@register.simple_tag
def lang() -> str:
    return language.current()


@register.simple_tag(takes_context=True)
def other_language(context: dict) -> str:
    """This same address in the other language."""
    request = context.get("request")
    here = request.get_full_path() if request else "/zh/"
    other = "en" if language.current() == "zh" else "zh"
    return f"/{other}/{here[4:]}" if here[1:3] in language.LANGUAGES else f"/{other}/"


@register.simple_tag(takes_context=True)
def is_inside_wechat(context: template.Context) -> bool:
    """Whether this page is open in WeChat's own browser, where not every way to pay works."""
    request = context.get("request")
    return request is not None and is_inside(request.headers.get("User-Agent", ""))


@register.simple_tag
def picture(kind: str) -> str:
    """The address of the drawing of a kind of produce."""
    return static(f"produce/{kind or 'sheaf'}.svg")


@register.simple_tag
def card_picture(product: dict[str, Any] | None) -> str:
    """The address of a product's photo in a list, else of the drawing of its kind."""
    photos, kind = ((product or {}).get(name) for name in ("pictures", "illustration"))
    return photos[0]["cardUrl"] if photos else picture(kind or "")


@register.simple_tag
def price_bar(parts: list[dict]) -> SafeString:
    """The price story as a bar: widths are basis points of the whole, drawn as an SVG (no inline style)."""
    at, pieces = 0, []
    for part in parts:
        bps = int(part["bps"])
        if bps:
            pieces.append((PART_COLOURS.get(part["part"].lower(), "p9"), at, bps, part["name"]))
            at += bps
    drawn = format_html_join(
        "", '<rect class="{}" x="{}" y="0" width="{}" height="600"><title>{}</title></rect>', pieces
    )
    return format_html(
        '<svg class="price-bar" viewBox="0 0 10000 600" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false">{}</svg>',
        drawn,
    )


@register.simple_tag
def part_colour(part: str) -> str:
    return PART_COLOURS.get(part.lower(), "p9")


@register.filter
def at(thing: dict, key: str) -> Any:
    return thing.get(key) if thing else None


@register.filter
def percent(bps: int) -> str:
    """5,400 basis points as 54%."""
    return f"{bps / 100:.0f}%" if bps % 100 == 0 else f"{bps / 100:.1f}%"


@register.simple_tag
def with_percents(parts: list[dict]) -> list[dict]:
    """An order's parts, each with its percent of them all: worked out once from the fen, together 100.0."""
    amounts = [int(part["amount"]["minor"]) for part in parts]
    tenths = tenths_of(amounts) if sum(amounts) else [0] * len(amounts)
    return [{**part, "percent": percent(10 * n)} for part, n in zip(parts, tenths, strict=True)]


@register.simple_tag(takes_context=True)
def cart_count(context: dict) -> SafeString:
    """How many units are in the visitor's cart."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    return hole("cart") if is_shared(request) else cart_badge(request)


@register.simple_tag(takes_context=True)
def closed_place(context: dict) -> SafeString:
    """That the visitor's own place is closed for delivery, if it is."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    return hole("closed") if is_shared(request) else closed_band(request)


@register.simple_tag(takes_context=True)
def next_page(context: dict, cursor: str) -> str:
    """This address, further on."""
    query = context["request"].GET.copy()
    query["after"] = cursor
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def order_address(context: dict, number: str) -> str:
    """The address of an order's page, with a guest's key to it."""
    token = context["request"].GET.get("token")
    tail = f"?{urlencode({'token': token})}" if token else ""
    return to("order", number=number) + tail


@register.simple_tag(takes_context=True)
def guests_key(context: dict) -> str:
    """What follows an address so that a guest's link opens it too."""
    token = context["request"].GET.get("token")
    return f"?token={token}" if token else ""


@register.simple_tag
def payment_method(method: str) -> str:
    """How it was paid, in the reader's words."""
    return Payment.Method.in_words(method)


@register.simple_tag
def month_names() -> list[tuple[str, str]]:
    """The twelve, by number, to choose from."""
    is_zh = language.current() == "zh"
    return [(str(n), f"{n} 月" if is_zh else name) for n, name in enumerate(language.MONTHS, 1)]


@register.simple_tag
def months(numbers: list[int]) -> str:
    """The months of a season, neighbours together: 11–1 月; Nov–Jan."""
    known = sorted(set(numbers))
    if len(known) == 12 or not known:
        return str(language.say("全年", "All year"))
    starts = [m for m in known if (m - 2) % 12 + 1 not in known]
    told = []
    for start in starts:
        end = start
        while end % 12 + 1 in known:
            end = end % 12 + 1
        told.append((start, end))
    if language.current() == "zh":
        return "、".join(f"{a} 月" if a == b else f"{a}–{b} 月" for a, b in told)
    names = language.MONTHS
    return ", ".join(names[a - 1] if a == b else f"{names[a - 1]}–{names[b - 1]}" for a, b in told)


@register.simple_tag(takes_context=True)
def chosen_facets(context: dict, facets: list[dict]) -> list[dict]:
    """What is chosen in the catalogue, each with the address that drops it."""
    query = context["request"].GET
    chips = []
    for facet in facets:
        for value in facet["values"]:
            if value["isChosen"]:
                rest = query.copy()
                rest.setlist(facet["name"], [v for v in query.getlist(facet["name"]) if v != value["value"]])
                rest.pop("after", None)
                chips.append({"label": value["label"], "href": f"{to('catalogue')}?{rest.urlencode()}"})
    return chips


@register.simple_tag
def led_organisations(viewer: dict | None) -> list[dict]:
    """Organisations for which this person may open a group purchase."""
    parts = (viewer or {}).get("memberships") or ()
    return [p["organisation"] for p in parts if "OPEN_GROUP_PURCHASE" in p["organisation"]["allowedActions"]]


@register.filter
def is_paid(seat: str) -> bool:
    """Whether a seat in this state is paid and not given back: only with such something is collected."""
    return seat.lower() in Seat.PAID


@register.simple_tag
def less(whole: int, part: int) -> int:
    """What is left of the whole."""
    return int(whole) - int(part)


@register.filter
def yuan(minor: int | None) -> str:
    """3690 as 36.90, to be changed in a form."""
    return "" if minor in (None, "") else f"{int(minor) / 100:.2f}"


@register.filter
def by_the_clock(moment: str | None) -> str:
    """A moment as a field of day and time takes it: 2030-05-01T09:00, by Shanghai's clock."""
    return f"{datetime.fromisoformat(moment).astimezone(SHANGHAI):%Y-%m-%dT%H:%M}" if moment else ""


@register.filter
def kilograms(grams: int) -> str:
    """42500 as 42.5."""
    return f"{grams / 1000:,g}"


@register.simple_tag
def is_of(kind: str, *kinds: str) -> bool:
    """Whether it is one of these."""
    return kind in kinds


@register.simple_tag
def may_be_missing(order: dict[str, Any], parcel: dict[str, Any]) -> bool:
    """Whether a parcel on its way has something of which its buyer can say, now or then, that it has not come."""
    return parcel["missingFrom"] is not None and any(
        line["shipmentId"] == parcel["id"]
        and line["refunded"]["minor"] < line["net"]["minor"]
        and all(claim["state"] in CLAIM_OVER for claim in line["claims"])
        for line in order["lines"]
    )


@register.simple_tag
def places(*names: str | None) -> str:
    """Places from the large to the small; a forestry district that is its own county is said once."""
    return " · ".join(dict.fromkeys(name for name in names if name))


@register.simple_tag
def drawing_of(products: list[dict], team: str) -> str:
    """The drawing of what a team offers, by its newest product."""
    return picture(next((p["illustration"] for p in products if p["team"]["slug"] == team), ""))


@register.simple_tag
def chosen_variant(products: list[dict], id: str | None) -> dict | None:
    """The variant that was chosen on the page before, with its product."""
    pairs = ({"product": p, "variant": v} for p in products for v in p["variants"])
    return next((pair for pair in pairs if pair["variant"]["id"] == id), None) if id else None


@register.simple_tag
def after_sale() -> dict[str, int]:
    """`{% after_sale as window %}`: days that a product begins with, and the hours that it has at `least` and at `most`."""
    return {
        "fresh_days": ceil(hours.FRESH / 24),
        "other_days": ceil(hours.OTHER / 24),
        "least": hours.LEAST,
        "most": hours.MOST,
    }
