"""Where the tabs of a round's desk lead."""

from typing import Any
from urllib.parse import urlencode

from django import template

from shop.templatetags.web import to
from shop.web.organiser.tabs import tabs_of

register = template.Library()


@register.simple_tag(takes_context=True)
def organiser_tabs(context: template.Context, round: dict[str, Any]) -> list[dict[str, Any]]:
    """The tabs that are hers at this round, each with its words and address; the one of this page says so."""
    here = context.get("page")
    return [
        {
            "words": tab.words,
            "address": desk_of(round, tab.name),
            "is_here": here == f"organiser/{tab.name}",
        }
        for tab in tabs_of(round["permissions"])
    ]


@register.simple_tag
def seals_of(round: dict[str, Any]) -> str:
    """The public page of a round's seals."""
    where = to("contest_seals", edition=round["edition"]["slug"], level=round["level"])
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")


@register.simple_tag
def desk_of(round: dict[str, Any], tab: str = "") -> str:
    """The address of a tab of a round, the first that is hers where none is named; nothing where she has none."""
    tabs = tabs_of(round["permissions"])
    if not (name := tab or (tabs[0].name if tabs else "")):
        return ""
    where = to(f"organiser_{name}", edition=round["edition"]["slug"], level=round["level"])
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")
