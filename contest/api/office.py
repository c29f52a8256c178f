"""What whoever keeps the contest does: editions, their rounds, and which teams are in."""

from datetime import datetime
from typing import Any

import graphene

from accounts.models import Region
from accounts.reads import region_coded
from catalog.models import Team
from contest.actions import edition as editions
from contest.actions import entry as entries
from contest.actions import round as rounds
from contest.api.organiser import OfficeEditionType, OrganiserEntryType, OrganiserRoundType
from contest.reads import keeping
from core import clock
from core.api.access import HELD, SIGNED_IN, Access
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import key_of, uid_of
from core.api.types import PlainType, enum_of, list_of
from core.refusals import NotFound
from impact.models import Round

KEEPS = Access("whoever keeps the contest", lambda request, parent: keeping.keeps_contest(request.user))


class ContestOffice(PlainType):
    """The contests at whose desk the asker works."""

    class Meta:
        access = HELD

    editions = list_of(
        OfficeEditionType,
        most=20,
        resolver=lambda root, info: keeping.editions(info.context.user, keeping.OPENS)[:20],
        description="The newest first.",
    )


def _office(root: Any, info: Any) -> ContestOffice | None:
    return ContestOffice() if keeping.opens_desk(info.context.user) else None


class EditionCreate(Act):
    """Whoever keeps the contest: create an edition, with the secret by which its buyers are told apart."""

    class Meta:
        access = KEEPS

    class Input:
        slug = graphene.String(required=True, description="Its short name in addresses.")
        ordinal = graphene.Int(required=True, description="The how-manieth it is, from 1.")
        name_zh = graphene.String(required=True, description="Its name in Chinese.")
        name_en = graphene.String(required=True, description="Its name in English.")
        theme_zh = graphene.String(description="Its theme in Chinese.")
        theme_en = graphene.String(description="Its theme in English.")

    edition = graphene.Field(OfficeEditionType, description="The edition.")

    @classmethod
    def act(
        cls, request: Any, slug: str, ordinal: int, name_zh: str, name_en: str, **theme: str | None
    ) -> Any:
        """The edition; INVALID on the field for a slug that is taken or a name that is missing."""
        themes = (theme.get("theme_zh") or "", theme.get("theme_en") or "")
        return cls(edition=editions.open_edition(slug, ordinal, (name_zh, name_en), themes, request.user))


class RoundCreate(Act):
    """Whoever keeps the contest: give an edition a round."""

    class Meta:
        access = KEEPS

    class Input:
        edition = graphene.ID(required=True, description="The edition.")
        level = graphene.InputField(enum_of(Round, "level"), required=True, description="Which level.")
        region = graphene.String(description="The code of its province, for a provincial round of one.")
        opens_at = graphene.DateTime(required=True, description="Purchases placed from here on count,")
        closes_at = graphene.DateTime(required=True, description="until here; from then on refunds settle,")
        freezes_at = graphene.DateTime(
            required=True, description="until here: then its figures are final. Without a zone, in Shanghai."
        )

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, edition: str, level: Any, region: str | None = None, **times: Any) -> Any:
        """The round; INVALID where its times have no order, its province is none or it has its like."""
        its = keeping.edition_of(request.user, uid_of(edition, "OfficeEdition", field="edition"))
        where: Region | None = region_coded(region, "region") if region else None
        return cls(round=rounds.open_round(its, level.value, where, **_in_shanghai(times), by=request.user))


class RoundTimesSet(Act):
    """Whoever keeps the contest: give a round other times, before it opens."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        opens_at = graphene.DateTime(required=True, description="Purchases placed from here on count,")
        closes_at = graphene.DateTime(required=True, description="until here; from then on refunds settle,")
        freezes_at = graphene.DateTime(
            required=True, description="until here: then its figures are final. Without a zone, in Shanghai."
        )

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str, **times: Any) -> Any:
        """The round; TOO_LATE once it has begun, INVALID where its times have no order."""
        return cls(round=rounds.set_times(_round_of(request, round), by=request.user, **_in_shanghai(times)))


def _in_shanghai(times: dict[str, datetime]) -> dict[str, datetime]:
    """What comes without a zone is meant as the trade reads a clock."""
    return {name: clock.in_shanghai(at) for name, at in times.items()}


def _round_of(request: Any, id: str) -> Round:
    return keeping.round_of(request.user, key_of(id, "Round", field="round"))


class EntryLetIn(Act):
    """Whoever keeps the contest and is none of the team: let a team take part in a round, for the first time or again."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        team = graphene.ID(required=True, description="The team.")

    entry = graphene.Field(OrganiserEntryType, description="Its part.")

    @classmethod
    def act(cls, request: Any, round: str, team: str) -> Any:
        """Its part; INVALID with fewer than ten verified households, TOO_LATE once the round has closed."""
        its = _round_of(request, round)
        found = Team.objects.filter(uid=uid_of(team, "Team", field="team")).first()
        if found is None:
            raise NotFound(field="team")
        return cls(entry=entries.let_in(its, found, request.user))


class EntryTakeOut(Act):
    """Whoever keeps the contest and is none of the team: take a team out of a round in which nothing was bought for it."""

    class Meta:
        access = KEEPS

    class Input:
        entry = graphene.ID(required=True, description="Its part.")
        reason = graphene.String(required=True, description="Why.")

    entry = graphene.Field(OrganiserEntryType, description="Its part, out.")

    @classmethod
    def act(cls, request: Any, entry: str, reason: str) -> Any:
        """Its part; CONFLICT where it is out already or something was bought for it."""
        its = keeping.entry_of(request.user, uid_of(entry, "OrganiserEntry", field="entry"))
        return cls(entry=entries.take_out(its, request.user, reason))


class Query:
    """What whoever keeps the contest may read."""

    contest_office = guarded(
        graphene.Field(
            ContestOffice,
            resolver=_office,
            description="The contests at whose desk the asker works; null for whoever works at none.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What whoever keeps the contest may do."""

    edition_create = EditionCreate.Field()
    round_create = RoundCreate.Field()
    round_times_set = RoundTimesSet.Field()
    entry_let_in = EntryLetIn.Field()
    entry_take_out = EntryTakeOut.Field()
