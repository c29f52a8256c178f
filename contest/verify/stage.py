"""INV-12, INV-13: who goes on from a stage, computed again from the figures at the freeze."""

from collections.abc import Iterator

from contest.models import StageList
from contest.reads import outcome
from contest.reads.stage import as_hashed, places_in, sealed
from core.verify import Offence, Rule, broken

RULES = [
    Rule(
        "INV-13",
        "StagePlace",
        "an entry is placed in a stage although the stage before did not pick it",
        """SELECT p.id, e.number FROM contest_stageplace p JOIN contest_stagelist l ON l.id = p.list_id
           JOIN contest_stage s ON s.id = l.stage_id AND s.number > 1 JOIN impact_entry e ON e.id = p.entry_id
           WHERE NOT EXISTS (
               SELECT FROM contest_stageplace q JOIN contest_stagelist m ON m.id = q.list_id
               JOIN contest_stage t ON t.id = m.stage_id AND t.round_id = s.round_id AND t.number = s.number - 1
               WHERE q.entry_id = p.entry_id AND q.goes_on AND m.snapshot_id = l.snapshot_id)""",
    ),
]


def verify() -> Iterator[Offence]:
    """Each list that was told, against its snapshot and its hash."""
    yield from broken(RULES)
    rows = StageList.objects.select_related("stage__rulebook", "snapshot__rulebook").order_by("pk")
    for found in rows:
        yield from _of_list(found)


def _of_list(found: StageList) -> Iterator[Offence]:
    places = list(found.places.select_related("entry"))
    name = f"stage {found.stage.number}, v{found.version}"
    if sealed(found, places) != found.sha256:
        yield Offence("INV-13", "StageList", found.pk, f"{name}: its hash is another")
    again = places_in(
        found.stage,
        found.snapshot,
        [place.entry for place in places],
        outcome.frozen_inputs(found.snapshot),
        {place.entry_id: place.out for place in places},
    )
    computed = {place.entry_id: as_hashed(place) for place in again}
    for place in places:
        if as_hashed(place) != computed[place.entry_id]:
            words = (
                f"{name}, {place.entry.number}: said {as_hashed(place)}, computed {computed[place.entry_id]}"
            )
            yield Offence("INV-12", "StagePlace", place.pk, words)
