"""What can have happened to buyers who buy together. Events carry ids alone: whoever reacts reads the rest."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class GroupConfirmed(Event):
    group_id: int


@dataclass(frozen=True)
class GroupSent(Event):
    """A confirmed group's one parcel is on its way."""

    group_id: int


@dataclass(frozen=True)
class GroupFellShort(Event):
    group_id: int


@dataclass(frozen=True)
class GroupRecalled(Event):
    """Seats of the group have, or wait for, units of a lot that was recalled."""

    group_id: int
    lot_id: int
