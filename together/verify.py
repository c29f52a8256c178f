"""I10, recomputed from the tables: seats add up to their group, and a closed group keeps nobody waiting."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken

_CLOSED = "g.state <> 'open'"
_IN = "coalesce(sum(s.units - s.units_returned) FILTER (WHERE s.state IN ('held', 'confirmed', 'collected')), 0)"
_REFUNDED = "coalesce(sum(s.units) FILTER (WHERE s.state = 'refunded'), 0)"
_EVENTS = """(SELECT count(*) FROM core_outboxevent e WHERE e.name IN ('GroupConfirmed', 'GroupFellShort')
    AND (e.payload->>'group_id')::bigint = g.id)"""
# Where the order of a seat stands, by where the seat does.
_TOGETHER = """CASE s.state
    WHEN 'reserved' THEN o.state = 'placed'
    WHEN 'released' THEN o.state IN ('cancelled', 'expired')
    WHEN 'held' THEN o.state = 'held'
    WHEN 'refunded' THEN o.state IN ('held', 'paid', 'shipped', 'delivered', 'completed', 'refunded')
    ELSE o.state IN ('paid', 'shipped', 'delivered', 'completed') END"""

RULES = [
    Rule(
        "I10",
        "GroupPurchase",
        "the units paid for are not those of its seats",
        # Of a group that came to nothing those are told who had paid when it closed; who left before had not.
        f"""SELECT g.id, g.units_held FROM together_grouppurchase g LEFT JOIN together_seat s ON s.group_id = g.id
            GROUP BY g.id HAVING CASE WHEN g.state IN ('open', 'confirmed')
                THEN g.units_held - g.units_returned <> {_IN}
                ELSE g.units_returned <> 0 OR g.units_held > {_REFUNDED} END""",
    ),
    Rule(
        "I10",
        "GroupPurchase",
        "the units that wait for a payment are not those of its seats",
        """SELECT g.id, g.units_reserved FROM together_grouppurchase g LEFT JOIN together_seat s ON s.group_id = g.id
           GROUP BY g.id
           HAVING g.units_reserved <> coalesce(sum(s.units) FILTER (WHERE s.state = 'reserved'), 0)""",
    ),
    Rule(
        "I10",
        "Seat",
        "somebody sits in a closed group without a paid or refunded part",
        f"""SELECT s.id, s.state FROM together_seat s JOIN together_grouppurchase g ON g.id = s.group_id
            WHERE {_CLOSED} AND s.state IN ('reserved', 'held')
               OR g.state IN ('fell_short', 'cancelled') AND s.state IN ('confirmed', 'collected')""",
    ),
    Rule(
        "I10",
        "Seat",
        "a seat's part is not its units at the group's price",
        """SELECT s.id, o.total_minor FROM together_seat s JOIN together_grouppurchase g ON g.id = s.group_id
           JOIN orders_order o ON o.id = s.order_id
           WHERE o.total_minor <> s.units * g.price_minor""",
    ),
    Rule(
        "I10",
        "Seat",
        "a seat's order is held for something else than its group",
        """SELECT s.id, o.holder_kind || ' ' || coalesce(o.holder::text, 'nothing') FROM together_seat s
           JOIN together_grouppurchase g ON g.id = s.group_id JOIN orders_order o ON o.id = s.order_id
           WHERE o.holder_kind <> 'group' OR o.holder IS DISTINCT FROM g.uid""",
    ),
    Rule(
        "I10",
        "Seat",
        "an order was not confirmed with its group",
        """SELECT s.id, coalesce(o.confirmed_at::text, 'never') FROM together_seat s
           JOIN together_grouppurchase g ON g.id = s.group_id JOIN orders_order o ON o.id = s.order_id
           WHERE CASE WHEN s.state IN ('confirmed', 'collected') THEN o.confirmed_at IS DISTINCT FROM g.closed_at
                 ELSE o.confirmed_at IS NOT NULL AND s.state <> 'refunded' END""",
    ),
    Rule(
        "I10",
        "Seat",
        "what is left of a seat is not what its order kept",
        """SELECT s.id, s.units - s.units_returned || ' of ' || s.units FROM together_seat s
           JOIN (SELECT order_id, sum(refunded_units) AS units FROM orders_line GROUP BY order_id) l
               ON l.order_id = s.order_id
           WHERE s.units_returned <> CASE s.state WHEN 'refunded' THEN s.units ELSE l.units END""",
    ),
    Rule(
        "I10",
        "Seat",
        "a seat is not where its order is",
        f"""SELECT s.id, s.state || ' ' || o.state FROM together_seat s JOIN orders_order o ON o.id = s.order_id
            WHERE NOT {_TOGETHER}""",
    ),
    Rule(
        "I10",
        "Order",
        "an order of a group has no seat in it",
        """SELECT o.id, o.number FROM orders_order o LEFT JOIN together_seat s ON s.order_id = o.id
           WHERE o.holder_kind = 'group' AND s.id IS NULL""",
    ),
    Rule(
        "I10",
        "Seat",
        "a group fell short and a paid part was not asked back in full",
        """SELECT s.id, o.total_minor FROM together_seat s JOIN together_grouppurchase g ON g.id = s.group_id
           JOIN orders_order o ON o.id = s.order_id JOIN orders_payment p ON p.order_id = o.id AND p.is_kept
           WHERE g.state IN ('fell_short', 'cancelled') AND o.total_minor <> (
               SELECT coalesce(sum(r.amount_minor), 0) FROM orders_refund r WHERE r.payment_id = p.id AND r.state <> 'undone')""",
    ),
    Rule(
        "I10",
        "GroupPurchase",
        "a group did not close once",
        f"""SELECT g.id, g.state FROM together_grouppurchase g
            WHERE ({_CLOSED}) <> (g.closed_at IS NOT NULL) OR {_EVENTS} <> ({_CLOSED})::int
               OR g.state = 'confirmed' AND g.units_held < g.minimum_units
               OR g.state = 'fell_short' AND g.units_held >= g.minimum_units""",
    ),
    Rule(
        "I10",
        "Seat",
        "a seat counts as given back and not all of it was",
        """SELECT s.id, o.refunded_minor FROM together_seat s JOIN orders_order o ON o.id = s.order_id
           WHERE s.state = 'refunded' AND EXISTS (
               SELECT 1 FROM orders_line l WHERE l.order_id = o.id AND l.refunded_minor < l.net_minor)""",
    ),
    Rule(
        "RECALL",
        "GroupPurchase",
        "a group was confirmed on units of a lot that had been recalled",
        """SELECT g.id, l.code FROM together_grouppurchase g JOIN orders_order o ON o.holder = g.uid
           JOIN together_seat t ON t.order_id = o.id AND t.state IN ('confirmed', 'collected')
           JOIN catalog_reservation r ON r.holder = o.uid AND r.state = 'sold' AND r.units > r.units_returned
           JOIN catalog_lot l ON l.id = r.lot_id AND l.recalled_at IS NOT NULL
           WHERE g.state = 'confirmed' AND g.closed_at > l.recalled_at""",
    ),
]


def verify() -> Iterator[Offence]:
    """I10, and that no group was confirmed on goods that had been recalled."""
    return broken(RULES)
