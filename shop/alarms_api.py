"""The alarms in the office, for whoever hears of them."""

from typing import Any

import graphene

from accounts.api.access import HELD
from accounts.api.office import add_to_office
from accounts.permissions import may
from core.api.types import PlainType, list_of
from shop import alarms


class AlarmType(PlainType):
    """Something that is amiss in the running of the shop."""

    class Meta:
        name = "Alarm"
        access = HELD

    name = graphene.String(required=True, description="Which, for programs: worker_away.")
    title = graphene.String(required=True, description="Which, in words.")
    todo = graphene.String(required=True, description="What to do about it.")
    since = graphene.DateTime(required=True, description="Since when it is so.")

    def resolve_title(root, info):
        """In the reader's language."""
        return str(alarms.BY_NAME[root.name].words)

    def resolve_todo(root, info):
        """In the reader's language."""
        return str(alarms.BY_NAME[root.name].todo)


def _fired(root: Any, info: Any) -> list[Any]:
    return alarms.fired() if may(root, "shop.hear_of_alarms") else []


add_to_office(
    alarms=list_of(
        AlarmType,
        most=20,
        resolver=_fired,
        description="Alarms that are fired now, the longest first; none for whoever does not hear of them.",
    )
)
