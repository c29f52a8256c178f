"""Rows that must agree with each other although no sum shows it: whose a line is, what a parcel tells."""

from core.verify import Rule

RULES = [
    Rule(
        "RECALL",
        "Shipment",
        "a parcel was sent with units of a lot that had been recalled",
        """SELECT s.id, l.code FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
           JOIN catalog_reservation r ON r.holder = o.uid AND r.state = 'sold' AND r.units > r.units_returned
           JOIN catalog_lot l ON l.id = r.lot_id AND l.recalled_at IS NOT NULL
           JOIN catalog_variant v ON v.id = l.variant_id JOIN catalog_product p ON p.id = v.product_id
           WHERE p.team_id = s.team_id AND s.shipped_at > l.recalled_at""",
    ),
    Rule(
        "RECALL",
        "Payment",
        "money was kept for units of a lot that had been recalled",
        """SELECT p.id, l.code FROM orders_payment p JOIN orders_order o ON o.id = p.order_id
           JOIN catalog_reservation r ON r.holder = o.uid AND r.state = 'sold' AND r.units > r.units_returned
           JOIN catalog_lot l ON l.id = r.lot_id AND l.recalled_at IS NOT NULL
           WHERE p.is_kept AND p.succeeded_at > l.recalled_at""",
    ),
    Rule(
        "I3",
        "Line",
        "a line is not of its parcel's order, its parcel's team, its product's team or its story's variant",
        """SELECT l.id, 'team ' || l.team_id FROM orders_line l
           JOIN catalog_pricestory t ON t.id = l.story_id JOIN catalog_variant v ON v.id = l.variant_id
           JOIN catalog_product p ON p.id = v.product_id LEFT JOIN orders_shipment s ON s.id = l.shipment_id
           WHERE t.variant_id <> l.variant_id OR p.team_id <> l.team_id
              OR s.order_id <> l.order_id OR s.team_id <> l.team_id""",
    ),
    Rule(
        "I3",
        "Line",
        "a line was bought at a price that waits for an operator",
        """SELECT l.id, l.unit_price_minor FROM orders_line l JOIN orders_order o ON o.id = l.order_id
           JOIN catalog_variantchange c ON c.variant_id = l.variant_id AND c.written_at < o.placed_at
           JOIN catalog_variant v ON v.id = l.variant_id
           WHERE o.holder IS NULL AND l.unit_price_minor = c.price_minor AND v.price_minor <> c.price_minor""",
    ),
    Rule(
        "I1",
        "Line",
        "a line draws on a lot of another variant",
        """SELECT l.id, d.lot_id FROM orders_line l JOIN orders_linelot d ON d.line_id = l.id
           JOIN catalog_lot t ON t.id = d.lot_id WHERE t.variant_id <> l.variant_id""",
    ),
    Rule(
        "I3",
        "Payment",
        "a payment asked for another amount than its order's",
        """SELECT p.id, p.amount_minor FROM orders_payment p JOIN orders_order o ON o.id = p.order_id
           WHERE p.amount_minor <> o.total_minor""",
    ),
    Rule(
        "I3",
        "Payment",
        "more of its refunds counts as given by a bank than banks took",
        """SELECT p.id, r.counted FROM orders_payment p
           JOIN (SELECT payment_id, sum(disputed_minor) AS counted,
                        coalesce(sum(amount_minor) FILTER (
                            WHERE reason = 'dispute' AND state <> 'undone'), 0) AS own
                 FROM orders_refund GROUP BY payment_id) r ON r.payment_id = p.id
           LEFT JOIN (SELECT payment_id, sum(lost_minor) AS lost FROM orders_dispute
                      GROUP BY payment_id) d ON d.payment_id = p.id
           WHERE r.counted > 0 AND r.counted + r.own > coalesce(d.lost, 0)""",
    ),
    Rule(
        "I3",
        "Dispute",
        "what a bank took is not what its decision says",
        """SELECT d.id, d.state || ', ' || d.lost_minor || ' of ' || d.amount_minor FROM orders_dispute d
           WHERE d.state = 'won' AND d.lost_minor <> 0 OR d.state = 'prevented' AND d.status <> 'prevented'
              OR d.state IN ('won', 'prevented', 'lost') AND d.is_refundable
              OR d.state = 'lost' AND d.lost_minor <> d.amount_minor AND NOT EXISTS (
                  SELECT 1 FROM accounts_auditentry a WHERE a.noun = 'Dispute' AND a.deed = 'decide'
                  AND a.object_uid = d.uid::text)""",
    ),
    Rule(
        "I3",
        "Refund",
        "an order gives for lost what its bank has given back",
        """SELECT r.id, r.amount_minor || ' of ' || d.lost_minor FROM orders_refund r
           JOIN orders_dispute d ON d.provider_id = r.provider_id AND d.payment_id = r.payment_id
           WHERE r.reason = 'dispute' AND r.state <> 'undone' AND r.amount_minor > d.lost_minor""",
    ),
    Rule(
        "I3",
        "Refund",
        "a refund counts no more and no bank gave it back",
        """SELECT r.id, r.reason FROM orders_refund r WHERE r.state = 'undone' AND r.reason <> 'dispute'""",
    ),
    Rule(
        "I3",
        "Refund",
        "what attempts before have given of it is not what each of them gave",
        """SELECT r.id, r.given_minor || ', gave ' || coalesce(sum(g.amount_minor), 0) FROM orders_refund r
           LEFT JOIN orders_refundgiven g ON g.refund_id = r.id
           GROUP BY r.id HAVING r.given_minor <> coalesce(sum(g.amount_minor), 0)""",
    ),
    Rule(
        "I3",
        "Refund",
        "less was asked of the provider than is owed, and no bank's money came back while it was under way",
        """SELECT r.id, r.state || ', asked ' || r.asked_minor FROM orders_refund r WHERE r.asked_minor IS NOT NULL
           AND (r.state NOT IN ('requested', 'pending')
                OR r.asked_minor >= r.amount_minor - r.disputed_minor - r.given_minor
                OR NOT EXISTS (SELECT FROM orders_dispute d WHERE d.payment_id = r.payment_id))""",
    ),
    Rule(
        "I3",
        "RefundLine",
        "a parcel's sending is given back in units",
        "SELECT id, units FROM orders_refundline WHERE line_id IS NULL AND (units <> 0 OR is_restocked)",
    ),
    Rule(
        "I1",
        "Line",
        "what of it is on the shelf again is not what its refunds say",
        """SELECT l.id, coalesce(sum(d.units_returned), 0) FROM orders_line l
           LEFT JOIN orders_linelot d ON d.line_id = l.id
           GROUP BY l.id HAVING coalesce(sum(d.units_returned), 0) <> (
               SELECT coalesce(sum(b.units), 0) FROM orders_refundline b JOIN orders_refund f ON f.id = b.refund_id
               WHERE b.line_id = l.id AND b.is_restocked AND f.state <> 'undone')""",
    ),
    Rule(
        "INVOICE",
        "Invoice",
        "an invoice is not the sum of its orders' parts",
        """SELECT i.id, i.amount_minor FROM orders_invoice i LEFT JOIN orders_invoicepart p ON p.invoice_id = i.id
           GROUP BY i.id HAVING i.amount_minor <> coalesce(sum(p.amount_minor), 0)""",
    ),
    Rule(
        "INVOICE",
        "Invoice",
        "red invoices take more back than their blue one is over, or of another order or team",
        """SELECT r.blue_id, rp.order_id FROM orders_invoice r JOIN orders_invoicepart rp ON rp.invoice_id = r.id
           JOIN orders_invoice b ON b.id = r.blue_id
           LEFT JOIN orders_invoicepart bp ON bp.invoice_id = b.id AND bp.order_id = rp.order_id
           GROUP BY r.blue_id, rp.order_id, bp.amount_minor, b.team_id, b.blue_id
           HAVING sum(rp.amount_minor) > coalesce(bp.amount_minor, 0) OR bool_or(r.team_id <> b.team_id)
               OR b.blue_id IS NOT NULL""",
    ),
    Rule(
        "ORDER",
        "Order",
        "an order stands behind its slowest parcel",
        """SELECT o.id, o.state FROM orders_order o JOIN orders_shipment s ON s.order_id = o.id
           WHERE o.state IN ('paid', 'shipped', 'delivered', 'completed') AND s.state <> 'cancelled'
           GROUP BY o.id HAVING min(array_position(ARRAY['waiting', 'shipped', 'delivered', 'completed'], s.state::text))
                              > array_position(ARRAY['paid', 'shipped', 'delivered', 'completed'], o.state::text)""",
    ),
    Rule(
        "ORDER",
        "Parcel",
        "a parcel carries what another team sends",
        """SELECT p.id, s.team_id FROM orders_parcel p JOIN orders_shipment s ON s.parcel_id = p.id
           WHERE s.team_id <> p.team_id""",
    ),
    Rule(
        "ORDER",
        "Parcel",
        "a parcel carries nothing of any order",
        """SELECT p.id, p.team_id FROM orders_parcel p
           WHERE NOT EXISTS (SELECT FROM orders_shipment s WHERE s.parcel_id = p.id)
             AND NOT EXISTS (SELECT FROM orders_replacement r WHERE r.parcel_id = p.id)""",
    ),
    Rule(
        "ORDER",
        "Shipment",
        "a parcel was called off before its order was paid",
        """SELECT s.id, o.state FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
           WHERE o.state = 'placed' AND s.state <> 'waiting'""",
    ),
]
