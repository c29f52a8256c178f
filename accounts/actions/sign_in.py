"""In and out: by password, by the link in a mail, by token."""

from typing import Any

from django.contrib import auth
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import devices, open_sessions, seals
from accounts.actions import audit
from accounts.actions.person import (
    EMAIL_VERIFY,
    RESET,
    SIGN_UP,
    VERIFY_LASTS,
    check_password,
    check_password_is_good,
    hold_up_the_right,
    locked,
    mail_is_due,
    mails_were_read,
    verify_email,
    was_right,
)
from accounts.clean import email_address, mailbox
from accounts.events import PasswordResetRequested, SignUpRepeated
from accounts.models import Person
from accounts.passwords import LONGEST
from accounts.reads import hashed, signed_in
from accounts.security_log import mark, security
from core import outbox, patience, rates
from core.language import Words, say
from core.middleware import address_of
from core.refusals import Invalid

REFUSED = say(
    "邮箱或密码不对，或者邮箱还没有确认。请查看我们发给您的邮件。",
    "E-mail address or password is wrong, or the address is not confirmed yet: please look for our mail.",
)


# An account that so many wrong passwords were tried at within an hour is under attack: an address that comes new to
# it waits before its first try, so that a thousand addresses are no thousand tries at once.
ATTACKED, GREETING_SECONDS = 20, 60


def _authenticate(request: HttpRequest, email: str, password: str, *, of_each: bool = False) -> Person | None:
    """Who has this address and password; each wrong try makes the next one from here wait longer. Of accounts that wait
    for one mailbox the newest is meant; each of them, where its reader has come by a link (`of_each`).

    The owner does not pay for a stranger: a device that has proved itself has a lane of its own, and anybody else
    waits for what was tried from the same network. What is above an address's own limit touches no account.
    """
    hold_up_the_right(email)
    lane = _lane(request, email)
    # Nobody has a longer one; cut short it would be another's.
    given = password if len(password) <= LONGEST else ""
    person = auth.authenticate(request, username=email, password=given)
    if person is None and of_each:
        person = next((one for one in _waiting(email) if one.check_password(given)), None)
    if isinstance(person, Person):
        patience.relent("sign-in", lane)
        was_right(email)
        security.info("signed in by password: person %s from %s", person.uid, mark(address_of(request)))
        return person
    rates.counted("sign-in failures", hashed(email), 3600, cost=1)
    security.warning("wrong password: account %s from %s", mark(email), mark(address_of(request)))
    return None


def _waiting(email: str) -> list[Person]:
    """Accounts that wait for this mailbox, beside the newest."""
    rows = list(Person.objects.of_mailbox(email))
    return [] if any(one.email_verified_at for one in rows) else rows[1:]


def _lane(request: HttpRequest, email: str) -> str:
    if device := devices.proved(request, email):
        lane = f"{hashed(email)}:{device}"
        patience.demand("sign-in", lane)
        return lane
    address = address_of(request)
    rates.demand("sign-in address", address, 30, 60)
    lane = f"{hashed(email)}:{address}"
    failures = rates.counted("sign-in failures", hashed(email), 3600)
    if failures < ATTACKED:
        patience.demand("sign-in", lane)
    else:
        greeting = min(GREETING_SECONDS, 2 ** (failures // ATTACKED))
        patience.demand("sign-in", lane, free=1, greeting=greeting)
    return lane


def recognise(request: HttpRequest, email: str, password: str) -> Person:
    """Whoever this address and password belong to; a wrong one, an unknown and an unproved sound alike."""
    email = mailbox(email)[:254]
    person = _authenticate(request, email, password)
    if person is None:
        raise Invalid(REFUSED, field="password")
    if person.email_verified_at is None:
        if mail_is_due(SIGN_UP, email):
            with transaction.atomic():
                outbox.record(SignUpRepeated(person_id=person.pk))
        raise Invalid(REFUSED, field="password")
    mails_were_read(person)
    return person


def sign_in(request: HttpRequest, email: str, password: str) -> Person:
    """Open a session for whoever this address and password belong to."""
    person = recognise(request, email, password)
    auth.login(request, person)
    return person


def sign_in_by_link(request: HttpRequest, token: str, password: str) -> Person:
    """Prove the mailbox and sign in.

    The password is asked for: else somebody could sign up with another's address and a password of his
    own, and she would open the account for him by following the link.
    """
    facts = seals.opened(EMAIL_VERIFY, token, VERIFY_LASTS)
    person = _authenticate(request, facts["email"], password, of_each=True)
    if person is None:
        raise Invalid(_not_opened_by(facts["email"]), field="password")
    verify_email(person)
    auth.login(request, person)
    return person


def _not_opened_by(email: str) -> Words:
    """Whoever reads the mailbox may be told whose account it is: that somebody else typed her address changes nothing."""
    if Person.objects.with_mailbox(email).exists():
        return say(
            "这个邮箱已经属于一个确认过的账户，这里要的是那个账户的密码。如果密码是别人设的，请用“忘记密码”。",
            "This mailbox belongs to an account that is confirmed, and asks for that account’s password. "
            "Forgotten? Choose a new one.",
        )
    return say(
        "密码不对。如果不是您注册的，不用理会那封邮件；要用这个邮箱，请自己注册一次。",
        "The password is not right. If it was not you who signed up, leave the mail alone; "
        "to use this address, sign up yourself.",
    )


def sign_out(request: HttpRequest) -> None:
    """Close the session."""
    auth.logout(request)


def change_password(request: HttpRequest, current: str, new: str) -> Person:
    """Choose a new password; every other session and every token ends."""
    person = signed_in(request)
    check_password(person, current, devices.session_of(request), field="current_password")
    check_password_is_good(new, person, field="new_password")
    with transaction.atomic():
        _set_password(locked(person), new)
    person.refresh_from_db()
    update_session_auth_hash(request, person)
    devices.prove(request, person)
    open_sessions.seen(request, person)
    return person


def ask_for_reset(email: str) -> None:
    """Send a link for a new password, if there is such an account; the answer is alike if not.

    One that is on its way is not sent again: who asks twice finds the first, and a stranger's asking uses up nothing.
    """
    email = email_address(email)
    is_due = mail_is_due(RESET, email)
    person = Person.objects.of_mailbox(email).filter(is_active=True).first()
    if person and is_due:
        with transaction.atomic():
            outbox.record(PasswordResetRequested(person_id=person.pk))


class _Links(PasswordResetTokenGenerator):
    """Django's own, which also end when all of the person's sessions are ended."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        signed_in_at = user.last_login and user.last_login.replace(microsecond=0, tzinfo=None)
        return f"{user.pk}{user.lock}{signed_in_at or ''}{timestamp}{user.email}"


_links = _Links()


def reset_token(person: Person) -> str:
    """What the mail carries: good for an hour, and until the password changes or somebody signs in."""
    return f"{person.uid.hex}-{_links.make_token(person)}"


def reset_password(request: HttpRequest, token: str, password: str) -> Person:
    """Choose a new password by the link, which also proves the mailbox; then one is signed in."""
    rates.demand("reset tries address", address_of(request), 30, 60)
    person = _person_of_link(token)
    check_password_is_good(password, person)
    with transaction.atomic():
        # Looked at again under the lock: of two who use the link at one moment the second finds it used.
        person = _person_of_link(token, locked=True)
        _set_password(person, password)
        verify_email(person)
        # Another sign-in ends every other link that is still on its way.
        auth.login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    mails_were_read(person)
    return person


def _person_of_link(token: str, *, locked: bool = False) -> Person:
    uid, _, rest = token.partition("-")
    rows = Person.objects.select_for_update(no_key=True) if locked else Person.objects.all()
    person = rows.filter(uid=uid, is_active=True).first() if _is_uid(uid) else None
    if person is None or not _links.check_token(person, rest):
        words = say(
            "链接无效或已过期，请重新申请。",
            "This link is not valid or has expired. Please ask for a new one.",
        )
        raise Invalid(words, field="token")
    return person


def _is_uid(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)


def _set_password(person: Person, password: str) -> None:
    person.set_password(password)
    person.save(update_fields=["password"])
    person.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    audit.record(person, "change_password", "Person", person.uid)
    security.info("new password: person %s", person.uid)
