"""Reading the audit log: whoever opens what one person has done is written into it herself."""

from django.db import transaction

from accounts import clean
from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from core.language import say
from core.refusals import NotFound


def find(email: str, by: Person) -> Person:
    """Whose trail is asked for, by her mailbox; a closed account's too. NOT_FOUND for an address without one."""
    must(by, "accounts.read_audit")
    found = Person.objects.filter(email=clean.mailbox(email)).first()
    if found is None:
        raise NotFound(say("没有这个账户。", "There is no such account."), field="email")
    return found


@transaction.atomic
def look(person: Person, by: Person) -> None:
    """Write down that her trail was opened."""
    must(by, "accounts.read_audit")
    audit.record(by, "look_at_trail", "Person", person.uid)
