"""The ways by which a person signs in: one more once it is proved, and ended by herself."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.events import WayProved
from accounts.models import Person, SignInWay
from core import outbox
from core.language import say
from core.refusals import Conflict

IN_USE = say(
    "它已经属于另一个账户。",
    "It belongs to another account already.",
)


def prove(person: Person, kind: str, value: str) -> SignInWay:
    """This opens her account from now on; proved again it is as fresh as today. CONFLICT where it opens another's.

    `value` is normalised (`accounts.clean`), and whoever calls has seen the proof.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            way = SignInWay.objects.select_for_update().filter(kind=kind, value=value, ended_at=None).first()
            if way is None:
                way = SignInWay.objects.create(person=person, kind=kind, value=value, proved_at=now)
                outbox.record(WayProved(person_id=person.pk))
                audit.record(person, "prove_way", "SignInWay", way.uid, kind=kind)
    except IntegrityError:  # a twin was faster
        way = SignInWay.objects.get(kind=kind, value=value, ended_at=None)
    if way.person_id != person.pk:
        raise Conflict(IN_USE)
    return way


def used(way: SignInWay) -> None:
    """Somebody has signed in by it."""
    SignInWay.objects.filter(pk=way.pk).update(last_used_at=timezone.now())


def end(way: SignInWay, by: Person | None) -> None:
    """It opens nothing any more."""
    with transaction.atomic():
        if SignInWay.objects.filter(pk=way.pk, ended_at=None).update(ended_at=timezone.now()):
            audit.record(by, "end_way", "SignInWay", way.uid, kind=way.kind)
