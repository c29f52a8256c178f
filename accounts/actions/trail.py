"""Reading the audit log: whoever opens what one person has done is written into it herself."""

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.module_loading import import_string

from accounts import clean
from accounts.actions import audit
from accounts.models import AuditEntry, Person
from accounts.permissions import must, must_somewhere, places_of
from core.language import say
from core.refusals import NotFound


def entries_seen_by(person: Person) -> QuerySet[AuditEntry]:
    """The log as far as she reads it: all of it, or what was done to things that lie at her places
    (`settings.AUDITED`)."""
    places = places_of(person, "accounts.read_audit")
    if places.is_everywhere:
        return AuditEntry.objects.all()
    seen = Q(pk__in=())
    for noun, rows in import_string(settings.AUDITED)(places).items():
        uids = rows.annotate(as_told=Cast("uid", CharField())).values("as_told")
        seen |= Q(noun=noun, object_uid__in=uids)
    return AuditEntry.objects.filter(seen)


def find(email: str, by: Person) -> Person:
    """Whose trail is asked for, by her mailbox, for whoever reads the whole log; a closed account's too. NOT_FOUND for an address without one."""
    must(by, "accounts.read_audit")
    found = Person.objects.of_mailbox(clean.mailbox(email)).first()
    if found is None:
        raise NotFound(say("没有这个账户。", "There is no such account."), field="email")
    return found


@transaction.atomic
def look(person: Person, by: Person) -> None:
    """Write down that her trail was opened."""
    must_somewhere(by, "accounts.read_audit")
    audit.record(by, "look_at_trail", "Person", person.uid)
