"""Regions of all China, by their GB/T 2260 codes."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts import reads
from accounts.models import Region
from core import language
from core.api.access import HELD, PUBLIC
from core.api.facts import cache_tags, guarded, needs
from core.api.lookahead import prefetched
from core.api.types import Localized, ModelType, list_of, to_many

# No region has more directly below it than Chongqing's 38.
MOST = 40


class RegionType(ModelType):
    """A province, division or county of China."""

    class Meta:
        model = Region
        fields = ("code", "name_zh", "name_en", "parent")
        access = HELD
        about = {
            "code": "Six digits, by GB/T 2260.",
            "name_zh": "Its name in Chinese.",
            "name_en": "Its name in English.",
            "parent": "What it lies in; null for a provincial-level region.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    level = graphene.Int(required=True, description="1 provincial level, 2 division, 3 county.")
    full_name = graphene.String(required=True, description="Its name with all it lies in.")
    children = to_many(
        "children",
        lambda: RegionType,
        most=MOST,
        description="The regions directly below it, by their codes.",
    )
    is_precise = graphene.Boolean(
        required=True, description="Whether an address may end with it: no regions lie below."
    )

    @needs("parent__parent")
    def resolve_full_name(root, info):
        """湖北省宜昌市秭归县; Zigui County, Yichang, Hubei."""
        names = [language.localized(region, "name") for region in reads.region_in_full(root)]
        return "".join(names) if language.current() == "zh" else ", ".join(reversed(names))

    def resolve_is_precise(root, info):
        """Whether an address may end here."""
        return reads.is_precise(root)


def _regions(root: Any, info: Any, parent: str | None = None) -> QuerySet[Region]:
    return prefetched(reads.regions_of(parent).select_related("parent__parent"), info)


class Query:
    regions = cache_tags(
        guarded(
            list_of(
                RegionType,
                most=MOST,
                resolver=_regions,
                description="The regions directly below one; without `parent`, the 34 of provincial level.",
                parent=graphene.Argument(graphene.String, description="The code of the region above."),
            ),
            PUBLIC,
        ),
        "regions",
    )
