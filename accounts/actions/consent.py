"""What somebody agrees to beyond what an account needs, and takes back."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.actions.person import locked
from accounts.models import Consent, Person
from core.language import Words


def give(person: Person, kind: str, words: Words) -> None:
    """She has agreed, to these words in her language; a second time changes nothing."""
    with transaction.atomic():
        given = Consent(person=_locked(person), kind=kind, words=str(words), given_at=timezone.now())
        Consent.objects.bulk_create([given], ignore_conflicts=True)


def end(person: Person, kind: str) -> None:
    """From now on she has not."""
    with transaction.atomic():
        person = _locked(person)
        if Consent.objects.filter(person=person, kind=kind, ended_at=None).update(ended_at=timezone.now()):
            audit.record(person, "end_consent", "Person", person.uid, kind=kind)


def unite(lasting: Person, gone: Person) -> None:
    """What she has ended by either account is ended, also where the other gave it later: it was given for what is that
    account's, and would be widened to what she had said no for. Both are locked."""
    rows = list(Consent.objects.filter(person__in=[lasting, gone]).exclude(kind__in=OF_A_WAY))
    is_open = {(row.person_id, row.kind) for row in rows if row.ended_at is None}
    for kind in sorted({row.kind for row in rows if (row.person_id, row.kind) not in is_open}):
        end(lasting, kind)
        end(gone, kind)
    given = Consent.objects.filter(person=lasting, ended_at=None).values("kind")
    Consent.objects.filter(person=gone, ended_at=None, kind__in=given).update(ended_at=timezone.now())
    Consent.objects.filter(person=gone).update(person=lasting)


# Given with a way to sign in and for it alone: each goes on with its own way, which moves as well.
OF_A_WAY = (Consent.Kind.WECHAT,)


def _locked(person: Person) -> Person:
    """Hers as it is now: the account that hers went into while this waited, so that nothing she ends is lost with it."""
    # Its target is read after the lock: joined to it, it would be read as it was before the wait.
    row = locked(person)
    return row.merged_into or row
