"""In the form of something final: what was read of it, to be looked at once more (shop/web/look.py)."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.language import say
from shop.templatetags.forms import _form
from shop.templatetags.web import kilograms

register = template.Library()

FINAL = say("再按一次就做了，不能撤回：", "Press again and it is done. It cannot be undone:")
LOOKED_AT = say("再按一次就存下，交给运营人员看：", "Press again to save it and put it before an operator:")


@register.simple_tag(takes_context=True)
def last_look(context: template.Context) -> SafeString:
    """What comes of it, and the word for that; nothing before the form was sent."""
    look = _form(context)[1].get("look")
    if not look:
        return SafeString("")
    return format_html(
        '<div class="note warning" id="look" role="status"><p><b>{}</b></p><ul class="big-list">{}</ul></div>'
        '<input type="hidden" name="seen" value="{}">',
        FINAL if look.get("is_final", True) else LOOKED_AT,
        format_html_join("", '<li><span>{}</span> <b class="num">{}</b></li>', look["lines"]),
        look["seen"],
    )


@register.simple_tag(takes_context=True)
def read_kg(context: template.Context, household: str) -> SafeString:
    """Beside a household's field: what was read in it."""
    grams = (_form(context)[1].get("look") or {}).get("grams", {}).get(household)
    return SafeString("") if grams is None else format_html('<b class="num">= {}</b>', kilograms(grams))
