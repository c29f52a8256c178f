"""What one's own purchases have set aside, by day and team."""

from datetime import date
from typing import Any, NamedTuple

import graphene

from catalog.models import Team
from core.api.access import HELD, SIGNED_IN
from core.api.facts import guarded
from core.api.types import MoneyField, PlainType, list_of, type_of
from core.language import Words
from impact.reads.purchases import MOST_ROWS, Purchases, purchases_of


class Day(NamedTuple):
    """A day's row, with its team."""

    day: date
    team: Team
    households: Words
    earmarked_minor: int
    owed_minor: int


class PurchasesOfDay(PlainType):
    """What one bought of a team on a day: so much of it is for the team's households together."""

    class Meta:
        access = HELD

    day = graphene.Date(required=True, description="The day of payment, in Shanghai.")
    team = graphene.Field(lambda: type_of(Team), required=True, description="The team.")
    households = graphene.String(
        required=True,
        description="How many verified households it has, told in tens and not at all below ten.",
    )
    set_aside = MoneyField("earmarked_minor", description="Set aside; its after-sale period is not over.")
    owed = MoneyField("owed_minor", description="Owed to them by now; not paid out yet.")


class MyPurchases(PlainType):
    """What one's purchases have set aside for households, by the ledger; what was taken back is not in it."""

    class Meta:
        access = HELD

    set_aside = MoneyField("earmarked_minor", description="Of all of them: still set aside.")
    owed = MoneyField("owed_minor", description="Of all of them: owed by now.")
    team_count = graphene.Int(required=True, description="Of how many teams.")
    days = list_of(PurchasesOfDay, most=MOST_ROWS, description="By day and team, the newest first.")
    day_count = graphene.Int(
        required=True, description="How many there are; beyond `days`, in the sums alone."
    )

    def resolve_days(root, info):
        """With the teams' rows, fetched together."""
        ids = {one.team_id for one in root.days}
        rows = Team.objects.select_related("county", "division").in_bulk(ids)
        return [
            Day(one.day, rows[one.team_id], one.households, one.earmarked_minor, one.owed_minor)
            for one in root.days
        ]


def _my_purchases(root: Any, info: Any) -> Purchases:
    return purchases_of(info.context.user)


class Query:
    """What a buyer may read of what she did."""

    my_purchases = guarded(
        graphene.Field(
            MyPurchases,
            resolver=_my_purchases,
            description="What one's own purchases have set aside for households, by day and team.",
        ),
        SIGNED_IN,
        cost=20,
    )
