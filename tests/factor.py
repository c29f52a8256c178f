"""Second factors of tests: people who have given their code, and an authenticator app to give codes of."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.test import Client

from accounts import devices, factor, totp
from accounts.actions import second_factor as factors
from accounts.models import Person
from accounts.permissions import asks_for_device, asks_for_factor


def awake(person: Any) -> Any:
    """The person as she acts once she has given a code, and another just now."""
    person.factor, person.proved_device = factor.AtTheServer(), lambda: "the server"
    return person


_sign_in = Client.force_login


def by_password(client: Client, person: Person) -> Client:
    """A browser in which somebody has given her password alone."""
    _sign_in(client, person)
    return client


def by_code(client: Client, person: Person, backend: str | None = None) -> None:
    """A browser in which she has also given what her role asks for, and again just now: what `force_login` does here.
    Whoever has no role has too, and is awake in one that she is given afterwards."""
    with mock.patch.object(_Given, "is_so", True):
        _sign_in(client, person, backend)
    if not (asks_for_factor(person) or asks_for_device(person)):
        return
    session = client.session
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    request: Any = SimpleNamespace(session=session, COOKIES=cookies)
    devices.prove(request, person, devices.BY_TWO_CODES)
    for _ in range(2):
        factor.was_given(request, person)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    client.cookies[settings.DEVICE_COOKIE_NAME] = request.device_cookie


class _Given:
    """Whether whoever signs in now has given her code too."""

    is_so = False


@receiver(user_logged_in)
def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if _Given.is_so:
        now = totp.now()
        request.session[factor.KEY] = {"person": user.pk, "at": now, "again": now, "device": ""}


class App:
    """Somebody's authenticator app with her sheet of recovery codes; the wall clock is turned by `tick`."""

    def __init__(self, person: Person):
        self.person, self.secret, self.codes = person, totp.new_secret(), factors.new_codes()
        factors.enrol(person, self.secret, self.codes, int(totp.now()) // totp.STEP - 2)

    def code(self, ahead: int = 0) -> str:
        """What it shows now, or so many steps later."""
        return totp.code_at(self.secret, totp.now() + ahead * totp.STEP)


@contextmanager
def app_clock() -> Iterator[Any]:
    """`with app_clock() as tick: tick(30)`: authenticator apps and sessions' codes go by it."""
    at = [totp.now()]
    with mock.patch.object(totp, "now", lambda: at[0]):
        yield lambda seconds=float(totp.STEP): at.__setitem__(0, at[0] + seconds)
