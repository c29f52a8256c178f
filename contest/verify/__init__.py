"""What must hold of the contest's judgement, recomputed from the tables."""

from collections.abc import Iterator

from contest.verify import integrity, judging, outside, registration, result, rulebook, stage
from core.verify import Offence

PARTS = (
    registration,
    rulebook,
    judging,
    integrity,
    outside,
    stage,
    result,
)


def verify() -> Iterator[Offence]:
    """Every offence of this floor; each names the row."""
    for part in PARTS:
        yield from part.verify()
