"""What the pages of whoever builds on the API show: the schema by noun, and what README and CHANGELOG say."""

import re
from functools import cache
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.http import Http404
from django.middleware.csrf import get_token
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from core.language import say
from orders.models import Webhook
from orders.webhook_examples import EXAMPLES, body
from shop import reference
from shop.scopes import BUY, DESK, READ
from shop.web.holes import hole, is_shared

register = template.Library()
REQUESTS, PRINTED = "GraphQL in five requests", "http://127.0.0.1:8000/"
SCOPE_WORDS = {
    READ: say("看：账户、订单、团购", "read: her account, orders, groups"),
    BUY: say("买：购物车、下单、付款", "buy: fill a cart, place, pay"),
    DESK: say("团队工作台", "desk: a team’s work"),
    "": say("任何令牌", "any token"),
}


class Block(NamedTuple):
    """A piece of a text: a heading, a paragraph, a list’s line or code."""

    kind: str
    text: SafeString


@register.simple_tag(takes_context=True)
def forgery_token(context: Any) -> str:
    """What a script of ours sends with what it asks as whoever is signed in."""
    request = context["request"]
    return hole("token") if is_shared(request) else get_token(request)


@register.simple_tag
def nouns() -> list[reference.Noun]:
    """`{% nouns as all %}`: each, in the order of the alphabet."""
    return list(reference.nouns().values())


@register.simple_tag
def the_noun(slug: str) -> reference.Noun:
    """`{% the_noun asked.noun as noun %}`: the one of this name; there is no page of another."""
    if noun := reference.nouns().get(slug):
        return noun
    raise Http404


@register.simple_tag
def matches(text: str) -> list[reference.Match]:
    """`{% matches request.GET.find as found %}`."""
    return reference.search(text or "")


@register.filter
def home_of(kind: str) -> str:
    """The noun on whose page a type stands."""
    return reference.homes().get(kind, "")


@register.filter
def scopes_in_words(scopes: tuple[str, ...]) -> str:
    """Which token opens it; without one she must be there herself."""
    if not scopes:
        return str(say("只能本人登录后做", "herself alone, signed in"))
    return " · ".join(str(SCOPE_WORDS[scope]) for scope in scopes)


@register.simple_tag
def webhook_examples() -> list[dict[str, str]]:
    """`{% webhook_examples as examples %}`: each kind, in words and as it is sent."""
    return [{"kind": kind, "words": str(Webhook.Kind(kind).words), "body": body(kind)} for kind in EXAMPLES]


@register.simple_tag
def five_requests() -> list[Block]:
    """`{% five_requests as blocks %}`: README's, with this shop's own address."""
    text = _read("README.md").split(f"## {REQUESTS}\n")[1].split("\n## ")[0]
    return _blocks(text.replace(PRINTED, f"{settings.SITE_URL}/"))


@register.simple_tag
def changes() -> list[Block]:
    """`{% changes as blocks %}`: what the changelog says, release by release."""
    return _blocks(_read("CHANGELOG.md").split("\n", 1)[1])


@cache
def _read(name: str) -> str:
    return (settings.ROOT / name).read_text(encoding="utf-8")


@cache
def _blocks(text: str) -> list[Block]:
    found = []
    for part in re.split(r"(^```.*?^```$)", text, flags=re.M | re.S):
        if part.startswith("```"):
            found.append(
                Block("code", conditional_escape(part.split("\n", 1)[1].removesuffix("```").rstrip()))
            )
            continue
        for paragraph in filter(None, (one.strip() for one in part.split("\n\n"))):
            if paragraph.startswith("## "):
                found.append(Block("heading", conditional_escape(paragraph.removeprefix("## "))))
            elif paragraph.startswith("- "):
                found += [Block("line", _inline(line)) for line in paragraph.removeprefix("- ").split("\n- ")]
            else:
                found.append(Block("paragraph", _inline(paragraph)))
    return found


def _inline(text: str) -> SafeString:
    """Code and what is said loudly; of a link its words."""
    safe = str(conditional_escape(re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text)))
    safe = re.sub(r"`([^`]+)`", r"<code>\1</code>", safe)
    return mark_safe(re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", safe))
