"""How a shop that nobody runs yet gets its first operator: by a link that its server prints, once."""

import secrets
from datetime import timedelta

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import shop as cached
from accounts.actions import audit, sign_in
from accounts.actions.appointment import run_the_shop
from accounts.actions.person import check_password_is_good, spoken
from accounts.actions.shop import locked, save
from accounts.clean import email_address, line, mailbox
from accounts.models import Person, Shop
from accounts.reads import hashed
from core import rates
from core.language import say
from core.middleware import address_of
from core.refusals import TooLate, every

LASTS = timedelta(hours=1)
SPENT = say(
    "这个链接已用过、已过期，或后来又生成了新的。请在服务器上再运行一次 manage.py open_shop。",
    "This link was used, has run out, or a newer one was made. Run manage.py open_shop on the server once more.",
)


def new_link() -> str:
    """The token of a link that makes one operator within an hour; the one before it is good no more.

    Whoever can run a command on the server may ask for it at any time, whether or not the shop has its people: only
    its hash is kept.
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        shop = locked()
        shop.link_sha256, shop.link_until = hashed(token), timezone.now() + LASTS
        save(shop, "link_sha256", "link_until")
        audit.record(None, "make_set_up_link", "Shop", shop.pk)
    return token


def is_good(token: str) -> bool:
    """Whether a link opens. Asking spends nothing."""
    return _opens(Shop.objects.get(pk=1), token)


def _opens(shop: Shop, token: str) -> bool:
    # Of two unguessable words only the hashes are compared: how long that takes tells nothing of use.
    return bool(
        token and shop.link_until and shop.link_until > timezone.now() and shop.link_sha256 == hashed(token)
    )


def make_operator(
    request: HttpRequest, token: str, email: str, password: str, name: str = "", language: str = "zh"
) -> Person:
    """Spend the link: its holder runs the shop from now on, and is signed in. Raises TooLate for a link that opens
    nothing, Invalid by field.

    An address that has an account takes that account's password: the link opens the shop and nobody's account.
    """
    rates.demand("set-up address", address_of(request), 30, 3600)
    if not is_good(token):
        raise TooLate(SPENT, field="token")
    plain = every(
        {
            "email": lambda: email_address(email),
            "name": lambda: line(name, "name", 60, required=False),
            "language": lambda: spoken(language),
            "password": lambda: check_password_is_good(password, Person(email=mailbox(email), name=name)),
        }
    )
    known = Person.objects.with_mailbox(plain["email"]).exists()
    person = sign_in.recognise(request, email, password) if known else None
    with transaction.atomic():
        shop = locked()
        # Looked at again under the lock: of two who press at one moment the second finds it spent.
        if not _opens(shop, token):
            raise TooLate(SPENT, field="token")
        if person is None:
            facts = {"name": plain["name"], "language": plain["language"]}
            person = Person.objects.create_user(
                plain["email"], password, email_verified_at=timezone.now(), **facts
            )
        run_the_shop(person)
        shop.link_sha256, shop.link_until = "", None
        shop.set_up_closed_at = shop.set_up_closed_at or timezone.now()
        save(shop, "link_sha256", "link_until", "set_up_closed_at")
        audit.record(person, "spend_set_up_link", "Shop", shop.pk)
    auth.login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    cached.forget()
    return person
