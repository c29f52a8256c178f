"""What a page's head says to whoever looks the shop up elsewhere."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from accounts.actions import wechat_share
from accounts.shop import this_shop
from core import language
from core.language import localized
from shop.web.found import structured
from shop.web.found.indexed import Address, address_of

register = template.Library()
LOCALES = {"zh": "zh_CN", "en": "en_GB"}


class RepeatedNode(template.Node):
    """Text that is said in several places of a page."""

    def __init__(self, nodelist: NodeList, name: str):
        self.nodelist, self.name = nodelist, name

    def render(self, context: template.Context) -> str:
        """Says nothing here; from here on the variable does, in a text or in an attribute."""
        said = " ".join(self.nodelist.render(context).split())
        context[self.name] = SafeString(said.replace('"', "&quot;"))
        return ""


@register.tag
def repeated(parser: Parser, token: Token) -> RepeatedNode:
    """`{% repeated page_title %}{% block title %}…{% endblock %}{% endrepeated %}`: a block is written once and said twice."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endrepeated",))
    parser.delete_first_token()
    return RepeatedNode(nodelist, name)


@register.simple_tag(takes_context=True)
def address(context: template.Context) -> Address | None:
    """`{% address as found %}`: by which address the page is to be found; None where it is not to be."""
    request = context.get("request")
    return address_of(request, context.get("page") or "", context.flatten()) if request else None


@register.simple_tag
def found_at(address: Address | None, title: str, about: str) -> SafeString:
    """Where a page is to be found, in which languages, and what networks say beside its picture; else that it is not."""
    if address is None:
        return SafeString('<meta name="robots" content="noindex">')
    here, lang = address.url(language.current()), language.current()
    alternates = format_html_join("", '<link rel="alternate" hreflang="{}" href="{}">', address.alternates())
    facts = {
        "og:type": "website",
        "og:url": here,
        "og:title": title,
        "og:description": about,
        "og:site_name": localized(this_shop(), "name"),
        "og:locale": LOCALES[lang],
    }
    told = format_html_join("", '<meta property="{}" content="{}">', ((k, v) for k, v in facts.items() if v))
    return format_html('<link rel="canonical" href="{}">{}{}', here, alternates, told)


@register.simple_tag
def signed_at(address: Address | None) -> SafeString:
    """Where the page's script has it signed for a card inside WeChat (`found/in_wechat.py`); nothing where WeChat knows us
    not, or the page is not to be found."""
    if address is None or not wechat_share.is_offered():
        return SafeString("")
    return format_html(' data-in-wechat="{}"', reverse("in_wechat"))


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context, kind: str) -> SafeString:
    """`{% structured_data "product" %}`: what the page shows as JSON-LD. It is data, which no browser runs, and so stands
    in the page under a policy that runs no script of a page; a page that is not to be found has none."""
    if context.get("found") is None:
        return SafeString("")
    things = TOLD[kind](context.flatten())
    # Every character that could end it is escaped.
    return mark_safe(f'<script type="application/ld+json">{structured.json_ld(*things)}</script>')


TOLD: dict[str, Callable[[Any], list[structured.Thing]]] = {
    "product": structured.of_product,
    "team": structured.of_team,
    "gi": partial(structured.of_mark, "gi"),
    "brand": partial(structured.of_mark, "brand"),
    "place": structured.of_place,
    "village": structured.of_village,
    "shop": lambda _: structured.of_shop(this_shop()),
}
