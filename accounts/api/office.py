"""The office: whoever is appointed to something finds there what that opens."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts import permissions, reads
from accounts.api.access import HELD, SIGNED_IN
from accounts.api.appointment import AppointmentType
from accounts.models import Appointment, Person
from core.api.facts import guarded
from core.api.lookahead import prefetched
from core.api.types import PlainType, list_of


def _appointments(root: Person, info: Any) -> QuerySet[Appointment]:
    return prefetched(reads.appointments_of(root), info)


class Office(PlainType):
    """Where whoever is appointed to something works."""

    class Meta:
        access = HELD

    permissions = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What her roles allow her now, at some place at least; for pages to show what she can do.",
    )
    appointments = list_of(
        AppointmentType,
        most=50,
        resolver=_appointments,
        description="What she is appointed to now or will be, in the order in which the terms begin.",
    )

    def resolve_permissions(root, info):
        """By the shop's table, in its order."""
        return permissions.permissions_of(root)


def _office(root: Any, info: Any, may: str = "accounts.enter_office") -> Person | None:
    person = info.context.user
    return person if may in permissions.permissions_of(person) else None


class Query:
    office = guarded(
        graphene.Field(
            Office,
            args={
                "may": graphene.Argument(graphene.String, description="A permission that she has to have.")
            },
            resolver=_office,
            description="The asker's office; null for whoever has none, or not what `may` asks for.",
        ),
        SIGNED_IN,
    )
