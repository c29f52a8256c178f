"""What can have happened in the contest."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class SheetsOpened(Event):
    """The committee's sheets of a round were opened, all together."""

    round_id: int
