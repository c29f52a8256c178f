"""An edition as anybody may see it: its rounds, who carries it, what it aims at; and what its keeper says of that."""

from typing import Any

import graphene

from accounts.models import Organisation
from accounts.reads import mobiliser
from contest.actions import edition as editions
from contest.actions import partner as partners
from contest.api.contest import RoundType
from contest.api.office import KEEPS
from contest.api.organiser import OfficeEditionType, add_to_edition
from contest.models import Partner, Target
from contest.reads import edition as reads
from contest.reads import keeping, targets
from core.api.access import HELD, PUBLIC
from core.api.act import Act
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.ids import uid_of
from core.api.nodes import Door
from core.api.types import BigInt, Localized, ModelType, PlainType, enum_of, list_of
from core.language import localized, say
from core.refusals import Invalid, NotFound
from impact.models import Edition


class PartnerType(ModelType):
    """A body that carries an edition."""

    class Meta:
        model = Partner
        access = HELD
        fields = ("role", "position")
        about = {"role": "What it is in it.", "position": "Its place among those of its role."}

    name = Localized("name", description="Its name in the reader's language.")
    duty = Localized("duty", description="What it answers for; may be empty.")
    role_name = graphene.String(required=True, description="Its role in the reader's language.")
    name_zh = graphene.String(required=True, description="Its name in Chinese.")
    name_en = graphene.String(required=True, description="Its name in English.")
    duty_zh = graphene.String(required=True, description="What it answers for, in Chinese.")
    duty_en = graphene.String(required=True, description="The same in English.")

    def resolve_role_name(root, info):
        """In the reader's language."""
        return str(Partner.Role(root.role).words)


class KnownPartner(PlainType):
    """A partner that is a verified organisation of this shop."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="The partner's name in the reader's language.")
    organisation_name = graphene.String(required=True, description="The organisation's.")

    def resolve_name(root: Partner, info):
        """In the reader's language."""
        return localized(root, "name")

    def resolve_organisation_name(root: Partner, info):
        """In the reader's language."""
        assert root.organisation
        return localized(root.organisation, "name")


class TargetProgress(PlainType):
    """What an edition aims at, and what came of it; figures that anybody may see, under ten not told."""

    class Meta:
        access = HELD

    kind = graphene.Field(enum_of(Target, "kind"), required=True, description="Of what.")
    kind_name = graphene.String(required=True, description="The same in the reader's language.")
    goal = BigInt(required=True, description="What it aims at; of an amount in fen.")
    actual = BigInt(
        required=True,
        description="What came of it over all rounds, at least: households a team in tens, person-times by day.",
    )
    percent = graphene.Int(
        required=True, description="Of the goal, rounded down; over 100 where it was passed."
    )

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(Target.Kind(root.kind).words)


class EditionType(ModelType):
    """A contest, over all its levels, as anybody may know it."""

    class Meta:
        door = Door("edition", lambda request, uids: reads.public_editions().filter(uid__in=uids))
        model = Edition
        fields = ("slug", "ordinal")
        access = HELD
        about = {"slug": "Its short name in addresses.", "ordinal": "The how-manieth it is."}

    name = Localized("name", description="Its name in the reader's language.")
    theme = Localized("theme", description="Its theme; may be empty.")
    is_archived = graphene.Boolean(required=True, description="Whether it is over, and only read.")
    rounds = list_of(
        RoundType,
        most=40,
        resolver=lambda root, info: list(root.rounds.select_related("plan").order_by("opens_at", "pk")[:40]),
        description="Its rounds, the first to open first.",
    )
    partners = list_of(
        PartnerType,
        most=partners.MOST_PARTNERS,
        resolver=lambda root, info: _by_role(root.partners.all()),
        description="Who carries it, by role.",
    )
    targets = list_of(
        TargetProgress,
        most=len(Target.Kind.values),
        resolver=lambda root, info: targets.progress_of(root),
        description="What it aims at, beside what came of it.",
    )
    earlier = list_of(
        lambda: EditionType,
        most=20,
        resolver=lambda root, info: list(reads.public_editions().filter(ordinal__lt=root.ordinal)[:20]),
        description="Editions before it, the last first.",
    )

    def resolve_is_archived(root, info):
        """From its row, where there is one."""
        return keeping.is_archived(root)


add_to_edition(
    partners=list_of(
        PartnerType,
        most=partners.MOST_PARTNERS,
        resolver=lambda root, info: _by_role(root.partners.all()),
        description="Who carries it, by role.",
    ),
    known_partners=list_of(
        KnownPartner,
        most=partners.MOST_PARTNERS,
        resolver=lambda root, info: _by_role(
            root.partners.filter(organisation__isnull=False).select_related("organisation")
        ),
        description="Those of them that are verified organisations of this shop.",
    ),
    targets=list_of(
        TargetProgress,
        most=len(Target.Kind.values),
        resolver=lambda root, info: targets.progress_of(root),
        description="What it aims at, beside what came of it.",
    ),
)


def _by_role(rows: Any) -> list[Partner]:
    order = list(Partner.Role.values)
    return sorted(rows, key=lambda row: (order.index(row.role), row.position, row.pk))


def _edition(root: Any, info: Any, slug: str) -> Edition | None:
    return reads.public_editions().filter(slug=slug).first()


class EditionArchive(Act):
    """Whoever keeps an edition, or each of its rounds: it is over, read as it was and never changed again."""

    class Meta:
        access = KEEPS

    class Input:
        edition = graphene.ID(required=True, description="The edition.")

    edition = graphene.Field(OfficeEditionType, description="The edition, archived.")

    @classmethod
    def act(cls, request: Any, edition: str) -> Any:
        """The edition; TOO_LATE where a round of it is not frozen, CONFLICT where a result is still provisional."""
        its = _edition_of(request, edition)
        editions.archive(its, request.user)
        return cls(edition=its)


class PartnerSave(Act):
    """Whoever keeps an edition, or each of its rounds: name who carries it, or write that anew."""

    class Meta:
        access = KEEPS

    class Input:
        edition = graphene.ID(required=True, description="The edition.")
        partner = graphene.ID(description="Which is written anew; a new one, when left out.")
        role = graphene.InputField(enum_of(Partner, "role"), required=True, description="What it is in it.")
        name_zh = graphene.String(required=True, description="Its name in Chinese.")
        name_en = graphene.String(required=True, description="Its name in English.")
        duty_zh = graphene.String(description="What it answers for, in Chinese.")
        duty_en = graphene.String(description="The same in English.")
        position = graphene.Int(description="Its place among those of its role.")
        organisation_code = graphene.String(
            description="The code of the verified organisation of this shop that it is; of any other body none."
        )

    partner = graphene.Field(PartnerType, description="The partner.")

    @classmethod
    def act(
        cls,
        request: Any,
        edition: str,
        role: Any,
        name_zh: str,
        name_en: str,
        partner: str | None = None,
        **given: Any,
    ) -> Any:
        """The partner; INVALID for a code that is no verified organisation's, CONFLICT where it has that role already."""
        its = _edition_of(request, edition)
        duty = (given.get("duty_zh") or "", given.get("duty_en") or "")
        row = _partner_of(its, partner) if partner else None
        made = partners.save_partner(
            its,
            request.user,
            role.value,
            (name_zh, name_en),
            duty,
            given.get("position") or 0,
            organisation=_organisation(given.get("organisation_code") or ""),
            partner=row,
        )
        return cls(partner=made)


class PartnerRemove(Act):
    """Whoever keeps an edition, or each of its rounds: somebody does not carry it any more."""

    class Meta:
        access = KEEPS

    class Input:
        edition = graphene.ID(required=True, description="The edition.")
        partner = graphene.ID(required=True, description="Who.")

    edition = graphene.Field(OfficeEditionType, description="The edition.")

    @classmethod
    def act(cls, request: Any, edition: str, partner: str) -> Any:
        """The edition."""
        its = _edition_of(request, edition)
        partners.remove_partner(_partner_of(its, partner), request.user)
        return cls(edition=its)


class TargetSet(Act):
    """Whoever keeps an edition, or each of its rounds: say what it aims at."""

    class Meta:
        access = KEEPS

    class Input:
        edition = graphene.ID(required=True, description="The edition.")
        kind = graphene.InputField(enum_of(Target, "kind"), required=True, description="Of what.")
        goal = BigInt(required=True, description="How many; of an amount in fen; 0 takes the target away.")

    edition = graphene.Field(OfficeEditionType, description="The edition.")

    @classmethod
    def act(cls, request: Any, edition: str, kind: Any, goal: int) -> Any:
        """The edition; INVALID for less than nothing."""
        its = _edition_of(request, edition)
        partners.aim(its, request.user, kind.value, goal)
        return cls(edition=its)


def _edition_of(request: Any, id: str) -> Edition:
    return keeping.edition_of(request.user, uid_of(id, "OfficeEdition", field="edition"))


def _organisation(code: str) -> Organisation | None:
    if not code.strip():
        return None
    found, _ = mobiliser(code)
    if found is None:
        raise Invalid(
            say("没有这个代码的认证单位。", "No verified organisation has this code."),
            field="organisation_code",
        )
    return found


def _partner_of(edition: Edition, id: str) -> Partner:
    found = edition.partners.filter(uid=uid_of(id, "Partner", field="partner")).first()
    if found is None:
        raise NotFound(field="partner")
    return found


class Query:
    """An edition, for everybody."""

    edition = cache_tags(
        guarded(
            graphene.Field(
                EditionType,
                args={
                    "slug": graphene.Argument(graphene.String, required=True, description="Its short name.")
                },
                resolver=_edition,
                description="An edition of the contest; null where there is none, or it has no round yet.",
            ),
            PUBLIC,
            cost=10,
        ),
        "contest",
        "households",
        seconds=A_MOMENT,
    )


class Mutation:
    """What is done about an edition as a whole."""

    edition_archive = EditionArchive.Field()
    partner_save = PartnerSave.Field()
    partner_remove = PartnerRemove.Field()
    target_set = TargetSet.Field()
