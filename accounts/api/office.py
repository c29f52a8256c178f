"""The office: whoever is appointed to something finds there what that opens."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts import permissions, reads
from accounts.api.access import HELD, SIGNED_IN
from accounts.api.appointment import AppointmentType
from accounts.models import Appointment, Person
from accounts.waiting import waiting_for
from core.api.facts import guarded
from core.api.lookahead import prefetched
from core.api.types import PlainType, list_of


def _appointments(root: Person, info: Any) -> QuerySet[Appointment]:
    return prefetched(reads.appointments_of(root), info)


class WaitingType(PlainType):
    """So many things of one kind that wait for a person."""

    class Meta:
        name = "Waiting"
        access = HELD

    kind = graphene.String(required=True, description="Which kind, for programs: REFUNDS.")
    name = graphene.String(required=True, description="Which kind, in words.")
    count = graphene.Int(required=True, description="How many.")
    at = graphene.DateTime(
        required=True,
        description="Since when the first of them waits; with isDeadline, until when it is to be done.",
    )
    is_deadline = graphene.Boolean(required=True, description="Whether `at` is a day by which.")
    path = graphene.String(
        required=True, description="Where it is done: an address below the language, or from the root."
    )

    def resolve_name(root, info):
        """What they are called, in the reader's language."""
        return str(root.words)


class Office(PlainType):
    """Where whoever is appointed to something works."""

    class Meta:
        access = HELD

    permissions = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What her roles allow her now, at some place at least; for pages to show what she can do.",
    )
    everywhere = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What of them she may for the whole shop.",
    )
    waiting = list_of(
        WaitingType, most=30, description="What waits for the asker, what is due first before all else."
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

    def resolve_everywhere(root, info):
        """Where what it is about lies at no place of its own."""
        return [one for one in permissions.permissions_of(root) if permissions.may(root, one)]

    def resolve_waiting(root, info):
        """Of each floor what she may do."""
        return waiting_for(root)


def add_to_office(**fields: graphene.Field) -> None:
    """Let a floor add fields to the office; called when its api is imported. Each declares who may read it
    (`whoever_may` of `accounts.api.access`) and carries its resolver, which gets the Person."""
    Office._meta.fields.update(fields)


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
