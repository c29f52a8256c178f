"""Organisations as those who verify them see them: in any state, where they verify."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organisation, Person
from accounts.permissions import may_anywhere, places_of
from accounts.reads import is_partial_to, members_of
from core.refusals import NotFound

DECIDE, DECIDE_UNION = "accounts.decide_organisation", "accounts.decide_union"


def decides_organisations(person: Any) -> bool:
    """Whether there is any place whose organisations she verifies."""
    return may_anywhere(person, DECIDE) or may_anywhere(person, DECIDE_UNION)


def organisations_decided_by(person: Any) -> QuerySet[Organisation]:
    """The organisations that are hers to verify, by kind and place."""
    all_kinds, unions = (
        places_of(person, permission).rows(region="region", organisation="pk")
        for permission in (DECIDE, DECIDE_UNION)
    )
    return Organisation.objects.filter(all_kinds | (Q(kind=Organisation.Kind.UNION) & unions))


def organisations_found(person: Any, search: str = "", state: str = "") -> QuerySet[Organisation]:
    """Those of them with these words in their name, in this state."""
    found = organisations_decided_by(person).select_related("parent", "region")
    if words := search.strip()[:40]:
        found = found.filter(Q(name_zh__icontains=words) | Q(name_en__icontains=words))
    return found.filter(state=state) if state else found


def organisation_to_decide(person: Person, uid: UUID, field: str = "id") -> Organisation:
    """One of them; any other does not exist."""
    found = organisations_decided_by(person).filter(uid=uid).select_related("parent", "region").first()
    if found is None:
        raise NotFound(field=field)
    return found


def may_decide(person: Person, organisation: Organisation) -> bool:
    """Whether she is and was none of it."""
    return not is_partial_to(person, organisation)


def coordinators_of(organisation: Organisation) -> list[str]:
    """Their mailboxes, the first named first."""
    parts = members_of(organisation).filter(role=Membership.Role.COORDINATOR).order_by("pk")
    return [email for email in parts.values_list("person__email", flat=True)[:20] if email]
