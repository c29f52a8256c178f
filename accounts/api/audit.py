"""The audit log in the office: who did what to which thing, searched and never changed."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

import graphene
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from accounts.actions import trail
from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from accounts.models import AuditEntry, Person
from core.api.access import Access
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, needs
from core.api.ids import global_id, kind_and_key, uid_of
from core.api.types import ModelType
from core.clock import SHANGHAI
from core.refusals import InvalidId

READS = whoever_may("accounts.read_audit", pii=2, anywhere=True)


# Whoever looks through the log learns that a family's details were opened, and by whom; not of which family.
NAMELESS = frozenset({"Household"})


class AuditEntryType(ModelType):
    """One deed, as it was written down."""

    class Meta:
        model = AuditEntry
        fields = ("deed", "noun", "object_uid", "request_id", "at")
        access = Access("whoever was let into the audit log", pii=2)
        about = {
            "deed": "What was done, by the name of the action.",
            "noun": "To which kind of thing.",
            "object_uid": "To which, by its own random id; empty where it was to none, to many or to a household.",
            "request_id": "In which request: the same word stands in the log.",
            "at": "When.",
        }

    actor_id = graphene.ID(description="Who did it, to ask for all her deeds; null for the shop itself.")
    actor_name = graphene.String(
        required=True,
        description="Her name, else her mailbox; empty for the shop itself and for who was erased.",
    )
    facts = graphene.String(required=True, description="Ids, states and figures of it, as JSON.")

    def resolve_object_uid(root, info):
        """Of what may be looked up by whoever reads the log."""
        return "" if root.noun in NAMELESS else root.object_uid

    @needs("actor")
    def resolve_actor_id(root, info):
        """An id of a Person."""
        return global_id("Person", root.actor.uid) if _known(root) else None

    @needs("actor")
    def resolve_actor_name(root, info):
        """As she is called today."""
        return (root.actor.name or root.actor.email or "") if _known(root) else ""

    def resolve_facts(root, info):
        """In one line; empty where there are none."""
        return json.dumps(root.facts, ensure_ascii=False, cls=DjangoJSONEncoder) if root.facts else ""


def _known(entry: AuditEntry) -> bool:
    # The row stays when its person is gone: no constraint holds it.
    return entry.actor_id is not None and entry.actor is not None


def _entries(
    root: Person,
    info: Any,
    person: str | None = None,
    thing: str | None = None,
    action: str | None = None,
    day: date | None = None,
) -> QuerySet[AuditEntry]:
    rows = trail.entries_seen_by(root)
    if person:
        rows = rows.filter(actor=_opened(root, person))
    if thing:
        rows = rows.filter(**_named(thing))
    if action:
        rows = rows.filter(deed=action.strip())
    if day:
        begins = datetime.combine(day, time(), tzinfo=SHANGHAI)
        rows = rows.filter(at__gte=begins, at__lt=begins + timedelta(days=1))
    return rows


def _opened(by: Person, id: str) -> int:
    found = Person.objects.filter(uid=uid_of(id, "Person", field="person")).first()
    if found is None:
        return 0
    # Once an answer, whichever page of it is asked for.
    trail.look(found, by)
    return found.pk


def _named(thing: str) -> dict[str, str]:
    """By its id as the API tells it, or by what stands in the log."""
    try:
        kind, key = kind_and_key(thing.strip())
    except InvalidId:
        return {"object_uid": thing.strip()}
    return {"noun": kind, "object_uid": key}


add_to_office(
    audit=guarded(
        connection_field(
            AuditEntryType,
            _entries,
            order=("-id",),
            description="Deeds, the newest first: all, or those done to what lies at the asker's places. Asked for by person, that is "
            "written down itself.",
            person=graphene.Argument(graphene.ID, description="Only hers, by an id of a Person."),
            thing=graphene.Argument(
                graphene.String,
                description="Only those done to this: its id here, or its id as the log has it.",
            ),
            action=graphene.Argument(graphene.String, description="Only this, by the name of the action."),
            day=graphene.Argument(graphene.Date, description="Only of this day in Shanghai."),
        ),
        READS,
    )
)


class AuditPersonFind(Act):
    """Find whose deeds to read, by her mailbox."""

    class Meta:
        access = READS
        rate = (60, 60)

    class Input:
        email = graphene.String(required=True, description="The mailbox of her account.")

    id = graphene.ID(description="Her id, for `office { audit(person: …) }`.")

    @classmethod
    def act(cls, request: Any, email: str) -> Any:
        """Her id; NOT_FOUND for an address without an account."""
        return cls(id=global_id("Person", trail.find(email, request.user).uid))


class Mutation:
    audit_person_find = AuditPersonFind.Field()
