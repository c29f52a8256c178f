"""The stages of a round: who takes part in each, how it is placed, and what they come to for the round's places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from contest.models import Result, Snapshot, Stage, StageList, StagePlace
from contest.scoring.inputs import Inputs
from contest.scoring.ranking import rank
from contest.scoring.rulebook import sha256_of
from contest.scoring.score import score
from contest.scoring.stages import Listed, Staged
from core import clock
from core.language import Words, localized, say
from impact.models import Entry, Round

PANEL = Stage.Kind.PANEL


def stages_of(round_: Round) -> list[Stage]:
    """Its stages, the first first; none where it is of one piece."""
    return list(Stage.objects.filter(round=round_).select_related("rulebook").order_by("number"))


def panel_of(round_: Round) -> Stage | None:
    """Its stage in which judges pick, where it has one: its sheets are of that stage alone, and no part of a score."""
    return Stage.objects.filter(round=round_, kind=PANEL).select_related("rulebook").first()


def list_of(stage: Stage) -> StageList | None:
    """Who goes on from it, as it was told last; None before."""
    rows = StageList.objects.filter(stage=stage, snapshot__voided_at=None).select_related("stage", "snapshot")
    return rows.order_by("-version").first()


def lists_of(round_: Round) -> dict[int, StageList]:
    """The same of each of a round's stages, by its number."""
    rows = StageList.objects.filter(stage__round=round_, snapshot__voided_at=None).select_related("stage")
    return {row.stage.number: row for row in rows.order_by("version")}


def going_on(found: StageList) -> QuerySet[StagePlace]:
    """Whom a list lets on, by the entries' numbers: their ranks and scores are told with the result."""
    return found.places.filter(goes_on=True).order_by("entry__number")


def reached_in(round_: Round) -> dict[int, Words]:
    """Into which stage an entry has come by the lists that were told, by its id; of those that one has let on."""
    stages = stages_of(round_)
    lists = lists_of(round_) if len(stages) > 1 else {}
    found: dict[int, Words] = {}
    for stage, next_ in zip(stages, stages[1:], strict=False):
        if row := lists.get(stage.number):
            words = say("进入“{name}”", "on to “{name}”", name=localized(next_, "name"))
            found |= dict.fromkeys(going_on(row).values_list("entry", flat=True), words)
    return found


@dataclass(frozen=True)
class StageDesk:
    """A stage that another follows, for whoever keeps the round."""

    number: int
    name: str
    version: int | None
    drawn_at: datetime | None
    sha256: str | None
    can_draw: bool
    places: list[StagePlace]


def desk_of(round_: Round) -> list[StageDesk]:
    """Each of its stages that another follows, with the list that stands."""
    stages, lists = stages_of(round_), lists_of(round_)
    frozen = Snapshot.objects.filter(round=round_, voided_at=None).exists()
    is_told = Result.objects.filter(round=round_).exists()
    found = []
    for stage, next_ in zip(stages, stages[1:], strict=False):
        row = lists.get(stage.number)
        is_free = row is None or (clock.now() < next_.opens_at and next_.number not in lists)
        places = list(row.places.select_related("entry__team")) if row else []
        found.append(
            StageDesk(
                stage.number,
                localized(stage, "name"),
                row.version if row else None,
                row.drawn_at if row else None,
                row.sha256 if row else None,
                frozen and not is_told and is_free and (stage.number == 1 or stage.number - 1 in lists),
                places,
            )
        )
    return found


def beside(stage: Stage, step: int) -> Stage | None:
    """The stage before it (-1), or the one that follows (1); None where there is none."""
    return Stage.objects.filter(round=stage.round_id, number=stage.number + step).first()


def judged_of(rows: QuerySet[Entry], round_: Round) -> QuerySet[Entry]:
    """Of a round's entries those that are judged: all, or in a round with a panel those that the stage before it let on."""
    panel = panel_of(round_)
    feeder = beside(panel, -1) if panel else None
    if feeder is None:
        return rows
    found = list_of(feeder)
    return rows.filter(pk__in=going_on(found).values("entry")) if found else rows.none()


def places_in(
    stage: Stage,
    snapshot: Snapshot,
    entries: Sequence[Entry],
    inputs: Mapping[int, Inputs],
    out: Mapping[int, str],
) -> list[StagePlace]:
    """A place for each of `entries`, not saved, by rank, then those who are out by number.

    By its own rules, or the round's, on the figures at the freeze: what judges give is not open yet and counts for nobody.
    """
    parameters = rules_of(stage, snapshot)
    competing = [inputs[entry.pk] for entry in entries if not out[entry.pk]]
    scored = score(parameters, competing)
    placed = rank(
        parameters,
        scored,
        competing,
        {entry.pk: entry.approved_at for entry in entries if entry.approved_at},
        snapshot.sha256,
        {entry.pk: entry.number for entry in entries},
    )
    place_of = {one.entry_id: one for one in placed}
    rows = []
    for entry in entries:
        row = StagePlace(entry=entry, out=out[entry.pk])
        if place := place_of.get(entry.pk):
            row.rank, row.decided_by, row.goes_on = place.rank, place.decided_by, place.rank <= stage.picks
            row.points = scored[entry.pk].total
        rows.append(row)
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.entry.number))


def rules_of(stage: Stage, snapshot: Snapshot) -> dict[str, Any]:
    """The parameters by which it is scored: of its own rules, or the round's."""
    parameters: dict[str, Any] = (stage.rulebook or snapshot.rulebook).parameters
    return parameters


def sealed(found: StageList, places: Sequence[StagePlace]) -> str:
    """The SHA-256 of a list: of its head and places in canonical JSON."""
    return sha256_of(
        {
            "stage": _head(found.stage),
            "version": found.version,
            "snapshot": found.snapshot.sha256,
            "places": [as_hashed(place) for place in places],
        }
    )


def as_hashed(place: StagePlace) -> dict[str, Any]:
    """A place as it is hashed and held against another."""
    return {
        "entry": place.entry.number,
        "rank": place.rank,
        "points": None if place.points is None else str(place.points),
        "decided_by": place.decided_by,
        "goes_on": place.goes_on,
        "out": place.out,
    }


def _head(stage: Stage) -> dict[str, Any]:
    return {
        "number": stage.number,
        "kind": stage.kind,
        "picks": stage.picks,
        "rulebook": stage.rulebook.sha256 if stage.rulebook else None,
    }


def heads_of(round_: Round) -> list[dict[str, Any]] | None:
    """Its stages as a result remembers them, each with its names and its list's hash; None where it is of one piece."""
    lists = lists_of(round_)
    stages = stages_of(round_)
    heads = [
        {
            **_head(stage),
            "zh": stage.name_zh,
            "en": stage.name_en,
            "list": lists[stage.number].sha256 if stage.number in lists and stage is not stages[-1] else None,
        }
        for stage in stages
    ]
    return heads or None


def staged(result: Result, marks: Mapping[int, Decimal]) -> Staged | None:
    """What the stages of a result's round have come to, with these marks of its panel; None where it is of one piece."""
    if not result.stages:
        return None
    told = [head["list"] for head in result.stages[:-1]]
    rows = StagePlace.objects.filter(list__sha256__in=told, list__stage__round=result.round, out="")
    listed: dict[str, list[Listed]] = {sha256: [] for sha256 in told}
    found = rows.order_by("rank").values_list("list__sha256", "entry", "goes_on", "decided_by")
    for sha256, entry, goes_on, decided_by in found:
        listed[sha256].append(Listed(entry, goes_on, decided_by))
    last = Stage.objects.select_related("rulebook").get(round=result.round, number=len(told) + 1)
    if last.kind == PANEL:
        return Staged(list(listed.values()), last.picks, marks=marks)
    parameters = last.rulebook.parameters if last.rulebook else None
    return Staged(list(listed.values()), last.picks, parameters=parameters)


def how_far(heads: Any, passed: int) -> Words:
    """How far an entry has come that so many of a result's stages have picked."""
    head = heads[min(passed, len(heads) - 1)]
    name = Words(head["zh"], head["en"])
    if passed == len(heads):
        return say("“{name}”入选", "picked by “{name}”", name=name)
    return say("到“{name}”为止", "as far as “{name}”", name=name)
