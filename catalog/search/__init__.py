"""The search port: what the shop asks of a search engine. One file an engine; settings.SEARCH_ENGINE chooses."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

# Price bands in fen, both ends included.
BANDS: tuple[tuple[int, int | None], ...] = ((0, 2999), (3000, 4999), (5000, 7999), (8000, None))
FACETS = ("category", "division", "kind", "season", "stock", "price")
SORTS = ("BEST", "NEWEST", "PRICE_ASC", "PRICE_DESC", "SEASON")
MOST_CHARACTERS = 80


@dataclass(frozen=True)
class Where:
    """What is chosen: None where nothing is; of several values of one facet any will do, of none nothing does."""

    category: tuple[str, ...] | None = None
    division: tuple[str, ...] | None = None
    kind: tuple[str, ...] | None = None
    team: str | None = None
    in_season: bool | None = None
    in_stock: bool | None = None
    price: tuple[tuple[int, int | None], ...] | None = None
    price_min: int | None = None
    price_max: int | None = None


@dataclass(frozen=True)
class Ask:
    """A question: words (may be empty), choices, an order and where to go on."""

    words: str = ""
    where: Where = field(default_factory=Where)
    sort: str = "BEST"
    first: int = 24
    after: str | None = None


@dataclass(frozen=True)
class Found:
    """A page of products, best first, and a cursor behind each."""

    ids: list[int]
    cursors: list[str]
    has_next: bool


@dataclass(frozen=True)
class Tally:
    """How many were found, and how many each choice would leave: {facet: {value: count}}.

    A facet's counts respect all other choices and not its own, so that one sees what else there is.
    """

    total: int
    counts: dict[str, dict[str, int]]


class Engine(Protocol):
    """What a search engine does for us."""

    name: str

    def index(self, product_ids: Collection[int]) -> None:
        """Take up what is published of these, and forget the rest of them."""

    def find(self, ask: Ask) -> Found:
        """The products that answer, a page of them."""

    def tally(self, ask: Ask) -> Tally:
        """How many answer, in all and by facet."""

    def rebuild(self) -> int:
        """Begin anew from the database; how many products are known then."""


@cache
def _engine(name: str) -> Engine:
    return import_string(name)()


def engine() -> Engine:
    """The engine that the settings choose."""
    return _engine(getattr(settings, "SEARCH_ENGINE", "catalog.search.postgres.Postgres"))
