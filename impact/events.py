"""What can have happened to those behind the goods. Events carry ids alone: whoever reacts reads the rest."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class EntryHasFewHouseholds(Event):
    """Fewer than ten verified households are left behind an entry of a round that still moves."""

    entry_id: int


@dataclass(frozen=True)
class SupportMovedAfterFreeze(Event):
    """What an order bought for an entry was taken back (or came back: more than 0) after its round froze.

    `because` says why it was taken back: refund, quality or fraud.
    """

    entry_id: int
    transaction_id: int
    amount_minor: int
    because: str
