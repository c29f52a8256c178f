"""What operators may do to accounts: close and open them, and who is an operator."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.handover import must_have_handed_over
from accounts.actions.person import locked
from accounts.models import ApiToken, Invitation, Person
from accounts.permissions import Role, has_role, may, must, set_role
from core.language import say
from core.refusals import Invalid, NotAllowed


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
        if person.erased_at:
            raise Invalid(say("账户已注销。", "This account was erased."))
        person.is_active = True
        person.save(update_fields=["is_active"])
        audit.record(by, "open_again", "Person", person.uid)


def _check_may_close(person: Person, by: Person) -> None:
    _check(person, by, "accounts.close_operator" if has_role(person) else "accounts.close_account")


def _end_what_opens(person: Person) -> None:
    now = timezone.now()
    person.sessions_ended_at = now
    person.save(update_fields=["sessions_ended_at"])
    person.api_tokens.filter(revoked_at=None).update(revoked_at=now)
    made = Invitation.objects.filter(invited_by=person, used_at=None, withdrawn_at=None)
    made.update(withdrawn_at=now)


def appoint(person: Person, by: Person) -> None:
    """Make somebody an operator; only who may everything may do this."""
    _name(person, by, Role.OPERATOR, True)


def appoint_first(person: Person) -> None:
    """Whoever holds the link that the server printed runs the shop, and says who else does. In its transaction."""
    person.save(update_fields=set_role(person, Role.OPERATOR, True))
    person.save(update_fields=set_role(person, Role.OWNER, True))
    audit.record(None, "appoint_first", "Person", person.uid)


def dismiss(person: Person, by: Person) -> None:
    """Somebody is no operator any more."""
    _name(person, by, Role.OPERATOR, False)


def _name(person: Person, by: Person, role: Role, held: bool) -> None:
    _check(person, by, "accounts.name_operator")
    if held and not person.is_active:
        raise NotAllowed()
    with transaction.atomic():
        person.save(update_fields=set_role(person, role, held))
        audit.record(by, "appoint" if held else "dismiss", "Person", person.uid)


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
