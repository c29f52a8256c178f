"""A judge's desk: where its links lead, and a mark by a criterion."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.utils.safestring import SafeString

from core import language
from core.language import say
from shop.templatetags.forms import field
from shop.templatetags.web import to

register = template.Library()


@register.filter
def desk_address(one: dict[str, Any]) -> str:
    """The address of the desk in the round of a desk, or of an entry on it."""
    where = to("judge_desk", edition=one["edition"]["slug"], level=one["level"])
    return where + (f"?{urlencode({'region': one['region']})}" if one["region"] else "")


@register.simple_tag
def desk_of_judge(one: dict[str, Any]) -> str:
    """The same as a link."""
    return desk_address(one)


@register.simple_tag(takes_context=True)
def mark_field(
    context: template.Context, criterion: dict[str, Any], marks: list[dict[str, Any]]
) -> SafeString:
    """A number of 0 to 100 for a criterion, with what its anchors say; a script draws a slider beside it."""
    name = criterion["name"]
    anchors = " · ".join(f"{one['points']} {one['words']}" for one in criterion["anchors"])
    return field(
        context,
        f"mark.{criterion['key']}",
        name,
        name,
        anchors,
        anchors,
        type="number",
        value=mark_of(criterion["key"], marks),
        required=False,
        later=True,
        min=0,
        max=100,
        css="mark",
    )


@register.simple_tag
def mark_of(key: str, marks: list[dict[str, Any]]) -> Any:
    """Her mark by this criterion; nothing where there is none."""
    return next((mark["points"] for mark in marks if mark["criterion"] == key), "")


@register.simple_tag
def marks_of(key: str, marks: list[dict[str, Any]]) -> str:
    """All marks by this criterion, the lowest first."""
    points: list[int] = next((one["points"] for one in marks if one["criterion"] == key), [])
    between = "、" if language.current() == "zh" else ", "
    return between.join(map(str, points)) or str(say("没有", "none"))


@register.simple_tag
def next_to_judge(desk: dict[str, Any]) -> dict[str, Any] | None:
    """The first entry of her queue whose sheet is not submitted, while marks can be given."""
    owed = (one for one in desk["entries"] if (one["sheet"] or {}).get("state") in (None, "DRAFT"))
    return next(owed, None) if desk["isOpen"] else None
