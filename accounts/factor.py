"""What a session has shown beyond the password: a code of the second factor, when, and from which device.

A password opens what is one's own; the roles that ask for a second factor sleep until a code was given in this very
session. What moves money or opens details asks for a code given since, minutes ago and on this device. Each code
gives the session a new key: whoever had copied the one before has nothing.
"""

from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangosMiddleware
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import devices, open_sessions, totp
from accounts.models import Person
from accounts.permissions import asks_for_factor

KEY = "factor"
AWAKE_FOR = timedelta(hours=12)  # a day's work: in the morning the app is asked again
FRESH_FOR = timedelta(minutes=5)
BEGAN = "began"
YOUNG_FOR = timedelta(minutes=15)


class Factor(NamedTuple):
    """A code that was given in the session: `at` by the wall clock, as is `again`, when one was given after it."""

    at: float
    again: float
    is_here: bool  # on the device that asks now

    @property
    def is_awake(self) -> bool:
        """Whether it still wakes her roles."""
        return 0 <= totp.now() - self.at < AWAKE_FOR.total_seconds()

    @property
    def is_fresh(self) -> bool:
        """Whether another one was given since, so lately that money may be moved by it."""
        return self.is_awake and self.is_here and 0 <= totp.now() - self.again < FRESH_FOR.total_seconds()


class AtTheServer:
    """What whoever runs a command of the shop has shown: she holds its keys and its database already."""

    is_awake = is_fresh = True


def of_session(request: Any, person: Any) -> Factor | None:
    """What this session has shown of its person; nothing of anybody else's."""
    kept = request.session.get(KEY)
    if not kept or kept["person"] != person.pk:
        return None
    # The cookie of the device is looked at only while it matters.
    is_late = totp.now() - kept["again"] >= FRESH_FOR.total_seconds()
    is_here = not is_late and devices.name_of(request) == kept["device"]
    return Factor(kept["at"], kept["again"], is_here)


def is_young(request: Any) -> bool:
    """Whether somebody has signed in here so lately that nothing need be asked again; a token has no session, and never
    has."""
    began = (
        request.session.get(BEGAN) if request.user.is_authenticated and hasattr(request, "session") else None
    )
    return began is not None and 0 <= totp.now() - began < YOUNG_FOR.total_seconds()


def was_given(request: Any, person: Person) -> None:
    """A code was right and is spent: her roles wake, or what they ask once more is answered."""
    before, now = of_session(request, person), totp.now()
    woken_at = before.at if before and before.is_awake else None
    # Where nothing sleeps without a code the first one is the one that is asked for.
    is_again = woken_at is not None or not asks_for_factor(person)
    request.session.cycle_key()
    request.session[KEY] = {
        "person": person.pk,
        "at": now if woken_at is None else woken_at,
        "again": now if is_again else 0,
        "device": devices.prove(request, person, devices.BY_FACTOR),
    }
    person.factor = of_session(request, person)


def forget(request: Any, person: Person) -> None:
    """Her roles sleep in this session."""
    request.session.pop(KEY, None)
    person.factor = None


def person_of(request: Any) -> Any:
    """Whoever is signed in, with what her session has shown; once a day it is noted that it was seen."""
    person = auth.get_user(request)
    if isinstance(person, Person):
        _attach(request, person)
        open_sessions.seen_today(request, person)
    return person


def _attach(request: Any, person: Any) -> None:
    person.factor = of_session(request, person)
    person.proved_device = partial(devices.proved_by, request, person, devices.BY_TWO_CODES)


class AuthenticationMiddleware(DjangosMiddleware):
    """Django's own; the person it puts at the request carries her session's factor."""

    def process_request(self, request: HttpRequest) -> None:
        """Looked up when somebody asks who is there."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _cached_person(request))  # type: ignore[assignment]


def _cached_person(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        request._cached_user = person_of(request)
    return request._cached_user


@receiver(user_logged_in)
def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    # A code opens the session in which it was given after its password, and no later one under the same cookie.
    if hasattr(request, "session"):
        request.session.pop(KEY, None)
        request.session[BEGAN] = totp.now()
        _attach(request, user)
