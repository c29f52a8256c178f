"""Who has gone, and what was still hers then: recomputed from the tables as `reads/unsettled.py` tells it."""

from core.verify import Rule

_GONE = """accounts_person p JOIN orders_order o ON (o.person_id = p.id OR o.reached_by_id = p.id)
    JOIN orders_payment y ON y.order_id = o.id"""

RULES = [
    Rule(
        "ERASURE",
        "Person",
        "somebody was erased while money was owed to her, or is owed some and cannot be reached",
        # What came back after it had arrived is told to the sealed address that was kept for it.
        f"""SELECT p.id, r.state || ' ' || r.amount_minor FROM {_GONE} JOIN orders_refund r ON r.payment_id = y.id
            WHERE p.erased_at IS NOT NULL AND r.state NOT IN ('succeeded', 'undone') AND r.amount_minor > r.disputed_minor + r.given_minor
              AND (p.reach_sealed = '' OR r.returned_at IS NULL AND r.requested_at < p.erased_at)""",
    ),
    Rule(
        "ERASURE",
        "Person",
        "somebody was erased while a payment of hers had not ended",
        f"""SELECT p.id, y.state FROM {_GONE}
            WHERE p.erased_at IS NOT NULL AND y.state IN ('created', 'processing')""",
    ),
    Rule(
        "ERASURE",
        "Person",
        "somebody was erased while a bank was deciding",
        f"""SELECT p.id, d.state FROM {_GONE} JOIN orders_dispute d ON d.payment_id = y.id
            WHERE p.erased_at IS NOT NULL AND d.closed_at IS NULL AND d.opened_at < p.erased_at""",
    ),
    Rule(
        "ERASURE",
        "Person",
        "somebody was erased while a claim of hers was not answered",
        """SELECT p.id, c.state FROM accounts_person p JOIN orders_order o ON o.person_id = p.id
           JOIN orders_line l ON l.order_id = o.id JOIN orders_claim c ON c.line_id = l.id
           WHERE p.erased_at IS NOT NULL AND c.state IN ('open', 'disputed', 'office')""",
    ),
]
