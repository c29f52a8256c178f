"""What a person may do by her role. Which permissions there are, and whose they are, is one table: shop/permissions.py.

A role opens a kind of deed; whether this one is hers to do (not about her own team, her own order) is asked where the
deed is done.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from accounts.models import Person
from core.refusals import NotAllowed


class Role(StrEnum):
    """What somebody is for the whole shop."""

    OPERATOR = "operator"  # runs it day by day
    OWNER = "owner"  # says who does


# Where a role stands in a person's row; a bearer token lends none of them.
COLUMNS = {Role.OPERATOR: "is_staff", Role.OWNER: "is_superuser"}


@lru_cache(maxsize=1)
def _table() -> Mapping[str, frozenset[Role]]:
    table: Mapping[str, frozenset[Role]] = import_string(settings.PERMISSIONS)
    return table


def has_role(person: Any, role: Role = Role.OPERATOR) -> bool:
    """Whether she was given it, be her account open or closed."""
    return bool(getattr(person, COLUMNS[role], False))


def asks_for_factor(person: Any) -> bool:
    """Whether a role of hers asks for a second factor."""
    return any(has_role(person, role) for role in Role)


def is_asleep(person: Any) -> bool:
    """Whether a role of hers waits for a code in this session."""
    return asks_for_factor(person) and not (person.factor and person.factor.is_awake)


def set_role(person: Person, role: Role, held: bool) -> list[str]:
    """Give it or take it, in memory; whoever is no operator owns nothing. Returns the columns to be saved."""
    setattr(person, COLUMNS[role], held)
    if not has_role(person, Role.OPERATOR):
        setattr(person, COLUMNS[Role.OWNER], False)
    return list(COLUMNS.values())


def without_roles(person: Person) -> Person:
    """The same person as anybody else: for a program that asks in her name."""
    for column in COLUMNS.values():
        setattr(person, column, False)
    return person


def may(person: Any, permission: str) -> bool:
    """Whether a role of hers allows it today; nobody's does who is a guest or whose account is closed.

    Raises KeyError for a permission that is not in the table.
    """
    roles = _table()[permission]
    return bool(person is not None and person.is_active and any(has_role(person, role) for role in roles))


def must(person: Person | None, permission: str) -> None:
    """Raises NotAllowed unless she may; None is the shop itself, which may."""
    if not (may(person, permission) or person is None):
        raise NotAllowed()


def holders(permission: str) -> QuerySet[Person]:
    """Everybody who may, in the order in which they came."""
    has_one = reduce(or_, (Q(**{COLUMNS[role]: True}) for role in _table()[permission]))
    return Person.objects.filter(has_one, is_active=True).order_by("pk")
