"""Search: words, choices, and how many each further choice would leave."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils.functional import cached_property

from accounts.models import Region
from catalog import reads, search
from catalog.api.access import HELD, PUBLIC
from catalog.api.product import ORDERS, ProductType, ProductWhere, chosen
from catalog.api.search_reason import SearchReason, in_words
from catalog.models import Category, Product
from catalog.search import Answer, Found, SearchRequest, Tally, Where
from catalog.search.document import known
from catalog.search.why import MOST_REASONS, Reason, reasons
from core import money
from core.api.connections import COUNT_COST, MOST, PageInfo, sort_enum
from core.api.extensions import mention
from core.api.facts import A_MOMENT, cache_tags, guarded, mark
from core.api.lookahead import read, read_whole
from core.api.types import PlainType, list_of
from core.language import Words, localized, say
from core.refusals import Invalid

# The divisions of Hubei; where there are more values, those that would show most.
MOST_VALUES = 17
# Shown of what is in season where nothing was found.
INSTEAD = 4
TITLES = {
    "category": say("品类", "Category"),
    "division": say("产地", "Place"),
    "kind": say("类型", "Kind"),
    "season": say("时令", "Season"),
    "stock": say("库存", "Stock"),
    "price": say("价格", "Price"),
}
# What a form or an address calls a facet's values: the field of `where` they belong to.
NAMES = {"season": "inSeason", "stock": "inStock"}
ONLY = {"season": say("当季", "In season"), "stock": say("买得到（含预售）", "Available, pre-sales too")}


class FacetValue(PlainType):
    """A choice within a facet."""

    class Meta:
        access = HELD

    value = graphene.String(required=True, description="For that field of `where`.")
    label = graphene.String(required=True, description="In the reader's language.")
    count = graphene.Int(required=True, description="How many products it would show, other choices kept.")
    is_chosen = graphene.Boolean(required=True, description="Whether it is chosen now.")


class Facet(PlainType):
    """A way to narrow what was found."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="The field of `where` that its values belong to.")
    title = graphene.String(required=True, description="In the reader's language.")
    values = list_of(FacetValue, most=MOST_VALUES, description="Its values that would show something.")


class SearchEdge(PlainType):
    """A product found, and its place in the list."""

    class Meta:
        access = HELD

    cursor = graphene.String(required=True, description="Its place, for `after`.")
    node = graphene.Field(ProductType, required=True, description="The product.")
    why = mark(
        list_of(
            SearchReason,
            most=MOST_REASONS,
            resolver=lambda root, info: root["why"](),
            description="Why it was found: of each word of the question, where it stands. Empty where nothing was asked.",
        ),
        cost=COUNT_COST,
    )


class SearchResult(PlainType):
    """A page of what was found, and what would narrow it."""

    class Meta:
        access = HELD

    edges = mark(list_of(SearchEdge, most=MOST, description="The products with their cursors."))
    nodes = mark(list_of(ProductType, most=MOST, description="The products, best first."))
    facets = mark(list_of(Facet, most=6, description="Ways to narrow what was found."), cost=COUNT_COST)
    page_info = graphene.Field(PageInfo, required=True, description="Where the page stands.")
    total_count = mark(
        graphene.Int(required=True, description="How many were found in all."), cost=COUNT_COST
    )
    engine = graphene.String(required=True, description="Which engine answered.")
    mended = mark(
        graphene.String(
            description="What was looked for instead of what was written, where that is no word we know."
        ),
        cost=COUNT_COST,
    )
    in_season_instead = mark(
        list_of(ProductType, most=INSTEAD, description="Where nothing was found: some of what is in season."),
        cost=COUNT_COST,
    )


class Result:
    """An answer whose parts are looked up when they are asked for."""

    def __init__(
        self,
        answer: Answer,
        ask: SearchRequest,
        read: Callable[[list[int]], list[Product]],
        shelves: Callable[[list[str]], list[Category]],
    ):
        self.answer, self.ask, self.read, self.shelves = answer, ask, read, shelves
        self.engine = answer.engine

    @property
    def found(self) -> Found:
        """The page's ids and cursors."""
        return self.answer.found

    @property
    def tally(self) -> Tally:
        """How many were found, in all and by facet; looked up when it is first read."""
        return self.answer.tally

    @cached_property
    def nodes(self) -> list[Product]:
        """The page's products; one that was just taken off the shelf is left out."""
        rows = {row.id: row for row in self.read(self.found.ids)} if self.found.ids else {}
        return [rows[pk] for pk in self.found.ids if pk in rows]

    @property
    def edges(self) -> list[dict[str, Any]]:
        """The page's products with their cursors."""
        places = dict(zip(self.found.ids, self.found.cursors, strict=True))
        return [
            {"node": row, "cursor": places[row.id], "why": partial(self._why, row.id)} for row in self.nodes
        ]

    def _why(self, pk: int) -> list[dict[str, Any]]:
        return [in_words(reason) for reason in self._reasons.get(pk, ())]

    @cached_property
    def _reasons(self) -> dict[int, list[Reason]]:
        """Of the whole page at once, when the first is asked for."""
        reading = self.answer.reading
        return {row.id: reasons(reading, row) for row in known(self.found.ids)} if reading else {}

    @property
    def page_info(self) -> dict[str, Any]:
        """Whether there is more before and behind, and the first and last cursor; null on an empty page."""
        cursors = self.found.cursors
        return {
            "has_next_page": self.found.has_next,
            "has_previous_page": bool(self.ask.after),
            "start_cursor": cursors[0] if cursors else None,
            "end_cursor": cursors[-1] if cursors else None,
        }

    @property
    def total_count(self) -> int:
        """How many were found on all pages together."""
        return self.tally.total

    @property
    def mended(self) -> str | None:
        """What was looked for instead of what was written."""
        return self.answer.mended or None

    @property
    def in_season_instead(self) -> list[Product]:
        """Some of what is in season and in stock, where nothing was found at all; else none."""
        if self.found.ids or not self.ask.words.strip():
            return []
        season = search.answer(SearchRequest(where=Where(in_season=True, in_stock=True), first=INSTEAD))
        rows = {row.id: row for row in self.read(season.found.ids)} if season.found.ids else {}
        return [rows[pk] for pk in season.found.ids if pk in rows]

    @property
    def facets(self) -> list[dict[str, Any]]:
        """Each way to narrow the result with its values; a facet none of whose values shows anything is left out."""
        return [
            {"name": NAMES.get(name, name), "title": str(TITLES[name]), "values": values}
            for name, counts in self.tally.counts.items()
            if (values := self._values(name, counts))
        ]

    def _values(self, name: str, counts: dict[str, int]) -> list[dict[str, Any]]:
        where = self.ask.where
        counts = _most(counts, getattr(where, name)) if name in ("category", "division") else counts
        rows = _categories(self.shelves, counts, where) if name == "category" else _rows(name, counts, where)
        return [
            {"value": value, "label": label, "count": count, "is_chosen": is_chosen}
            for value, label, count, is_chosen in rows
            if count or is_chosen
        ]


def _most(counts: dict[str, int], chosen: tuple[str, ...] | None) -> dict[str, int]:
    """Those that can be told: what is chosen, then what was found most, of those found as often the first."""
    counts = dict.fromkeys(chosen or (), 0) | counts
    best = sorted(counts, key=lambda value: (value not in (chosen or ()), -counts[value], value))
    return {value: counts[value] for value in best[:MOST_VALUES]}


Rows = list[tuple[str, str, int, bool]]


def _rows(name: str, counts: dict[str, int], where: Where) -> Rows:
    if tell := {"division": _divisions, "kind": _kinds, "price": _prices}.get(name):
        return tell(counts, where)
    chosen_now = where.in_season if name == "season" else where.in_stock
    return [("true", str(ONLY[name]), counts.get("true", 0), chosen_now is True)]


def _categories(shelves: Callable[[list[str]], list[Category]], counts: dict[str, int], where: Where) -> Rows:
    rows = shelves([*counts])
    return [(c.slug, localized(c, "name"), counts[c.slug], c.slug in (where.category or ())) for c in rows]


def _divisions(counts: dict[str, int], where: Where) -> Rows:
    rows = [row for code, row in _named_divisions().items() if code in counts]
    return [(r.code, localized(r, "name"), counts[r.code], r.code in (where.division or ())) for r in rows]


@cache
def _named_divisions() -> dict[str, Region]:
    """By code; they come with the migrations and stay."""
    return {row.code: row for row in Region.objects.filter(level=Region.Level.DIVISION)}


def _kinds(counts: dict[str, int], where: Where) -> Rows:
    return [(k.value, str(k.words), counts.get(k, 0), k in (where.kind or ())) for k in Product.Kind]


def _prices(counts: dict[str, int], where: Where) -> Rows:
    return [
        (
            f"{low}-{'' if high is None else high}",
            str(_band(low, high)),
            counts.get(str(i), 0),
            (low, high) in (where.price or ()),
        )
        for i, (low, high) in enumerate(search.BANDS)
    ]


def _band(low: int, high: int | None) -> Words:
    if high is None:
        return say("{a} 起", "{a} and more", a=money.show(low).removesuffix(".00"))
    if low == 0:
        return say("{b} 以下", "Under {b}", b=money.show(high + 1).removesuffix(".00"))
    a, b = (money.show(minor).removesuffix(".00") for minor in (low, high + 1))
    return say("{a}–{b}", "{a}–{b}", a=a, b=b)


def _found(ids: list[int]) -> QuerySet[Product]:
    return reads.published_products().filter(pk__in=ids)


def _shelves(slugs: list[str]) -> QuerySet[Category]:
    return reads.categories().filter(slug__in=slugs)


def _search(root: Any, info: Any, query: str | None = None, where: Any = None, **page: Any) -> Result:
    first = page.get("first")
    if first is None or not 0 <= first <= MOST:
        raise Invalid(
            say("请用 first 指定 0 到 {n} 条。", "Give first, from 0 to {n}.", n=MOST), field="first"
        )
    sort = page.get("sort")
    ask = SearchRequest(
        words=(query or "").replace("\0", "")[: search.MOST_CHARACTERS],
        where=chosen(where),
        sort=sort.value if sort else "BEST",
        first=first,
        after=page.get("after"),
        as_typed=bool(page.get("as_typed")),
    )
    answer = search.answer(ask)
    if answer.engine != search.engine().name:
        mention(info.context, "search", {"engine": answer.engine, "fallback": True})
    return Result(
        answer,
        ask,
        lambda ids: read(info, "hits", _found, ids=ids),
        lambda slugs: read_whole(info, "shelves", _shelves, slugs=slugs),
    )


class Query:
    search = guarded(
        cache_tags(
            mark(
                graphene.Field(
                    SearchResult,
                    required=True,
                    args={
                        "query": graphene.Argument(
                            graphene.String,
                            description="Chinese, pinyin, initials or English; empty: everything.",
                        ),
                        "where": graphene.Argument(ProductWhere, description="What is chosen."),
                        "sort": graphene.Argument(
                            sort_enum("ProductSort", tuple(ORDERS)),
                            description="The order; by default the best first.",
                        ),
                        "as_typed": graphene.Argument(
                            graphene.Boolean, description="Mend nothing: it is meant as it is written."
                        ),
                        "first": graphene.Argument(
                            graphene.Int, description=f"How many rows, at most {MOST}; required."
                        ),
                        "after": graphene.Argument(
                            graphene.String, description="Only rows after this cursor."
                        ),
                    },
                    resolver=_search,
                    description="Find products, exact titles first; a slip of the finger is mended and said.",
                ),
                is_connection=True,
            ),
            "products",
            seconds=A_MOMENT,
        ),
        PUBLIC,
    )
