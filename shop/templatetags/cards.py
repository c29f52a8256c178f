"""What networks show of a page that somebody shares: its card."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import language
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
