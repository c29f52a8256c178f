"""What follows from an event and was set aside: after ten tries, or by a restore."""

from typing import Any

import graphene
from django.db.models import Count, Max, Min

from accounts.actions import parked
from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import PlainType, list_of
from core.deliveries import RESTORED
from core.deliveries import parked as waiting
from core.language import say
from core.refusals import Invalid

RELEASES = whoever_may("accounts.release_parked")
MOST = 100


class ParkedType(PlainType):
    """Deliveries of one reaction that wait for a person, for one reason."""

    class Meta:
        name = "Parked"
        access = HELD

    reaction = graphene.String(required=True, description="What would be done, by its name in the code.")
    error = graphene.String(required=True, description="The kind of the last failure.")
    is_restored = graphene.Boolean(
        required=True,
        description="Whether a restore set them aside: the shop that was lost may have done them.",
    )
    count = graphene.Int(required=True, description="How many.")
    first_parked_at = graphene.DateTime(required=True, description="Since when the first of them waits.")
    first_event = graphene.Int(required=True, description="The number of the first event.")
    last_event = graphene.Int(required=True, description="The number of the last event.")


def _parked(root: Any, info: Any) -> list[dict[str, Any]]:
    found = (
        waiting()
        .values("reaction", "error")
        .annotate(
            count=Count("pk"),
            first_parked_at=Min("parked_at"),
            first_event=Min("event"),
            last_event=Max("event"),
        )
    )
    return [
        {**row, "is_restored": row["error"] == RESTORED}
        for row in found.order_by("first_parked_at", "reaction", "error")[:MOST]
    ]


add_to_office(
    parked=guarded(
        list_of(
            ParkedType,
            most=MOST,
            resolver=_parked,
            description="Deliveries that were set aside, by what they would do and why they did not.",
        ),
        RELEASES,
    )
)


class ParkedRelease(Act):
    """Let parked deliveries of a reaction be tried again, after what held them was seen to."""

    class Meta:
        access = RELEASES
        idempotent = True

    class Input:
        reaction = graphene.String(required=True, description="The reaction, as it is listed.")
        error = graphene.String(required=True, description="For what it was set aside, as it is listed.")

    count = graphene.Int(description="How many are tried again.")

    @classmethod
    def act(cls, request: Any, reaction: str, error: str) -> Any:
        """How many; CONFLICT where none is parked any more."""
        if not reaction.strip():
            raise Invalid(say("请选择一项。", "Please choose one."), field="reaction")
        return {"count": parked.release(reaction, error, request.user)}


class Mutation:
    parked_release = ParkedRelease.Field()
