"""Who supports an edition, by type: for everyone as it is told, and exactly for whoever may see that."""

from typing import Any

import graphene

from accounts.api.access import HELD, whoever_may
from accounts.api.office import add_to_office
from contest.api.contest import Contest
from contest.models import DisclosedSupporters
from contest.reads import keeping, supporters
from core.api.facts import guarded
from core.api.types import MoneyField, PlainType, list_of
from core.language import localized
from impact.models import Edition, Round


class SupporterTypeRow(PlainType):
    """What came by one type of supporter: persons, organisations of one kind, or what outside platforms sold."""

    class Meta:
        access = HELD

    type = graphene.String(required=True, description='Which, for programs: "union".')
    name = graphene.String(required=True, description="Which, in the reader's language.")
    net = MoneyField("net_minor", description="What they bought for entries, less refunds.")
    organisations = graphene.Int(
        description="How many different ones; null of persons, platforms and others, and in public under ten."
    )

    def resolve_name(root, info):
        """As the house calls it."""
        return str(supporters.TYPES[root.type])


class DisclosedSupportersType(PlainType):
    """Who supports the edition, by type, as it was told last; the sums are in thousands of yuan until all is frozen."""

    class Meta:
        name = "DisclosedSupporters"
        access = HELD

    day = graphene.Date(required=True, description="As of 04:00 of this day, in Shanghai.")
    is_final = graphene.Boolean(required=True, description="Whether all is frozen, and told exactly.")
    total = MoneyField("total_minor", description="What the rows come to together.")
    rows = list_of(
        SupporterTypeRow,
        most=12,
        description="The largest first; types with fewer than ten organisations are one, with others.",
    )


class EditionSupportersType(PlainType):
    """Who supports an edition, by type, exactly and as of this moment: of the rounds that the asker may see."""

    class Meta:
        name = "EditionSupporters"
        access = HELD

    slug = graphene.String(required=True, description="The edition's short name in addresses.")
    name = graphene.String(required=True, description="Its name in the reader's language.")
    total = MoneyField("total_minor", description="What the rows come to together: the net of the entries.")
    rows = list_of(SupporterTypeRow, most=12, description="The largest first.")

    def resolve_slug(root, info):
        """The edition's own."""
        return root.edition.slug

    def resolve_name(root, info):
        """The edition's."""
        return localized(root.edition, "name")


def _disclosed(root: Round, info: Any) -> supporters.Table | None:
    last = DisclosedSupporters.objects.filter(edition=root.edition_id).first()
    if last is None:
        return None
    return supporters.Table(root.edition, supporters.rows_of(last), last.day, last.is_final)


def _exact(root: Any, info: Any) -> list[supporters.Table]:
    rounds = keeping.rounds(info.context.user, (keeping.SEE_SUPPORTERS,))
    of: dict[Edition, list[Round]] = {}
    for round_ in rounds:
        of.setdefault(round_.edition, []).append(round_)
    return [
        supporters.Table(edition, supporters.by_type(of[edition]))
        for edition in sorted(of, key=lambda e: -e.ordinal)
    ]


Contest._meta.fields["supporters"] = graphene.Field(
    DisclosedSupportersType,
    resolver=_disclosed,
    description="Who supports the whole edition, by type, as it was told last; null before the first day's boundary.",
)
add_to_office(
    supporters=guarded(
        list_of(
            EditionSupportersType,
            most=20,
            resolver=_exact,
            description="Who supports each edition, by type, exactly; the newest first.",
        ),
        whoever_may(keeping.SEE_SUPPORTERS, anywhere=True),
        cost=20,
    )
)
