"""Two worked scores side by side: what each indicator adds to the difference between them."""

from dataclasses import dataclass
from decimal import Decimal

from contest.scoring.exact import WHOLE_BPS, exactly, rounded
from contest.scoring.explain import Explained, Line


@dataclass(frozen=True)
class Parted:
    """An indicator of two entries; `points` of the total is what it puts the first ahead by, negative where it is behind."""

    better: Line
    worse: Line
    points: Decimal


def parted(better: Explained, worse: Explained) -> list[Parted]:
    """By the indicators of the rules that both were scored by, each weighted and rounded once to four decimals."""
    found = []
    for one, other in zip(better.lines, worse.lines, strict=True):
        with exactly():
            points = one.weight_bps * (one.exact - other.exact) / WHOLE_BPS
        found.append(Parted(one, other, rounded(points)))
    return found
