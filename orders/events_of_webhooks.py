"""What befalls programs that are told what happens (decision 0082); `events.py` tells of it with all others."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class MessagesGivenUp(Event):
    """Something was not taken for a day by a program that is told what happens: whoever keeps it is to hear of it."""

    webhook_id: int
