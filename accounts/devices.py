"""Devices at which somebody has signed in: they go past what slows strangers down.

A sealed cookie, set at each sign-in, holds a random name for the device and for each account that proved itself here
a fingerprint of the account's lock. A new password, or the end of all sessions, changes the lock: the proof is void. So it
is on a device whose session she has ended from elsewhere, whoever holds it and however the cookie was copied.
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
from core import rates
from core.refusals import Refusal, TooMany

PURPOSE = "device"
# What somebody has shown here: her password at each sign-in, and what her role asks for beside it.
BY_PASSWORD, BY_FACTOR, BY_TWO_CODES = "", "factor", "codes"
LASTS, ERRAND_LASTS = timedelta(days=180), timedelta(minutes=10)
# Wrong codes in an hour: more than one lane comes to, so only who changes the password again and again meets it. So many
# find one of three that are right once in a year.
MOST_WRONG, HOUR = 30, 3600
MOST_PROOFS = 10  # a family's computer; the one not seen for longest is forgotten first


def proved(request: HttpRequest, email: str) -> str:
    """The device's name, if the account of this address has signed in here; else nothing."""
    if not _read(request)[1]:
        return ""
    person = Person.objects.of_mailbox(email).filter(is_active=True).first()
    return proved_by(request, person, BY_PASSWORD) if person else ""


def proved_by(request: HttpRequest, person: Person, way: str) -> str:
    """The device's name, if this person has shown that here (`BY_FACTOR`, say) under the password she has; else
    nothing."""
    name, proofs = _read(request)
    return name if _has_proved(proofs, person, way) and not has_ended(name, person) else ""


def people_of(request: HttpRequest) -> list[Person]:
    """Whose this device has been shown to be, and still is."""
    uids = [key for key in _read(request)[1] if "/" not in key]
    people = Person.objects.filter(uid__in=uids, is_active=True) if uids else ()
    return [person for person in people if proved_by(request, person, BY_PASSWORD)]


def has_ended(name: str, person: Person) -> bool:
    """Whether she has signed this device out from elsewhere."""
    return digest_of(name) in person.ended_devices


def digest_of(name: str) -> str:
    """What is kept here of a device's name, which stands in its cookie alone; nothing of one that has none."""
    return hashed(name)[:32] if name else ""


def name_of(request: HttpRequest) -> str:
    """The device's name; nothing of one at which nobody has signed in."""
    return _read(request)[0]


def prove(request: Any, person: Person, way: str = BY_PASSWORD) -> str:
    """Let the answer to this request carry the proof that the person has shown this here; the device's name."""
    name, proofs = _read(request)
    if has_ended(name, person):
        # Whoever proves herself here again does so on a device of another name; what was shown under the old one stays void.
        name, proofs = (
            "",
            {key: proof for key, proof in proofs.items() if not key.startswith(str(person.uid))},
        )
    name = name or secrets.token_urlsafe(12)
    proofs.pop(_key(person, way), None)
    proofs[_key(person, way)] = _fingerprint(person, way)
    kept = dict(list(proofs.items())[-MOST_PROOFS:])
    request.device_cookie = seals.seal(PURPOSE, name=name, proofs=json.dumps(kept))
    return name


def session_of(request: Any) -> str:
    """The session's name for counting, without its key; nothing for who comes without one."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    return hashed(key)[:32] if key else ""


def hold_up_strangers(what: str, person: Person) -> None:
    """Refuse one more code of this kind from a device that is not known as hers, once so many from wherever were wrong
    within the hour: a lane that goes by her password is new with each new one."""
    if rates.counted(f"wrong {what}", str(person.uid), HOUR) >= MOST_WRONG:
        raise TooMany(seconds=rates.seconds_left(HOUR))


def count_wrong(what: str, person: Person) -> None:
    """One more that was wrong."""
    rates.counted(f"wrong {what}", str(person.uid), HOUR, cost=1)


class DeviceMiddleware:
    """Hand out what `prove`, and who was sent to WeChat, have left at the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        handed_out = (
            (settings.DEVICE_COOKIE_NAME, getattr(request, "device_cookie", ""), LASTS),
            # By which a browser that was sent to WeChat is known when it comes back.
            (settings.WECHAT_COOKIE_NAME, getattr(request, "wechat_cookie", ""), ERRAND_LASTS),
        )
        for name, value, lasts in handed_out:
            if value:
                response.set_cookie(
                    name,
                    value,
                    max_age=lasts,
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
    # What this very request has proved is read before what it came with.
    sealed = getattr(request, "device_cookie", "") or request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not sealed:
        return "", {}
    try:
        facts = seals.opened(PURPOSE, sealed, LASTS)
    except Refusal:
        return "", {}
    return facts["name"], json.loads(facts["proofs"])


def _key(person: Person, way: str) -> str:
    return f"{person.uid}{way and '/' + way}"


def _has_proved(proofs: dict[str, str], person: Person, way: str) -> bool:
    proof = proofs.get(_key(person, way), "")
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(proof, _fingerprint(person, way, key)) for key in keys)


def _fingerprint(person: Person, way: str, key: str | None = None) -> str:
    shown = salted_hmac(f"sheaf.devices{way}", person.lock, secret=key, algorithm="sha256")
    return shown.hexdigest()[:32]
