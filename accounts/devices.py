"""Devices at which somebody has signed in: they go past what slows strangers down.

A sealed cookie, set at each sign-in, holds a random name for the device and for each account that proved itself here
a fingerprint of the account's lock. A new password, or the end of all sessions, changes the lock: the proof is void.
"""

import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import seals
from accounts.models import Person
from accounts.reads import hashed
from core.refusals import Refusal

PURPOSE = "device"
LASTS = timedelta(days=180)
MOST_ACCOUNTS = 5  # a family's computer; the one not seen for longest is forgotten first


def proved(request: HttpRequest, email: str) -> str:
    """The device's name, if the account of this address has signed in here; else nothing."""
    name, proofs = _read(request)
    if not proofs:
        return ""
    person = Person.objects.filter(email=email, is_active=True).first()
    proof = proofs.get(str(person.uid)) if person else None
    if not (person and proof):
        return ""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return name if any(constant_time_compare(proof, _fingerprint(person, key)) for key in keys) else ""


def prove(request: Any, person: Person) -> None:
    """Let the answer to this request carry the proof that the person has signed in here."""
    name, proofs = _read(request)
    proofs.pop(str(person.uid), None)
    proofs[str(person.uid)] = _fingerprint(person)
    kept = dict(list(proofs.items())[-MOST_ACCOUNTS:])
    request.device_cookie = seals.seal(
        PURPOSE, name=name or secrets.token_urlsafe(12), proofs=json.dumps(kept)
    )


def session_of(request: Any) -> str:
    """The session's name for counting, without its key; nothing for who comes without one."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return hashed(key)[:32] if key else ""


class DeviceMiddleware:
    """Hand out what `prove` has left at the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if sealed := getattr(request, "device_cookie", ""):
            response.set_cookie(
                settings.DEVICE_COOKIE_NAME,
                sealed,
                max_age=LASTS,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response


@receiver(user_logged_in)
def _signed_in(sender: Any, request: Any, user: Any, **_: Any) -> None:
    if request is not None and isinstance(user, Person):
        prove(request, user)


def _read(request: HttpRequest) -> tuple[str, dict[str, str]]:
    sealed = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not sealed:
        return "", {}
    try:
        facts = seals.opened(PURPOSE, sealed, LASTS)
    except Refusal:
        return "", {}
    return facts["name"], json.loads(facts["proofs"])


def _fingerprint(person: Person, key: str | None = None) -> str:
    return salted_hmac("sheaf.devices", person.lock, secret=key, algorithm="sha256").hexdigest()[:32]
