"""Orders and pages, the same for each engine: whole numbers to compare, and a cursor that says where a page ends."""

from collections.abc import Sequence

from catalog.search import Found, SearchRequest
from core import opaque
from core.refusals import Invalid

# sort: what is compared, and whether more comes first
KEYS: dict[str, tuple[tuple[str, ...], bool]] = {
    "BEST": (("score", "id"), True),
    "NEWEST": (("published_at_us", "id"), True),
    "PRICE_ASC": (("price_from_minor", "id"), False),
    "PRICE_DESC": (("price_from_minor", "id"), True),
    "SALES": (("sold_step", "published_at_us", "id"), True),
    "RATING": (("rating_tenths", "reviews_shown", "published_at_us", "id"), True),
    "SEASON": (("season_now", "in_stock", "published_at_us", "id"), True),
}
# What brings one hit before another, each point worth more than all below it together: the very title; the words as they
# were written, in the title; anywhere; a title that is the name of just that; one that says so in both languages; that
# begins so; and that names it at all, if by another name.
TITLE, LITERAL_TITLE, LITERAL, HEAD, AGREED, BEGINNING, MEANT = 64, 32, 16, 8, 4, 2, 1


def sort_of(ask: SearchRequest, has_words: bool) -> str:
    """Without words nothing is better than another: then by season."""
    return "SEASON" if ask.sort == "BEST" and not has_words else ask.sort


def page(ask: SearchRequest, sort: str, rows: Sequence[Sequence[int]]) -> Found:
    """A page from rows of keys, of which one more than is shown was asked for."""
    shown = rows[: ask.first]
    return Found([row[-1] for row in shown], [_cursor(sort, row) for row in shown], len(rows) > ask.first)


def _cursor(sort: str, row: Sequence[int]) -> str:
    return opaque.encode(["search", sort], [int(key) for key in row])


def place(cursor: str, sort: str) -> list[int]:
    """The keys behind which to go on; a cursor of another order, or no cursor at all, is refused."""
    keys = opaque.decode(["search", sort], cursor)
    if keys is None or len(keys) != len(KEYS[sort][0]):
        raise Invalid(field="after")
    return keys
