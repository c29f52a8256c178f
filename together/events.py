"""What can have happened to buyers who buy together. Events carry ids alone: whoever reacts reads the rest."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GroupOpened:
    group_id: int


@dataclass(frozen=True)
class GroupConfirmed:
    group_id: int


@dataclass(frozen=True)
class GroupSent:
    """A confirmed group's one parcel is on its way."""

    group_id: int


@dataclass(frozen=True)
class GroupFellShort:
    group_id: int


@dataclass(frozen=True)
class GroupRecalled:
    """Seats of the group have, or wait for, units of a lot that was recalled."""

    group_id: int
    lot_id: int
