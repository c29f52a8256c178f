"""In and out: by password, by the link in a mail, by token."""

from django.contrib import auth
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts import seals
from accounts.actions import audit
from accounts.actions.person import (
    EMAIL_VERIFY,
    VERIFY_LASTS,
    check_password,
    check_password_is_good,
    mail_allowance,
    verify_email,
)
from accounts.events import PasswordResetAsked, SignUpRepeated
from accounts.models import Person
from accounts.reads import hashed, signed_in
from accounts.written import email_address
from core import outbox, rates
from core.language import say
from core.middleware import address_of
from core.refusals import Invalid

REFUSED = say(
    "邮箱或密码不对，或者邮箱还没有确认。请查看我们发给您的邮件。",
    "E-mail address or password is wrong, or the address is not confirmed yet: please look for our mail.",
)


def _demand_patience(request: HttpRequest, account: str) -> None:
    rates.demand("sign-in account", hashed(account), 5, 60)
    rates.demand("sign-in address", address_of(request), 30, 60)


def recognise(request: HttpRequest, email: str, password: str) -> Person:
    """Whoever this address and password belong to; a wrong one, an unknown and an unproved sound alike."""
    email = email.strip().lower()[:254]
    _demand_patience(request, email)
    person = auth.authenticate(request, username=email, password=password[:200])
    if person is None:
        raise Invalid(REFUSED, field="password")
    if person.email_verified_at is None:
        if rates.allow("mail", hashed(email), 6, 3600):
            with transaction.atomic():
                outbox.record(SignUpRepeated(person_id=person.pk))
        raise Invalid(REFUSED, field="password")
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
    _demand_patience(request, facts["email"])
    person = auth.authenticate(request, username=facts["email"], password=password[:200])
    if person is None or str(person.uid) != facts["person"]:
        raise Invalid(say("密码不对。", "The password is not right."), field="password")
    verify_email(person)
    auth.login(request, person)
    return person


def sign_out(request: HttpRequest) -> None:
    """Close the session."""
    auth.logout(request)


def change_password(request: HttpRequest, current: str, new: str) -> Person:
    """Choose a new password; every other session and every token ends."""
    person = signed_in(request)
    check_password(person, current, field="current_password")
    check_password_is_good(new, person, field="new_password")
    _set_password(person, new)
    update_session_auth_hash(request, person)
    return person


def ask_for_reset(email: str) -> None:
    """Send a link for a new password, if there is such an account; the answer is alike if not."""
    email = email_address(email)
    mail_allowance(email)
    person = Person.objects.filter(email=email, is_active=True).first()
    if person:
        with transaction.atomic():
            outbox.record(PasswordResetAsked(person_id=person.pk))


def reset_token(person: Person) -> str:
    """What the mail carries: good for an hour, and until the password changes or somebody signs in."""
    return f"{person.uid.hex}-{default_token_generator.make_token(person)}"


def reset_password(request: HttpRequest, token: str, password: str) -> Person:
    """Choose a new password by the link, which also proves the mailbox; then one is signed in."""
    rates.demand("sign-in address", address_of(request), 30, 60)
    uid, _, rest = token.partition("-")
    person = Person.objects.filter(uid=uid, is_active=True).first() if _is_uid(uid) else None
    if person is None or not default_token_generator.check_token(person, rest):
        words = say(
            "链接无效或已过期，请重新申请。",
            "This link is not valid or has expired. Please ask for a new one.",
        )
        raise Invalid(words, field="token")
    check_password_is_good(password, person)
    _set_password(person, password)
    verify_email(person)
    auth.login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def _is_uid(text: str) -> bool:
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)


def _set_password(person: Person, password: str) -> None:
    with transaction.atomic():
        person.set_password(password)
        person.save(update_fields=["password"])
        person.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        audit.record(person, "change_password", "Person", person.uid)
