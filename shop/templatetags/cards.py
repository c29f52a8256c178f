"""What networks show of a page that somebody shares: its card."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import language, money
from core.language import say
from core.templatetags.sheaf import moment
from shop.templatetags.web import to
from shop.web.card_pictures import HEIGHT, WIDTH

register = template.Library()


@register.simple_tag
def card_url(kind: str, **which: Any) -> str:
    """`{% card_url "entry" edition=… number=… %}`: the address of a card in the reader's language."""
    return reverse(f"{kind}_card", kwargs={"lang": language.current(), **which})


@register.simple_tag
def shares_card(kind: str, **which: Any) -> SafeString:
    """The same as what a network reads in the page's head."""
    url = f"{settings.SITE_URL}{card_url(kind, **which)}"
    return format_html(
        '<meta property="og:image" content="{}"><meta property="og:image:width" content="{}">'
        '<meta property="og:image:height" content="{}"><meta name="twitter:card" content="summary_large_image">',
        url,
        WIDTH,
        HEIGHT,
    )


@register.simple_tag
def poster_url(kind: str, **which: Any) -> str:
    """The address of the same as a poster, to be kept and sent on."""
    return reverse(f"{kind}_poster", kwargs={"lang": language.current(), **which})


@register.simple_tag
def product_in_words(product: dict[str, Any]) -> str:
    """What somebody may paste into a chat: what it is, whose, from which price, and its page; nothing that ages but that."""
    team = product["team"]
    lines = [
        str(say("【{n}】", "{n}", n=product["name"])),
        f"{team['name']} · {team['county']['name']}",
    ]
    if product["priceFrom"]:
        lines.append(str(say("{p} 起", "From {p}", p=money.show(product["priceFrom"]["minor"]))))
    # So many hundredths of a percent are so many fen of ¥100.
    if bps := product["householdBps"]:
        words = say(
            "每 ¥100 货款，{n} 记给农户", "Of each ¥100, {n} is set aside for households", n=money.show(bps)
        )
        lines.append(str(words))
    return _with_link(lines, "product", slug=product["slug"])


@register.simple_tag
def group_in_words(group: dict[str, Any]) -> str:
    """The same of a group purchase: never whose it is, nor its title, in which its coordinator may have said so."""
    price = money.show(group["price"]["minor"])
    lines = [
        str(say("一起买【{n}】", "Buy together: {n}", n=group["product"]["name"])),
        str(say("{v}，{p} 含运费", "{v}, {p}, sending included", v=group["variant"]["name"], p=price)),
        str(
            say(
                "满 {n} 份成团，{t} 截止",
                "{n} needed, until {t}",
                n=group["minimumUnits"],
                t=moment(group["closesAt"]),
            )
        ),
    ]
    return _with_link(lines, "group", code=group["joinCode"])


def _with_link(lines: list[str], page: str, **which: str) -> str:
    return "\n".join([*lines, f"{settings.SITE_URL}{to(page, **which)}"])
