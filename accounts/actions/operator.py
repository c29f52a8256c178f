"""What operators may do to accounts: find, close and open them, and say what a token may do beyond its owner."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts import clean
from accounts.actions import audit, role_invitation
from accounts.actions.handover import must_have_handed_over
from accounts.actions.person import locked
from accounts.models import ApiToken, Invitation, Person
from accounts.permissions import is_officer, may, must
from core.language import say
from core.refusals import Invalid, NotAllowed, NotFound


@transaction.atomic
def find(email: str, by: Person) -> Person:
    """An account by its mailbox, closed or not; that she looked is written down. NOT_FOUND for an address without one."""
    must(by, "accounts.close_account")
    found = Person.objects.of_mailbox(clean.mailbox(email)).first()
    if found is None:
        raise NotFound(say("没有这个账户。", "There is no such account."), field="email")
    audit.record(by, "look", "Person", found.uid)
    return found


def close(person: Person, by: Person) -> None:
    """Let nobody sign in with this account until it is opened again. Whatever opened it ends now: sessions, tokens,
    links in mails, proved devices, and the invitations she made; what only she looks after is handed over first."""
    _check_may_close(person, by)
    with transaction.atomic():
        person = locked(person)
        must_have_handed_over(person)
        person.is_active = False
        person.save(update_fields=["is_active"])
        _end_what_opens(person)
        audit.record(by, "close", "Person", person.uid)


def sign_out_everywhere(person: Person, by: Person) -> None:
    """End her sessions, tokens and devices, and leave the account open: for a stolen one that is not handed over yet."""
    _check_may_close(person, by)
    with transaction.atomic():
        person = locked(person)
        _end_what_opens(person)
        audit.record(by, "sign_out_everywhere", "Person", person.uid)


def open_again(person: Person, by: Person) -> None:
    """Let its person sign in again, anew; an account that was erased stays erased."""
    _check_may_close(person, by)
    with transaction.atomic():
        person = locked(person)
        if person.merged_into_id:
            raise Invalid(say("这个账户已并入另一个。", "This account has gone into another."))
        if person.erased_at:
            raise Invalid(say("账户已注销。", "This account was erased."))
        person.is_active = True
        person.save(update_fields=["is_active"])
        audit.record(by, "open_again", "Person", person.uid)


def _check_may_close(person: Person, by: Person) -> None:
    _check(person, by, "accounts.close_operator" if is_officer(person) else "accounts.close_account")


def _end_what_opens(person: Person) -> None:
    now = timezone.now()
    person.sessions_ended_at = now
    person.save(update_fields=["sessions_ended_at"])
    person.api_tokens.filter(revoked_at=None).update(revoked_at=now)
    made = Invitation.objects.filter(invited_by=person, used_at=None, withdrawn_at=None)
    made.update(withdrawn_at=now)
    role_invitation.waiting().filter(invited_by=person).update(withdrawn_at=now)


def give_scopes(token: ApiToken, scopes: Iterable[str], by: Person) -> None:
    """Say what a token may do beyond what its person may, or take from it; what is hers to give she gives herself."""
    scopes = sorted(set(scopes))
    if not set(scopes) <= set(ApiToken.SCOPES):
        raise Invalid(field="scopes")
    if not may(by, "accounts.give_token_scopes") or token.person_id == by.pk:
        raise NotAllowed()
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().get(pk=token.pk)
        if set(scopes) & set(ApiToken.OWN_SCOPES) - set(token.scopes):
            raise NotAllowed(
                say("这些权限由令牌的主人决定。", "Its owner alone may give these."), field="scopes"
            )
        token.scopes = scopes
        token.save(update_fields=["scopes"])
        audit.record(by, "give_scopes", "ApiToken", token.uid, scopes=scopes)


def _check(person: Person, by: Person, permission: str) -> None:
    must(by, permission)
    if person.pk == by.pk:
        raise NotAllowed(say("不能对自己这样做。", "Nobody does this to themselves."))
