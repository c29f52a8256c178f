"""What a judge reads of an entry, and the sheet that she gives it."""

from operator import attrgetter

import graphene

from contest.api.edition import EditionType
from contest.models import Sheet
from contest.reads import judges_desk as reads
from core.api.access import HELD
from core.api.ids import global_id
from core.api.nodes import Door
from core.api.types import PlainType, enum_of, list_of
from core.language import say
from impact.models import Round

POINTS = (0, 50, 100)


class Anchor(PlainType):
    """What so many points of a criterion look like."""

    class Meta:
        access = HELD

    points = graphene.Int(required=True, description="So many points, of 100.")
    words = graphene.String(required=True, description="What they look like, in the reader's language.")


class CriterionType(PlainType):
    """A part of the committee's mark, by the rulebook."""

    class Meta:
        access = HELD
        name = "Criterion"

    key = graphene.String(required=True, description="Which, for programs.")
    name = graphene.String(required=True, description="Which, in the reader's language.")
    weight_bps = graphene.Int(required=True, description="Its part of the mark, in basis points of 10,000.")
    anchors = list_of(Anchor, most=3, description="What 0, 50 and 100 points look like.")

    def resolve_key(root, info):
        """As the rulebook calls it."""
        return root["key"]

    def resolve_name(root, info):
        """From the rulebook, which has both languages."""
        return str(say(root["name_zh"], root["name_en"]))

    def resolve_weight_bps(root, info):
        """From the rulebook."""
        return root["weight_bps"]

    def resolve_anchors(root, info):
        """From the rulebook, which has both languages."""
        pairs = zip(root["anchors_zh"], root["anchors_en"], strict=True)
        return [
            Anchor(points=points, words=str(say(*pair))) for points, pair in zip(POINTS, pairs, strict=False)
        ]


class MarkType(PlainType):
    """A mark by one criterion."""

    class Meta:
        access = HELD
        name = "Mark"

    criterion = graphene.String(required=True, description="By which criterion.")
    points = graphene.Int(required=True, description="Of 100.")


class MarksOfAll(PlainType):
    """How the marks of all judges lie by one criterion, once the sheets are open; of nobody."""

    class Meta:
        access = HELD

    criterion = graphene.String(required=True, description="By which criterion.")
    points = graphene.List(
        graphene.NonNull(graphene.Int), required=True, description="Those that count, the lowest first."
    )


class PaperType(PlainType):
    """A paper that stands behind a product of the entry's team."""

    class Meta:
        access = HELD
        name = "DossierPaper"

    kind = graphene.String(required=True, description="What it is, in words.")
    issuer = graphene.String(required=True, description="Who has issued it.")
    valid_until = graphene.Date(required=True, description="Its last day.")

    def resolve_kind(root, info):
        """In the reader's language."""
        return str(root.kind)


class FactType(PlainType):
    """A figure of the ledger as everybody is told it."""

    class Meta:
        access = HELD
        name = "DossierFact"

    name = graphene.String(required=True, description="Which, in words.")
    value = graphene.String(
        required=True, description="How much, in words; a count in tens or more coarsely."
    )

    def resolve_name(root, info):
        """In the reader's language."""
        return str(root.name)

    def resolve_value(root, info):
        """In the reader's language."""
        return str(root.value)


class SheetType(PlainType):
    """What the asker has given an entry. Submitted, it is sealed for her too until all are opened."""

    class Meta:
        access = HELD
        name = "Sheet"

    state = graphene.Field(enum_of(Sheet, "state"), required=True, description="How far it is.")
    state_name = graphene.String(required=True, description="The same in words, with why it does not count.")
    sha256 = graphene.String(
        required=True, description="Its seal, public since it was submitted; else empty."
    )
    submitted_at = graphene.DateTime(description="When it was submitted.")

    def resolve_state(root, info):
        """As the table has it."""
        return str(root.state)

    def resolve_state_name(root, info):
        """In the reader's language."""
        words = str(Sheet.State(root.state).words)
        if not root.excluded_for:
            return words
        return str(say("{a}：{b}", "{a}: {b}", a=words, b=Sheet.Why(root.excluded_for).words))


class JudgedEntryType(PlainType):
    """An entry that the asker judges. By whom it is led is not told, nor how it stands against others."""

    class Meta:
        door = Door(
            "judgedEntry",
            lambda request, uids: reads.judged_entries(request.user, uids),
            attrgetter("entry.uid"),
        )
        access = HELD
        name = "JudgedEntry"

    id = graphene.ID(required=True, description="Opaque; of an entry that exists for the asker.")
    place = graphene.Int(
        required=True, description="Which it is on her desk, from 1, in an order of her own."
    )
    of = graphene.Int(required=True, description="How many there are on her desk.")
    edition = graphene.Field(EditionType, required=True, description="In which contest.")
    level = graphene.Field(enum_of(Round, "level"), required=True, description="In which level of it.")
    region = graphene.String(description="The code of that round's province; null where it is of none.")
    closes_at = graphene.DateTime(description="Until when marks can be given.")
    is_open = graphene.Boolean(required=True, description="Whether marks can be given now.")
    is_opened = graphene.Boolean(required=True, description="Whether the sheets are open.")
    criteria = list_of(CriterionType, most=20, description="By what is judged.")
    goal = graphene.String(required=True, description="What it has set out to do; may be empty.")
    story = graphene.String(required=True, description="Its story, without names; may be empty.")
    papers = list_of(PaperType, most=40, description="The papers that stand behind its products.")
    facts = list_of(FactType, most=10, description="What the ledger says of it, as everybody is told.")
    sheet = graphene.Field(SheetType, description="What she has given it; null before she began.")
    marks = list_of(MarkType, most=20, description="Her draft; once the sheets are open, what she gave.")
    comment = graphene.String(required=True, description="Of the same sheet.")
    all_marks = list_of(
        MarksOfAll, most=20, description="How all judges' marks lie; empty before the sheets are open."
    )
    mean = graphene.String(
        description="What the committee gives it, of 100, once open and enough of them count."
    )
    next_id = graphene.ID(description="The next on her desk.")
    previous_id = graphene.ID(description="The one before.")

    def resolve_id(root, info):
        """An id that opens this door and no other."""
        return _id(root)

    def resolve_place(root, info):
        """People count from one."""
        return root.place + 1

    def resolve_of(root, info):
        """Those that exist for her."""
        return len(root.desk.entries)

    def resolve_edition(root, info):
        """The desk's."""
        return root.desk.round.edition

    def resolve_level(root, info):
        """The desk's."""
        return str(root.desk.round.level)

    def resolve_region(root, info):
        """The desk's."""
        return root.desk.round.region_id

    def resolve_closes_at(root, info):
        """The desk's."""
        return root.desk.plan and root.desk.plan.judging_closes_at

    def resolve_is_open(root, info):
        """The desk's."""
        return root.desk.is_open

    def resolve_is_opened(root, info):
        """The desk's."""
        return root.desk.is_opened

    def resolve_criteria(root, info):
        """The desk's."""
        return root.desk.criteria

    def resolve_goal(root, info):
        """In the reader's language."""
        return root.dossier.goal

    def resolve_story(root, info):
        """In the reader's language."""
        return root.dossier.story

    def resolve_papers(root, info):
        """Those that are valid."""
        return root.dossier.papers

    def resolve_facts(root, info):
        """As the board tells them."""
        return root.dossier.facts

    def resolve_marks(root, info):
        """In the rulebook's order."""
        keys = [criterion["key"] for criterion in root.desk.criteria]
        return [MarkType(criterion=key, points=root.marks[key]) for key in keys if key in root.marks]

    def resolve_all_marks(root, info):
        """In the rulebook's order."""
        return [MarksOfAll(criterion=key, points=points) for key, points in root.all_marks.items()]

    def resolve_mean(root, info):
        """To four decimals."""
        return None if root.mean is None else f"{root.mean:.4f}"

    def resolve_next_id(root, info):
        """By her own order."""
        return _id(root.beside(1))

    def resolve_previous_id(root, info):
        """By her own order."""
        return _id(root.beside(-1))


def _id(one: reads.JudgedEntry | None) -> str | None:
    return global_id("JudgedEntry", one.entry.uid) if one else None
