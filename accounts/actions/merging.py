"""Two accounts become one person's, once both are proved to be hers: nothing is lost, and she is counted once."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actions import audit, consent
from accounts.events import AccountsMerged, MailboxConfirmed
from accounts.merging import Becomes, move
from accounts.models import (
    Address,
    Appointment,
    Membership,
    Merging,
    Person,
    SecondFactor,
    SignInWay,
    WeChatErrand,
)
from accounts.permissions import not_over
from core import clock, outbox
from core.language import Words, say
from core.refusals import Conflict, NotFound

COLUMNS = {
    "accounts.Address.person": Becomes.UNITES,
    "accounts.Membership.person": Becomes.UNITES,
    "accounts.SignInWay.person": Becomes.UNITES,
    "accounts.Person.merged_into": Becomes.MOVES,
    "accounts.Merging.lasting": Becomes.STAYS,
    "accounts.Merging.gone": Becomes.STAYS,
    # Appointments that run are never on both sides, and stay with whoever has them; those of before are a record.
    "accounts.Appointment.person": Becomes.MOVES,
    "accounts.Appointment.by": Becomes.MOVES,
    "accounts.Appointment.ended_by": Becomes.MOVES,
    "accounts.RoleInvitation.invited_by": Becomes.MOVES,
    "accounts.RoleInvitation.used_by": Becomes.MOVES,
    "accounts.Organisation.proposed_by": Becomes.MOVES,
    "accounts.Organisation.verified_by": Becomes.MOVES,
    "accounts.Invitation.invited_by": Becomes.MOVES,
    "accounts.Invitation.used_by": Becomes.MOVES,
    "accounts.Question.asker": Becomes.MOVES,
    "accounts.Answer.by": Becomes.MOVES,
    "accounts.Faq.published_by": Becomes.MOVES,
    "accounts.Shop.texts_reviewed_by": Becomes.MOVES,
    "accounts.AuditEntry.actor": Becomes.STAYS,
    "admin.LogEntry.user": Becomes.STAYS,
    # Whatever opened the account that goes.
    "accounts.ApiToken.person": Becomes.ENDS,
    "accounts.OpenSession.person": Becomes.ENDS,
    "accounts.SecondFactor.person": Becomes.ENDS,
    "accounts.RecoveryCode.person": Becomes.ENDS,
    "accounts.DeviceCode.person": Becomes.ENDS,
    "accounts.DeviceCode.given_by": Becomes.MOVES,
    "accounts.Consent.person": Becomes.UNITES,
    "accounts.WeChatErrand.person": Becomes.ENDS,
}
GOING = say(
    "有一个账户正在等待注销。请先选择保留它。",
    "One of them is waiting to be deleted. Please choose to keep it first.",
)


def merge(here: Person, there: Person, shown: str) -> Person:
    """The account that goes on, `here` unless `there` holds a role; `shown` are the kinds of ways by which both were proved.

    Once it is done it is done, whoever asks again and in whichever tab. Raises Conflict, with what to end first, where one
    person would be what two have to be.
    """
    with transaction.atomic():
        here, there = _locked(here, there)
        if (one := _root(here)) == _root(there):
            return one
        if here.merged_into_id or there.merged_into_id or not (here.is_active and there.is_active):
            raise NotFound()
        lasting, gone = (there, here) if _has_a_role(there) and not _has_a_role(here) else (here, there)
        _must_be_free_to(lasting, gone)
        Merging.objects.create(lasting=lasting, gone=gone, at=clock.now(), shown=shown)
        carry(lasting, gone)
        # What she has switched off by either account stays off.
        lasting.letters_off = sorted({*lasting.letters_off, *gone.letters_off})
        lasting.save(update_fields=["letters_off"])
        _end(lasting, gone)
        audit.record(lasting, "merge", "Person", lasting.uid, gone=str(gone.uid))
        outbox.record(AccountsMerged(lasting_id=lasting.pk, gone_id=gone.pk))
        if lasting.email_verified_at:
            # What either has bought as a guest, by a mailbox that is the same account's now.
            outbox.record(MailboxConfirmed(person_id=lasting.pk))
    return lasting


def finish(lasting_id: int, gone_id: int) -> None:
    """A moment later once more: a request that was under way may have written for the account that has gone."""
    lasting, gone = (Person.objects.get(pk=pk) for pk in (lasting_id, gone_id))
    with transaction.atomic():
        lasting, gone = _locked(_root(lasting), gone)
        if lasting.is_active:
            carry(lasting, gone)


def carry(lasting: Person, gone: Person) -> None:
    """Whatever names the account that goes, by each floor's table; a second time finds what came in meanwhile."""
    for merger in getattr(settings, "PERSON_MERGERS", ()):
        import_string(merger)(lasting, gone)
    _addresses(lasting, gone)
    _memberships(lasting, gone)
    move(COLUMNS, lasting, gone)


def _locked(here: Person, there: Person) -> tuple[Person, Person]:
    # In the order of their ids: of two tabs that join them the one way and the other the second waits, and finds it done.
    rows = Person.objects.select_for_update(no_key=True).filter(pk__in=[here.pk, there.pk]).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[here.pk], found[there.pk]


def _root(person: Person) -> Person:
    return person.merged_into or person


def _has_a_role(person: Person) -> bool:
    return Appointment.objects.filter(not_over(), person=person).exists()


def _must_be_free_to(lasting: Person, gone: Person) -> None:
    """Refuse, naming it, while she would hold what one person may not hold twice or together."""
    if lasting.erasure_asked_at or gone.erasure_asked_at:
        raise Conflict(GOING)
    first = list(_appointments(lasting, gone))
    for apart in getattr(settings, "PERSON_APART", ()):
        first += import_string(apart)(lasting, gone)
    if first:
        raise Conflict(
            say(
                "两个账户还不能合并，请先：{chinese}。",
                "These two cannot be joined yet. Please first {english}.",
                chinese="；".join(words.in_language("zh") for words in first),
                english="; ".join(words.in_language("en") for words in first),
            )
        )


def _appointments(lasting: Person, gone: Person) -> Iterable[Words]:
    if not _has_a_role(gone):
        return
    for row in Appointment.objects.filter(not_over(), person__in=[lasting, gone]).order_by("pk"):
        role = Appointment.Role(row.role).words
        yield say(
            "结束一个账户的任命：{chinese}",
            "have the appointment of one of them ended: {english}",
            chinese=role.in_language("zh"),
            english=role.in_language("en"),
        )


def _addresses(lasting: Person, gone: Person) -> None:
    """Each place once; the usual one stays the usual one."""
    same = ("recipient", "phone", "region_id", "street")
    known = set(Address.objects.filter(person=lasting).values_list(*same))
    has_usual = Address.objects.filter(person=lasting, is_default=True).exists()
    for row in Address.objects.filter(person=gone).order_by("pk"):
        if tuple(getattr(row, name) for name in same) in known:
            row.delete()
            continue
        row.person, row.is_default = lasting, row.is_default and not has_usual
        row.save(update_fields=["person", "is_default"])


def _memberships(lasting: Person, gone: Person) -> None:
    """She belongs to each organisation once, as coordinator where either account was."""
    now, coordinator = timezone.now(), Membership.Role.COORDINATOR
    own = {row.organisation_id: row for row in Membership.objects.filter(person=lasting, ended_at=None)}
    for row in Membership.objects.filter(person=gone, ended_at=None):
        if there := own.get(row.organisation_id):
            Membership.objects.filter(pk=row.pk).update(ended_at=now)
            if row.role == coordinator and there.role != coordinator:
                Membership.objects.filter(pk=there.pk).update(role=coordinator)
    Membership.objects.filter(person=gone).update(person=lasting)


def _end(lasting: Person, gone: Person) -> None:
    """Whatever opened the account that goes opens the one that goes on, or nothing."""
    for row in ("api_tokens", "recovery_codes", "device_codes", "open_sessions"):
        getattr(gone, row).all().delete()
    SecondFactor.objects.filter(person=gone).delete()
    SignInWay.objects.filter(person=gone).update(person=lasting)
    consent.unite(lasting, gone)
    WeChatErrand.objects.filter(person=gone).delete()
    mailbox, proved_at = gone.email, gone.email_verified_at
    password = gone.password if gone.has_usable_password() else ""
    told = {name: getattr(gone, name) for name in ("name", "nickname", "phone")}
    # First: of two accounts one at a time has a mailbox.
    gone.email, gone.email_verified_at, gone.is_active = None, None, False
    gone.name = gone.nickname = gone.phone = ""
    gone.merged_into, gone.sessions_ended_at = lasting, timezone.now()
    gone.set_unusable_password()
    gone.save()
    for name, value in told.items():
        setattr(lasting, name, getattr(lasting, name) or value)
    if proved_at and not lasting.email_verified_at:
        lasting.email, lasting.email_verified_at = mailbox, proved_at
    if password and not lasting.has_usable_password():
        lasting.password = password
    lasting.joined_at = min(lasting.joined_at, gone.joined_at)
    lasting.save()
