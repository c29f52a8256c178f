"""A shop does not start with payment keys of another mode than it was opened with."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError

from accounts.models import Shop
from orders.reads.mode import other_mode


def check_mode(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """The sentence why; nothing where it may start, or where no database answers: whoever serves asks again."""
    try:
        shop = Shop.objects.filter(pk=1).first()
    except DatabaseError:
        return []
    words = other_mode(shop) if shop else None
    return [Error(f"{words.in_language('zh')} {words.in_language('en')}", id="orders.E001")] if words else []


def refuse_other_mode() -> None:
    """For what serves and runs no checks of Django's: ends the process with the sentence."""
    for error in check_mode():
        raise SystemExit(error.msg)
