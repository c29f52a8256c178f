"""The cards of products and variants: what a list shows, kept by the transaction that changes what it shows."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction

from catalog import search

# How many products are given stands behind a SELECT: seen, it would make PostgreSQL plan each time anew, for fewer
# than ten, and of a card that takes longer than renewing it.
# The order of the lots is that of catalog.actions.stock.turn; a test holds the two together.
_VARIANTS = """
    SELECT v.id, v.product_id, v.is_offered, v.price_minor, v.position, v.net_content,
           s.farm_gate_bps + s.labour_bps + s.dividend_bps AS household_bps,
           coalesce(shelf.units, 0) AS units, shelf.lot_id, shelf.is_open, shelf.ship_by
    FROM catalog_variant v
    LEFT JOIN catalog_pricestory s ON s.id = v.story_id
    LEFT JOIN LATERAL (
        SELECT sum(l.units_available) AS units, bool_or(l.state = 'open') AS is_open, min(l.ship_by) AS ship_by,
               (array_agg(l.id ORDER BY l.state = 'planned',
                    CASE l.state WHEN 'planned' THEN l.ship_by ELSE coalesce(l.best_before, l.harvest_to) END,
                    l.id))[1] AS lot_id
        FROM catalog_lot l
        WHERE l.variant_id = v.id AND l.state IN ('open', 'planned') AND l.units_available > 0
    ) shelf ON true
    WHERE v.product_id = ANY((SELECT %(products)s::bigint[])::bigint[])
"""

# Price and households' part come from one variant, the cheapest offered, so that
# "from ¥26.90 for 2.5 kg, of which 54 % for the households" is one true sentence.
_PRODUCTS = """
    SELECT i.id, cheapest.price_minor, cheapest.household_bps, coalesce(shelf.units, 0) AS units,
           CASE WHEN NOT shelf.is_open THEN shelf.ship_by END AS ship_by,
           coalesce(cheapest.net_content, '') AS net_content, shelf.sizes,
           -- Asked of what has nothing left alone: nobody who buys waits for it.
           CASE WHEN shelf.units > 0 THEN false ELSE coalesce((
               SELECT bool_or(l.state = 'recalled') AND NOT bool_or(l.state IN ('open', 'planned'))
               FROM catalog_lot l JOIN catalog_variant v ON v.id = l.variant_id WHERE v.product_id = i.id), false)
           END AS is_recalled
    FROM unnest((SELECT %(products)s::bigint[])) AS i(id)
    LEFT JOIN LATERAL (
        SELECT price_minor, household_bps, net_content FROM variants WHERE product_id = i.id AND is_offered
        ORDER BY price_minor, position, id LIMIT 1
    ) cheapest ON true
    LEFT JOIN LATERAL (
        SELECT sum(units) AS units, bool_or(is_open) AS is_open, min(ship_by) AS ship_by, count(*) AS sizes
        FROM variants WHERE product_id = i.id AND is_offered
    ) shelf ON true
"""

LOCK = """
    SELECT id FROM catalog_product WHERE id IN (
        SELECT unnest(%(products)s::bigint[])
        UNION SELECT product_id FROM catalog_variant WHERE id = ANY(%(variants)s::bigint[])
        UNION SELECT v.product_id FROM catalog_lot l JOIN catalog_variant v ON v.id = l.variant_id
              WHERE l.id = ANY(%(lots)s::bigint[])
    ) ORDER BY id FOR NO KEY UPDATE
"""

_REFRESH = f"""
    WITH variants AS ({_VARIANTS}), cards AS (
        UPDATE catalog_variant v SET units_available = f.units, lot_id = f.lot_id FROM variants f
        WHERE v.id = f.id AND (v.units_available, v.lot_id) IS DISTINCT FROM (f.units, f.lot_id)
    ), told AS (
        UPDATE catalog_product p
        SET price_from_minor = f.price_minor, household_bps = f.household_bps,
            units_available = f.units, presale_ship_by = f.ship_by, net_content_from = f.net_content,
            size_count = f.sizes, is_recalled = f.is_recalled, version = p.version + 1
        FROM ({_PRODUCTS}) f WHERE p.id = f.id
        RETURNING p.id, p.price_from_minor, p.units_available > 0 AS in_stock
    )
    UPDATE catalog_searchentry e SET price_from_minor = told.price_from_minor, in_stock = told.in_stock
    FROM told WHERE e.product_id = told.id AND told.price_from_minor IS NOT NULL
      AND (e.price_from_minor, e.in_stock) IS DISTINCT FROM (told.price_from_minor, told.in_stock)
    RETURNING e.product_id
"""

_STALE = f"""
    WITH variants AS ({_VARIANTS})
    SELECT 'Product', p.slug, p.price_from_minor || ' ' || p.units_available, f.price_minor || ' ' || f.units
    FROM ({_PRODUCTS}) f JOIN catalog_product p ON p.id = f.id
    WHERE (p.price_from_minor, p.household_bps, p.units_available, p.presale_ship_by, p.net_content_from,
           p.size_count, p.is_recalled)
          IS DISTINCT FROM (f.price_minor, f.household_bps, f.units::int, f.ship_by, f.net_content, f.sizes::smallint,
                            f.is_recalled)
    UNION ALL
    SELECT 'SearchEntry', p.slug, e.price_from_minor || ' ' || e.in_stock, p.price_from_minor || ' ' || p.units_available
    FROM catalog_searchentry e JOIN catalog_product p ON p.id = e.product_id
    WHERE p.id = ANY(%(products)s) AND (p.state <> 'published'
       OR (e.price_from_minor, e.in_stock) IS DISTINCT FROM (p.price_from_minor, p.units_available > 0)
       OR (e.sold_step, e.rating_tenths, e.reviews_shown) IS DISTINCT FROM (p.sold_step, p.rating_tenths, p.reviews_shown))
    UNION ALL
    SELECT 'Variant', v.uid::text, v.units_available || ' ' || v.lot_id, f.units || ' ' || f.lot_id
    FROM variants f JOIN catalog_variant v ON v.id = f.id
    WHERE (v.units_available, v.lot_id) IS DISTINCT FROM (f.units::int, f.lot_id)
    ORDER BY 1, 2
"""


def refresh(products: Iterable[int] = (), *, variants: Iterable[int] = (), lots: Iterable[int] = ()) -> None:
    """Recompute the cards of these products, and of these variants' and lots'; two statements for any number.

    What search knows of price and stock follows in the second.
    Call it last: the products are locked after the lots, in the order of their ids.
    """
    given = {"products": list(products), "variants": list(variants), "lots": list(lots)}
    if not any(given.values()):
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        # The lock is a statement of its own: only a later one sees what those we waited for have written.
        cursor.execute(LOCK, given)
        renew([pk for (pk,) in cursor.fetchall()])


def renew(products: Sequence[int]) -> None:
    """The second of the two statements, for a deed whose last one has ended with `LOCK`."""
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"products": list(products)})
        if turned := [pk for (pk,) in cursor.fetchall()]:
            search.tell(turned)


def stale() -> Iterator[tuple[str, str, str, str]]:
    """Each card that says something else than its variants and lots: noun, id, what it says, what is true."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_product")
        cursor.execute(_STALE, {"products": [pk for (pk,) in cursor.fetchall()]})
        yield from cursor.fetchall()
