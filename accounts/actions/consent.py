"""What somebody agrees to beyond what an account needs, and takes back."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Consent, Person
from core.language import Words


def give(person: Person, kind: str, words: Words) -> None:
    """She has agreed, to these words in her language; a second time changes nothing."""
    given = Consent(person=person, kind=kind, words=str(words), given_at=timezone.now())
    Consent.objects.bulk_create([given], ignore_conflicts=True)


def end(person: Person, kind: str) -> None:
    """From now on she has not."""
    with transaction.atomic():
        if Consent.objects.filter(person=person, kind=kind, ended_at=None).update(ended_at=timezone.now()):
            audit.record(person, "end_consent", "Person", person.uid, kind=kind)
