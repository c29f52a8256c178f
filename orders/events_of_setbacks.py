"""What follows from a harvest that is late or short (decision 0073); `events.py` tells of all others."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class HarvestSetBack(Event):
    """A team has said of a lot that it is late or short: its buyers are to be asked."""

    setback_id: int


@dataclass(frozen=True)
class ChoiceOffered(Event):
    """Whoever bought of it chooses: to wait, another lot's, or her money; asked anew where that lot could not be had."""

    order_id: int
    setback_id: int


@dataclass(frozen=True)
class MoneyOffered(Event):
    """The day was over by three and her goods are not sent: she is offered her money again."""

    order_id: int
    setback_id: int


@dataclass(frozen=True)
class LineRedrawn(Event):
    """Units of a line come from another lot than was bought: what was set aside for the former's households goes over."""

    choice_id: int
