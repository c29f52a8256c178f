"""How far a final result rests on its weights, for everybody."""

from typing import Any

import graphene

from contest.api.contest import OF_A_ROUND, EntryType
from contest.api.rulebook import moved_words
from contest.models import Result
from contest.reads import board
from contest.reads import result as results
from contest.reads.sensitivity import intervals_of
from core.api.access import HELD, PUBLIC
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.types import PlainType, list_of

MOST_ROWS = 100


class RankInterval(PlainType):
    """An entry's places when any one weight moves by five points, the others making room in proportion."""

    class Meta:
        access = HELD

    entry = graphene.Field(EntryType, required=True, description="Whose.")
    rank = graphene.Int(required=True, description="Its place in the result.")
    best = graphene.Int(required=True, description="Its best place then.")
    worst = graphene.Int(required=True, description="Its worst place then.")
    best_by = graphene.String(
        required=True, description="By which weight it comes to the best, in words; empty where by none."
    )
    worst_by = graphene.String(required=True, description="By which weight it comes to the worst.")


class RankIntervals(PlainType):
    """How firm the places of a final result are."""

    class Meta:
        access = HELD

    version = graphene.Int(required=True, description="Of which version of the result.")
    rows = list_of(
        RankInterval,
        most=MOST_ROWS,
        description="Those in competition, the first first; a hundred, after those skipped.",
    )
    row_count = graphene.Int(
        required=True, description="How many are in competition: `skip` leads to the others."
    )


def _intervals(root: Any, info: Any, skip: int = 0, **which: Any) -> RankIntervals | None:
    round_ = board.round_called(**which)
    result = results.published(round_) if round_ else None
    if result is None or result.state != Result.State.FINAL or result.stages:
        return None
    parameters, found = result.snapshot.rulebook.parameters, intervals_of(result)
    return RankIntervals(
        version=result.version,
        row_count=len(found),
        rows=[
            RankInterval(
                entry=row.entry,
                rank=one.rank,
                best=one.best,
                worst=one.worst,
                best_by=moved_words(one.best_by, parameters),
                worst_by=moved_words(one.worst_by, parameters),
            )
            for row, one in found[max(0, skip or 0) :][:MOST_ROWS]
        ],
    )


class Query:
    """What everybody may ask of a final result's places."""

    rank_intervals = cache_tags(
        guarded(
            graphene.Field(
                RankIntervals,
                args={
                    **OF_A_ROUND,
                    "skip": graphene.Argument(graphene.Int, description="So many at the top are left out."),
                },
                resolver=_intervals,
                description="How far a round's places rest on the weights; null until its result is final, and of a round of "
                "several stages, whose places rest on more than them.",
            ),
            PUBLIC,
            cost=100,
        ),
        "contest",
        seconds=A_MOMENT,
    )
