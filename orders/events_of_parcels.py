"""What befalls parcels on their way (decision 0069); `events.py` tells of them with all others."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class NumberCorrected(Event):
    """A parcel that was sent travels under another number than was told: the one of this entry."""

    shipment_id: int
    number_id: int


@dataclass(frozen=True)
class SendingUndone(Event):
    """A parcel that was marked as sent is still with its team."""

    shipment_id: int


@dataclass(frozen=True)
class ParcelCameBack(Event):
    """A parcel that was sent is with its team again, and waits."""

    shipment_id: int


@dataclass(frozen=True)
class ParcelLost(Event):
    """Its team says that the carrier has lost it; what comes of that its claims tell."""

    shipment_id: int


@dataclass(frozen=True)
class ParcelSplit(Event):
    """A part of a parcel stays at home for now, and travels in another."""

    shipment_id: int
    rest_id: int
