"""What the office's pages draw."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.language import say
from core.money import show
from core.templatetags.sheaf import day
from orders.reads.figures import Split
from shop.templatetags.web import to
from shop.web.office.tabs import IN_A_ROW, WAITING, tabs_of

register = template.Library()

# Of the drawing; a bar has a gap of a fifth of its width beside it.
WIDE, HIGH = 1000, 200


@register.simple_tag
def figures_chart(rows: list[dict[str, Any]]) -> SafeString:
    """What was sold, a bar for each step, and in it what was given back; the table beside it tells the same."""
    most = max((max(row["sold"]["minor"], row["refunded"]["minor"]) for row in rows), default=0)
    if not most:
        return SafeString("")
    width = WIDE / len(rows)
    bars = []
    for n, row in enumerate(rows):
        title = f"{day(row['begins'])}: {show(row['sold']['minor'])}"
        for css, minor in (("p1", row["sold"]["minor"]), ("p10", row["refunded"]["minor"])):
            high = HIGH * minor / most
            bars.append(
                (css, f"{n * width:.1f}", f"{HIGH - high:.1f}", f"{width * 0.8:.1f}", f"{high:.1f}", title)
            )
    drawn = format_html_join(
        "", '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', bars
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '{}</svg><p class="small soft"><span class="key p1"></span> {} <span class="key p10"></span> {}</p>',
        WIDE,
        HIGH,
        drawn,
        say("卖出", "Sold"),
        say("退款", "Given back"),
    )


@register.simple_tag(takes_context=True)
def narrow(context: template.Context, by: str, key: str) -> str:
    """The figures of one team or place over the same days."""
    return _address(context, **{"team": "", "place": "", by: key})


@register.simple_tag(takes_context=True)
def all_figures(context: template.Context) -> str:
    """The same days for everybody."""
    return _address(context, team="", place="")


@register.filter
def narrowed_to(figures: dict[str, Any], chosen: Mapping[str, str]) -> str:
    """What the one team or place is called that is shown."""
    rows = figures["teams"] if chosen.get("team") else figures["places"]
    key = chosen.get("team") or chosen.get("place")
    return next((row["name"] for row in rows if row["key"] == key), str(key))


@register.simple_tag(takes_context=True)
def figures_files(context: template.Context) -> SafeString:
    """Links to what is shown as files: by the shop, team and place, as CSV and XLSX."""
    query = _query(context)
    links = []
    for split in Split:
        for form in ("csv", "xlsx"):
            address = f"{to('office_figures_file', form=form)}?{urlencode({**query, 'split': split.name})}"
            links.append((address, f"{split.words} · {form.upper()}"))
    return format_html_join(" ", '<a class="button quiet small-button" href="{}">{}</a>', links)


def _query(context: template.Context) -> dict[str, str]:
    chosen = context["request"].GET
    return {name: chosen[name] for name in ("step", "since", "until", "team", "place") if chosen.get(name)}


def _address(context: template.Context, **changed: str) -> str:
    query = {name: value for name, value in {**_query(context), **changed}.items() if value}
    return context["request"].path + (f"?{urlencode(query)}" if query else "")


@register.simple_tag(takes_context=True)
def office_tabs(context: template.Context) -> list[dict[str, Any]]:
    """What waits and her first tabs after it, each with its words and address; the one of this page says so."""
    page = context.get("page")
    first = {"words": say("待办", "Waiting"), "address": to("office"), "is_here": page in WAITING}
    return [first, *_links(context, slice(IN_A_ROW - 1))]


@register.simple_tag(takes_context=True)
def office_more(context: template.Context) -> list[dict[str, Any]]:
    """Her tabs that do not fit in the row."""
    return _links(context, slice(IN_A_ROW - 1, None))


def _links(context: template.Context, which: slice) -> list[dict[str, Any]]:
    page = context.get("page")
    return [
        {"words": tab.words, "address": to(tab.name), "is_here": page in (tab.page, *tab.holds)}
        for tab in tabs_of(context["office"]["permissions"])[which]
    ]


@register.filter
def has_changes(product: dict[str, Any]) -> bool:
    """Whether something waits for an operator while what she approved is sold on."""
    return product["state"] == "PUBLISHED" and product["changesState"] == "WAITING"


@register.filter
def was_changed(product: dict[str, Any]) -> bool:
    """Whether something that is offered of it was seen by no operator: then it is approved, and not put back."""
    return any(one["isOffered"] and one["approvedPrice"] is None for one in product["variants"])
