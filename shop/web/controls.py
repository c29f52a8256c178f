"""The controls of our forms, drawn: an input with its attributes, its hint, and why it was refused."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.language import say

CHOOSE = say("请选择", "Choose")


def draw_below(id: str, hint: str, wrong: str) -> SafeString:
    """What stands under a control of this id: its hint, and why it was refused."""
    parts = [("hint", id, hint)] * bool(hint) + [("wrong", id, wrong)] * bool(wrong)
    return format_html_join("", '<p class="{0}" id="{1}-{0}">{2}</p>', parts)


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    return format_html_join(
        "", " {}{}", ((k, "" if v is True else format_html('="{}"', v)) for k, v in attributes.items())
    )


def draw_control(
    type: str, attributes: dict[str, Any], value: Any, options: list[tuple[str, str]]
) -> SafeString:
    """An input of this type, a textarea, or a select of (value, words), holding its value."""
    if type == "textarea":
        return format_html("<textarea{}>{}</textarea>", _attributes(attributes), value)
    if type == "select":
        asked = to_choose_from(options) if attributes.get("required") else options
        return format_html("<select{}>{}</select>", _attributes(attributes), draw_options(asked, str(value)))
    if type == "checkbox":
        # An empty box sends nothing: the hidden field says that it was there.
        is_on = str(value).lower() in ("true", "1", "on")
        return format_html(
            '<input type="hidden" name="{}" value="false"><input type="checkbox" value="true"{}{}>',
            attributes["name"],
            _attributes(attributes),
            SafeString(" checked") if is_on else "",
        )
    shown = {"value": value} if value != "" and type not in ("password", "file") else {}
    return format_html("<input{}>", _attributes({"type": type, **attributes, **shown}))


def to_choose_from(options: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a choice that has to be made offers: nothing first, so that none is made by whoever did not look."""
    return options if options and options[0][0] == "" else [("", str(CHOOSE)), *options]


def draw_options(options: list[tuple[str, str]], value: str) -> SafeString:
    """A select's (value, words), the value chosen."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, SafeString(" selected") if str(key) == value else "", label) for key, label in options),
    )


def draw_field(
    type: str, id: str, label: str, control: SafeString, below: SafeString, *, note: Any, css: str
) -> SafeString:
    """A control with its label, which says by the note that it may stay empty."""
    if type == "checkbox":
        return format_html(
            '<div class="field {}"><label class="choice">{}<span>{}</span></label>{}</div>',
            css,
            control,
            label,
            below,
        )
    beside = format_html(' <span class="soft">{}</span>', note) if note else ""
    return format_html(
        '<div class="field {}"><label for="{}">{}{}</label>{}{}</div>',
        css,
        id,
        label,
        beside,
        control,
        below,
    )
