"""An edition as everybody may know it."""

from typing import Any

import graphene

from contest.reads import edition as reads
from core.api.access import HELD, PUBLIC
from core.api.facts import guarded
from core.api.types import Localized, ModelType
from impact.models import Edition


class EditionType(ModelType):
    """A contest, over all its levels."""

    class Meta:
        model = Edition
        fields = ("slug", "ordinal")
        access = HELD
        about = {"slug": "Its short name in addresses.", "ordinal": "The how-manieth it is."}

    name = Localized("name", description="Its name in the reader's language.")
    theme = Localized("theme", description="Its theme; may be empty.")


def _edition(root: Any, info: Any, slug: str) -> Edition | None:
    return reads.public_editions().filter(slug=slug).first()


class Query:
    edition = guarded(
        graphene.Field(
            EditionType,
            args={"slug": graphene.Argument(graphene.String, required=True, description="Its slug.")},
            resolver=_edition,
            description="An edition; null where there is none of this slug, or it has no round yet.",
        ),
        PUBLIC,
    )
