"""Teams, their leaders, and what they offer."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.viewer import add_to_viewer
from accounts.models import Person
from catalog import reads
from catalog.api.access import AT_DESK, HELD, KEEPS_LISTINGS, MANAGER, PUBLIC, SIGNED_IN
from catalog.api.check import DepartmentCheckType
from catalog.api.members import offers_field, people_field
from catalog.models import Leader, Product, Team
from catalog.reads.marks import village_slug
from core.api.connections import connection_field
from core.api.facts import cache_tags, guarded
from core.api.facts import reads as reads_columns
from core.api.lookahead import prefetched
from core.api.nodes import Door
from core.api.types import Localized, ModelType, list_of, type_of


class LeaderType(ModelType):
    """The local leader by whom a team is known."""

    class Meta:
        model = Leader
        fields = ("verified_at", "name_zh", "name_en", "words_zh", "words_en")
        access = HELD
        about = {
            "verified_at": "When the shop verified the leader; null when it has not.",
            "name_zh": "The leader's name in Chinese.",
            "name_en": "The leader's name in English; may be empty.",
            "words_zh": "A sentence of the leader's own, in Chinese; may be empty.",
            "words_en": "A sentence of the leader's own, in English; may be empty.",
        }

    name = Localized("name", description="The leader's name.")
    words = Localized("words", description="A sentence of the leader's own; may be empty.")
    is_verified = graphene.Boolean(required=True, description="Whether the shop has verified the leader.")
    is_woman = guarded(
        graphene.Boolean(
            required=True, description="Whether the leader has told her team that she is a woman."
        ),
        KEEPS_LISTINGS,
    )
    decline_reason = guarded(
        graphene.String(
            required=True, description="Why an operator could not verify the leader; mostly empty."
        ),
        KEEPS_LISTINGS,
    )

    def resolve_is_verified(root, info):
        """Whether an operator, or who let her team in at its county, has looked at who she is under this name."""
        return root.verified_at is not None


def _products(root: Team, info: Any) -> QuerySet[Product]:
    return reads.published_products().filter(team=root)


def _of_its_desk(about: str) -> graphene.Field:
    """A text of the team's that is for its own desk."""
    return guarded(graphene.String(required=True, description=about), KEEPS_LISTINGS)


class TeamType(ModelType):
    """A village team: the people who offer products here."""

    class Meta:
        door = Door("team", lambda request, uids: reads.teams().filter(uid__in=uids))
        model = Team
        fields = (
            *("code", "slug", "leader", "county", "division"),
            *("village_zh", "village_en", "story_zh", "story_en", "linking_zh", "linking_en"),
            *("producer_zh", "producer_en"),
        )
        access = HELD
        about = {
            "code": "Short public code, e.g. HB01.",
            "slug": "Its name in addresses.",
            "leader": "Who leads it.",
            "county": "Where it works.",
            "division": "The city or prefecture of its county.",
            "village_zh": "The village, in Chinese; may be empty.",
            "village_en": "The village, in English; may be empty.",
            "story_zh": "What it tells of itself, in Chinese; may be empty.",
            "story_en": "What it tells of itself, in English; may be empty.",
            "linking_zh": "How households gain by what it sells, in Chinese; may be empty.",
            "linking_en": "How households gain by what it sells, in English; may be empty.",
            "producer_zh": "The body that answers for the food, in Chinese; may be empty.",
            "producer_en": "The body that answers for the food, in English; may be empty.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    village = Localized("village", description="The village; may be empty.")
    story = Localized("story", description="What it tells of itself; may be empty.")
    linking = Localized("linking", description="How households gain by what it sells; may be empty.")
    village_slug = graphene.String(
        required=True,
        description="By which the village's page is found in its county; empty where it named none.",
    )
    producer = Localized("producer", description="The body that answers for the food; may be empty.")
    is_active = graphene.Boolean(required=True, description="Whether it may offer something now.")
    rest_reason = guarded(
        graphene.String(required=True, description="Why an operator has suspended it; mostly empty."),
        AT_DESK,
    )
    licence_number = _of_its_desk("The licence of the body that answers for the food.")
    licence_expires_on = guarded(
        graphene.Date(description="The last day on which that licence is good; null where nobody has said."),
        KEEPS_LISTINGS,
    )
    sends_from = _of_its_desk("Where its parcels set out; may be empty.")
    returns_to = _of_its_desk("Where goods come back to; may be empty.")
    carrier = guarded(
        graphene.String(required=True, description="Who carries its parcels mostly; may be empty."), AT_DESK
    )
    logistics_checks = guarded(
        list_of(
            DepartmentCheckType,
            most=20,
            resolver=lambda root, info: root.checks.filter(kind="logistics")[:20],
            description="What commerce found of how it sends, the last first.",
        ),
        AT_DESK,
    )
    people = guarded(people_field(), MANAGER)
    offers = guarded(offers_field(), MANAGER)

    @reads_columns("village_zh")
    def resolve_village_slug(root, info):
        """Of its Chinese name; for `place` with its county's code."""
        return village_slug(root)

    products = connection_field(
        lambda: type_of(Product),
        _products,
        order=("-published_at", "-id"),
        description="Its published products, newest first.",
    )


def _team(root: Any, info: Any, slug: str) -> Team | None:
    return prefetched(reads.teams().filter(reads.addressed(slug)), info).first()


def _teams(root: Any, info: Any, division: str | None = None) -> QuerySet[Team]:
    found = reads.teams()
    return found.filter(division_id=division) if division else found


def _my_teams(root: Any, info: Any) -> QuerySet[Team]:
    return prefetched(reads.teams_of(info.context.user), info)


def _teams_of(root: Person, info: Any) -> QuerySet[Team]:
    return prefetched(reads.teams_of(root), info)


add_to_viewer(
    teams=list_of(TeamType, most=20, resolver=_teams_of, description="The teams at whose desk she works.")
)


class Query:
    team = guarded(
        cache_tags(
            graphene.Field(
                TeamType,
                args={
                    "slug": graphene.Argument(
                        graphene.String, required=True, description="One that it has, or ever had."
                    )
                },
                resolver=_team,
                description="One team; null when there is none.",
            ),
            "products",
        ),
        PUBLIC,
    )
    teams = guarded(
        cache_tags(
            connection_field(
                TeamType,
                _teams,
                order=("code", "id"),
                description="The village teams, by code.",
                division=graphene.Argument(
                    graphene.String, description="Only of this division, by its code."
                ),
            ),
            "products",
        ),
        PUBLIC,
    )
    my_teams = guarded(
        list_of(
            TeamType, most=20, resolver=_my_teams, description="The teams at whose desk the asker works."
        ),
        SIGNED_IN,
    )
