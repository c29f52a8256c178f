"""What can have happened to the house itself."""

from dataclasses import dataclass
from datetime import datetime

from core.events import Event


@dataclass(frozen=True)
class DemoBegun(Event, for_good=True):
    """The demo's people, teams and lots are there; so many purchases are to come."""

    orders: int
    seed: int
    at: datetime


@dataclass(frozen=True)
class DemoLoaded(Event, for_good=True):
    """All of the demo is there."""

    orders: int
