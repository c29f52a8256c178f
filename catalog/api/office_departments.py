"""Departments of the government in the office, each with its one job: agriculture looks at papers and quality, media publishes.

Whoever has none of these roles is told that there is no such page. (Commerce and the women's department stand on the
floor above: their pages tell of parcels and sums.)
"""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.access import whoever_may
from accounts.permissions import may_anywhere
from catalog.actions import check as checks
from catalog.actions import team as teams
from catalog.api.access import HELD, SIGNED_IN
from catalog.api.certificate import CertificateType
from catalog.api.check import DepartmentCheckType
from catalog.api.desk_variant import same_id
from catalog.models import Product, Team
from catalog.reads import departments
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, mark
from core.api.ids import uid_of
from core.api.types import Localized, ModelType, PlainType, list_of
from core.related import related

QUALITY, STORIES = "catalog.check_quality", "catalog.publish_stories"


class CheckedListingType(ModelType):
    """A product as whoever checks quality sees it: what it is, and its papers."""

    class Meta:
        model = Product
        main = False
        name = "CheckedListing"
        access = HELD
        fields = (
            "state",
            "kind",
            "storage",
            "producer_zh",
            "licence_number",
            "ingredients_zh",
            "shelf_life_days",
        )
        about = {
            "state": "Where it stands.",
            "kind": "What sort of goods it is.",
            "storage": "How it is kept and sent.",
            "producer_zh": "Who answers for it, in Chinese.",
            "licence_number": "Of its producer.",
            "ingredients_zh": "As on the label, in Chinese.",
            "shelf_life_days": "Days it keeps; null where nothing is said.",
        }

    id = same_id("Product")
    name = Localized("name", description="Its name in the reader's language.")
    team_name = graphene.String(required=True, description="Whose it is.")
    certificates = mark(
        list_of(CertificateType, most=10, description="All its papers."), relation="certificates"
    )
    checks = mark(
        list_of(DepartmentCheckType, most=100, description="What was found before, the last first."),
        relation="checks",
    )

    def resolve_team_name(root, info):
        """By its Chinese name, as on its papers."""
        return root.team.name_zh

    def resolve_certificates(root, info):
        """Those that have run out among them."""
        return list(related(root, "certificates"))

    def resolve_checks(root, info):
        """The last first; a finding is never changed, a newer one stands before it."""
        return list(related(root, "checks"))[:100]


class StoryTeamType(ModelType):
    """A team as whoever publishes its story sees it."""

    class Meta:
        model = Team
        main = False
        name = "StoryTeam"
        access = HELD
        fields = ("code", "slug", "story_zh", "story_en")
        about = {
            "code": "Short public code.",
            "slug": "Its name in addresses.",
            "story_zh": "What its page tells, in Chinese; may be empty.",
            "story_en": "The same in English; may be empty.",
        }

    id = same_id("Team")
    name = Localized("name", description="Its name in the reader's language.")


class QualityOffice(PlainType):
    """The products of the asker's place, for whoever checks certificates and quality."""

    class Meta:
        access = HELD

    listings = connection_field(
        CheckedListingType,
        lambda root, info: departments.listings_at(info.context.user).select_related("team"),
        order=("-submitted_at", "-id"),
        description="Handed in, sold or suspended, the last handed in first.",
    )


class MediaOffice(PlainType):
    """The teams of the asker's place, for whoever publishes their stories."""

    class Meta:
        access = HELD

    teams = connection_field(
        StoryTeamType,
        lambda root, info: _teams(info),
        order=("code", "id"),
        description="The teams by code.",
    )


def _teams(info: Any) -> QuerySet[Team]:
    return departments.teams_at(info.context.user, STORIES)


class QualityCheck(Act):
    """Agriculture: write down what a look at a product and its papers found."""

    class Meta:
        access = whoever_may(QUALITY, anywhere=True)

    class Input:
        product = graphene.ID(required=True, description="A product of the asker's place.")
        is_fine = graphene.Boolean(required=True, description="Whether all was as it should be.")
        words = graphene.String(description="What was found; required where not all was.")

    check = graphene.Field(DepartmentCheckType, description="The finding.")

    @classmethod
    def act(cls, request: Any, product: str, is_fine: bool, words: str | None = None) -> Any:
        """The finding; NOT_ALLOWED for a team of her own, INVALID where nothing is said of what is not fine."""
        row = departments.listing_at(request.user, uid_of(product, "Product", field="product"))
        return cls(check=checks.check_quality(row, request.user, is_fine, words or ""))


class StoryPublish(Act):
    """Media: publish what is told of a team on its page; a story names nobody without her consent."""

    class Meta:
        access = whoever_may(STORIES, anywhere=True)

    class Input:
        team = graphene.ID(required=True, description="A team of the asker's place.")
        story_zh = graphene.String(required=True, description="In Chinese.")
        story_en = graphene.String(description="In English.")

    team = graphene.Field(StoryTeamType, description="The team.")

    @classmethod
    def act(cls, request: Any, team: str, story_zh: str, story_en: str | None = None) -> Any:
        """The team with its story, on its page from now on; NOT_ALLOWED for a team of her own."""
        row = departments.team_at(request.user, STORIES, uid_of(team, "Team", field="team"))
        return cls(team=teams.publish_story(row, request.user, story_zh, story_en))


class Query:
    """What departments may read of the shelves."""

    quality_office = guarded(
        graphene.Field(
            QualityOffice,
            resolver=lambda root, info: QualityOffice() if may_anywhere(info.context.user, QUALITY) else None,
            description="Products to look at; null for whoever does not check quality.",
        ),
        SIGNED_IN,
    )
    media_office = guarded(
        graphene.Field(
            MediaOffice,
            resolver=lambda root, info: MediaOffice() if may_anywhere(info.context.user, STORIES) else None,
            description="Teams to tell of; null for whoever publishes nothing.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What departments may do on the shelves."""

    quality_check = QualityCheck.Field()
    story_publish = StoryPublish.Field()
