"""The shop's figures in the office: sold, given back, claims and late parcels, by step of time, team and place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import graphene
from django.utils.functional import cached_property

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from accounts.models import Region
from catalog.models import Team
from core.api.access import HELD
from core.api.facts import guarded, mark
from core.api.types import MoneyField, PlainType, list_of, worded_enum
from core.language import localized
from orders.reads import figures as reads
from orders.reads.figures import Row, Span, Split, Step

FiguresStep = worded_enum(Step, "FiguresStep", "How long each row of the figures is.")
MOST_TEAMS = 1000


class FiguresRowType(PlainType):
    """The figures of one stretch of days, or of one team or place over all of them."""

    class Meta:
        name = "FiguresRow"
        access = HELD

    begins = graphene.Date(required=True, description="Its first day.")
    key = graphene.String(required=True, description="A team's code, a place's code, or empty.")
    name = graphene.String(required=True, description="The team or place in the reader's language, or empty.")
    orders = graphene.Int(required=True, description="Orders whose money came; of two teams' one for each.")
    sold = MoneyField("sold_minor", description="What was paid, sending included.")
    refunded = MoneyField("refunded_minor", description="What it was decided to give back, arrived or not.")
    claims = graphene.Int(required=True, description="Claims that were made.")
    late_parcels = graphene.Int(
        required=True, description="Parcels that were not sent by the day they were promised for."
    )


@dataclass(frozen=True)
class NamedRow:
    """A row as it is told."""

    begins: date
    key: str
    name: str
    orders: int
    sold_minor: int
    refunded_minor: int
    claims: int
    late_parcels: int


def named(row: Row, names: Mapping[str, str] | None = None) -> NamedRow:
    """The row with the name of its team or place."""
    return NamedRow(row.begins, row.key, (names or {}).get(row.key, row.key), **vars(row.figures))


def names_of(split: Split, rows: list[Row]) -> dict[str, str]:
    """What the teams or places of these rows are called, by their keys."""
    keys = {row.key for row in rows if row.key}
    if split == Split.TEAM:
        return {team.code: localized(team, "name") for team in Team.objects.filter(code__in=keys)}
    return {region.code: localized(region, "name") for region in Region.objects.filter(code__in=keys)}


@dataclass(frozen=True)
class Scope:
    """What is told, and of which teams its asker may see it."""

    over: Span
    team: str
    place: str
    of: list[int] | None

    @cached_property
    def of_steps(self) -> list[Row]:
        """All of them together, step by step; read once."""
        return self.rows()

    def rows(self, split: Split = Split.SHOP, *, in_all: bool = False) -> list[Row]:
        """A row for each step and team or place in which something happened, by one statement."""
        return reads.figures(self.over, split, in_all=in_all, team=self.team, place=self.place, of=self.of)


class FiguresType(PlainType):
    """Figures of a span of days."""

    class Meta:
        name = "Figures"
        access = HELD

    since = graphene.Date(required=True, description="The first day.")
    until = graphene.Date(required=True, description="The last day, among them.")
    step = graphene.Field(
        FiguresStep,
        required=True,
        description="How long each row is; longer than was asked for where they were too many.",
    )
    rows = list_of(
        FiguresRowType, most=reads.MOST_STEPS + 1, description="A row for each step, the first day first."
    )
    total = graphene.Field(FiguresRowType, required=True, description="All of it together.")
    teams = mark(
        list_of(
            FiguresRowType, most=MOST_TEAMS, description="The span as a whole, team by team, most sold first."
        ),
        cost=20,
    )
    places = mark(
        list_of(
            FiguresRowType, most=100, description="The span as a whole, place by place, most sold first."
        ),
        cost=20,
    )

    def resolve_since(root, info):
        """As it is told: not always the day that was asked for."""
        return root.over.since

    def resolve_until(root, info):
        """As it is told: not always the day that was asked for."""
        return root.over.until

    def resolve_step(root, info):
        """As it is told: longer than was asked for where rows were too many."""
        return root.over.step

    def resolve_rows(root, info):
        """Those in which nothing happened among them."""
        return [named(row) for row in reads.by_step(root.over, root.of_steps)]

    def resolve_total(root, info):
        """An order is of one step, and counts once."""
        return named(Row(root.over.since, "", reads.total(root.of_steps)))

    def resolve_teams(root, info):
        """Those of which something is to be told."""
        return _apart(root, Split.TEAM)[:MOST_TEAMS]

    def resolve_places(root, info):
        """Cities and prefectures, by where the teams are."""
        return _apart(root, Split.PLACE)


def _apart(scope: Scope, split: Split) -> list[NamedRow]:
    rows = sorted(scope.rows(split, in_all=True), key=lambda row: (-row.figures.sold_minor, row.key))
    names = names_of(split, rows)
    return [named(row, names) for row in rows]


def _figures(
    root: Any,
    info: Any,
    step: Any = None,
    since: date | None = None,
    until: date | None = None,
    team: str = "",
    place: str = "",
) -> Scope:
    scope = Step(step.value) if step else Step.DAY
    return Scope(
        reads.span(scope, since, until), team or "", place or "", reads.teams_seen_by(info.context.user)
    )


add_to_office(
    figures=guarded(
        graphene.Field(
            FiguresType,
            required=True,
            args={
                "step": graphene.Argument(FiguresStep, description="By default DAY."),
                "since": graphene.Argument(
                    graphene.Date, description="By default 30 days, 12 weeks or 12 months ago."
                ),
                "until": graphene.Argument(graphene.Date, description="By default today."),
                "team": graphene.Argument(graphene.String, description="Only this team, by its code."),
                "place": graphene.Argument(
                    graphene.String, description="Only teams of this city or prefecture, by its code."
                ),
            },
            resolver=_figures,
            description="What was sold, given back, claimed and late, of the teams that the asker's roles reach.",
        ),
        whoever_may("orders.see_figures", anywhere=True),
        cost=20,
    )
)
