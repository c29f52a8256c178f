"""The places of a round of several stages: whoever came farther stands before whoever came less far."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from contest.scoring.exact import ZERO
from contest.scoring.ranking import BEFORE, PANEL, Placed


class Listed(NamedTuple):
    """An entry's place in a stage that is over, as it was told then."""

    entry_id: int
    goes_on: bool
    decided_by: str


class Stood(NamedTuple):
    """An entry's place in the round, and how many stages have picked it."""

    place: Placed
    passed: int


@dataclass(frozen=True)
class Staged:
    """What the stages of a round have come to.

    `lists` are those of each stage but the last, by rank. The last picks `picks`: by the panel's `marks`, or by a score, for
    which it may have rules of its own (`parameters`).
    """

    lists: Sequence[Sequence[Listed]]
    picks: int
    marks: Mapping[int, Decimal] | None = None
    parameters: Mapping[str, Any] | None = None

    @property
    def count(self) -> int:
        """How many stages there are: whoever has passed so many is through."""
        return len(self.lists) + 1

    def places(self, scored: Sequence[Placed], at_last: Sequence[Placed]) -> list[Stood]:
        """Everybody in competition, the first first; `scored` are they by the round's rules, `at_last` by the last stage's.

        Whoever is not in competition any more leaves no gap and no place in a list that was told: one who came back
        after it stands behind all of it.
        """
        by_score = {place.entry_id: place for place in scored}
        still, passed = list(by_score.values()), dict.fromkeys(by_score, 0)
        left: list[Placed] = []
        for places in self.lists:
            present = {place.entry_id: place for place in still}
            listed = [one for one in places if one.entry_id in present]
            known = {one.entry_id for one in listed}
            stays = [Placed(o.entry_id, 0, o.decided_by) for o in listed if not o.goes_on]
            left = [*stays, *(place for place in still if place.entry_id not in known), *left]
            still = [Placed(o.entry_id, 0, o.decided_by) for o in listed if o.goes_on]
            passed |= {place.entry_id: passed[place.entry_id] + 1 for place in still}
        if self.marks is not None:
            still = by_marks(still, self.marks)
        else:
            going = {place.entry_id for place in still}
            still = [place for place in at_last if place.entry_id in going]
        passed |= {place.entry_id: passed[place.entry_id] + 1 for place in still[: self.picks]}
        return [
            Stood(Placed(place.entry_id, n, place.decided_by), passed[place.entry_id])
            for n, place in enumerate([*still, *left], start=1)
        ]


def by_marks(order: Sequence[Placed], marks: Mapping[int, Decimal]) -> list[Placed]:
    """Those whom a panel has judged, the best first; of equal marks, whoever stood before in `order`."""
    first = sorted((place.entry_id for place in order), key=lambda entry: -marks.get(entry, ZERO))  # stable
    given = Counter(marks.get(entry, ZERO) for entry in first)
    return [Placed(entry, 0, BEFORE if given[marks.get(entry, ZERO)] > 1 else PANEL) for entry in first]
