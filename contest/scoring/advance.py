"""Who goes on: the best of a ranking, as many of one division as may."""

from collections import Counter
from collections.abc import Mapping, Sequence


def advancing(
    ranked: Sequence[int], division_of: Mapping[int, str], places: int, most_a_division: int | None
) -> list[int]:
    """The entries that go on, the best first: `ranked` are those in competition alone, in the order of their ranks.

    A division that has its `most_a_division` (None: as many as there are) leaves the place to the next entry of another;
    where no other is left, the place stays empty.
    """
    taken: Counter[str] = Counter()
    chosen: list[int] = []
    for entry in ranked:
        if len(chosen) == places:
            break
        if most_a_division is None or taken[division_of[entry]] < most_a_division:
            taken[division_of[entry]] += 1
            chosen.append(entry)
    return chosen
