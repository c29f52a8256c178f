"""Set up an authenticator app, give its codes, and lose it: each code is spent once, whichever door it was given at."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import pbkdf2

from accounts import devices, factor, open_sessions, seals, totp
from accounts.actions import audit
from accounts.actions.person import check_password, locked
from accounts.clean import line
from accounts.events import SecondFactorChanged
from accounts.models import ApiToken, Person, RecoveryCode, SecondFactor
from accounts.models.person import a_code
from accounts.permissions import is_officer, must
from accounts.reads import hashed, signed_in
from core import outbox, patience
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, TooLate

SETUP, SETUP_LASTS = "second-factor", timedelta(minutes=30)
LANE = "second factor"
CODES, LETTERS = 10, 10
# A recovery code is fifty bits: what it is stretched by makes a stolen table as dear to search as sixty-five.
STRETCHES = 30_000
WRONG = say(
    "验证码不对，或者已经用过。请等应用显示下一个，再试一次。",
    "This code is wrong or was used already. Please wait for the next one and try again.",
)
NONE_YET = say("还没有设置两步验证。", "No second factor is set up yet.")


# --- Setting up -----------------------------------------------------------------------------------


def begin(request: HttpRequest, password: str) -> None:
    """Make a secret and a sheet of recovery codes; they are shown in this session alone until a code confirms them.

    The password is asked for and the session gets a new key, so that nobody with a copy of it looks on.
    """
    person = signed_in(request)
    if SecondFactor.objects.filter(person=person).exists():
        raise Conflict(say("两步验证已经设置好了。", "A second factor is set up already."))
    check_password(person, password, devices.session_of(request))
    request.session.cycle_key()
    facts = {"person": str(person.uid), "secret": totp.new_secret(), "codes": json.dumps(new_codes())}
    request.session[SETUP] = seals.seal(SETUP, **facts)


def being_set_up(request: Any, person: Person) -> tuple[str, list[str]] | None:
    """The secret and the recovery codes that wait in this session for her first code, for half an hour."""
    sealed = request.session.get(SETUP)
    try:
        facts = seals.opened(SETUP, sealed, SETUP_LASTS) if sealed else {}
    except (Invalid, TooLate):
        return None
    return (facts["secret"], json.loads(facts["codes"])) if facts.get("person") == str(person.uid) else None


def app_uri(person: Person, secret: str) -> str:
    """What the QR code says: the app shows the shop's host and her address beside the code."""
    return totp.uri(secret, person.email or str(person.uid), urlsplit(settings.SITE_URL).hostname or "Sheaf")


def confirm(request: HttpRequest, code: str, wrote_codes_down: bool) -> SecondFactor:
    """The app is set up once it shows the right code. That code is spent by this: her roles open with the next one."""
    person = signed_in(request)
    waiting = being_set_up(request, person)
    if waiting is None:
        raise TooLate(say("请重新开始设置。", "Please begin again."), field="code")
    if not wrote_codes_down:
        words = say("请先把恢复码记下来。", "Please write the recovery codes down first.")
        raise Invalid(words, field="wrote_codes_down")
    secret, codes = waiting
    lane = _hold_up(request, person)
    step = totp.step_of(secret, code)
    if step is None:
        raise Invalid(WRONG, field="code")
    with transaction.atomic():
        locked(person)
        if SecondFactor.objects.filter(person=person).exists():
            raise Conflict(say("两步验证已经设置好了。", "A second factor is set up already."))
        made = enrol(person, secret, codes, step)
        audit.record(person, "set_up_second_factor", "Person", person.uid)
        outbox.record(SecondFactorChanged(person_id=person.pk, what="set_up"))
    patience.relent(*lane)
    del request.session[SETUP]
    return made


def enrol(
    person: Person, secret: str, codes: Iterable[str], step: int, is_demo: bool = False
) -> SecondFactor:
    """The rows of it; the codes of steps up to this one are spent."""
    _write_sheet(person, codes)
    return SecondFactor.objects.create(
        person=person,
        sealed=totp.seal(secret),
        confirmed_at=timezone.now(),
        last_step=step,
        is_demo=is_demo,
    )


# --- Giving a code --------------------------------------------------------------------------------


def give(request: HttpRequest, code: str) -> None:
    """Wake her roles in this session by a code of the app or of the sheet; given once more, for what asks for it again."""
    person = signed_in(request)
    _spend(request, person, code)
    factor.was_given(request, person)


def renew_codes(request: HttpRequest, code: str) -> list[str]:
    """A new sheet of recovery codes, shown this once; the old one is dead. Asks for a code."""
    person = signed_in(request)
    _spend(request, person, code)
    codes = new_codes()
    with transaction.atomic():
        locked(person)
        _write_sheet(person, codes)
        audit.record(person, "renew_recovery_codes", "Person", person.uid)
    return codes


def end(request: HttpRequest, code: str) -> None:
    """Switch it off, by a code of it: a password or a mailbox alone never does. Her other sessions end."""
    person = signed_in(request)
    _spend(request, person, code)
    _end(person, person, "ended")
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    devices.prove(request, person)
    open_sessions.seen(request, person)
    factor.forget(request, person)


def end_of(person: Person, by: Person, reason: str) -> None:
    """End somebody's who has lost app and sheet; she is told, her sessions end, and her roles ask her to set up anew."""
    must(by, "accounts.end_officers_second_factor" if is_officer(person) else "accounts.end_second_factor")
    if person.pk == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
    reason = line(reason, "reason", 200)
    _end(person, by, "ended_by_us", reason=reason)


def end_on_the_server(person: Person, reason: str) -> None:
    """The same by whoever keeps the server: where nobody is left who could do it by a page."""
    _end(person, None, "ended_by_us", reason=line(reason, "reason", 200))


def _end(person: Person, by: Person | None, what: str, **facts: str) -> None:
    with transaction.atomic():
        person = locked(person)
        if not SecondFactor.objects.filter(person=person).delete()[0]:
            raise Invalid(NONE_YET)
        person.recovery_codes.all().delete()
        # What was opened by it closes: the lock of each session and device changes, and no program keeps a desk.
        person.sessions_ended_at = timezone.now()
        person.save(update_fields=["sessions_ended_at"])
        lent = person.api_tokens.filter(revoked_at=None, scopes__contains=[ApiToken.Scope.DESK])
        lent.update(revoked_at=timezone.now())
        audit.record(by, "end_second_factor", "Person", person.uid, **facts)
        outbox.record(SecondFactorChanged(person_id=person.pk, what=what))


def _spend(request: HttpRequest, person: Person, code: str) -> None:
    """Take a code that is right, once; a wrong one makes the next from here wait longer."""
    kept = SecondFactor.objects.filter(person=person).first()
    if kept is None:
        raise Invalid(NONE_YET, field="code")
    lane = _hold_up(request, person)
    if kept.is_demo and settings.DEMO == "none":
        raise Invalid(WRONG, field="code")  # the secret was printed for everybody to play with
    with transaction.atomic():
        by = "app" if spend_step(kept, code) else "recovery code" if spend_recovery_code(person, code) else ""
        if not by:
            devices.count_wrong(LANE, person)
            raise Invalid(WRONG, field="code")
        audit.record(person, "give_second_factor", "Person", person.uid, by=by)
        if by == "recovery code":
            outbox.record(SecondFactorChanged(person_id=person.pk, what="recovery_code"))
    patience.relent(*lane)


def spend_step(app: SecondFactor, code: str) -> bool:
    """Whether this is a code of the app that nobody has given yet; of many who give it at one moment one is told so."""
    step = totp.step_of(totp.unseal(app.sealed), code)
    if step is None:
        return False
    newer = SecondFactor.objects.filter(pk=app.pk, last_step__lt=step)
    return bool(newer.update(last_step=step))


def spend_recovery_code(person: Person, code: str) -> bool:
    """Whether this is a code of her sheet that nobody has given yet."""
    if len(totp.clean_code(code)) != LETTERS:
        return False
    unused = RecoveryCode.objects.filter(person=person, digest=_digest(person, code), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def _hold_up(request: HttpRequest, person: Person) -> tuple[str, str]:
    """Where this try counts: a device at which she has given a code before has a lane of its own, all others share one,
    since whoever has her password can make as many sessions as he likes. A new password is a new lane; so that nobody
    makes lanes by it, all others together have so many wrong codes an hour."""
    device = devices.proved_by(request, person, devices.BY_FACTOR)
    if not device:
        devices.hold_up_strangers(LANE, person)
    lane = (LANE, f"{person.uid}:{device or hashed(person.lock)[:16]}")
    patience.demand(*lane)
    return lane


# --- The sheet ------------------------------------------------------------------------------------


def new_codes() -> list[str]:
    """A sheet of them, as they are written down."""
    return [a_code(LETTERS) for _ in range(CODES)]


def _write_sheet(person: Person, codes: Iterable[str]) -> None:
    person.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, digest=_digest(person, code)) for code in codes
    )


def _digest(person: Person, code: str) -> str:
    return pbkdf2(totp.clean_code(code), f"sheaf.recovery {person.uid}", STRETCHES).hex()
