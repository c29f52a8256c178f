"""What operators may do to accounts: close and open them, and who is an operator."""

from collections.abc import Iterable

from django.db import transaction

from accounts.actions import audit
from accounts.models import ApiToken, Person
from core.language import say
from core.refusals import Invalid, NotAllowed


def close(person: Person, by: Person) -> None:
    """Let nobody sign in with this account until it is opened again; its sessions and tokens rest."""
    _set_active(person, by, False)


def open_again(person: Person, by: Person) -> None:
    """Let its person sign in again; an account that was erased stays erased."""
    if person.erased_at:
        raise Invalid(say("账户已注销。", "This account was erased."))
    _set_active(person, by, True)


def _set_active(person: Person, by: Person, is_active: bool) -> None:
    _check(person, by, by.is_staff and (by.is_superuser or not person.is_staff))
    with transaction.atomic():
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        audit.record(by, "open_again" if is_active else "close", "Person", person.uid)


def appoint(person: Person, by: Person) -> None:
    """Make somebody an operator; only who may everything may do this."""
    _set_staff(person, by, True)


def dismiss(person: Person, by: Person) -> None:
    """Somebody is no operator any more."""
    _set_staff(person, by, False)


def _set_staff(person: Person, by: Person, is_staff: bool) -> None:
    _check(person, by, by.is_superuser and (person.is_active or not is_staff))
    with transaction.atomic():
        person.is_staff = is_staff
        person.is_superuser = person.is_superuser and is_staff
        person.save(update_fields=["is_staff", "is_superuser"])
        audit.record(by, "appoint" if is_staff else "dismiss", "Person", person.uid)


def give_scopes(token: ApiToken, scopes: Iterable[str], by: Person) -> None:
    """Say what a token may do beyond what its person may."""
    scopes = sorted(set(scopes))
    if not set(scopes) <= set(ApiToken.SCOPES):
        raise Invalid(field="scopes")
    if not (by.is_active and by.is_staff) or token.person_id == by.pk:
        raise NotAllowed()
    with transaction.atomic():
        token.scopes = scopes
        token.save(update_fields=["scopes"])
        audit.record(by, "give_scopes", "ApiToken", token.uid, scopes=scopes)


def _check(person: Person, by: Person, may: bool) -> None:
    if not (by.is_active and may):
        raise NotAllowed()
    if person.pk == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
