"""What can have happened to those behind the goods. Events carry ids alone: whoever reacts reads the rest."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class EntryHasFewHouseholds(Event):
    """Fewer than ten verified households are left behind an entry of a round that still moves."""

    entry_id: int
