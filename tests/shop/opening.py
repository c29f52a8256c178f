"""A shop that nobody has opened yet, and whoever comes to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client

from accounts import shop
from accounts.models import Shop

PASSWORD = "korn-und-garbe-1"
AGAIN = {"set_up_closed_at": None, "opened_at": None, "mode": "", "name_zh": "", "name_en": ""}


@contextmanager
def a_new_shop() -> Iterator[None]:
    """Within it the database's shop is as the first migration leaves it; then as it was."""
    (before,) = Shop.objects.values()
    Shop.objects.update(**AGAIN)
    shop.forget()
    try:
        yield
    finally:
        Shop.objects.update(**before)


def read_anew() -> Shop:
    """The row as the table has it."""
    shop.forget()
    return shop.this_shop()


def press(client: Client, token: str, email: str = "first@example.com", **more: str) -> Any:
    """Press the button of the link's page."""
    form = {"token": token, "email": email, "password": PASSWORD, "next": "/zh/set-up/", **more}
    return client.post("/do/begin_shop/", form)
