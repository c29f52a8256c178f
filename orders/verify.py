"""What must hold of orders and money, recomputed from the tables."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from orders import (
    verify_claims,
    verify_coupons,
    verify_news,
    verify_parcels,
    verify_people,
    verify_rows,
    verify_setbacks,
    verify_webhooks,
    verify_wishes,
)

_OPEN = "('held', 'paid', 'shipped', 'delivered', 'completed', 'refunded')"
# What refunds say of lines and parcels, without those that a bank gave back.
_COUNTED = """SELECT b.* FROM orders_refundline b JOIN orders_refund r ON r.id = b.refund_id
              WHERE r.state <> 'undone'"""

# Each statement finds the rows that break a rule: their id, and a figure or word that tells how.
RULES = [
    Rule(
        "I2",
        "Payment",
        "a payment succeeded and neither pays an order nor is given back",
        f"""SELECT p.id, o.state FROM orders_payment p JOIN orders_order o ON o.id = p.order_id
            WHERE p.state = 'succeeded'
              AND (p.is_kept <> (o.state IN {_OPEN} AND p.received_minor = o.total_minor AND NOT EXISTS (
                      SELECT 1 FROM orders_refund r WHERE r.payment_id = p.id
                      AND r.reason IN ('late', 'twice', 'amount', 'stopped')))
               OR (NOT p.is_kept AND (SELECT coalesce(sum(amount_minor), 0) FROM orders_refund r
                                      WHERE r.payment_id = p.id) <> p.received_minor))""",
    ),
    Rule(
        "I2",
        "Payment",
        "a payment is of another mode than the shop: test money among real money, or the other way",
        """SELECT p.id, p.mode FROM orders_payment p CROSS JOIN accounts_shop s
           WHERE p.mode <> '' AND s.mode <> '' AND p.mode <> s.mode""",
    ),
    Rule(
        "I2",
        "Payment",
        "a payment is kept that has not succeeded",
        "SELECT id, state FROM orders_payment WHERE is_kept AND state <> 'succeeded'",
    ),
    Rule(
        "I2",
        "Order",
        "an order counts as paid without exactly one kept payment",
        f"""SELECT o.id, count(p.id) FROM orders_order o
            LEFT JOIN orders_payment p ON p.order_id = o.id AND p.is_kept
            WHERE o.state IN {_OPEN} GROUP BY o.id HAVING count(p.id) <> 1""",
    ),
    Rule(
        "I3",
        "Order",
        "an order's sums are not those of its lines and parcels",
        """SELECT o.id, o.goods_minor FROM orders_order o
           WHERE o.goods_minor <> (SELECT coalesce(sum(quantity * unit_price_minor), 0) FROM orders_line
                                   WHERE order_id = o.id)
              OR o.shipping_minor <> (SELECT coalesce(sum(shipping_minor), 0) FROM orders_shipment
                                      WHERE order_id = o.id)""",
    ),
    Rule(
        "I3",
        "Order",
        "what an order says was given back is not what its refunds say",
        """SELECT o.id, o.refunded_minor FROM orders_order o LEFT JOIN (
               SELECT p.order_id, sum(CASE r.state WHEN 'succeeded' THEN r.amount_minor
                                           ELSE r.given_minor END) AS given
               FROM orders_refund r JOIN orders_payment p ON p.id = r.payment_id
               WHERE p.is_kept AND r.state <> 'undone' GROUP BY p.order_id
           ) back ON back.order_id = o.id WHERE o.refunded_minor <> coalesce(back.given, 0)""",
    ),
    Rule(
        "I3",
        "Refund",
        "a refund is not the sum of its lines",
        """SELECT r.id, r.amount_minor FROM orders_refund r JOIN orders_payment p ON p.id = r.payment_id
           WHERE p.is_kept AND r.amount_minor <> (
               SELECT coalesce(sum(amount_minor), 0) FROM orders_refundline WHERE refund_id = r.id)""",
    ),
    Rule(
        "I3",
        "Line",
        "what a line says was given back is not what its refunds say",
        f"""SELECT l.id, l.refunded_minor FROM orders_line l
           LEFT JOIN ({_COUNTED}) r ON r.line_id = l.id GROUP BY l.id
           HAVING l.refunded_minor <> coalesce(sum(r.amount_minor), 0)
               OR l.refunded_units <> coalesce(sum(r.units), 0)""",
    ),
    Rule(
        "I3",
        "Shipment",
        "what a parcel says was given back is not what its refunds say",
        f"""SELECT s.id, s.refunded_minor FROM orders_shipment s
           LEFT JOIN ({_COUNTED}) r ON r.shipment_id = s.id GROUP BY s.id
           HAVING s.refunded_minor <> coalesce(sum(r.amount_minor), 0)""",
    ),
    Rule(
        "I3",
        "Order",
        "an order is refunded and not all of it was asked back",
        """SELECT o.id, o.total_minor FROM orders_order o WHERE o.state = 'refunded' AND o.total_minor <> (
               SELECT coalesce(sum(refunded_minor), 0) FROM orders_line WHERE order_id = o.id) + (
               SELECT coalesce(sum(refunded_minor), 0) FROM orders_shipment WHERE order_id = o.id)""",
    ),
    Rule(
        "I3",
        "Order",
        "an order counts as refunded and not all of it was given back",
        """SELECT id, refunded_minor || ' of ' || total_minor FROM orders_order
           WHERE state = 'refunded' AND refunded_minor <> total_minor""",
    ),
    Rule(
        "I3",
        "Order",
        "a bank's decision is awaited and the order is not held back, or the other way round",
        """SELECT o.id, coalesce(o.contested_at::text, 'not held back') FROM orders_order o
           WHERE (o.contested_at IS NOT NULL) <> EXISTS (
               SELECT 1 FROM orders_dispute d JOIN orders_payment p ON p.id = d.payment_id
               WHERE p.order_id = o.id AND p.is_kept
                 AND d.state IN ('open', 'under_review', 'appealed', 'unclear'))""",
    ),
    Rule(
        "I3",
        "Shipment",
        "a parcel was called off and not all that was paid for it was asked back",
        f"""SELECT s.id, s.shipping_minor + coalesce(sum(l.net_minor), 0) FROM orders_shipment s
            JOIN orders_order o ON o.id = s.order_id LEFT JOIN orders_line l ON l.shipment_id = s.id
            WHERE s.state = 'cancelled' AND o.state IN {_OPEN} GROUP BY s.id
            HAVING s.shipping_minor + coalesce(sum(l.net_minor), 0)
                   <> s.refunded_minor + coalesce(sum(l.refunded_minor), 0)""",
    ),
    Rule(
        "I1",
        "Line",
        "a line's lots do not give its quantity",
        """SELECT l.id, l.quantity FROM orders_line l LEFT JOIN orders_linelot t ON t.line_id = l.id
           GROUP BY l.id HAVING coalesce(sum(t.units), 0) <> l.quantity""",
    ),
    Rule(
        "I1",
        "Order",
        "what is reserved or sold for an order is not what its state says",
        # Several of its lines may draw on one lot: each of its parcels has its own.
        f"""SELECT o.id, o.state FROM orders_order o JOIN (
                SELECT l.order_id, t.lot_id, sum(t.units) AS units, sum(t.units_returned) AS returned
                FROM orders_line l JOIN orders_linelot t ON t.line_id = l.id GROUP BY l.order_id, t.lot_id
            ) t ON t.order_id = o.id
            LEFT JOIN catalog_reservation r ON r.holder = o.uid AND r.lot_id = t.lot_id
            WHERE r.state IS DISTINCT FROM (CASE WHEN o.state IN {_OPEN} THEN 'sold'
                  WHEN o.state = 'placed' THEN 'held' ELSE 'released' END)
               OR r.units <> t.units OR r.units_returned <> t.returned""",
    ),
    Rule(
        "I1",
        "Order",
        "stock is held or sold for an order that draws on no such lot",
        """SELECT o.id, r.lot_id FROM catalog_reservation r JOIN orders_order o ON o.uid = r.holder
           WHERE r.state <> 'released' AND NOT EXISTS (
               SELECT 1 FROM orders_line l JOIN orders_linelot t ON t.line_id = l.id
               WHERE l.order_id = o.id AND t.lot_id = r.lot_id)""",
    ),
    Rule(
        "ORDER",
        "Order",
        "an order's parcels are not as far as its state says",
        """SELECT o.id, o.state FROM orders_order o JOIN orders_shipment s ON s.order_id = o.id
           WHERE (o.state IN ('placed', 'held', 'cancelled', 'expired') AND s.state NOT IN ('waiting', 'cancelled'))
              OR (o.state = 'shipped' AND s.state = 'waiting')
              OR (o.state = 'delivered' AND s.state IN ('waiting', 'shipped'))
              OR (o.state = 'completed' AND s.state NOT IN ('completed', 'cancelled'))""",
    ),
    Rule(
        "I9",
        "Notice",
        "a notice was kept a minute ago and nothing came of it",
        """SELECT id, kind FROM orders_notice
           WHERE handled_at IS NULL AND received_at < now() - CASE effect
               WHEN 'waits' THEN interval '4 days' ELSE interval '60 seconds' END""",
        waits=True,
    ),
]


def verify() -> Iterator[Offence]:
    """I2, I3, and what joins orders to stock, parcels, notices, coupons, wishes, letters of teams' news and webhooks."""
    others = (
        verify_rows,
        verify_parcels,
        verify_people,
        verify_claims,
        verify_wishes,
        verify_news,
        verify_setbacks,
        verify_webhooks,
    )
    yield from broken([*RULES, *(rule for part in others for rule in part.RULES)])
    yield from verify_coupons.verify()
