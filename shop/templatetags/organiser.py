"""Where the tabs of a round's desk lead."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString

from core.language import say
from shop.templatetags.alone import opened_on
from shop.templatetags.forms import field
from shop.templatetags.web import to
from shop.web.organiser.tabs import tabs_of

register = template.Library()
# How a unit of the rules is written beside its bounds.
UNITS = {"minor": say("元", "yuan"), "bps": "%"}


@register.simple_tag(takes_context=True)
def organiser_tabs(context: template.Context, round: dict[str, Any]) -> list[dict[str, Any]]:
    """The tabs that are hers at this round, each with its words, its address and its pages; where this page is says so."""
    here = context.get("page")
    made = []
    for tab in tabs_of(round["permissions"]):
        parts = [
            {
                "words": part.words,
                "address": desk_page(round, part.name),
                "is_here": here == f"organiser/{part.name}",
            }
            for part in tab.parts_of(round["permissions"])
        ]
        is_here = any(part["is_here"] for part in parts)
        made.append({"words": tab.words, "address": parts[0]["address"], "is_here": is_here, "parts": parts})
    return made


@register.simple_tag
def seals_of(round: dict[str, Any]) -> str:
    """The public page of a round's seals."""
    where = to("contest_seals", edition=round["edition"]["slug"], level=round["level"])
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")


@register.simple_tag
def desk_page(round: dict[str, Any], name: str) -> str:
    """The address of a page of a round's desk."""
    where = to(f"organiser_{name}", edition=round["edition"]["slug"], level=round["level"])
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")


@register.simple_tag
def desk_of(round: dict[str, Any]) -> str:
    """The address of the first page of a round's desk that is hers; nothing where none is."""
    tabs = tabs_of(round["permissions"])
    return desk_page(round, tabs[0].parts_of(round["permissions"])[0].name) if tabs else ""


@register.simple_tag(takes_context=True)
def opens_part(context: template.Context, section: str) -> bool:
    """Whether the form of this part of the rules is open."""
    return opened_on(context["request"]) == f"edit_rulebook~{section}"


def _bounds(of: dict[str, Any]) -> str:
    """What may be written, where that says something: a bound beyond every contest does not."""
    unit = UNITS.get(of["unit"], "")
    if not of["least"]:
        return ""
    return f"{of['least']}–{of['most']} {unit}" if len(of["most"]) < 7 else f"≥ {of['least']} {unit}"


@register.simple_tag(takes_context=True)
def rule_field(context: template.Context, of: dict[str, Any]) -> SafeString:
    """A field of a rulebook as a control: a choice, a number with its bounds beside it, or a text."""
    label = of["label"]
    hint = _bounds(of)
    kind = "select" if of["options"] else "text"
    bounds = {"inputmode": "decimal", "maxlength": 20} if of["least"] else {"maxlength": 2000}
    return field(
        context,
        of["path"],
        label,
        label,
        hint,
        hint,
        type=kind,
        value=of["control"],
        choices=of["options"],
        **({} if of["options"] else bounds),
    )


@register.simple_tag(takes_context=True)
def tried_field(context: template.Context, of: dict[str, Any]) -> SafeString:
    """The same in the simulator: with what was tried, where the address says so."""
    tried = context["request"].GET.get(of["path"])
    return rule_field(context, of if tried is None else {**of, "control": tried[:40]})


@register.simple_tag
def import_of(round: dict[str, Any], id: str) -> str:
    """The address of one statement of an outside platform."""
    where = to("organiser_import", edition=round["edition"]["slug"], level=round["level"], id=id)
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")


@register.simple_tag
def bulletin_of(round: dict[str, Any], form: str) -> str:
    """A round's bulletin as a file to take along, `csv` or `xlsx`."""
    where = to("contest_bulletin", edition=round["edition"]["slug"], level=round["level"], form=form)
    code = (round["region"] or {}).get("code")
    return where + (f"?{urlencode({'region': code})}" if code else "")
