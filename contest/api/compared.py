"""Why one entry stands before another, for everybody."""

from typing import Any

import graphene

from contest.api.entry import RoundLevel
from contest.api.explained import ScoreExplanation, ScoreLine, explanation, line_of
from contest.reads import compared as reads
from contest.scoring.ranking import words_of_rule
from core.api.access import HELD, PUBLIC
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.types import PlainType, list_of


class ComparedLine(PlainType):
    """An indicator of both."""

    class Meta:
        access = HELD

    ahead = graphene.Field(ScoreLine, required=True, description="Of the one that stands before.")
    behind = graphene.Field(ScoreLine, required=True, description="Of the other.")
    points = graphene.String(
        required=True,
        description="What it puts the first ahead by, of 100, with four decimals; negative where it is behind.",
    )


class ScoreComparison(PlainType):
    """Two entries of one result."""

    class Meta:
        access = HELD

    ahead = graphene.Field(ScoreExplanation, required=True, description="The one that stands before.")
    behind = graphene.Field(ScoreExplanation, required=True, description="The other.")
    lines = list_of(ComparedLine, most=12, description="Each indicator, in the order of the rules.")
    difference = graphene.String(
        required=True,
        description="Of their totals, with four decimals; of the lines it may differ in the last.",
    )
    decided_by = graphene.String(required=True, description="The rule that parts the two, in words.")
    is_tie = graphene.Boolean(required=True, description="Whether their totals are equal.")


def _compared(
    root: Any, info: Any, edition: str, a: str, b: str, level: Any = None, version: int | None = None
) -> ScoreComparison | None:
    found = reads.compared(edition, (a, b), level.value if level else None, version)
    if found is None:
        return None
    parameters = found.better.result.snapshot.rulebook.parameters
    return ScoreComparison(
        ahead=explanation(found.better, found.better_worked),
        behind=explanation(found.worse, found.worse_worked),
        lines=[
            ComparedLine(ahead=line_of(one.better), behind=line_of(one.worse), points=str(one.points))
            for one in found.parts
        ],
        difference=str(found.difference),
        decided_by=str(words_of_rule(found.decided_by, parameters)),
        is_tie=not found.difference,
    )


def _number(which: str) -> graphene.Argument:
    return graphene.Argument(graphene.String, required=True, description=f"The number of {which}.")


class Query:
    """Two scores, compared."""

    score_compared = cache_tags(
        guarded(
            graphene.Field(
                ScoreComparison,
                args={
                    "edition": graphene.Argument(
                        graphene.String, required=True, description="The edition's short name."
                    ),
                    "a": _number("one entry"),
                    "b": _number("the other"),
                    "level": graphene.Argument(
                        RoundLevel, description="Of which round; their latest that has begun, when left out."
                    ),
                    "version": graphene.Argument(
                        graphene.Int,
                        description="Of which version of the result; the one that stands, when left out.",
                    ),
                },
                resolver=_compared,
                description="Why one of two entries stands before the other, whichever is named first; null before the "
                "provisional result, and where one of them has no place in it.",
            ),
            PUBLIC,
            cost=40,
        ),
        "contest",
        seconds=A_MOMENT,
    )
