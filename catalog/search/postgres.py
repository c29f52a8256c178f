"""The search port on PostgreSQL: one indexed tsvector a product, facets in one statement, pages by keyset."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from catalog.models import Product, SearchEntry
from catalog.search import BANDS, FACETS, Ask, Found, Tally, Where
from catalog.search.asked import asked
from catalog.search.document import documents
from core import clock
from core.refusals import Invalid

# What was asked, found strictly; only where that finds nothing: what sounds or looks alike.
_HITS = """
    strict AS MATERIALIZED (
        SELECT e.product_id AS id, round(1000000 * CASE WHEN %(ranked)s
                THEN ts_rank('{0.05,0.2,0.5,1.0}', e.words, %(strict)s::tsquery) ELSE 0 END)
            + CASE WHEN position(%(title)s || '|' IN e.titles) > 0 THEN 4000000
                   WHEN position(%(title)s IN e.titles) > 0 THEN 1000000 ELSE 0 END AS score
        FROM catalog_searchentry e WHERE e.words @@ %(strict)s::tsquery
    ), alike AS MATERIALIZED (
        SELECT e.product_id AS id, round(1000000 * ts_rank(e.words, %(alike)s::tsquery)) AS score
        FROM catalog_searchentry e
        WHERE NOT EXISTS (SELECT 1 FROM strict) AND e.words @@ %(alike)s::tsquery
    ), nearly AS MATERIALIZED (
        SELECT e.product_id AS id, round(1000 * (found.pieces + found.latin)) AS score
        FROM catalog_searchentry e CROSS JOIN LATERAL (
            SELECT (SELECT count(*) FROM unnest(%(pieces)s::text[]) AS piece
                    WHERE e.words @@ quote_literal(piece)::tsquery) AS pieces,
                   (SELECT coalesce(min(word_similarity(word, e.latin)), 0)
                    FROM unnest(%(latin)s::text[]) AS word) AS latin
        ) found
        WHERE NOT EXISTS (SELECT 1 FROM strict) AND NOT EXISTS (SELECT 1 FROM alike)
          AND (cardinality(%(pieces)s::text[]) = 0 OR e.words @@ %(any_piece)s::tsquery)
          AND found.pieces * 2 >= cardinality(%(pieces)s::text[])
          AND (cardinality(%(latin)s::text[]) = 0 OR found.latin >= 0.3)
          AND cardinality(%(pieces)s::text[]) + cardinality(%(latin)s::text[]) > 0
    ), hits AS (SELECT * FROM strict UNION ALL SELECT * FROM alike UNION ALL SELECT * FROM nearly)
"""
_FROM = """
    catalog_product p JOIN catalog_category c ON c.id = p.category_id JOIN catalog_team t ON t.id = p.team_id
"""
_IN_SEASON = "(p.season_months @> ARRAY[%(month)s]::smallint[])"
# As in catalog.reads.with_season: the shorter a season that is now, the sooner it is shown.
_SEASON_NOW = f"(CASE WHEN {_IN_SEASON} THEN 13 - cardinality(p.season_months) ELSE 0 END)"
_IN_STOCK = "(p.units_available > 0)"
_VALUES = {
    "category": "c.slug",
    "division": "t.division_id",
    "kind": "p.kind",
    "season": f"{_IN_SEASON}::text",
    "stock": f"{_IN_STOCK}::text",
    "price": "width_bucket(p.price_from_minor, %(bands)s)::text",
}
# sort: what it compares, and whether larger comes first
_SORTS = {
    "BEST": (("h.score::bigint", "p.id"), True),
    "NEWEST": (("p.published_at", "p.id"), True),
    "PRICE_ASC": (("p.price_from_minor", "p.id"), False),
    "PRICE_DESC": (("p.price_from_minor", "p.id"), True),
    "SEASON": ((_SEASON_NOW, f"{_IN_STOCK}::int", "p.published_at", "p.id"), True),
}
_TYPES = {"p.published_at": "timestamptz"}


class Postgres:
    """Full text in the database that holds the products: always fresh, in the same transaction."""

    name = "postgresql"

    def index(self, product_ids: Collection[int]) -> None:
        """Take up what is published of these, and forget the rest of them."""
        rows = [(doc.id, _tsvector(doc.weights), doc.titles, doc.latin) for doc in documents(product_ids)]
        known = [row[0] for row in rows]
        SearchEntry.objects.filter(product_id__in=set(product_ids) - set(known)).delete()
        if not rows:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO catalog_searchentry (product_id, words, titles, latin)
                   SELECT id, words::tsvector, titles, latin
                   FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS x(id, words, titles, latin)
                   ON CONFLICT (product_id) DO UPDATE SET
                       words = EXCLUDED.words, titles = EXCLUDED.titles, latin = EXCLUDED.latin""",
                [list(column) for column in zip(*rows, strict=True)],
            )

    def rebuild(self) -> int:
        """Begin anew from the products."""
        with transaction.atomic():
            SearchEntry.objects.all().delete()
            ids = list(
                Product.objects.filter(state=Product.State.PUBLISHED)
                .order_by("id")
                .values_list("id", flat=True)
            )
            for start in range(0, len(ids), 500):
                self.index(ids[start : start + 500])
        return len(ids)

    def find(self, ask: Ask) -> Found:
        """A page of what answers."""
        head, source, values = _source(ask)
        sort = "SEASON" if ask.sort == "BEST" and not head else ask.sort
        keys, descending = _SORTS[sort]
        where = list(_chosen(ask, values).values())
        if sort.startswith("PRICE"):
            where.append("p.price_from_minor IS NOT NULL")
        if ask.after:
            names = _after(ask.after, sort, keys, values)
            where.append(f"({', '.join(keys)}) {'<' if descending else '>'} ({names})")
        order = ", ".join(f"{key} {'DESC' if descending else 'ASC'}" for key in keys)
        values["limit"] = ask.first + 1
        rows = _rows(
            f"""{head} SELECT {", ".join(keys)} FROM {source} WHERE {_all(where)}
                ORDER BY {order} LIMIT %(limit)s""",
            values,
        )
        page = rows[: ask.first]
        return Found([row[-1] for row in page], [_cursor(sort, row) for row in page], len(rows) > ask.first)

    def tally(self, ask: Ask) -> Tally:
        """How many answer, in all and by facet; one statement."""
        head, source, values = _source(ask, ranked=False)
        values["bands"] = [low for low, _ in BANDS[1:]]
        chosen = _chosen(ask, values)
        fixed = [condition for name, condition in chosen.items() if name not in FACETS]
        columns = [f"{sql} AS {name}" for name, sql in _VALUES.items()]
        columns += [f"coalesce({chosen.get(name, 'true')}, false) AS ok_{name}" for name in FACETS]
        everything = " AND ".join(f"ok_{name}" for name in FACETS)
        parts = [f"SELECT '' AS facet, '' AS value, count(*) FROM m WHERE {everything}"]
        for name in FACETS:
            others = " AND ".join(f"ok_{other}" for other in FACETS if other != name)
            parts.append(f"SELECT '{name}', {name}, count(*) FROM m WHERE {others} GROUP BY {name}")
        begin = f"{head}," if head else "WITH"
        rows = _rows(
            f"""{begin} m AS MATERIALIZED (SELECT {", ".join(columns)} FROM {source} WHERE {_all(fixed)})
                {" UNION ALL ".join(parts)}""",
            values,
        )
        counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for facet, value, count in rows[1:]:
            if value is not None:
                counts[facet][value] = count
        return Tally(total=rows[0][2], counts=counts)


def _source(ask: Ask, *, ranked: bool = True) -> tuple[str, str, dict[str, Any]]:
    """What precedes the SELECT, what it reads from, and the values of both; to count, nothing is ranked."""
    values: dict[str, Any] = {"month": clock.today().month}
    said = asked(ask.words)
    if said is None:
        return "", _FROM, values
    values |= {
        "ranked": ranked,
        "title": said.title,
        "strict": said.strict,
        "alike": said.alike,
        "pieces": said.pieces,
        "latin": said.latin,
        "any_piece": " | ".join(f"'{piece}'" for piece in said.pieces),
    }
    return f"WITH {_HITS}", f"{_FROM} JOIN hits h ON h.id = p.id", values


def _chosen(ask: Ask, values: dict[str, Any]) -> dict[str, str]:
    """The conditions of what is chosen, by facet; the team is none."""
    where = ask.where
    found = {"published": "p.state = 'published'"}
    for name, given in (("category", where.category), ("division", where.division), ("kind", where.kind)):
        if given is not None:
            found[name] = f"{_VALUES[name]} = ANY(%({name})s::text[])"
            values[name] = list(given)
    if where.in_season is not None:
        found["season"] = f"{_IN_SEASON} = %(in_season)s"
        values["in_season"] = where.in_season
    if where.in_stock is not None:
        found["stock"] = f"{_IN_STOCK} = %(in_stock)s"
        values["in_stock"] = where.in_stock
    if prices := _prices(where, values):
        found["price"] = prices
    if where.team is not None:
        found["team"] = "t.slug = %(team)s"
        values["team"] = where.team
    return found


def _prices(where: Where, values: dict[str, Any]) -> str:
    ranges = list(enumerate(where.price or ()))
    parts = []
    for i, (low, high) in ranges:
        values |= {f"low{i}": low, f"high{i}": high}
        parts.append(
            f"p.price_from_minor >= %(low{i})s AND (%(high{i})s::int IS NULL OR p.price_from_minor <= %(high{i})s)"
        )
    found = ["(" + (" OR ".join(parts) or "false") + ")"] if where.price is not None else []
    for name, given, sign in (("price_min", where.price_min, ">="), ("price_max", where.price_max, "<=")):
        if given is not None:
            found.append(f"p.price_from_minor {sign} %({name})s")
            values[name] = given
    return " AND ".join(found)


def _all(conditions: list[str]) -> str:
    return " AND ".join(conditions) or "true"


def _tsvector(weights: dict[str, list[str]]) -> str:
    """Words with position and weight, as PostgreSQL reads them; they hold letters, digits and characters only."""
    told, position = [], 0
    for weight, found in weights.items():
        for word in dict.fromkeys(found):
            position = min(position + 1, 16_000)
            told.append(f"'{word}':{position}{weight}")
    return " ".join(told)


def _rows(query: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _cursor(sort: str, row: tuple) -> str:
    plain = [value if isinstance(value, int) else str(value) for value in row]
    return urlsafe_b64encode(json.dumps([sort, *plain], separators=(",", ":")).encode()).decode()


def _after(cursor: str, sort: str, keys: tuple[str, ...], values: dict[str, Any]) -> str:
    """The place behind which to go on, as SQL; a cursor of another order, or no cursor at all, is refused."""
    try:
        its_sort, *found = json.loads(urlsafe_b64decode(cursor))
        if its_sort != sort or len(found) != len(keys):
            raise ValueError
        for i, (key, value) in enumerate(zip(keys, found, strict=True)):
            values[f"after{i}"] = datetime.fromisoformat(value) if key in _TYPES else int(value)
    except (ValueError, TypeError):
        raise Invalid(field="after") from None
    return ", ".join(f"%(after{i})s::{_TYPES.get(key, 'bigint')}" for i, key in enumerate(keys))
