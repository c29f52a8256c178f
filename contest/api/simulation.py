"""A round replayed by rules that are tried out: for whoever keeps the contest, and nobody else."""

from collections.abc import Sequence
from typing import Any

import graphene

from contest.api.organiser import KEEPS_IT, OfficeEditionType, add_to_round
from contest.api.rulebook import RuleIndicator, indicator, moved_words
from contest.reads import keeping, simulation
from contest.reads import rulebook as reads
from contest.scoring.checking import validated
from contest.scoring.fields import changed
from core.api.access import HELD
from core.api.facts import guarded
from core.api.ids import global_id, key_of, uid_of
from core.api.types import PlainType, list_of
from core.language import Words
from core.refusals import Refusal
from impact.models import Round

MOST_ENTRIES = 500


class RulebookValueInput(graphene.InputObjectType):
    """A field of a rulebook and what it shall be."""

    path = graphene.String(required=True, description="Its name, as `fields` say it.")
    value = graphene.String(
        required=True,
        description="A whole number in the field's unit (fen, basis points), a choice, or a text.",
    )


def values_of(given: Sequence[Any] | None) -> dict[str, str]:
    return {one["path"]: one["value"] for one in given or ()}


class SimulatedRow(PlainType):
    """An entry by the tried rules."""

    class Meta:
        access = HELD

    number = graphene.String(required=True, description="Its number in the contest.")
    team = graphene.String(required=True, description="Whose it is, in the reader's language.")
    rank = graphene.Int(required=True, description="Its place by the tried rules.")
    rank_before = graphene.Int(required=True, description="Its place by the rules as they stand.")
    best = graphene.Int(required=True, description="Its best place when any one weight moves by five points.")
    worst = graphene.Int(required=True, description="Its worst place then.")
    best_by = graphene.String(
        required=True, description="By which weight it comes to the best; empty where by none."
    )
    worst_by = graphene.String(required=True, description="By which weight it comes to the worst.")
    total = graphene.String(required=True, description="0 to 100, with four decimals.")
    values = list_of(graphene.String, most=12, description="Each indicator's, in the order of `indicators`.")


class Simulation(PlainType):
    """A round replayed by other rules; told to whoever keeps the contest, and kept nowhere."""

    class Meta:
        access = HELD

    of = graphene.ID(required=True, description="The round that was replayed.")
    edition = graphene.Field(OfficeEditionType, required=True, description="Its edition.")
    is_published = graphene.Boolean(
        required=True, description="Whether by its published result; else as of this moment."
    )
    as_of = graphene.DateTime(
        required=True, description="The last moment that is in it, by the trade's clock."
    )
    indicators = list_of(RuleIndicator, most=12, description="What the tried rules weigh.")
    refused = list_of(
        graphene.String,
        most=20,
        description="Why what was tried is no rulebook; then the rules are tried as they stand.",
    )
    rows = list_of(
        SimulatedRow, most=MOST_ENTRIES, description="All entries in competition, the first first."
    )


def _simulation(
    root: Round,
    info: Any,
    rulebook: str | None = None,
    of: str | None = None,
    values: Sequence[Any] | None = None,
) -> Simulation | None:
    person = info.context.user
    try:
        played = keeping.round_of(person, key_of(of, "Round")) if of else root
        book = reads.one_of_hers(person, uid_of(rulebook, "Rulebook")) if rulebook else reads.of_round(root)
    except Refusal:
        return None
    if book is None:
        return None
    refused: list[str] = []
    tried = book.parameters
    try:
        tried = validated(changed(book.parameters, values_of(values)))
    except Refusal as no:
        refused = [str(one) for one in (no, *no.beside)]
    replayed = simulation.replay(played)
    return Simulation(
        of=global_id("Round", keeping.key_of_round(played)),
        edition=played.edition,
        is_published=replayed.is_published,
        as_of=replayed.as_of,
        indicators=[indicator(row, tried) for row in tried["indicators"]],
        refused=refused[:20],
        rows=_rows(replayed, book.parameters, tried),
    )


def _rows(replayed: simulation.Replay, before: dict[str, Any], tried: dict[str, Any]) -> list[SimulatedRow]:
    keys = [row["key"] for row in tried["indicators"]]

    return [
        SimulatedRow(
            number=one.entry.number,
            team=str(Words(one.entry.team.name_zh, one.entry.team.name_en or one.entry.team.name_zh)),
            rank=one.interval.rank,
            rank_before=one.rank_before,
            best=one.interval.best,
            worst=one.interval.worst,
            best_by=moved_words(one.interval.best_by, tried),
            worst_by=moved_words(one.interval.worst_by, tried),
            total=str(one.scored.total),
            values=[str(one.scored.values[key]) for key in keys],
        )
        for one in simulation.simulate(replayed, before, tried)[:MOST_ENTRIES]
    ]


add_to_round(
    simulation=guarded(
        graphene.Field(
            Simulation,
            args={
                "rulebook": graphene.Argument(
                    graphene.ID, description="Which version; the round's, when left out."
                ),
                "of": graphene.Argument(
                    graphene.ID, description="Which round is replayed; this one, when left out."
                ),
                "values": graphene.Argument(
                    graphene.List(graphene.NonNull(RulebookValueInput)),
                    description="What is tried otherwise.",
                ),
            },
            resolver=_simulation,
            description="The round replayed by rules that are tried out; null where it has none.",
        ),
        KEEPS_IT,
        cost=200,
    ),
)
