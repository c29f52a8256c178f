"""What somebody may be about to write: shelves, teams, places and products, by the beginning of any of their words."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from accounts.models import Region
from catalog.models import Category, Product, Team
from catalog.search import MOST_CHARACTERS, SearchRequest, home, words

# Of what is no product, so many at most; it changes seldom and is read again after a while.
MOST_OTHERS, KEPT_SECONDS = 3, 60.0


@dataclass(frozen=True)
class Suggestion:
    """A thing that can be gone to."""

    kind: str  # category, team, place, product
    slug: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class _Known:
    thing: Suggestion
    keys: tuple[str, ...]


_known: tuple[float, list[_Known]] = (0.0, [])


def suggestions(text: str, first: int) -> list[Suggestion]:
    """The best of what begins so: shelves, then goods, then the few places and teams, for which room is kept."""
    typed = words.normalized(text[:MOST_CHARACTERS])
    if not typed or first < 1:
        return []
    together = typed.replace(" ", "")
    fitting = (one.thing for one in _others() if any(key.startswith((typed, together)) for key in one.keys))
    others = list(islice(fitting, min(MOST_OTHERS, first)))
    goods = _products(typed, first - len(others)) or _products(together, first - len(others))
    shelves = [one for one in others if one.kind == "category"]
    return [*shelves, *goods, *(one for one in others if one.kind != "category")]


def _products(typed: str, first: int) -> list[Suggestion]:
    ids = home().answer(SearchRequest(typed, first=first, is_unfinished=True)).found.ids if first else []
    rows = Product.objects.in_bulk(ids)
    return [Suggestion("product", row.slug, row.name_zh, row.name_en) for row in (rows[pk] for pk in ids)]


def _others() -> list[_Known]:
    global _known
    at, known = _known
    if not known or time.monotonic() - at > KEPT_SECONDS:
        known = [_Known(thing, tuple(_keys(thing))) for thing in _read()]
        _known = (time.monotonic(), known)
    return known


def _read() -> Iterator[Suggestion]:
    shown = Product.objects.filter(state=Product.State.PUBLISHED)
    for shelf in Category.objects.filter(id__in=shown.values("category")):
        yield Suggestion("category", shelf.slug, shelf.name_zh, shelf.name_en)
    teams = Team.objects.filter(id__in=shown.values("team"))
    codes = {code for pair in teams.values_list("division", "county") for code in pair}
    for place in Region.objects.filter(code__in=codes).order_by("code"):
        yield Suggestion("place", place.code, place.name_zh, place.name_en)
    for team in teams.order_by("id"):
        yield Suggestion("team", team.slug, team.name_zh, team.name_en)


def _keys(thing: Suggestion) -> Iterator[str]:
    for run, is_han in words.runs(thing.name_zh):
        if is_han:
            yield from (run[i:] for i in range(len(run)))
            yield from words.pinyin_suffixes(run)
            yield from words.initials(run)
    english = words.normalized(thing.name_en).split()
    yield from (" ".join(english[i:]) for i in range(len(english)))


def forget() -> None:
    """Read shelves, teams and places again next time."""
    global _known
    _known = (0.0, [])
