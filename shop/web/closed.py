"""The band that says that a visitor's own place is closed for delivery; nobody else sees it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Address
from core import language
from core.language import say
from orders.reads import closure
from shop.web.cart import inside_the_cart


def closed_band(request: Any) -> SafeString:
    """What closes the place that she has chosen for her cart, else one of her addresses; nothing for most."""
    found = next((one for region in _regions(request) if (one := closure.over(region))), None)
    if found is None:
        return SafeString("")
    page = reverse("incident", kwargs={"lang": language.current(), "code": found.incident})
    return format_html(
        '<div class="frame notes" role="status"><p class="note">{} <a href="{}">{}</a></p></div>',
        found.words,
        page,
        say("事情的经过", "What happened"),
    )


def _regions(request: Any) -> Iterable[str]:
    _, region = inside_the_cart(request)
    if region:
        return [region]
    if not (request.COOKIES and request.user.is_authenticated and closure.known()):
        return []
    return Address.objects.filter(person=request.user).values_list("region_id", flat=True)
