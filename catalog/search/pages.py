"""Orders and pages, the same for each engine: whole numbers to compare, and a cursor that says where a page ends."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from catalog.search import Ask, Found
from core.refusals import Invalid

# sort: what is compared, and whether more comes first
KEYS: dict[str, tuple[tuple[str, ...], bool]] = {
    "BEST": (("score", "id"), True),
    "NEWEST": (("published_at_us", "id"), True),
    "PRICE_ASC": (("price_from_minor", "id"), False),
    "PRICE_DESC": (("price_from_minor", "id"), True),
    "SEASON": (("season_now", "in_stock", "published_at_us", "id"), True),
}
# The points of a hit whose title holds what was asked, before its id decides: as meant; and as written; and its
# beginning; and the very title.
TITLE, BEGINNING, LITERAL, MEANT = 8, 4, 2, 1


def sort_of(ask: Ask, has_words: bool) -> str:
    """Without words nothing is better than another: then by season."""
    return "SEASON" if ask.sort == "BEST" and not has_words else ask.sort


def page(ask: Ask, sort: str, rows: Sequence[Sequence[int]]) -> Found:
    """A page from rows of keys, of which one more than is shown was asked for."""
    shown = rows[: ask.first]
    return Found([row[-1] for row in shown], [_cursor(sort, row) for row in shown], len(rows) > ask.first)


def _cursor(sort: str, row: Sequence[int]) -> str:
    # As JSON: they are numbers.
    return urlsafe_b64encode(f'["{sort}",{",".join(map(str, row))}]'.encode()).decode()


def place(cursor: str, sort: str) -> list[int]:
    """The keys behind which to go on; a cursor of another order, or no cursor at all, is refused."""
    try:
        its_sort, *keys = json.loads(urlsafe_b64decode(cursor))
        if its_sort != sort or len(keys) != len(KEYS[sort][0]):
            raise ValueError
        if any(type(key) is not int or abs(key) >= 2**63 for key in keys):
            raise ValueError
    except (ValueError, TypeError, RecursionError):
        raise Invalid(field="after") from None
    return keys
