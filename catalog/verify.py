"""What must hold on the shelves at rest: I1, and that each card says what is true."""

from collections.abc import Iterator
from datetime import timedelta

from catalog.actions import card
from catalog.actions.address import FORMER
from catalog.models import Product
from catalog.models.sold import STEPS
from catalog.reads.papers import lapsed, with_lapsed
from core import clock
from core.verify import Offence, rows_of

# Beat looks every ten minutes; after a night without it nothing is amiss yet.
A_TURN = timedelta(days=1)
# Each lot whose figures are not the fold of its reservations, or do not add up.
_LOTS = """
    SELECT l.code, l.units_declared, l.units_restocked, l.units_available, l.units_reserved, l.units_sold,
           l.units_replaced, coalesce(r.held, 0), coalesce(r.sold, 0), coalesce(r.returned, 0), coalesce(r.replaced, 0)
    FROM catalog_lot l LEFT JOIN (
        SELECT lot_id, sum(units) FILTER (WHERE state = 'held') AS held,
               sum(units) FILTER (WHERE state = 'sold') AS sold,
               sum(units_returned) FILTER (WHERE state = 'sold') AS returned,
               sum(units) FILTER (WHERE state = 'replaced') AS replaced
        FROM catalog_reservation GROUP BY lot_id
    ) r ON r.lot_id = l.id
    WHERE l.units_available < 0
       OR l.units_declared + l.units_restocked <> l.units_available + l.units_reserved + l.units_sold + l.units_replaced
       OR (l.units_reserved, l.units_sold, l.units_restocked, l.units_replaced)
          <> (coalesce(r.held, 0), coalesce(r.sold, 0), coalesce(r.returned, 0), coalesce(r.replaced, 0))
    ORDER BY l.id
"""

# Each size on the shelf that is other than what was approved of it. A tenth more, or more for the households, is as approved.
_SIZES = """
    SELECT v.uid, v.price_minor, v.approved_price_minor,
           s.farm_gate_bps + s.labour_bps + s.dividend_bps, v.approved_household_bps
    FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id AND p.state = 'published'
    LEFT JOIN catalog_pricestory s ON s.id = v.story_id
    WHERE v.is_offered AND (s.id IS NULL OR v.approved_price_minor IS NULL OR v.approved_household_bps IS NULL
       OR v.price_minor * 10 > v.approved_price_minor * 11
       OR s.farm_gate_bps + s.labour_bps + s.dividend_bps < v.approved_household_bps)
    ORDER BY v.id
"""


def verify() -> Iterator[Offence]:
    """I1: a lot's units add up and are the fold of its reservations; a card equals what it is made from; what is offered
    is what was approved, and has the papers that it needs; an address leads to one product or team."""
    for product in with_lapsed():
        for paper in lapsed(product, seen_alone=True):
            if paper.expires_on < clock.today() - A_TURN:
                words = f"stands on the shelf, and its {paper.kind} ran out on {paper.expires_on}"
                yield Offence("I1", "Product", product.slug, words)
    for uid, price, approved, bps, approved_bps in rows_of(_SIZES):
        words = f"is offered at {price} with {bps} bps for the households; approved were {approved} and {approved_bps}"
        yield Offence("I1", "Variant", uid, words)
    for code, declared, restocked, available, reserved, sold, replaced, *fold in rows_of(_LOTS):
        words = (
            f"declared {declared} + restocked {restocked} against available {available}"
            f" + reserved {reserved} + sold {sold} + replaced {replaced}; reservations say held, sold, returned,"
            f" replaced = {fold}"
        )
        yield Offence("I1", "Lot", code, words)
    for slug, step in Product.objects.exclude(sold_step__in=(0, *STEPS)).values_list("slug", "sold_step"):
        yield Offence("I1", "Product", slug, f"{step} units sold are told, which is no step")
    for kind, former in FORMER.items():
        both = former.objects.filter(slug__in=kind.objects.values("slug"))
        for slug in both.values_list("slug", flat=True):
            noun = kind.__name__.lower()
            yield Offence("I1", former.__name__, slug, f"leads on to a {noun}, and is the address of one")
    for noun, its_id, said, true in card.stale():
        yield Offence("I1", noun, its_id, f"its card says {said}, its variants and lots {true}")
