"""A team's table of products, sizes or lots: what it would do, and the word that it be done. The file itself comes by HTTP."""

from typing import Any

import graphene

from catalog.actions import listing_sheet as actions
from catalog.api.access import HELD, SIGNED_IN
from catalog.models import ListingSheet, Team
from catalog.reads import desks_of, team_at_desk
from catalog.reads.sheets import KEEP, sheet_in_hand, sheet_of
from core.api.act import Act
from core.api.facts import guarded, mark
from core.api.ids import uid_of
from core.api.types import ModelType, PlainType, list_of
from core.language import current

MOST_LINES, MOST_FAULTS, MOST_DIFFERENCES = 20, 200, 40


class SheetDifference(PlainType):
    """One column of a row that says something else than stands now."""

    class Meta:
        access = HELD

    title = graphene.String(required=True, description="The column, in the reader's language.")
    was = graphene.String(required=True, description="As it stands; empty where it is not told.")
    now = graphene.String(required=True, description="As the row has it.")


class SheetLine(PlainType):
    """A row that changes something."""

    class Meta:
        access = HELD

    row = graphene.Int(required=True, description="Its number in the file, as a spreadsheet shows it.")
    name = graphene.String(required=True, description="What it is about, in the reader's language.")
    waits = graphene.Boolean(
        required=True, description="Whether it waits for an operator; the approved one is sold meanwhile."
    )
    leaves = graphene.Boolean(
        required=True, description="Whether its product leaves the shelf until an operator has seen it."
    )
    differences = list_of(SheetDifference, most=MOST_DIFFERENCES, description="What it changes.")


class SheetFault(PlainType):
    """Something that is wrong with a table."""

    class Meta:
        access = HELD

    row = graphene.Int(description="The row, as a spreadsheet shows it; null: the file as a whole.")
    column = graphene.String(
        required=True, description="The column, as a spreadsheet names it; may be empty."
    )
    title = graphene.String(required=True, description="The column's title, in the reader's language.")
    message = graphene.String(required=True, description="What is wrong, in the reader's language.")


class SheetRest(PlainType):
    """Rows of one product that were not done after all."""

    class Meta:
        access = HELD

    rows = graphene.List(
        graphene.NonNull(graphene.Int), required=True, description="Their numbers in the file."
    )
    message = graphene.String(required=True, description="Why, in the reader's language.")


def _count(description: str) -> graphene.Field:
    return mark(graphene.Int(required=True, description=description), columns=("found",))


class ListingSheetType(ModelType):
    """A table of products, sizes or lots that a team has sent in."""

    class Meta:
        model = ListingSheet
        fields = ("kind", "state", "sent_at", "rows_read", "rows_total", "groups_total", "groups_done")
        access = HELD
        about = {
            "kind": "What it is a table of.",
            "state": "How far it is.",
            "sent_at": "When it came.",
            "rows_read": "Rows that were looked at so far.",
            "rows_total": "How many it seems to have; null: not known yet.",
            "groups_total": "Products (of lots: rows) that it changes.",
            "groups_done": "How many of these are done.",
        }

    kind_name = graphene.String(required=True, description="Its kind in the reader's language.")
    state_name = graphene.String(required=True, description="How far it is, in the reader's language.")
    new = _count("Rows about something new.")
    changed = _count("Rows that change something.")
    same = _count("Rows that say what stands already.")
    waits = _count("Rows that wait for an operator, while the approved ones are sold.")
    leaves = _count("Products that leave the shelf until an operator has seen them.")
    faults_total = _count("How much is wrong; with anything nothing is saved.")
    lines = mark(
        list_of(SheetLine, most=MOST_LINES, description="The first rows that change something."),
        columns=("found",),
    )
    faults = mark(
        list_of(SheetFault, most=MOST_FAULTS, description="What is wrong, by row and column; the first 200."),
        columns=("found",),
    )
    left_out = mark(
        list_of(
            SheetRest, most=MOST_FAULTS, description="What was changed meanwhile and therefore not done."
        ),
        columns=("left_out",),
    )

    def resolve_kind_name(root, info):
        """In a word or two."""
        return str(ListingSheet.Kind(root.kind).words)

    def resolve_state_name(root, info):
        """In a word or two."""
        return str(ListingSheet.State(root.state).words)

    def resolve_new(root, info):
        """None while it is looked at."""
        return root.found.get("new", 0)

    def resolve_changed(root, info):
        """None while it is looked at."""
        return root.found.get("changed", 0)

    def resolve_same(root, info):
        """None while it is looked at."""
        return root.found.get("same", 0)

    def resolve_waits(root, info):
        """None while it is looked at."""
        return root.found.get("waits", 0)

    def resolve_leaves(root, info):
        """None while it is looked at."""
        return root.found.get("leaves", 0)

    def resolve_faults_total(root, info):
        """None while it is looked at."""
        return root.found.get("faults_total", 0)

    def resolve_lines(root, info):
        """As they were when it was looked at."""
        return [
            {
                "row": line["row"],
                "name": line[f"name_{current()}"],
                "waits": line["mark"] == "waits",
                "leaves": line["mark"] == "leaves",
                "differences": [
                    {"title": one[f"title_{current()}"], "was": one["was"], "now": one["now"]}
                    for one in line["differences"][:MOST_DIFFERENCES]
                ],
            }
            for line in root.found.get("lines", ())
        ]

    def resolve_faults(root, info):
        """In the order of the file."""
        return [
            {
                **{name: fault[name] for name in ("row", "column")},
                "title": fault[f"title_{current()}"],
                "message": fault[current()],
            }
            for fault in root.found.get("faults", ())
        ]

    def resolve_left_out(root, info):
        """In the order of the file."""
        return [{"rows": one["rows"], "message": one[current()]} for one in root.left_out]


class _WithSheet:
    sheet = graphene.Field(ListingSheetType, description="The table, as it is now.")


class ListingSheetSave(_WithSheet, Act):
    """Do what a table would do, as it was looked at: a worker does it, product by product."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"sheet": "catalog.reads.sheets.sheet_by_pk"}

    class Input:
        id = graphene.ID(required=True, description="The table, looked at and without a fault.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The table, being saved. CONFLICT unless it waits for this word; NOT_FOUND for another team's."""
        return cls(sheet=actions.save(sheet_of(request.user, uid_of(id, "ListingSheet")), request.user))


class ListingSheetDiscard(_WithSheet, Act):
    """Give a table up: nothing of it is done."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The table, looked at and not saved.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The table, given up. CONFLICT once it is being saved; NOT_FOUND for another team's."""
        return cls(sheet=actions.discard(sheet_of(request.user, uid_of(id, "ListingSheet")), request.user))


def _sheet(root: Any, info: Any, team: str | None = None) -> ListingSheet | None:
    person = info.context.user
    its: Team | None = (
        team_at_desk(person, KEEP, uid_of(team, "Team", field="team"))
        if team
        else desks_of(person, KEEP).first()
    )
    return sheet_in_hand(its) if its else None


class Query:
    listing_sheet = guarded(
        graphene.Field(
            ListingSheetType,
            args={
                "team": graphene.Argument(
                    graphene.ID, description="The asker's own team; without it her first."
                )
            },
            resolver=_sheet,
            description="The last table that a team has sent in and not given up; null where there is none.",
        ),
        SIGNED_IN,
    )


class Mutation:
    listing_sheet_save = ListingSheetSave.Field()
    listing_sheet_discard = ListingSheetDiscard.Field()
