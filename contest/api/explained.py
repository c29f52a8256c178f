"""Why an entry has its score: each indicator with its definition, its inputs and the arithmetic to the digit."""

from typing import Any

import graphene

from contest.api.contest import EntryType
from contest.api.engagement import WHICH
from contest.api.rulebook import RulebookType
from contest.models import Result, ResultRow
from contest.reads.entry import entry_seen
from contest.reads.explained import better_neighbour, explained, published_row
from contest.scoring.explain import Explained, Line, Step, notes, shown
from contest.scoring.ranking import words_of_rule
from core.api.access import HELD, PUBLIC
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.types import PlainType, enum_of, list_of


class ScoreStep(PlainType):
    """A part of an indicator."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="The input, in the reader's language.")
    value = graphene.String(required=True, description="What it was: yuan, a share of 1, or a count.")
    weight_bps = graphene.Int(required=True, description="Its part of the indicator, in basis points.")
    formula = graphene.String(
        required=True, description="The formula with its numbers, and what it comes to."
    )
    fraction = graphene.String(
        required=True, description="What it comes to, 0 to 1, with ten decimals at most."
    )
    is_missing = graphene.Boolean(
        required=True, description="Whether there was nothing to count: too few sheets."
    )


class ScoreLine(PlainType):
    """One indicator of an entry."""

    class Meta:
        access = HELD

    key = graphene.String(required=True, description="Its key in the rules.")
    symbol = graphene.String(required=True, description="P, M, T, R or Q; empty for a further one.")
    name = graphene.String(required=True, description="In the reader's language.")
    about = graphene.String(required=True, description="What it measures, in a sentence.")
    weight_bps = graphene.Int(required=True, description="Its part of the total, in basis points.")
    value = graphene.String(required=True, description="0 to 100, with four decimals.")
    formula = graphene.String(required=True, description="How its steps come to its value.")
    steps = list_of(ScoreStep, most=20, description="What it is made of.")


class ScoreExplanation(PlainType):
    """An entry's published score, worked out."""

    class Meta:
        access = HELD

    entry = graphene.Field(EntryType, required=True, description="Whose it is.")
    rank = graphene.Int(required=True, description="Its place.")
    next_ahead = graphene.String(description="The number of the entry next before it; null of the first.")
    decided_by = graphene.String(
        required=True, description="The rule that parted it from its neighbours, in words."
    )
    version = graphene.Int(required=True, description="Of which version of the result.")
    state = graphene.Field(
        enum_of(Result, "state"), required=True, description="Provisional, final or superseded."
    )
    total = graphene.String(required=True, description="0 to 100, with four decimals.")
    formula = graphene.String(
        required=True, description="How the indicators come to it; of unrounded ones, rounded once."
    )
    lines = list_of(ScoreLine, most=12, description="Each indicator, in the order of the rules.")
    notes = list_of(graphene.String, most=5, description="What to know before one computes.")
    rulebook = graphene.Field(RulebookType, required=True, description="The rules, frozen.")
    rulebook_sha256 = graphene.String(required=True, description="Their hash, as it stands on the result.")


def _step(step: Step) -> ScoreStep:
    return ScoreStep(
        name=str(step.words),
        value=step.value,
        weight_bps=step.weight_bps,
        formula=step.formula,
        fraction=shown(step.fraction),
        is_missing=step.is_missing,
    )


def line_of(line: Line) -> ScoreLine:
    """An indicator with its steps."""
    return ScoreLine(
        key=line.key,
        symbol=line.symbol,
        name=str(line.words),
        about=str(line.about),
        weight_bps=line.weight_bps,
        value=str(line.value),
        formula=line.formula,
        steps=[_step(step) for step in line.steps],
    )


def explanation(row: ResultRow, worked: Explained | None = None) -> ScoreExplanation:
    """A row of a result, worked out, unless it is already."""
    worked, snapshot = worked or explained(row), row.result.snapshot
    parameters = snapshot.rulebook.parameters
    return ScoreExplanation(
        entry=row.entry,
        rank=row.rank,
        next_ahead=better_neighbour(row),
        decided_by=str(words_of_rule(row.decided_by, parameters)),
        version=row.result.version,
        state=row.result.state,
        total=str(worked.total),
        formula=worked.formula,
        lines=[line_of(line) for line in worked.lines],
        notes=[str(words) for words in notes(parameters)],
        rulebook=snapshot.rulebook,
        rulebook_sha256=snapshot.rulebook_sha256,
    )


def _explained(
    root: Any, info: Any, edition: str, number: str, level: Any = None, version: int | None = None
) -> ScoreExplanation | None:
    entry = entry_seen(edition, number, level.value if level else None)
    row = published_row(entry, version) if entry else None
    return explanation(row) if row else None


class Query:
    """Scores, explained to everybody."""

    score_explained = cache_tags(
        guarded(
            graphene.Field(
                ScoreExplanation,
                args={
                    **WHICH,
                    "version": graphene.Argument(
                        graphene.Int,
                        description="Of which version of the result; the one that stands, when left out.",
                    ),
                },
                resolver=_explained,
                description="An entry's score in steps; null before the provisional result, and for one out of "
                "competition.",
            ),
            PUBLIC,
            cost=20,
        ),
        "contest",
        seconds=A_MOMENT,
    )
