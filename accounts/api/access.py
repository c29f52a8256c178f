"""Who may what on this floor; the floors above use these rules too."""

from typing import Any

from django.http import HttpRequest

from accounts import permissions, reads
from accounts.models import Membership
from core.api.access import HELD, PUBLIC, SIGNED_IN, Access

__all__ = ["COORDINATOR", "HELD", "OWN", "PUBLIC", "SIGNED_IN", "coordinates", "whoever_may"]


def coordinates(request: HttpRequest, organisation_id: int) -> bool:
    """Whether the asker coordinates this organisation today; looked up once a request."""
    known = getattr(request, "coordinated", None)
    if known is None or known[0] != request.user.pk:
        led = reads.organisations_of(request.user, Membership.Role.COORDINATOR)
        known = request.coordinated = (request.user.pk, frozenset(led.values_list("pk", flat=True)))
    return organisation_id in known[1]


def whoever_may(permission: str, *, pii: int = 0, anywhere: bool = False) -> Access:
    """Open to those whose role the shop's table gives this permission for the whole shop or, with `anywhere`, at some
    place: what is shown there is then of her places."""
    may = permissions.may_anywhere if anywhere else permissions.may
    return Access(f"whoever may {permission}", lambda request, parent: may(request.user, permission), pii=pii)


def _is_own(request: HttpRequest, parent: Any) -> bool:
    return getattr(parent, "person_id", parent.pk) == request.user.pk


def _is_led(request: HttpRequest, parent: Any) -> bool:
    return coordinates(request, getattr(parent, "organisation_id", parent.pk))


# `parent` is the person, or a row that belongs to one by `person_id`.
OWN = Access("the person herself", _is_own, pii=2)
# `parent` is the organisation, or a row that belongs to one by `organisation_id`.
COORDINATOR = Access("a coordinator of the organisation", _is_led, pii=1)
OWN_OR_COORDINATOR = Access(
    "the person herself, or a coordinator of the organisation",
    lambda request, parent: _is_own(request, parent) or _is_led(request, parent),
    pii=1,
)
