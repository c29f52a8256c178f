"""Somebody goes for good; what is still owed to her is settled first, and then she goes by herself."""

import logging
from functools import partial

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import seals
from accounts.actions import audit, role_invitation
from accounts.actions.appointment import end_all
from accounts.actions.handover import must_have_handed_over
from accounts.actions.person import check_password
from accounts.models import Invitation, Person, SecondFactor, WeChatErrand
from accounts.models.person import a_code
from accounts.permissions import is_officer
from core.language import Words, say
from core.refusals import NotAllowed, Refusal
from core.sealed import SealedColumn

log = logging.getLogger("sheaf.accounts")
REACH = "reach"
# What lies in the database under SECRET_KEY.
SEALED = [SealedColumn("accounts.Person", "reach_sealed", "SECRET_KEY", partial(seals.boxes, REACH))]


def erase(person: Person, password: str, session: str = "") -> bool:
    """Forget the person for good; orders keep what the law and the ledger need, without a name.

    While money is on its way to her she stays reachable: False says that her erasure waits for that, and is done
    by itself (`erase_settled`). Until then the account works as before, and she may change her mind.
    """
    check_password(person, password, session)
    with transaction.atomic():
        person = _locked(person.pk)
        _must_be_free(person)
        if not waits_for(person):
            _erase(person)
            return True
        _try(person)
        Person.objects.filter(pk=person.pk).update(erasure_asked_at=timezone.now())
        audit.record(person, "ask_to_erase", "Person", person.uid)
    return False


class _OnlyTried(Exception):
    """What was done is undone."""


def _try(person: Person) -> None:
    """Erase her and take it back, so that what she has to end herself is said now and not once all is settled.

    By an exception out of a block of its own: files that are to go after the commit then stay, too. (Django forgets
    what waits for the commit with such a block, and not with a savepoint that is set by hand.)
    """
    try:
        with transaction.atomic():
            _erase(person)
            raise _OnlyTried
    except _OnlyTried:
        return


def keep(person: Person) -> Person:
    """She has changed her mind before it was done."""
    with transaction.atomic():
        person = _locked(person.pk)
        if person.erasure_asked_at is not None:
            person.erasure_asked_at = None
            person.save(update_fields=["erasure_asked_at"])
            audit.record(person, "keep", "Person", person.uid)
    return person


def waits_for(person: Person) -> list[Words]:
    """What is not settled yet, in words; each floor tells of its own by `settings.PERSON_UNSETTLED`."""
    found: list[Words] = []
    for unsettled in getattr(settings, "PERSON_UNSETTLED", ()):
        found += import_string(unsettled)(person)
    return found


def erase_settled() -> int:
    """Let those go for whom all is settled now; how many went."""
    gone = 0
    waiting = Person.objects.filter(erasure_asked_at__isnull=False).order_by("erasure_asked_at")
    for pk in waiting.values_list("pk", flat=True):
        try:
            with transaction.atomic():
                person = _locked(pk)
                if person.erasure_asked_at is None or waits_for(person):
                    continue
                _must_be_free(person)
                _erase(person)
                gone += 1
        except Refusal as refusal:
            # She has begun something since: it is ended first, as it would be for whoever asks now.
            log.info("person %s is not erased yet: %s", pk, refusal.code)
    return gone


def _must_be_free(person: Person) -> None:
    """Refuse whoever holds a role of the office, or has something that nobody else looks after."""
    if is_officer(person):
        raise NotAllowed(say("请先让人结束您的任命。", "Please have your appointments ended first."))
    must_have_handed_over(person)


def reach(person: Person | None) -> str:
    """The address at which an erased person can be told that money came back; nothing once that is past."""
    if person is None or not person.reach_sealed or person.reach_until is None:
        return ""
    if person.reach_until < timezone.now() and not waits_for(person):
        return ""
    try:
        return seals.opened_for_ever(REACH, person.reach_sealed)["email"]
    except Refusal:
        return ""


def forget_reaches() -> int:
    """Of those to whom nothing can come back any more not even a sealed address is kept."""
    past = Person.objects.exclude(reach_sealed="").filter(reach_until__lt=timezone.now())
    # What has come back and is owed still is hers: until it is settled she can be told.
    settled = [person.pk for person in past if not waits_for(person)]
    return Person.objects.filter(pk__in=settled).update(reach_sealed="", reach_until=None)


def _locked(pk: int) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=pk)


def _erase(person: Person) -> None:
    until = [import_string(name)(person) for name in getattr(settings, "PERSON_REACHABLE", ())]
    person.reach_until = max((at for at in until if at is not None and at > timezone.now()), default=None)
    person.reach_sealed = seals.seal(REACH, email=person.email or "") if person.reach_until else ""
    for eraser in getattr(settings, "PERSON_ERASERS", ()):
        for account in (*person.merged.order_by("pk"), person):
            import_string(eraser)(account)
    # What stands with accounts that had gone into hers stays without a name, and their codes call for nobody.
    for account in person.merged.all():
        account.mobiliser_code = a_code()
        account.save(update_fields=["mobiliser_code"])
    _forget(person)
    audit.record(None, "erase", "Person", person.uid)


def _forget(person: Person) -> None:
    now = timezone.now()
    person.addresses.all().delete()
    person.api_tokens.all().delete()
    person.recovery_codes.all().delete()
    person.device_codes.all().delete()
    Session.objects.filter(pk__in=person.open_sessions.values("session")).delete()
    SecondFactor.objects.filter(person=person).delete()
    person.memberships.filter(ended_at=None).update(ended_at=now)
    end_all(person)
    role_invitation.forget(person)
    open_links = Invitation.objects.filter(used_at=None, withdrawn_at=None)
    open_links.filter(invited_by=person).update(withdrawn_at=now)
    if person.email:
        open_links.filter(email=person.email).update(withdrawn_at=now)
        Invitation.objects.filter(email=person.email).update(email="")
    person.email = None
    person.name = person.nickname = person.phone = ""
    person.email_verified_at, person.erased_at, person.is_active = None, now, False
    person.erasure_asked_at = person.number_lost_at = None
    person.letters_by, person.letters_off, person.ended_devices = "", [], []
    person.mobiliser_code = a_code()
    # A new hash ends every session: each carries a fingerprint of the one it was opened with.
    person.set_unusable_password()
    person.save()
    person.ways.all().delete()
    person.consents.all().delete()
    WeChatErrand.objects.filter(person=person).delete()
