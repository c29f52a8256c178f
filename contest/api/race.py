"""How a round's sums have moved, and the board as of a day that is over."""

from typing import Any

import graphene

from contest.api.contest import MOST_ROWS, OF_A_ROUND, EntryType
from contest.reads import board
from contest.reads import race as reads
from core.api.access import HELD, PUBLIC
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.types import BigInt, MoneyField, PlainType, list_of

MOST_DAYS = 400


class RaceLine(PlainType):
    """An entry's sums, day by day."""

    class Meta:
        access = HELD

    rank = graphene.Int(
        description="By the last of the days; equal sums share one, null of a team out of competition."
    )
    entry = graphene.Field(EntryType, required=True, description="Whose.")
    net = MoneyField("net_minor", description="On the last of the days.")
    sums = list_of(
        BigInt,
        most=MOST_DAYS,
        description="Its net at the end of each day, in fen, as it was told live then.",
    )


class Race(PlainType):
    """A round's sums by day. Counts of days that are over are not told: the difference of two would tell who came."""

    class Meta:
        access = HELD

    days = list_of(graphene.Date, most=MOST_DAYS, description="In Shanghai, from the opening on.")
    lines = list_of(RaceLine, most=MOST_ROWS, description="The highest on the last of the days first.")


def _race(root: Any, info: Any, day: Any = None, first: int | None = None, **which: Any) -> reads.Race | None:
    found = board.round_called(**which)
    if found is None:
        return None
    made = reads.race(found, day)
    made.days = made.days[:MOST_DAYS]
    made.lines = made.lines[: MOST_ROWS if first is None else max(0, first)]
    return made


class Query:
    """A round by day, for everybody."""

    race = cache_tags(
        guarded(
            graphene.Field(
                Race,
                args={
                    **OF_A_ROUND,
                    "day": graphene.Argument(
                        graphene.Date,
                        description="Up to the end of which day; the last that is over, when left out or yet to come.",
                    ),
                    "first": graphene.Argument(
                        graphene.Int, description="How many from the top; all, when left out."
                    ),
                },
                resolver=_race,
                description="How a round's sums have moved by day; null where there is no such round.",
            ),
            PUBLIC,
            cost=50,
        ),
        "contest",
        seconds=A_MOMENT,
    )
