"""Whose work a product is, as far as the public may know it."""

from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Region
from catalog.models import Lot, Product, Team
from catalog.reads.products import published_products
from catalog.reads.teams import addressed, teams
from core import fast
from core.choices import Choices
from core.language import Words, say
from core.refusals import NotFound
from impact.reads.household import public_households_of_teams


def _explained(zh: str, en: str) -> dict[str, Words]:
    return {"explanation": say(zh, en)}


class Level(Choices):
    """How far what is on the shelf can be traced. A lot of one household is told like any traced one:
    that it is one would be a count of households."""

    explanation: Words
    TRACED = (
        "traced",
        say("可追溯批次", "Traced lots"),
        _explained(
            "每一批都登记了交货的农户和重量，农户所得按各自的重量记账。",
            "For each lot the households that brought it and their weights are on record; "
            "their part is shared by weight.",
        ),
    )
    MIXED = (
        "mixed",
        say("部分批次可追溯", "Partly traced"),
        _explained(
            "部分批次登记了交货农户；其余批次记在团队全体农户名下。",
            "For some lots the households are on record; for others their part is set aside for the team's "
            "households together.",
        ),
    )
    POOLED = (
        "pooled",
        Lot.Level.POOL.words,
        _explained(
            "这些批次没有分户记录，农户所得记在团队全体农户名下。",
            "No record says who grew what: the households' part is set aside for the team's households together.",
        ),
    )


@dataclass(frozen=True)
class Provenance:
    """Where a product comes from, for whom, and what their share of the price is."""

    team_id: int
    county: Region
    households: Words
    level: Level | None = None
    household_bps: int | None = None

    @property
    def level_name(self) -> Words | None:
        """The level in a word."""
        return self.level.words if self.level else None

    @property
    def level_explanation(self) -> Words | None:
        """The level in a sentence."""
        return self.level.explanation if self.level else None


_PRODUCT = fast.PreparedQuery(
    lambda slug: published_products().select_related("team__county").filter(slug=slug)
)
_LOTS = fast.PreparedQuery(
    lambda product: Lot.objects.filter(variant__product=product, state__in=Lot.SELLABLE).only(
        "level", "traced_at"
    )
)


def provenance(slug: str) -> Provenance:
    """Of a published product."""
    product = next(iter(_PRODUCT.rows(slug=slug)), None)
    if product is None:
        raise NotFound()
    return Provenance(
        product.team_id,
        product.team.county,
        public_households_of_teams([product.team_id])[product.team_id],
        level_of(product),
        product.household_bps,
    )


def provenance_of_team(slug: str) -> Provenance:
    """Of a team: its county and how many households are behind it."""
    team: Team | None = teams().select_related("county").filter(addressed(slug)).first()
    if team is None:
        raise NotFound()
    return Provenance(team.pk, team.county, public_households_of_teams([team.pk])[team.pk])


def level_of(product: Product) -> Level | None:
    """By the lots that are on sale or planned; None where there is none."""
    lots = _LOTS.rows(product=product.pk)
    return public_level({lot.level if lot.is_traced else Lot.Level.POOL for lot in lots})


def public_level(levels: Collection[int]) -> Level | None:
    """The lots' levels as they are told."""
    if not levels:
        return None
    if Lot.Level.POOL not in levels:
        return Level.TRACED
    return Level.POOLED if set(levels) == {Lot.Level.POOL} else Level.MIXED
