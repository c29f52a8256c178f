"""How an order's money is set aside, and whose work a product is."""

from typing import Any

import graphene

from catalog.models import Team
from core.api.access import HELD, PUBLIC
from core.api.facts import cache_tags, guarded
from core.api.types import Money, MoneyField, PlainType, list_of, money, type_of, worded_enum
from core.language import localized
from core.refusals import Invalid
from impact.reads import provenance as provenances
from impact.reads import set_aside as reads
from orders.reads.order import order_open_to

SetAsideState = worded_enum(
    reads.State,
    "SetAsideState",
    "How far an order's money is; none of them says that it was paid out.",
    lambda state: state.explanation,
)
ProvenanceLevel = worded_enum(
    provenances.Level,
    "ProvenanceLevel",
    "How far a product's lots can be traced.",
    lambda level: level.explanation,
)


def _text(description: str) -> graphene.String:
    return graphene.String(required=True, description=description)


class SetAsidePart(PlainType):
    """So much of an order for one purpose."""

    class Meta:
        access = HELD

    part = _text('Its key: "households", a part of the price story, "shipping", or "held".')
    name = _text("What it is for, in the reader's language.")
    amount = MoneyField("amount_minor", description="How much.")
    bps = graphene.Int(
        required=True, description="Of all that is set aside, in hundredths of a per cent; together 10,000."
    )
    is_households = graphene.Boolean(required=True, description="Whether it is the households' part.")


class SetAsideTeam(PlainType):
    """The households' part of one team's goods, for its households together."""

    class Meta:
        access = HELD

    team = graphene.Field(lambda: type_of(Team), required=True, description="The team.")
    households = _text("How many verified households it has, told in tens and not at all below ten.")
    amount = graphene.Field(Money, required=True, description="Their part of this order, together.")


class SetAside(PlainType):
    """How an order's money stands in the shop's ledger, part by part, to the fen."""

    class Meta:
        access = HELD

    state = graphene.Field(SetAsideState, required=True, description="How far the money is.")
    state_name = _text("The same in the reader's language.")
    explanation = _text("The same in a sentence.")
    paid = MoneyField(
        "paid_minor", description="What was paid: `total` and `takenBack` together, less `byCoupon`."
    )
    by_coupon = MoneyField(
        "coupon_minor", description="What of `total` the shop has paid itself, by a coupon of its own."
    )
    total = MoneyField("total_minor", description="What is set aside or owed now: the sum of the parts.")
    taken_back = MoneyField("reversed_minor", description="What was taken back for the buyer.")
    still_due = MoneyField(
        "still_due_minor", description="What of `takenBack` the provider has not given back yet."
    )
    parts = list_of(SetAsidePart, most=16, description="What it is for, the households' part first.")
    teams = list_of(SetAsideTeam, most=20, description="The households' part, team by team.")

    def resolve_teams(root, info):
        """With the teams' rows, fetched together."""
        rows = Team.objects.select_related("county", "division", "leader").in_bulk(
            [t.team_id for t in root.teams]
        )
        return [
            {"team": rows[t.team_id], "households": t.households, "amount": money(t.amount_minor)}
            for t in root.teams
        ]


class Provenance(PlainType):
    """Whose work a product is, as far as may be told: never of one household."""

    class Meta:
        access = HELD

    county_name = _text("The county it comes from.")
    households = _text("How many verified households its team has, in tens and not at all below ten.")
    level = graphene.Field(
        ProvenanceLevel, description="How far its lots can be traced; null of a team, or without a lot."
    )
    level_name = graphene.String(description="The same in the reader's language.")
    level_explanation = graphene.String(description="The same in a sentence.")
    household_bps = graphene.Int(
        description="The households' part of the price, in hundredths of a per cent; null of a team."
    )
    per_hundred = graphene.Field(
        Money, description="Of each ¥100 paid for it, how much is the households' part; null of a team."
    )

    def resolve_county_name(root, info):
        """As the reader calls it."""
        return localized(root.county, "name")

    def resolve_per_hundred(root, info):
        """A ten-thousandth of ¥100 is a fen."""
        return None if root.household_bps is None else money(root.household_bps)


def _set_aside(root: Any, info: Any, order: str, token: str | None = None) -> reads.SetAside | None:
    found = order_open_to(info.context.user, order, token)
    return reads.set_aside(found) if found else None


def _provenance(
    root: Any, info: Any, product: str | None = None, team: str | None = None
) -> provenances.Provenance:
    if (product is None) == (team is None):
        raise Invalid(field="product")
    return provenances.provenance(product) if product else provenances.provenance_of_team(team or "")


class Query:
    """What may be read of set-aside money and provenance."""

    set_aside = guarded(
        graphene.Field(
            SetAside,
            args={
                "order": graphene.Argument(graphene.String, required=True, description="The order's number."),
                "token": graphene.Argument(graphene.String, description="The key in a guest's link."),
            },
            resolver=_set_aside,
            description="How one's own paid order (or a guest's, by its key) is set aside; null for any other.",
        ),
        PUBLIC,
        cost=3,
    )
    provenance = cache_tags(
        guarded(
            graphene.Field(
                Provenance,
                args={
                    "product": graphene.Argument(graphene.String, description="A published product's slug,"),
                    "team": graphene.Argument(graphene.String, description="or a team's; one of the two."),
                },
                resolver=_provenance,
                description="Whose work a product is, or who is behind a team; null for one that is not there.",
            ),
            PUBLIC,
            cost=3,
        ),
        "products:{product}",
        "households",
    )
