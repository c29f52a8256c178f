"""What every template needs: words in two languages, money, moments and a key for each form."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from uuid import uuid4

from django import template
from django.template.base import FilterExpression, Parser, TextNode, Token, token_kwargs
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core import language, money
from core.clock import SHANGHAI

register = template.Library()


@register.simple_tag
def say(zh: str, en: str, *, single: str = "", **facts: object) -> SafeString:
    """`{% say "只剩 {n} 份" "Only {n} left" n=units %}`; markup in the literals stays, facts are escaped.

    `single` is the English where `n` is 1.
    """
    if single and facts["n"] == 1:
        en = single
    # A literal of the template is safe as it stands, a variable is escaped like any other.
    text = conditional_escape(zh if language.current() == "zh" else en)
    return format_html(text, **facts) if facts else text


# Chinese has no spaces: where a line of it broke, none is meant. Beside a figure or a Latin word one is.
_WIDE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2018-\u201d\u2026"
_BREAK = re.compile(rf"(?<=[{_WIDE}])\s+(?=[{_WIDE}])")


def read_both(parser: Parser, end: str) -> tuple[str, str]:
    """The Chinese up to `{% english %}` and the English up to the tag `end`; their lines may break anywhere."""
    texts = []
    for until in ("english", end):
        nodes = parser.parse((until,))
        parser.delete_first_token()
        words = [node.s for node in nodes if isinstance(node, TextNode)]
        if len(words) < len(nodes):
            raise template.TemplateSyntaxError(f"before {{% {until} %}} stand words alone; give facts as n=…")
        texts.append(" ".join("".join(words).split()))
    zh, en = texts
    return _BREAK.sub("", zh), en


class SentenceNode(template.Node):
    """Text in both languages, with facts."""

    def __init__(self, zh: str, en: str, facts: Mapping[str, FilterExpression]):
        self.zh, self.en, self.facts = zh, en, facts

    def render(self, context: template.Context) -> str:
        """In the reader's language; markup in the text stays, facts are escaped."""
        text = self.zh if language.current() == "zh" else self.en
        facts = {name: value.resolve(context) for name, value in self.facts.items()}
        return format_html(text, **facts) if facts else text


@register.tag
def sentence(parser: Parser, token: Token) -> SentenceNode:
    """`{% sentence t=order.reservedUntil|moment %} 货为您保留到 {t}。 {% english %} Kept until {t}. {% endsentence %}`.

    What `say` says, where it fills more than a line.
    """
    facts = token_kwargs(token.split_contents()[1:], parser)
    return SentenceNode(*read_both(parser, "endsentence"), facts)


@register.filter
def localized(thing: object, name: str) -> str:
    """`{{ product|localized:"name" }}`: the bilingual field in the reader's language."""
    return language.localized(thing, name)


@register.filter(name="money")
def money_(minor: int | None) -> str:
    """`{{ order.total_minor|money }}`: ¥36.90."""
    return "" if minor is None else money.show(int(minor))


@register.simple_tag
def idempotency_key(key: object = None) -> SafeString:
    """A hidden field that makes a doubled click one deed."""
    return format_html('<input type="hidden" name="idempotencyKey" value="{}">', key or uuid4())


def _moment(value: datetime | str) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return timezone.localtime(at, SHANGHAI)


@register.filter
def moment(value: datetime | str | None) -> str:
    """`{{ paid_at|moment }}`: day and minute in Shanghai, as the reader writes them."""
    if not value:
        return ""
    at = _moment(value)
    return f"{day(at)} {at:%H:%M}"


@register.filter
def day(value: date | datetime | str | None) -> str:
    """`{{ ship_by|day }}`: 2026年3月1日 or 1 Mar 2026."""
    if not value:
        return ""
    if isinstance(value, str):
        value = _moment(value) if "T" in value else date.fromisoformat(value)
    elif isinstance(value, datetime):
        value = _moment(value)
    if language.current() == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {language.MONTHS[value.month - 1]} {value.year}"
