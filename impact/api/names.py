"""What a team calls its households among itself: changed, opened for half an hour, and found by its own people alone."""

from typing import Any

import graphene

from catalog.reads.teams import team_at_desk
from core.api.access import SIGNED_IN
from core.api.act import Act
from core.api.facts import mark
from core.api.ids import uid_of
from impact.actions import short_name as short_names
from impact.api.desk import own_household
from impact.api.household import HouseholdType
from impact.reads.short_name import OPEN


class HouseholdRename(Act):
    """Managers and leaders: call a household otherwise among the team; kept sealed."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="A household of the asker's own team.")
        short_name = graphene.String(
            required=True, description="At most 20 characters, a letter among them; empty takes it away."
        )

    household = graphene.Field(HouseholdType, description="The household.")

    @classmethod
    def act(cls, request: Any, id: str, short_name: str) -> Any:
        """The household; CONFLICT where another of the team is called so, or it takes part no more."""
        row = own_household(request, id)
        return cls(household=short_names.rename(row, request.user, short_name))


class HouseholdNamesOpen(Act):
    """Managers and leaders: open the team's list of short names for half an hour. It is written down, as is each page."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 3600)

    class Input:
        team = graphene.ID(required=True, description="The asker's own team.")
        purpose = graphene.String(
            required=True, description="What for; at most 120 characters. The team sees it."
        )

    until = graphene.DateTime(description="Until when it is open to her.")

    @classmethod
    def act(cls, request: Any, team: str, purpose: str) -> Any:
        """Until when; INVALID without a purpose, NOT_FOUND for a team not one's own."""
        own = team_at_desk(request.user, OPEN, uid_of(team, "Team", field="team"))
        return cls(until=short_names.open_names(own, request.user, purpose).until)


class HouseholdFind(Act):
    """Managers and leaders who have the list of short names open: find households by what the team calls them."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        team = graphene.ID(required=True, description="The asker's own team.")
        name = graphene.String(required=True, description="A short name, or a part of one.")

    households = mark(
        graphene.Field(
            graphene.List(graphene.NonNull(HouseholdType)),
            description="Those found, by their numbers; null when refused.",
        ),
        most=1000,
    )

    @classmethod
    def act(cls, request: Any, team: str, name: str) -> Any:
        """Those found; CONFLICT while the list is closed. The looking is written down."""
        own = team_at_desk(request.user, OPEN, uid_of(team, "Team", field="team"))
        return cls(households=short_names.find(own, request.user, name))


class Mutation:
    """What may be done with short names."""

    household_rename = HouseholdRename.Field()
    household_names_open = HouseholdNamesOpen.Field()
    household_find = HouseholdFind.Field()
