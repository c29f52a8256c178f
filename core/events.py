"""What can have happened: a floor says it in its `events.py`, as frozen dataclasses of ids."""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from django.utils.module_loading import autodiscover_modules


@dataclass(frozen=True)
class Event:
    """Something that has happened, in the past tense, told by ids: whoever reacts reads the rest.

    The class's name and its fields are what the outbox holds of it (`payload`, of which `from_payload` is the way
    back), and rows wait there over an upgrade: a new field has a default, and an event that is given another name
    says what it was called (`class Grown(Event, formerly="Grew")`). One that is asked for long afterwards is kept
    for good (core/retention.py tells how long others are).
    """

    for_good: ClassVar[bool] = False

    def __init_subclass__(cls, formerly: str = "", for_good: bool = False) -> None:
        cls.for_good = for_good
        known = _KNOWN.setdefault(cls.__name__, cls)
        assert known.__module__ == cls.__module__, f"two events are called {cls.__name__}"
        if formerly:
            _FORMERLY[formerly] = cls

    def payload(self) -> dict[str, Any]:
        """Its fields, as JSON holds them."""
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """The event of a row, written by this release or one before: what it has more is left out, what it has
        less is the field's default (`TypeError` where there is none)."""
        return cls(**{field.name: payload[field.name] for field in fields(cls) if field.name in payload})


_KNOWN: dict[str, type[Event]] = {}
_FORMERLY: dict[str, type[Event]] = {}


def known() -> dict[str, type[Event]]:
    """Every event of the house, by its name."""
    autodiscover_modules("events")
    return _KNOWN


def event_named(name: str) -> type[Event]:
    """The event that a row of the outbox tells of; `KeyError` for a name that nobody has."""
    return _KNOWN.get(name) or known().get(name) or _FORMERLY[name]
