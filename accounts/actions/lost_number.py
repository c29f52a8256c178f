"""A number has a new owner: the account that it had opened keeps all, and its letters stop going there."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import devices, just_proved
from accounts.actions import audit, way
from accounts.events import NumberLost
from accounts.models import Person, SignInWay
from accounts.security_log import security
from accounts.ways import UNUSED_FOR
from core.outbox import record


def still_hers(request: Any, number: SignInWay) -> bool:
    """Whether the account that this number opens is its reader's, who has just read a code there.

    Numbers are given to others: one that nobody has used here for 90 days says so only with one fact more, a device at which
    the account was signed in to, or another way of it shown in this session. Without one the number is taken from the account,
    which keeps all else and is told; a fresh one begins.
    """
    used_at = max(at for at in (number.proved_at, number.last_used_at) if at)
    if timezone.now() - used_at < UNUSED_FOR:
        return True
    person = number.person
    if devices.proved_by(request, person, devices.BY_PASSWORD) or just_proved.kind_of(request, person):
        return True
    lose(number)
    return False


def lose(number: SignInWay) -> None:
    """From now on nothing of that account goes to this number."""
    with transaction.atomic():
        way.end(number, None)
        Person.objects.filter(pk=number.person_id).update(number_lost_at=timezone.now())
        audit.record(None, "lose_number", "Person", number.person.uid)
        record(NumberLost(way_id=number.pk))
    security.warning("a number has a new owner: person %s keeps all else", number.person.uid)
