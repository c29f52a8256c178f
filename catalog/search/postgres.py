"""The search port on PostgreSQL: one indexed row a product, facets in one statement, pages by keyset."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils.functional import cached_property

from catalog.models import Product, SearchEntry
from catalog.search import AT_ONCE, BANDS, FACETS, WORDS, Found, SearchRequest, Tally, Where, pages, spelling
from catalog.search.document import Document, documents
from catalog.search.query import Clause, Every, Prefix, Reading, Some, Word, parse
from core import clock

_COLUMNS = {
    "product_id": "bigint",
    "category": "text",
    "division": "text",
    "kind": "text",
    "team": "text",
    "season": "smallint[]",
    "in_stock": "boolean",
    "price_from_minor": "bigint",
    "published_at_us": "bigint",
    "sold_step": "smallint",
    "rating_tenths": "smallint",
    "reviews_shown": "integer",
    "made_by": "smallint",
    "titles": "text",
    "title_words": "tsvector",
    "words": "tsvector",
}
_WRITE = f"""
    INSERT INTO catalog_searchentry ({", ".join(_COLUMNS)})
    SELECT {", ".join(f"{name}::{kind}" for name, kind in _COLUMNS.items())}
    FROM unnest({", ".join(["%s::text[]"] * len(_COLUMNS))}) AS x({", ".join(_COLUMNS)})
    ON CONFLICT (product_id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS)}
"""
_MONTH = "e.season[%(month)s]"
_IN_SEASON = f"({_MONTH} > 0)"
_KEYS = {
    "id": "e.product_id",
    "published_at_us": "e.published_at_us",
    "price_from_minor": "e.price_from_minor",
    "sold_step": "e.sold_step",
    "rating_tenths": "e.rating_tenths",
    "reviews_shown": "e.reviews_shown",
    "season_now": _MONTH,
    "in_stock": "e.in_stock::int",
}
_MEANT = "e.title_words @@ %(said)s::tsquery"
# Whose title holds what was written comes first (pages.py); the others are looked for only where these do not fill the
# page.
_BEST = """
    WITH titled AS MATERIALIZED (
        SELECT {titled}, e.product_id FROM catalog_searchentry e
        WHERE e.title_words @@ %(literal)s::tsquery AND {where}
        ORDER BY 1 DESC, 2 DESC LIMIT %(limit)s
    ), rest AS MATERIALIZED (
        SELECT {others}, e.product_id FROM catalog_searchentry e
        WHERE (SELECT count(*) FROM titled) < %(limit)s
            AND e.words @@ %(said)s::tsquery AND e.product_id NOT IN ({known}) AND {rest}
        ORDER BY 1 DESC, 2 DESC LIMIT %(limit)s
    )
    SELECT * FROM titled UNION ALL SELECT * FROM rest ORDER BY 1 DESC, 2 DESC LIMIT %(limit)s"""
_KNOWN_TITLES = "SELECT product_id FROM catalog_searchentry WHERE title_words @@ %(literal)s::tsquery"
_VALUES = {
    "category": "e.category",
    "division": "e.division",
    "kind": "e.kind",
    "season": _IN_SEASON,
    "stock": "e.in_stock",
    "price": " + ".join(f"(e.price_from_minor >= {low})::int" for low, _ in BANDS[1:]),
}


class Postgres:
    """Full text in the database that holds the products: always fresh, in the same transaction."""

    name = "postgresql"

    def answer(self, ask: SearchRequest) -> "InDatabase":
        """What the index says."""
        return InDatabase(ask)

    def index(self, product_ids: Collection[int]) -> None:
        """Take up what is published of these, and forget the rest of them."""
        with transaction.atomic(savepoint=False):
            # Who writes cards waits, so that what is read here is what the cards say when this is written.
            list(
                Product.objects.filter(id__in=product_ids)
                .order_by("id")
                .select_for_update(no_key=True)
                .values_list("id")
            )
            docs = list(documents(product_ids))
            SearchEntry.objects.filter(product_id__in=set(product_ids) - {doc.id for doc in docs}).delete()
            if not docs:
                return
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [list(column) for column in zip(*map(_row, docs), strict=True)])
            spelling.learn({word for doc in docs for word in doc.spellings})

    def rebuild(self) -> int:
        """Write every entry anew, some at a time: what is sold meanwhile does not wait for the whole."""
        # What is of one category lies together, so that a question about thousands reads half as many pages.
        ids = list(Product.objects.order_by("category_id", "id").values_list("id", flat=True))
        for first in range(0, len(ids), AT_ONCE):
            self.index(ids[first : first + AT_ONCE])
        return SearchEntry.objects.count()

    def mend(self) -> None:
        """It is written with each change: nothing is left undone."""


class InDatabase:
    """The answer of our own index; a statement each for a page and for the counts."""

    engine = Postgres.name

    def __init__(self, ask: SearchRequest):
        self.ask, self.query = ask, parse(ask.words, ask.as_typed, ask.is_unfinished)
        self.reading: Reading | None = self.query.first if self.query else None
        self.is_sure = self.query is None

    @cached_property
    def found(self) -> Found:
        """A page of what answers."""
        sort = pages.sort_of(self.ask, self.query is not None)
        after = pages.place(self.ask.after, sort) if self.ask.after else None
        rows = self._page(sort, after)
        # What was found proves that it was meant so; only where nothing is, it is looked for otherwise.
        if rows:
            self.is_sure = True
        elif not self.is_sure:
            before = self.reading
            self._make_sure()
            rows = rows if self.reading is before else self._page(sort, after)
        return pages.page(self.ask, sort, rows)

    @property
    def mended(self) -> str:
        """What was looked for instead of what was written; empty where it was looked for as written."""
        if not self.found.ids:
            self._make_sure()
        return self.reading.mended if self.reading else ""

    def _page(self, sort: str, after: list[int] | None) -> list[tuple]:
        names, descending = pages.KEYS[sort]
        values = self._values() | {"limit": self.ask.first + 1}
        values |= {f"after{i}": key for i, key in enumerate(after or [])}
        chosen = list(_chosen(self.ask.where, values).values())

        def narrowed(by: list[str]) -> str:
            if after is None:
                return _all(chosen)
            bounds = ", ".join(f"%(after{i})s::bigint" for i in range(len(by)))
            return _all([*chosen, f"({', '.join(by)}) {'<' if descending else '>'} ({bounds})"])

        if sort == "BEST":
            assert self.reading
            titled, others = _score_of_titled(self.reading), _score_of_others(self.reading)
            return _rows(
                _BEST.format(
                    titled=titled,
                    others=others,
                    where=narrowed([titled, _KEYS["id"]]),
                    rest=narrowed([others, _KEYS["id"]]),
                    # On the first page all of them are at hand where the others are looked for.
                    known="SELECT product_id FROM titled" if after is None else _KNOWN_TITLES,
                ),
                values,
            )
        keys = [_KEYS[name] for name in names]
        order = ", ".join(f"{i} {'DESC' if descending else 'ASC'}" for i in range(1, len(keys) + 1))
        where = _all([*self._matching(), narrowed(keys)])
        return _rows(
            f"""SELECT {", ".join(keys)} FROM catalog_searchentry e WHERE {where}
                ORDER BY {order} LIMIT %(limit)s""",
            values,
        )

    @cached_property
    def tally(self) -> Tally:
        """How many answer, in all and by facet: rows that are alike are counted first, then the facets."""
        # Who counts looks at the page too, and a page that holds anything says how the question is understood.
        if not self.found.ids:
            self._make_sure()
        values = self._values()
        chosen = _chosen(self.ask.where, values)
        fixed = [condition for name, condition in chosen.items() if name not in FACETS]
        flags = [f"ok_{name}" for name in FACETS if name in chosen]
        columns = [f"{sql} AS {name}" for name, sql in _VALUES.items()]
        columns += [f"{chosen[name]} AS ok_{name}" for name in FACETS if name in chosen]
        # Of a few values each there are few combinations, and they are counted once; divisions are many.
        few = [name for name in FACETS if name != "division"]
        sets = ", ".join(f"({', '.join([*names, *flags])})" for names in (few, ["division"]))
        parts = [f"SELECT '', '', coalesce(sum(n), 0)::bigint FROM alike WHERE of_few AND {_ok(chosen)}"]
        for name in FACETS:
            which = "NOT of_few" if name == "division" else "of_few"
            others = _ok({other: "" for other in chosen if other != name})
            parts.append(
                f"SELECT '{name}', {name}::text, sum(n)::bigint FROM alike WHERE {which} AND {others} GROUP BY {name}"
            )
        rows = _rows(
            f"""WITH alike AS MATERIALIZED (
                    SELECT {", ".join([*FACETS, *flags])}, grouping(division) = 1 AS of_few, count(*) AS n
                    FROM (SELECT {", ".join(columns)} FROM catalog_searchentry e WHERE {_all([*self._matching(), *fixed])}) e
                    GROUP BY GROUPING SETS ({sets})
                ) {" UNION ALL ".join(parts)}""",
            values,
        )
        counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for facet, value, count in rows[1:]:
            counts[facet][value] = count
        return Tally(total=rows[0][2], counts=counts)

    def _make_sure(self) -> None:
        """Decide how the question is understood: the first way in which anything answers, whatever is chosen."""
        if self.is_sure or self.query is None:
            return
        self.is_sure = True
        for reading in self.query.readings():
            # Worked out by the index; without the fence the planner would walk the table for a first row.
            ((is_known,),) = _rows(
                """WITH hits AS MATERIALIZED (SELECT FROM catalog_searchentry WHERE words @@ %(said)s::tsquery)
                   SELECT EXISTS (SELECT FROM hits)""",
                {"said": tsquery(reading.said)},
            )
            if is_known:
                self.reading = reading
                return

    def _matching(self) -> list[str]:
        return ["e.words @@ %(said)s::tsquery"] if self.reading else []

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {"month": clock.today().month}
        if reading := self.reading:
            # They hold letters, digits and characters only: nothing that LIKE would take for a pattern.
            values["beginning"] = f"%|{reading.beginning}%"
            values["title"] = f"%|{reading.title}|%"
            clauses = {"literal": reading.literal, "said": reading.said, "head": reading.head}
            values |= {name: tsquery(clause) for name, clause in clauses.items()}
            values |= {"agreed": tsquery(reading.agreed)} if reading.agreed else {}
        return values


def _score_of_titled(reading: Reading) -> str:
    """The points of what holds the very words in its title."""
    sure = pages.LITERAL_TITLE + pages.LITERAL + pages.MEANT
    return f"""{sure} + {_score_of_names(reading)}
        + CASE WHEN e.titles LIKE %(title)s THEN {pages.TITLE + pages.BEGINNING}
               WHEN e.titles LIKE %(beginning)s THEN {pages.BEGINNING} ELSE 0 END"""


def _score_of_others(reading: Reading) -> str:
    """The points of what holds them elsewhere, or other names for the same."""
    if reading.is_literal:
        return str(pages.LITERAL)
    return f"""CASE WHEN e.words @@ %(literal)s::tsquery THEN {pages.LITERAL} ELSE 0 END
        + CASE WHEN {_MEANT} THEN {pages.MEANT} + {_score_of_names(reading)} ELSE 0 END"""


def _score_of_names(reading: Reading) -> str:
    head = f"CASE WHEN e.title_words @@ %(head)s::tsquery THEN {pages.HEAD} ELSE 0 END"
    if reading.agreed is None:
        return head
    return f"{head} + CASE WHEN e.title_words @@ %(agreed)s::tsquery THEN {pages.AGREED} ELSE 0 END"


def _chosen(where: Where, values: dict[str, Any]) -> dict[str, str]:
    """The conditions of what is chosen, by facet; the team is none."""
    found = {}
    for name, given in (("category", where.category), ("division", where.division), ("kind", where.kind)):
        if given is not None:
            found[name] = f"({_VALUES[name]} = ANY(%({name})s::text[]))"
            values[name] = list(given)
    if where.in_season is not None:
        found["season"] = _IN_SEASON if where.in_season else f"(NOT {_IN_SEASON})"
    if where.in_stock is not None:
        found["stock"] = "e.in_stock" if where.in_stock else "(NOT e.in_stock)"
    if prices := _prices(where, values):
        found["price"] = prices
    if where.team is not None:
        found["team"] = "e.team = %(team)s"
        values["team"] = where.team
    return found


def _prices(where: Where, values: dict[str, Any]) -> str:
    found = []
    if where.price is not None:
        parts = []
        for i, (low, high) in enumerate(where.price):
            values |= {f"low{i}": low, f"high{i}": high}
            upto = "" if high is None else f" AND e.price_from_minor <= %(high{i})s"
            parts.append(f"(e.price_from_minor >= %(low{i})s{upto})")
        found.append(f"({' OR '.join(parts) or 'false'})")
    for name, given, sign in (("price_min", where.price_min, ">="), ("price_max", where.price_max, "<=")):
        if given is not None:
            found.append(f"e.price_from_minor {sign} %({name})s")
            values[name] = given
    return f"({' AND '.join(found)})" if found else ""


def _all(conditions: list[str]) -> str:
    return " AND ".join(conditions) or "true"


def _ok(chosen: Collection[str]) -> str:
    return _all([f"ok_{name}" for name in chosen if name in FACETS])


def tsquery(clause: Clause) -> str:
    """A condition as PostgreSQL reads it; words hold letters, digits and characters only."""
    match clause:
        case Word(text):
            return f"'{text}'"
        case Prefix(text):
            return f"'{text}':*"
        case Every(parts):
            return f"({' & '.join(map(tsquery, parts))})"
        case Some(parts):
            return f"({' | '.join(map(tsquery, parts))})"


def _row(doc: Document) -> tuple[str, ...]:
    return (
        *(str(doc.id), doc.category, doc.division, doc.kind, doc.team),
        "{" + ",".join(map(str, doc.season)) + "}",
        *(str(doc.in_stock), str(doc.price_from_minor), str(doc.published_at_us)),
        *(str(doc.sold_step), str(doc.rating_tenths), str(doc.reviews_shown), str(WORDS), doc.titles),
        *(" ".join(f"'{word}'" for word in found) for found in (doc.title_words, doc.words)),
    )


def _rows(query: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
