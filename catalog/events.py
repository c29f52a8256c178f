"""What can have happened on the shelves."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class SearchEntriesChanged(Event):
    """What a search engine outside our database should know of these products is different now."""

    product_ids: list[int]


@dataclass(frozen=True)
class ProductReviewed(Event):
    """An operator has approved it, returned it with a comment, held it or put it back."""

    product_id: int
    review_id: int
    is_of_changes: bool = False  # of what waited beside what was sold meanwhile


@dataclass(frozen=True)
class PaperRunsOut(Event):
    """A paper of a product on the shelf has so many days left, and nothing follows it."""

    certificate_id: int
    days: int


@dataclass(frozen=True)
class LotRecalled(Event):
    """Units of it may have been sold: whoever bought must be told."""

    lot_id: int


@dataclass(frozen=True)
class ManagerNamed(Event):
    """Somebody is appointed to keep a team's desk, beside whoever does already."""

    part_id: int


@dataclass(frozen=True)
class NewsPublished(Event):
    """What a team writes may be read by those who bought from it: who has asked for it is written to."""

    news_id: int


@dataclass(frozen=True)
class NewsReturned(Event):
    """An operator does not let it out, or has taken it off again: its team is told why."""

    news_id: int


@dataclass(frozen=True)
class ListingSheetMoved(Event):
    """A team has sent a table in, or has said that it be done: a worker is wanted."""

    sheet_id: int


@dataclass(frozen=True)
class ApplicationMoved(Event):
    """A team that is not there yet was invited, has handed in what it wrote, or was decided about: who is to know is told."""

    application_id: int
    state: str
