"""Incidents: what everybody may read of them, and what operators tell: which places are closed, and until when."""

from datetime import datetime
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils import timezone

from accounts.permissions import may_anywhere
from catalog.models import Product
from core import clock
from core.api.access import HELD, PUBLIC, Access
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.nodes import Door
from core.api.types import Localized, ModelType, enum_of, list_of, to_many
from orders.actions import closure as actions
from orders.models import Closure, Incident
from orders.reads import closure as reads

# No more are told at once: of older ones only whoever has the link reads.
MOST, MOST_PLACES = 20, 60
CLOSES_PLACES = Access(
    "who may close places", lambda request, parent: may_anywhere(request.user, actions.PERMISSION)
)
BEGINS = "From when; without it from now on. Without a zone, in Shanghai."
ENDS = "Until when, if that is known. Without a zone, in Shanghai."


class ClosureType(ModelType):
    """A place that is closed for delivery for a while, with all that lies in it; times are the wall clock's."""

    class Meta:
        model = Closure
        fields = ("region", "begins_at", "ends_at")
        access = HELD
        about = {
            "region": "The province, division or county.",
            "begins_at": "From when.",
            "ends_at": "Until when; null as long as nobody knows.",
        }

    reason = Localized("reason", description="Why.")
    storage = graphene.Field(
        enum_of(Product, "storage"), description="The storage class that is not delivered; null: all."
    )
    storage_name = graphene.String(required=True, description="What is not delivered there, in words.")
    is_closed = graphene.Boolean(required=True, description="Whether it is closed by this now.")
    is_over = graphene.Boolean(required=True, description="Whether this has ended.")

    def resolve_storage(root, info):
        """Of one class, or of all."""
        return root.storage or None

    def resolve_storage_name(root, info):
        """Fresh produce, say; or everything."""
        return str(Product.Storage(root.storage).parcel if root.storage else reads.EVERYTHING)

    def resolve_is_closed(root, info):
        """At this moment of the wall clock; one that is to begin is not."""
        return root.begins_at <= timezone.now() and not _is_over(root)

    def resolve_is_over(root, info):
        """At this moment of the wall clock; one without an end never is."""
        return _is_over(root)


class IncidentType(ModelType):
    """Something that happened because of which places are closed for delivery; everybody may read of it."""

    class Meta:
        door = Door("incident", lambda request, uids: reads.incidents().filter(uid__in=uids))
        model = Incident
        fields = ("code", "begins_at", "ends_at")
        access = HELD
        about = {
            "code": "In the address of its page.",
            "begins_at": "Since when.",
            "ends_at": "Until when; null as long as nobody knows.",
        }

    title = Localized("title", description="What it is.")
    words = Localized("words", description="What happened, and what is done.")
    title_zh = graphene.String(required=True, description="Its title in Chinese.")
    title_en = graphene.String(required=True, description="Its title in English.")
    words_zh = graphene.String(required=True, description="Its words in Chinese.")
    words_en = graphene.String(required=True, description="Its words in English.")
    is_over = graphene.Boolean(required=True, description="Whether it has ended.")
    closures = to_many(
        "closures", lambda: ClosureType, most=MOST_PLACES, description="The places it closes or has closed."
    )

    def resolve_is_over(root, info):
        """At this moment of the wall clock; one without an end never is."""
        return _is_over(root)


def _is_over(row: Incident | Closure) -> bool:
    return row.ends_at is not None and row.ends_at <= timezone.now()


def _in_shanghai(at: datetime | None) -> datetime | None:
    return clock.in_shanghai(at) if at is not None else None


def _times(begins_at: datetime | None, ends_at: datetime | None) -> dict[str, Any]:
    return {"begins_at": _in_shanghai(begins_at), "ends_at": _in_shanghai(ends_at)}


def _incident(id: str) -> Incident:
    return reads.incident_of(uid_of(id, "Incident", field="incident_id"))


class IncidentOpen(Act):
    """Operators: something has happened; then the places that it closes are told by `placeClose`."""

    class Meta:
        access = CLOSES_PLACES

    class Input:
        title_zh = graphene.String(
            required=True, description="What it is, in Chinese; at most 80 characters."
        )
        title_en = graphene.String(required=True, description="The same in English; at most 120.")
        words_zh = graphene.String(required=True, description="What happened, in Chinese; at most 2,000.")
        words_en = graphene.String(required=True, description="The same in English; at most 3,000.")
        begins_at = graphene.DateTime(description=BEGINS)
        ends_at = graphene.DateTime(description=ENDS)

    incident = graphene.Field(IncidentType, description="The incident, with a public page.")

    @classmethod
    def act(
        cls, request: Any, begins_at: datetime | None = None, ends_at: datetime | None = None, **texts: Any
    ) -> Any:
        """The incident; INVALID for each text that is missing or too long."""
        return {"incident": actions.open_incident(request.user, **_times(begins_at, ends_at), **texts)}


class IncidentUpdate(Act):
    """Operators: tell an incident better."""

    class Meta:
        access = CLOSES_PLACES

    class Input:
        incident_id = graphene.ID(required=True, description="The incident.")
        title_zh = graphene.String(description="Its title in Chinese.")
        title_en = graphene.String(description="Its title in English.")
        words_zh = graphene.String(description="Its words in Chinese.")
        words_en = graphene.String(description="Its words in English.")

    incident = graphene.Field(IncidentType, description="The incident as it is told now.")

    @classmethod
    def act(cls, request: Any, incident_id: str, **texts: str) -> Any:
        """The incident; what is not given stays as it was."""
        return {"incident": actions.update_incident(_incident(incident_id), request.user, **texts)}


class IncidentEnd(Act):
    """Operators: it is over, and what it closed is open from now on."""

    class Meta:
        access = CLOSES_PLACES

    class Input:
        incident_id = graphene.ID(required=True, description="The incident.")

    incident = graphene.Field(IncidentType, description="The incident, over.")

    @classmethod
    def act(cls, request: Any, incident_id: str) -> Any:
        """The incident, over, again if it was already."""
        return {"incident": actions.end_incident(_incident(incident_id), request.user)}


class PlaceClose(Act):
    """Operators: deliver nothing to a place, or nothing of a storage class. Carts, placing and paying know of it within
    a second; what is paid and not sent waits, and its buyers are told."""

    class Meta:
        access = CLOSES_PLACES

    class Input:
        incident_id = graphene.ID(required=True, description="Because of what.")
        region_code = graphene.String(required=True, description="A province's, division's or county's code.")
        storage = graphene.Field(enum_of(Product, "storage"), description="Only this class; without it all.")
        reason_zh = graphene.String(required=True, description="Why, in Chinese; at most 120 characters.")
        reason_en = graphene.String(required=True, description="Why, in English; at most 180.")
        begins_at = graphene.DateTime(description=BEGINS)
        ends_at = graphene.DateTime(description=ENDS)

    closure = graphene.Field(ClosureType, description="The place, closed.")

    @classmethod
    def act(
        cls,
        request: Any,
        incident_id: str,
        storage: Any = None,
        begins_at: datetime | None = None,
        ends_at: datetime | None = None,
        **given: Any,
    ) -> Any:
        """The closure; TOO_LATE where the incident is over, INVALID for what cannot be right."""
        kind = str(storage.value) if storage else ""
        times = _times(begins_at, ends_at)
        made = actions.close_place(_incident(incident_id), request.user, storage=kind, **times, **given)
        return {"closure": made}


class PlaceOpen(Act):
    """Operators: open a place again, now or at a moment that is told: sooner or later than was."""

    class Meta:
        access = CLOSES_PLACES

    class Input:
        closure_id = graphene.ID(required=True, description="What closes it.")
        ends_at = graphene.DateTime(description="When; without it now. Without a zone, in Shanghai.")

    closure = graphene.Field(ClosureType, description="The closure with its end.")

    @classmethod
    def act(cls, request: Any, closure_id: str, ends_at: datetime | None = None) -> Any:
        """The closure, ended, again if it was already; TOO_LATE to lengthen one that is over."""
        row = reads.closure_of(uid_of(closure_id, "Closure", field="closure_id"))
        return {"closure": actions.open_place(row, request.user, _in_shanghai(ends_at))}


def _incidents(root: Any, info: Any) -> QuerySet[Incident]:
    return prefetched(reads.incidents(), info)[:MOST]


def _one(root: Any, info: Any, code: str) -> Incident | None:
    return prefetched(reads.incidents().filter(code=code), info).first()


class Query:
    incidents = guarded(
        list_of(
            IncidentType,
            most=MOST,
            resolver=_incidents,
            description="Because of what places are or were closed for delivery, the newest first.",
        ),
        PUBLIC,
    )
    incident = guarded(
        graphene.Field(
            IncidentType,
            args={"code": graphene.Argument(graphene.String, required=True, description="From its address.")},
            resolver=_one,
            description="One of them; null where there is none.",
        ),
        PUBLIC,
    )


class Mutation:
    incident_open = IncidentOpen.Field()
    incident_update = IncidentUpdate.Field()
    incident_end = IncidentEnd.Field()
    place_close = PlaceClose.Field()
    place_open = PlaceOpen.Field()
