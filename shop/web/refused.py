"""Why a form was refused, told once at its top: all of it, each reason with a link to its field.

A redirect leads to it (`#refused`): a browser puts the focus on what an address names where that can have it, so whoever
listens to the page hears it first, with a script or without.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from core.language import say

AT = "refused"
NOT_DONE = say("还没有成功，请看看：", "This was not done yet. Please look at:")


def reasons(refused: list[tuple[str, str]]) -> dict[str, Any]:
    """What a form keeps of them: by its fields, and those that are about none."""
    by_field: dict[str, list[str]] = {}
    for field, message in dict.fromkeys(refused):
        by_field.setdefault(field, []).append(message)
    also = by_field.pop("", [])
    return {"errors": {field: " ".join(said) for field, said in by_field.items()}, "also": also}


def is_refused(form: Mapping[str, Any]) -> bool:
    """Whether there is something to tell of it."""
    return bool(form.get("errors") or form.get("also"))


def summary(form: Mapping[str, Any], prefix: str = "", drawn: str = "") -> SafeString:
    """All that is wrong with a form. What was `drawn` of it says which of its fields can be led to, and their names:
    so it holds for a control that a template draws by hand as well. Without it nothing is led to."""
    errors = {f"{prefix}-{name}": why for name, why in form.get("errors", {}).items()}
    # As they stand in the form, whatever the order in which they were looked at; what stands nowhere comes last.
    inside = sorted(errors, key=lambda id: (_lead(id, drawn) == "", drawn.find(_lead(id, drawn))))
    by_field = [_about(id, errors[id], drawn) for id in inside]
    told = dict.fromkeys([*by_field, *(format_html("{}", why) for why in form.get("also", ()))])
    return format_html(
        '<div class="note error" id="{}" role="alert" tabindex="-1"><p>{}</p><ul>{}</ul></div>',
        AT,
        NOT_DONE,
        format_html_join("", "<li>{}</li>", ((one,) for one in told)),
    )


def _lead(id: str, drawn: str) -> str:
    """As it stands in the form: the control, else the note about it; nothing where neither was drawn."""
    return next((said for one in (id, f"{id}-wrong") if (said := f'id="{escape(one)}"') in drawn), "")


def _about(id: str, why: str, drawn: str) -> SafeString:
    leads = SafeString(_lead(id, drawn)[4:-1])
    if not leads:
        return format_html("{}", why)
    named = re.search(rf'<label[^>]*\bfor="{re.escape(escape(id))}"[^>]*>\s*([^<]*)', drawn)
    label = " ".join(named[1].split()) if named else ""
    if not label:
        return format_html('<a class="tap" href="#{}">{}</a>', leads, why)
    # What was drawn is escaped already.
    return format_html('<a class="tap" href="#{}"><b>{}</b> {}</a>', leads, SafeString(label), why)
