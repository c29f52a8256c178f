"""Larger shops, made from the demo by SQL: more products, or a longer ledger, and nothing else different.

Rows are cloned with all their columns, so that a column which comes tomorrow comes along. As the superuser with
triggers of foreign keys off: the clones point at each other by the same arithmetic, and a million rows take seconds.
"""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from bench.client import Wrong

STEP = 10_000_000  # between the ids of a row and its clones'
ONE_TEAM = 10  # products

# A clone's own words: a county of China before the name, and a number behind it, as a large shop has
# the same produce from many places. Teams grow with the products.
_TEAMS = """
    CREATE TEMP TABLE made_team AS SELECT j, {step} + j AS id, b.id AS base, r.code, r.parent_id, r.name_zh, r.name_en
    FROM generate_series(0, (%(products)s - 1) / {team}) j
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM catalog_team) b
        ON b.place = j %% (SELECT count(*) FROM catalog_team)
    JOIN (SELECT *, row_number() OVER (ORDER BY md5(code)) - 1 AS place FROM accounts_region WHERE level = 3) r
        ON r.place = j %% (SELECT count(*) FROM accounts_region WHERE level = 3)
"""
_PRODUCTS = """
    CREATE TEMP TABLE made_product AS SELECT k, {step} + k AS id, b.id AS base, t.id AS team_id, t.code, t.name_zh, t.name_en
    FROM generate_series(0, %(products)s - 1) k
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM catalog_product WHERE state = 'published') b
        ON b.place = k %% (SELECT count(*) FROM catalog_product WHERE state = 'published')
    JOIN made_team t ON t.j = k / {team}
"""
_PARTS = """
    CREATE TEMP TABLE made_variant AS SELECT m.k, {step} + 10 * m.k + row_number() OVER (PARTITION BY m.k ORDER BY v.id) - 1 AS id,
        v.id AS base, m.id AS product_id FROM made_product m JOIN catalog_variant v ON v.product_id = m.base;
    CREATE TEMP TABLE made_lot AS SELECT m.k, {step} + 100 * m.k + row_number() OVER (PARTITION BY m.k ORDER BY l.id) - 1 AS id,
        l.id AS base, m.id AS variant_id FROM made_variant m JOIN catalog_lot l ON l.variant_id = m.base;
"""


def prepare(connection: psycopg.Connection) -> None:
    """Keys and triggers are not asked while rows are cloned."""
    connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")


def settle(connection: psycopg.Connection) -> None:
    """Sequences go on behind the clones, and the planner knows of them."""
    owned = connection.execute(
        "SELECT quote_ident(c.relname), quote_ident(a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attidentity <> '' AND a.attnum > 0"
    ).fetchall()
    for table, column in owned:
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), m) FROM (SELECT max({column}) m FROM {table}) x WHERE m > 0"
        )
    connection.execute("SET session_replication_role = DEFAULT")
    connection.execute("VACUUM ANALYZE")


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    """The columns that are written."""
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    ).fetchall()
    return [name for (name,) in rows]


def clone(connection: psycopg.Connection, table: str, source: str, changed: Mapping[str, str]) -> None:
    """Rows of a table (b) again, by a FROM clause, some columns by an expression."""
    names = columns(connection, table)
    if unknown := changed.keys() - set(names):
        raise Wrong(f"{table} has no {', '.join(sorted(unknown))} any more")
    chosen = ", ".join(changed.get(name, f'b."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    connection.execute(sql.SQL(f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {source}"))


NEW = "gen_random_uuid()"


def grow_products(connection: psycopg.Connection, products: int) -> None:
    """So many published products in all, with their teams, variants, lots and papers; search is to be rebuilt."""
    (there,) = connection.execute(
        "SELECT count(*) FROM catalog_product WHERE state = 'published'"
    ).fetchone() or (0,)
    prepare(connection)
    for words in (_TEAMS, _PRODUCTS, _PARTS):
        more = {"products": products - there} if "%(" in words else None
        connection.execute(words.format(step=STEP, team=ONE_TEAM), more)
    for name in ("team", "product", "variant", "lot"):
        connection.execute(
            f"CREATE INDEX ON made_{name} (base); CREATE INDEX ON made_{name} (k)"
            if name != "team"
            else "ANALYZE"
        )
    of_team = "made_team m JOIN catalog_team b ON b.id = m.base"
    team_words = {
        "id": "m.id", "uid": NEW, "code": "'G' || m.j", "slug": "'g' || m.j", "county_id": "m.code",
        "division_id": "m.parent_id", "name_zh": "left(m.name_zh || m.j || '队 ' || b.name_zh, 80)",
        "name_en": "left(m.name_en || ' team ' || m.j || ' ' || b.name_en, 120)",
    }  # fmt: skip
    clone(connection, "catalog_team", of_team, team_words)
    of_leader = "made_team m JOIN catalog_leader b ON b.team_id = m.base"
    clone(connection, "catalog_leader", of_leader, {"id": "m.id", "team_id": "m.id"})
    product_words = {
        "id": "m.id", "uid": NEW, "slug": "left(b.slug, 60) || '-' || m.k", "team_id": "m.team_id", "origin_id": "m.code",
        "name_zh": "left(m.name_zh || b.name_zh || ' ' || m.k || '号', 80)",
        "name_en": "left(m.name_en || ' ' || b.name_en || ' no. ' || m.k, 120)",
        "published_at": "b.published_at + m.k * interval '1 second'",
    }  # fmt: skip
    clone(
        connection, "catalog_product", "made_product m JOIN catalog_product b ON b.id = m.base", product_words
    )
    of_variant = (
        "made_variant m JOIN catalog_variant b ON b.id = m.base"
        " LEFT JOIN made_lot next ON next.base = b.lot_id AND next.k = m.k"
    )
    changed = {"id": "m.id", "uid": NEW, "product_id": "m.product_id", "lot_id": "next.id"}
    clone(connection, "catalog_variant", of_variant, changed)
    changed = {
        "id": "m.id",
        "uid": NEW,
        "variant_id": "m.variant_id",
        "code": "left(b.code, 30) || '-' || m.k",
    }
    clone(connection, "catalog_lot", "made_lot m JOIN catalog_lot b ON b.id = m.base", changed)
    of_paper = "made_product m JOIN catalog_certificate b ON b.product_id = m.base"
    changed = {"id": f"b.id + {STEP} + m.k::bigint * 1000", "uid": NEW, "product_id": "m.id"}
    clone(connection, "catalog_certificate", of_paper, changed)
    settle(connection)


def _uid(column: str) -> str:
    """A clone's uid is known from the first one's: what names it by that finds it."""
    return f"md5(b.{column}::text || c.n)::uuid"


def _moved(*names: str) -> dict[str, str]:
    return {name: f"b.{name} + c.n * {STEP}" for name in names}


# What an order leaves behind, each after what it points at.
LEDGER: dict[str, dict[str, str]] = {
    "orders_order": {**_moved("id"), "uid": _uid("uid"), "number": "left(md5(b.number || c.n), 14)", "cart_id": "NULL"},
    "orders_parcel": {**_moved("id"), "uid": NEW},
    "orders_shipment": {**_moved("id", "order_id", "parcel_id"), "uid": NEW},
    "orders_line": {**_moved("id", "order_id", "shipment_id"), "uid": NEW},
    "orders_linelot": _moved("id", "line_id"),
    "orders_payment": {
        **_moved("id", "order_id"),
        "uid": NEW, "page_ref": "md5(b.page_ref || b.id || ' ' || c.n)", "payment_ref": "md5(b.payment_ref || b.id || '-' || c.n)",
    },
    "catalog_reservation": {**_moved("id"), "holder": _uid("holder")},
    "impact_ledgertransaction": {
        **_moved("id"),
        "key": "left(b.key, 60) || ':' || c.n", "order_uid": _uid("order_uid"),
    },
    "impact_transfer": _moved("id", "transaction_id", "line_id"),
    "impact_attribution": _moved("id", "transfer_id"),
    "impact_support": {
        **_moved("id", "transaction_id"),
        # Other buyers: a contest with more purchases has more people in it.
        "uid": NEW, "order_uid": _uid("order_uid"), "person_key": "md5(b.person_key || c.n)",
    },
    "impact_supportnumber": {"number": "b.number + c.n * (SELECT max(number) FROM impact_supportnumber)", **_moved("support_id")},
    "impact_supporterday": {**_moved("id"), "person_key": "md5(b.person_key || c.n)"},
    "core_outboxevent": _moved("id"),
    "core_delivery": _moved("id", "event_id"),
}  # fmt: skip


def grow_ledger(connection: psycopg.Connection, transfers: int) -> None:
    """A ledger of so many transfers, and all that stands beside it."""
    (there,) = connection.execute("SELECT count(*) FROM impact_transfer").fetchone() or (0,)
    copies = round(transfers / there) - 1
    prepare(connection)
    connection.execute(f"CREATE TEMP TABLE copies AS SELECT n::bigint FROM generate_series(1, {copies}) n")
    for table, changed in LEDGER.items():
        clone(connection, table, f"{table} b CROSS JOIN copies c", changed)
    connection.execute("UPDATE impact_supportingorganisation SET net_minor = net_minor * %s", [copies + 1])
    connection.execute("UPDATE impact_standing SET number = (SELECT max(number) FROM impact_supportnumber)")
    settle(connection)


def shorten_ledger(connection: psycopg.Connection, transfers: int) -> None:
    """Only the first orders, as many as make so many transfers."""
    prepare(connection)
    connection.execute(
        "CREATE TEMP TABLE kept AS SELECT transaction_id AS id FROM impact_transfer GROUP BY 1"
        " HAVING max(id) <= (SELECT id FROM impact_transfer ORDER BY id OFFSET %s LIMIT 1)",
        [transfers],
    )
    for words in SHORTENED:
        connection.execute(words)
    settle(connection)


SHORTENED = [
    "DELETE FROM impact_transfer WHERE transaction_id NOT IN (SELECT id FROM kept)",
    "DELETE FROM impact_attribution WHERE transfer_id NOT IN (SELECT id FROM impact_transfer)",
    "DELETE FROM impact_support WHERE transaction_id NOT IN (SELECT id FROM kept)",
    "DELETE FROM impact_supportnumber WHERE support_id NOT IN (SELECT id FROM impact_support)",
    "DELETE FROM impact_ledgertransaction WHERE id NOT IN (SELECT id FROM kept)",
    "DELETE FROM orders_order WHERE uid NOT IN (SELECT order_uid FROM impact_ledgertransaction WHERE order_uid IS NOT NULL)",
    "DELETE FROM catalog_reservation WHERE holder NOT IN (SELECT uid FROM orders_order)",
    "DELETE FROM orders_line WHERE order_id NOT IN (SELECT id FROM orders_order)",
    "DELETE FROM orders_linelot WHERE line_id NOT IN (SELECT id FROM orders_line)",
    "DELETE FROM orders_shipment WHERE order_id NOT IN (SELECT id FROM orders_order)",
    "DELETE FROM orders_parcel WHERE id NOT IN (SELECT parcel_id FROM orders_shipment)",
    "DELETE FROM orders_refundline WHERE refund_id IN (SELECT id FROM orders_refund WHERE payment_id NOT IN "
    "(SELECT id FROM orders_payment WHERE order_id IN (SELECT id FROM orders_order)))",
    "DELETE FROM orders_refundgiven WHERE refund_id IN (SELECT id FROM orders_refund WHERE payment_id NOT IN "
    "(SELECT id FROM orders_payment WHERE order_id IN (SELECT id FROM orders_order)))",
    "DELETE FROM orders_refund WHERE payment_id NOT IN (SELECT id FROM orders_payment WHERE order_id IN (SELECT id FROM orders_order))",
    "DELETE FROM orders_payment WHERE order_id NOT IN (SELECT id FROM orders_order)",
    "DELETE FROM orders_review WHERE line_id NOT IN (SELECT id FROM orders_line)",
    "DELETE FROM core_delivery WHERE event_id > 200",
    "DELETE FROM core_outboxevent WHERE id > 200",
    "DELETE FROM impact_supporterday",
    "DELETE FROM impact_supportingorganisation",
    "UPDATE impact_standing SET number = coalesce((SELECT max(number) FROM impact_supportnumber), 0)",
]
