"""What is missing before the shop can sell its first parcel."""

import graphene

from accounts.api.shop import KEEPS_SHOP
from core.api.access import HELD
from core.api.facts import guarded, mark
from core.api.types import PlainType, worded_enum
from impact.reads.first_parcel import HOW, WORDS, Need, first_parcel

FirstParcelNeed = worded_enum(
    Need, "FirstParcelNeed", "What a first sale stands on.", lambda need: WORDS[need]
)


class NeededType(PlainType):
    """Something that a first sale stands on."""

    class Meta:
        access = HELD
        name = "FirstParcelNeeded"

    need = graphene.Field(FirstParcelNeed, required=True, description="What.")
    name = graphene.String(required=True, description="What is to be done, in the reader's language.")
    how = graphene.String(required=True, description="Who does it, and where.")
    is_there = graphene.Boolean(required=True, description="Whether it is done.")

    def resolve_name(root, info):
        """What there is to do, as one tells somebody."""
        return str(WORDS[root.need])

    def resolve_how(root, info):
        """A sentence, in the reader's language."""
        return str(HOW[root.need])


class Query:
    first_parcel = guarded(
        mark(
            graphene.Field(
                graphene.List(graphene.NonNull(NeededType)),
                resolver=lambda root, info: first_parcel(),
                description="All that a first sale stands on, in the order in which it is usually done; null for "
                "whoever does not run the shop.",
            ),
            most=len(Need),
        ),
        KEEPS_SHOP,
    )
