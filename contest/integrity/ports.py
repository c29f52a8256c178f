"""Facts that another part of the house, or of the world, will tell: a carrier's scans, payouts, enrolments, stories.

Until somebody tells one it is empty, and its rule finds nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from impact.models import Entry

Fact = TypeVar("Fact")


class Port(Generic[Fact]):
    """Where one sort of fact is told: by whoever calls `add_source`, asked for an entry at a time."""

    def __init__(self) -> None:
        self._sources: list[Callable[[Entry], Iterable[Fact]]] = []

    def add_source(self, source: Callable[[Entry], Iterable[Fact]]) -> None:
        """From now on this is asked too."""
        self._sources.append(source)

    @contextmanager
    def fed(self, *facts: Fact, of: Entry | None = None) -> Iterator[None]:
        """These are told of this entry, or of any, inside the block: for fixtures."""
        self._sources.append(source := lambda entry: facts if of in (None, entry) else ())
        try:
            yield
        finally:
            self._sources.remove(source)

    def of(self, entry: Entry) -> list[Fact]:
        """All that is told of an entry."""
        return [fact for source in self._sources for fact in source(entry)]


@dataclass(frozen=True)
class PayerAccount:
    """The bank or wallet account that an order was paid from; it is compared as a keyed hash, and kept nowhere."""

    order_uid: UUID
    account: str


@dataclass(frozen=True)
class Scan:
    """What a carrier says of a parcel of an order: when it was handed over as its team says, when first scanned (null: not
    yet), and what it weighs by the label and on the scales (0: not known)."""

    order_uid: UUID
    sent_at: datetime
    scanned_at: datetime | None = None
    grams_stated: int = 0
    grams_weighed: int = 0


@dataclass(frozen=True)
class Payout:
    """Money that somebody with an account received of what this entry's team had to pay out."""

    uid: UUID
    person_id: int
    amount_minor: int
    received_at: datetime


@dataclass(frozen=True)
class Origin:
    """A lot's ground: how much of it there is, and what the county's grows."""

    lot_uid: UUID
    square_metres: int
    grams_a_square_metre: int


@dataclass(frozen=True)
class Enrolment:
    """That a household of this entry's team stands in another team's book for the same season. By its pseudonym, of which a case keeps a keyed hash."""

    household_uid: UUID
    other_team_uid: UUID
    season: str


@dataclass(frozen=True)
class CountyPrice:
    """What others in the county ask for the like of a variant."""

    variant_uid: UUID
    median_minor: int


@dataclass(frozen=True)
class Story:
    """A story about this entry's team, in any language."""

    uid: UUID
    text: str
    is_confirmed_by_county: bool = False


PAYER_ACCOUNTS: Port[PayerAccount] = Port()
SCANS: Port[Scan] = Port()
PAYOUTS: Port[Payout] = Port()
ORIGINS: Port[Origin] = Port()
ENROLMENTS: Port[Enrolment] = Port()
COUNTY_PRICES: Port[CountyPrice] = Port()
STORIES: Port[Story] = Port()
