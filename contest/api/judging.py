"""A judge's desk: her ties, the entries that exist for her, and the sheets that she gives them."""

from collections.abc import Sequence
from typing import Any

import graphene

from accounts.api.access import whoever_may
from contest.actions import conflict as conflicts
from contest.actions import judge as judges
from contest.actions import sheet as sheets
from contest.api.dossier import CriterionType, JudgedEntryType, SheetType
from contest.api.edition import EditionType
from contest.reads import judges_desk as reads
from contest.reads import judging
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import PlainType, enum_of, list_of
from core.refusals import InvalidId, NotFound
from impact.models import Round

JUDGES = whoever_may(judging.JUDGE, anywhere=True)


class JudgesDeskType(PlainType):
    """The asker's desk in a round of an edition that she judges."""

    class Meta:
        access = HELD
        name = "JudgesDesk"

    edition = graphene.Field(EditionType, required=True, description="Which contest.")
    level = graphene.Field(enum_of(Round, "level"), required=True, description="Which level of it.")
    name = graphene.String(required=True, description="The level in words.")
    region = graphene.String(description="The code of its province; null where it is of none.")
    closes_at = graphene.DateTime(description="Until when marks can be given; then all sheets are opened.")
    is_open = graphene.Boolean(required=True, description="Whether marks can be given now.")
    is_opened = graphene.Boolean(required=True, description="Whether the sheets are open.")
    is_declared = graphene.Boolean(
        required=True, description="Whether she has named her ties: before, nothing is shown."
    )
    county = graphene.String(description="The code of the county that she has declared.")
    declared_ties = graphene.String(required=True, description="The teams that she has named, a line each.")
    criteria = list_of(CriterionType, most=20, description="By what is judged.")
    entries = list_of(JudgedEntryType, most=200, description="Those that she judges, in an order of her own.")
    to_do = graphene.Int(required=True, description="How many sheets she still owes.")

    def resolve_edition(root, info):
        """The round's."""
        return root.round.edition

    def resolve_level(root, info):
        """The round's."""
        return str(root.round.level)

    def resolve_name(root, info):
        """In the reader's language."""
        return str(Round.Level(root.round.level).words)

    def resolve_region(root, info):
        """The round's."""
        return root.round.region_id

    def resolve_closes_at(root, info):
        """The plan's."""
        return root.plan and root.plan.judging_closes_at

    def resolve_is_declared(root, info):
        """By her own word."""
        return root.judge.declared_at is not None

    def resolve_county(root, info):
        """By her own word."""
        return root.judge.county_id

    def resolve_declared_ties(root, info):
        """As she wrote them."""
        return root.judge.declared_ties


class MarkInput(graphene.InputObjectType):
    """A mark by one criterion."""

    criterion = graphene.String(required=True, description="By which criterion.")
    points = graphene.Int(required=True, description="Whole points, 0 to 100.")


class TiesDeclare(Act):
    """A judge: say where one lives or works, and with which teams one has to do."""

    class Meta:
        access = JUDGES

    class Input:
        edition = graphene.String(required=True, description="The edition, by its short name in addresses.")
        county = graphene.String(
            required=True, description="The code of the county where she lives or works."
        )
        ties = graphene.String(description="Teams with which she or her family has to do, a line each.")
        is_complete = graphene.Boolean(required=True, description="That she has named them all.")

    is_declared = graphene.Boolean(description="Whether it is written down.")

    @classmethod
    def act(cls, request: Any, edition: str, county: str, is_complete: bool, ties: str = "") -> Any:
        """Written down, alike whether or not a team that she names takes part. INVALID on the field for what is no
        county, or unless she confirms it; NOT_FOUND for an edition that she does not judge."""
        judges.declare(
            judging.edition_judged(request.user, edition), request.user, county, ties or "", is_complete
        )
        return cls(is_declared=True)


class TieDeclare(Act):
    """A judge: say that one has to do with an entry's team. From then on it does not exist for her."""

    class Meta:
        access = JUDGES

    class Input:
        entry = graphene.ID(required=True, description="The entry.")

    is_declared = graphene.Boolean(description="Whether it is written down.")

    @classmethod
    def act(cls, request: Any, entry: str) -> Any:
        """Written down for good. NOT_FOUND for whatever is not hers to judge."""
        judge, its = sheets.entry_for(_entry_uid(entry), request.user)
        conflicts.recuse_herself(judge, its, request.user)
        return cls(is_declared=True)


class SheetWrite(Act):
    """A judge: keep a draft of a sheet, or give an entry its marks for good. Then they are sealed, and their SHA-256 is
    public at once."""

    class Meta:
        access = JUDGES

    class Input:
        entry = graphene.ID(required=True, description="The entry.")
        marks = graphene.List(
            graphene.NonNull(MarkInput), required=True, description="Each criterion once; of a draft any."
        )
        comment = graphene.String(description="What she says of it.")
        is_final = graphene.Boolean(description="Whether it is submitted; a draft without it.")

    sheet = graphene.Field(SheetType, description="The sheet, with its seal once it is submitted.")

    @classmethod
    def act(
        cls, request: Any, entry: str, marks: Sequence[Any], comment: str = "", is_final: bool = False
    ) -> Any:
        """The sheet. NOT_FOUND for whatever is not hers to judge, CONFLICT once it is submitted, TOO_LATE once judging is
        over, INVALID by criterion: beyond 100, or missing where it is final."""
        by_criterion = {mark["criterion"]: mark["points"] for mark in marks}
        deed = sheets.submit if is_final else sheets.save
        return cls(sheet=deed(_entry_uid(entry), by_criterion, comment or "", request.user))


def _entry_uid(id: str) -> Any:
    """What is no id of such an entry sounds like one of an entry that is not there."""
    try:
        return uid_of(id, "JudgedEntry", field="entry")
    except InvalidId:
        raise NotFound(field="entry") from None


def _desk(
    root: Any, info: Any, edition: str, level: Any, region: str | None = None
) -> reads.JudgesDesk | None:
    return reads.desk(info.context.user, edition, level.value, region or None)


def _entry(root: Any, info: Any, id: str) -> reads.JudgedEntry | None:
    try:
        return reads.judged_entry(info.context.user, uid_of(id, "JudgedEntry"))
    except InvalidId:
        return None


class Query:
    """What a judge may read."""

    judges_desks = guarded(
        list_of(
            JudgesDeskType,
            most=20,
            resolver=lambda root, info: reads.desks(info.context.user)[:20],
            description="The rounds that the asker judges; none for anybody else.",
        ),
        SIGNED_IN,
    )
    judges_desk = guarded(
        graphene.Field(
            JudgesDeskType,
            args={
                "edition": graphene.Argument(
                    graphene.String, required=True, description="Its edition's short name in addresses."
                ),
                "level": graphene.Argument(
                    enum_of(Round, "level"), required=True, description="Which level."
                ),
                "region": graphene.Argument(
                    graphene.String, description="Its province's code, where a level has a round for each."
                ),
            },
            resolver=_desk,
            description="The asker's desk in a round that she judges; null for any other.",
        ),
        SIGNED_IN,
    )
    judged_entry = guarded(
        graphene.Field(
            JudgedEntryType,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The entry.")},
            resolver=_entry,
            description="An entry that the asker judges; null for any other, be it there or not.",
        ),
        SIGNED_IN,
    )


class Mutation:
    """What a judge may do."""

    ties_declare = TiesDeclare.Field()
    tie_declare = TieDeclare.Field()
    sheet_write = SheetWrite.Field()
