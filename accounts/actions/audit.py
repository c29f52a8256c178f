"""The audit log: who did what to which thing."""

from typing import Any

from accounts.models import AuditEntry, Person
from core.middleware import request_id


def record(actor: Person | None, action: str, noun: str, object_uid: object, **facts: Any) -> AuditEntry:
    """Write one deed down; `facts` are ids, states and figures, never a name or an address.

    Call it in the deed's own transaction. `actor` is None for the shop itself.
    """
    named = request_id.get()
    return AuditEntry.objects.create(
        actor=actor if actor is not None and actor.is_authenticated else None,
        deed=action,
        noun=noun,
        object_uid=str(object_uid),
        facts=facts,
        request_id="" if named == "-" else named,
    )
