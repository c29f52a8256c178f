"""Deliveries that were set aside go out again, once somebody has seen to what held them."""

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from core import outbox
from core.deliveries import unpark
from core.language import say
from core.refusals import Conflict


@transaction.atomic
def release(reaction: str, error: str, by: Person) -> int:
    """Let all of this reaction that was parked for this be tried again; how many they were. CONFLICT for none."""
    must(by, "accounts.release_parked")
    if not (count := unpark(reaction, error)):
        raise Conflict(say("这里没有搁置的事项了。", "Nothing of this is parked any more."))
    # A reaction's whole name may be longer than the column of a thing's id.
    named = reaction.rpartition(".")[2]
    audit.record(by, "release", "Delivery", named, reaction=reaction, error=error, count=count)
    transaction.on_commit(outbox.wake, robust=True)
    return count
