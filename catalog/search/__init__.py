"""The search port: what the shop asks of a search engine. One file an engine; settings.SEARCH_ENGINE chooses.

Our own database always knows how to answer; another engine is told after each commit and asked first.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from catalog.events import SearchEntriesChanged
from catalog.models import Product
from core import outbox

if TYPE_CHECKING:
    from catalog.search.query import Reading

# Price bands in fen, both ends included.
BANDS: tuple[tuple[int, int | None], ...] = ((0, 2999), (3000, 4999), (5000, 7999), (8000, None))
FACETS = ("category", "division", "kind", "season", "stock", "price")
MOST_CHARACTERS = 80
HOME = "catalog.search.postgres.Postgres"
# Which words an entry of our own index holds: one of before is written anew by `mend`, and answers meanwhile.
WORDS = 2
# Products taken up by one statement or request.
AT_ONCE = 500


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
class SearchRequest:
    """A question: words (may be empty), choices, an order and where to go on."""

    words: str = ""
    where: Where = field(default_factory=Where)
    sort: str = "BEST"
    first: int = 24
    after: str | None = None
    as_typed: bool = False  # whoever wrote it so means it so: nothing is mended
    is_unfinished: bool = False  # the last word is being written


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


class Answer(Protocol):
    """What one engine says to a question; its parts are found when they are asked for."""

    @property
    def engine(self) -> str:
        """Who says so."""

    @property
    def found(self) -> Found:
        """The products that answer, a page of them."""

    @property
    def tally(self) -> Tally:
        """How many answer, in all and by facet."""

    @property
    def mended(self) -> str:
        """What was looked for instead of what was written; empty where it was looked for as written."""

    @property
    def reading(self) -> "Reading | None":
        """How the question was understood where something was found; None where nothing was written."""


class Away(Exception):
    """The engine does not answer now."""


class Engine(Protocol):
    """What a search engine does for us."""

    name: str

    def answer(self, ask: SearchRequest) -> Answer:
        """What it has to say; Away when it cannot."""

    def index(self, product_ids: Collection[int]) -> None:
        """Take up what is published of these, and forget the rest of them."""

    def rebuild(self) -> int:
        """Begin anew from the database, while searches go on; how many products are known then."""

    def mend(self) -> None:
        """For beat: make good what was left undone."""


@cache
def _made(name: str) -> Engine:
    return import_string(name)()


def home() -> Engine:
    """The index in our own database: written with each change, and there when another engine is not."""
    return _made(HOME)


def engine() -> Engine:
    """The engine that the settings choose."""
    return _made(settings.SEARCH_ENGINE)


def answer(ask: SearchRequest) -> Answer:
    """What the chosen engine says; our own database where that one is away."""
    try:
        return engine().answer(ask)
    except Away:
        return home().answer(ask)


def index(product_ids: Collection[int]) -> None:
    """Inside the transaction of the change: our own index follows now, another engine after the commit."""
    home().index(product_ids)
    tell(product_ids)


def tell(product_ids: Collection[int]) -> None:
    """Have another engine, if there is one, told of these after the commit."""
    if settings.SEARCH_ENGINE == HOME:
        return
    ids = sorted(product_ids)
    # Given out under the lock of the row, so that of two tellings the later change has the greater one.
    Product.objects.filter(id__in=ids).update(version=F("version") + 1)
    outbox.record(*(SearchEntriesChanged(ids[i : i + AT_ONCE]) for i in range(0, len(ids), AT_ONCE)))


def rebuild() -> int:
    """Make each index anew; how many products are known."""
    known = home().rebuild()
    return known if engine() is home() else engine().rebuild()


def mend() -> int:
    """Take up what is published and our own index does not know, or by words of before, how many; another engine mends itself."""
    of_before = Q(search_entry=None) | Q(search_entry__made_by__lt=WORDS)
    missing = Product.objects.filter(of_before, state=Product.State.PUBLISHED)
    ids = list(missing.order_by("id").values_list("id", flat=True))
    for first in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            index(ids[first : first + AT_ONCE])
    engine().mend()
    return len(ids)
