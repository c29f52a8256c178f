"""As whom a buyer is counted whom nobody knows: by what her browser or program brings, never by what she types."""

from typing import Any

from django.conf import settings

from core.api.asker import asker
from core.idempotency import UNNAMED
from core.middleware import address_of
from orders.actions.unpaid import PLACE


def counted_as(request: Any) -> str:
    """Who asks. A guest without a session is her browser where a page of ours has given it the cookie that forms need,
    so that colleagues who join from one office stay apart; a program that names itself by nothing is where it calls
    from."""
    if (who := asker(request)) != UNNAMED:
        return who
    if secret := request.COOKIES.get(settings.CSRF_COOKIE_NAME):
        return f"browser:{secret}"
    return f"{PLACE}{address_of(request)}"
