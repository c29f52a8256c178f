"""A committee at its organiser's desk, and the seals and waivers that anybody may read."""

from typing import Any

import graphene
from django.db.models import F

from accounts.api.access import whoever_may
from accounts.api.appointment import RoleInvitationType
from accounts.permissions import may
from accounts.places import Place
from contest.actions import conflict as conflicts
from contest.api.organiser import KEEPS_IT, OrganiserEntryType, add_to_round
from contest.models import Conflict
from contest.reads import committee as reads
from contest.reads import keeping
from core.api.access import HELD, PUBLIC
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.types import ModelType, PlainType, enum_of, list_of
from core.language import localized
from impact.models import Round

KEEPS = whoever_may(keeping.KEEP, anywhere=True)


class CommitteeMember(PlainType):
    """A judge as whoever keeps the round sees her."""

    class Meta:
        access = HELD

    id = graphene.ID(required=True, description="Opaque; of her part in the committee.")
    name = graphene.String(required=True, description="The name that she gave, else her mailbox.")
    is_sitting = graphene.Boolean(required=True, description="Whether she is appointed now.")
    declared_at = graphene.DateTime(description="When she named her ties; null before.")
    declared_ties = graphene.String(required=True, description="The teams that she named, as she wrote them.")
    given = graphene.Int(required=True, description="How many sheets she has submitted.")
    owed = graphene.Int(required=True, description="How many she still owes; for which entries is not told.")

    def resolve_id(root, info):
        """Of her part, not of her account."""
        return global_id("Judge", root.judge.uid)

    def resolve_name(root, info):
        """Whoever invited her knows either."""
        return root.judge.person.name or root.judge.person.email or ""

    def resolve_declared_at(root, info):
        """By her own word."""
        return root.judge.declared_at

    def resolve_declared_ties(root, info):
        """By her own word."""
        return root.judge.declared_ties


class ConflictType(ModelType):
    """What ties a judge to an entry: to be confirmed, or waived in writing."""

    class Meta:
        model = Conflict
        main = False
        name = "JudgeConflict"
        access = HELD
        fields = ("kind", "state", "is_declared", "found_at", "decided_at", "words")
        about = {
            "kind": "What the tie is.",
            "state": "Suspected, confirmed or waived.",
            "found_at": "When it was found or declared.",
            "decided_at": "When it was decided; null before.",
        }

    kind_name = graphene.String(required=True, description="Which kind, in words.")
    state_name = graphene.String(required=True, description="How it stands, in words.")
    judge_name = graphene.String(required=True, description="Whose tie it is.")
    entry_number = graphene.String(required=True, description="The number of the entry.")
    team_name = graphene.String(required=True, description="Whose entry it is.")

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(Conflict.Kind(root.kind).words)

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Conflict.State(root.state).words)

    def resolve_judge_name(root, info):
        """Whoever invited her knows either."""
        return root.judge.person.name or root.judge.person.email or ""

    def resolve_entry_number(root, info):
        """As on the board."""
        return root.entry.number

    def resolve_team_name(root, info):
        """In the reader's language."""
        return localized(root.entry.team, "name")


class JudgedSumType(PlainType):
    """What the opened sheets of an entry come to."""

    class Meta:
        access = HELD
        name = "JudgedSum"

    entry = graphene.Field(OrganiserEntryType, required=True, description="The entry.")
    counted = graphene.Int(required=True, description="How many sheets count.")
    excluded = graphene.Int(required=True, description="How many stay on file uncounted.")
    mean = graphene.String(
        description="The committee's mark, of 100; null where too few count: it is blocked."
    )
    spread = graphene.String(description="Points between the highest sheet and the lowest.")
    is_apart = graphene.Boolean(
        required=True, description="Whether that is more than the rulebook lets pass."
    )

    def resolve_mean(root, info):
        """To four decimals."""
        return None if root.mean is None else f"{root.mean:.4f}"

    def resolve_spread(root, info):
        """To one decimal."""
        return None if root.spread is None else f"{root.spread:.1f}"


class CommitteeType(PlainType):
    """The committee of a round. Of sealed sheets no mark is told, nor for which entry there is one."""

    class Meta:
        access = HELD
        name = "Committee"

    edition_id = graphene.ID(required=True, description="Where a judge is appointed.")
    may_invite = graphene.Boolean(
        required=True,
        description="Whether the asker appoints judges of the edition: who keeps one province's round does not.",
    )
    closes_at = graphene.DateTime(description="Until when marks can be given; null while none can.")
    is_opened = graphene.Boolean(required=True, description="Whether the sheets are open.")
    members = list_of(CommitteeMember, most=100, description="Whoever sits or sat in it.")
    invitations = list_of(
        RoleInvitationType, most=100, description="Offers to judge that wait to be accepted."
    )
    conflicts = list_of(ConflictType, most=500, description="Ties, those to be decided among them.")
    short_of_judges = list_of(
        OrganiserEntryType, most=200, description="Entries that too few judges may mark, as ties stand now."
    )
    is_severity_refused = graphene.Boolean(
        required=True,
        description="Whether marks stand as given, since some judge has too few sheets to tell how strict she is.",
    )
    sums = list_of(JudgedSumType, most=200, description="Entry by entry; empty before the sheets are open.")

    def resolve_edition_id(root, info):
        """As the people's page takes it."""
        return global_id("Edition", root.round.edition.uid)

    def resolve_may_invite(root, info):
        """A judge sits in all rounds of an edition: hers to invite who keeps all of it."""
        return may(info.context.user, "accounts.appoint_judge", at=Place(subject=root.round.edition.uid))

    def resolve_closes_at(root, info):
        """The plan's."""
        return root.plan and root.plan.judging_closes_at


add_to_round(
    committee=guarded(
        graphene.Field(
            CommitteeType,
            required=True,
            resolver=lambda root, info: reads.Committee(root, info.context.user),
            description="Its committee.",
        ),
        KEEPS_IT,
    )
)


class WaiverType(PlainType):
    """A tie of a judge that was waived in writing; whose is told to nobody."""

    class Meta:
        access = HELD
        name = "Waiver"

    entry_number = graphene.String(required=True, description="The number of the entry.")
    kind_name = graphene.String(required=True, description="Which kind of tie, in words.")
    words = graphene.String(required=True, description="Why it was waived.")

    def resolve_entry_number(root, info):
        """As on the board."""
        return root.entry.number

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(Conflict.Kind(root.kind).words)


class SealsType(PlainType):
    """What anybody may know of a round's committee before its result."""

    class Meta:
        access = HELD
        name = "Seals"

    seals = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="The SHA-256 of each submitted sheet, in the order of the digits.",
    )
    waivers = list_of(WaiverType, most=200, description="Ties that were waived in writing.")

    def resolve_seals(root, info):
        """At once when a sheet is submitted."""
        return reads.seals(root)

    def resolve_waivers(root, info):
        """At once when it is waived."""
        return reads.waivers(root)[:200]


class ConflictConfirm(Act):
    """Whoever keeps the round: recuse a judge from an entry for a tie. Nothing undoes it."""

    class Meta:
        access = KEEPS

    class Input:
        conflict = graphene.ID(required=True, description="The tie.")
        words = graphene.String(description="Why.")

    conflict = graphene.Field(ConflictType, description="The tie, decided.")

    @classmethod
    def act(cls, request: Any, conflict: str, words: str = "") -> Any:
        """The tie. NOT_ALLOWED for one's own or of a team of one's own, CONFLICT once it is confirmed."""
        row = reads.conflict_of(request.user, uid_of(conflict, "JudgeConflict", field="conflict"))
        return cls(conflict=conflicts.confirm(row, request.user, words or ""))


class ConflictWaive(Act):
    """Whoever keeps the round: let a judge mark an entry in spite of a tie, in words that everybody reads."""

    class Meta:
        access = KEEPS

    class Input:
        conflict = graphene.ID(required=True, description="The tie.")
        words = graphene.String(required=True, description="Why; public, and naming nobody.")

    conflict = graphene.Field(ConflictType, description="The tie, waived.")

    @classmethod
    def act(cls, request: Any, conflict: str, words: str) -> Any:
        """The tie. As for confirming; INVALID without words or where they name the judge, TOO_LATE once the sheets are
        open."""
        row = reads.conflict_of(request.user, uid_of(conflict, "JudgeConflict", field="conflict"))
        return cls(conflict=conflicts.waive(row, words, request.user))


class ConflictName(Act):
    """Whoever keeps the round: recuse a judge from an entry for a tie that no fact shows, after the opening too."""

    class Meta:
        access = KEEPS

    class Input:
        judge = graphene.ID(required=True, description="The judge.")
        entry = graphene.ID(required=True, description="The entry.")
        kind = graphene.InputField(enum_of(Conflict, "kind"), required=True, description="Which kind of tie.")
        words = graphene.String(required=True, description="How it is known.")

    conflict = graphene.Field(ConflictType, description="The tie, confirmed.")

    @classmethod
    def act(cls, request: Any, judge: str, entry: str, kind: Any, words: str) -> Any:
        """The tie. CONFLICT where she is recused already; else as for confirming."""
        hers = reads.judge_in(request.user, uid_of(judge, "Judge", field="judge"))
        its = keeping.entry_of(request.user, uid_of(entry, "OrganiserEntry", field="entry"))
        return cls(conflict=conflicts.name(hers, its, str(kind.value), words, request.user))


def _seals(root: Any, info: Any, edition: str, level: Any, region: str | None = None) -> Round | None:
    rows = Round.objects.filter(edition__slug=edition, level=level.value)
    rows = rows.filter(region=region) if region else rows
    return rows.order_by(F("region").asc(nulls_first=True)).select_related("edition").first()


class Query:
    """What anybody may read of a committee."""

    sheet_seals = guarded(
        graphene.Field(
            SealsType,
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
            resolver=_seals,
            description="The seals of a round's sheets and the ties that were waived; null where there is no such round.",
        ),
        PUBLIC,
        cost=5,
    )


class Mutation:
    """What whoever keeps a round decides of its committee."""

    conflict_confirm = ConflictConfirm.Field()
    conflict_waive = ConflictWaive.Field()
    conflict_name = ConflictName.Field()
