"""I4: transactions balance, and the ledger's mirror of the provider says what the payments say."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from impact.models.kind import kinds, sql

# What stands where, order by order: each transfer told from both its ends.
_STANDS = """
    SELECT t.order_uid, a.kind, a.holder, sum(ends.amount) AS amount
    FROM impact_ledgertransaction t JOIN impact_transfer m ON m.transaction_id = t.id
    CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
         AS ends (account_id, amount)
    JOIN impact_account a ON a.id = ends.account_id
    GROUP BY t.order_uid, a.kind, a.holder
"""
# What the provider moved of each order's money, by what is known of payments, refunds and disputes.
# What a dispute gave of a refund counts as the dispute's.
_MOVED = """
    SELECT o.id, o.uid, o.state, coalesce(paid.came, 0) AS came, coalesce(back.given, 0) AS given, coalesce(back.otherwise, 0) AS otherwise,
           coalesce(back.promised, 0) AS promised, coalesce(taken.lost, 0) AS lost
    FROM orders_order o
    LEFT JOIN (SELECT order_id, sum(received_minor) AS came FROM orders_payment
               WHERE state = 'succeeded' GROUP BY order_id) paid ON paid.order_id = o.id
    LEFT JOIN (SELECT p.order_id,
                      sum(CASE WHEN r.state = 'succeeded' AND r.otherwise = '' THEN r.amount_minor - r.disputed_minor
                               ELSE r.given_minor END - coalesce(hand.given, 0)) AS given,
                      sum(CASE WHEN r.state = 'succeeded' AND r.otherwise <> '' THEN r.amount_minor - r.disputed_minor - r.given_minor
                               ELSE 0 END + coalesce(hand.given, 0)) AS otherwise,
                      sum(r.amount_minor - r.disputed_minor - r.given_minor)
                          FILTER (WHERE r.state <> 'succeeded') AS promised
               FROM orders_refund r JOIN orders_payment p ON p.id = r.payment_id
               LEFT JOIN (SELECT refund_id, sum(amount_minor) AS given FROM orders_refundgiven
                          WHERE otherwise <> '' GROUP BY refund_id) hand ON hand.refund_id = r.id
               WHERE r.reason <> 'dispute' GROUP BY p.order_id) back ON back.order_id = o.id
    LEFT JOIN (SELECT p.order_id, sum(d.lost_minor) AS lost FROM orders_dispute d
               JOIN orders_payment p ON p.id = d.payment_id GROUP BY p.order_id) taken ON taken.order_id = o.id
"""
_BY_ORDER = f"""
    SELECT moved.id, {{detail}} FROM ({_MOVED}) moved
    LEFT JOIN (SELECT order_uid, sum(amount) AS amount FROM ({_STANDS}) s WHERE kind = '{{kind}}'
               GROUP BY order_uid) stands ON stands.order_uid = moved.uid
    WHERE coalesce(stands.amount, 0) <> {{expected}} ORDER BY moved.id
"""


def _by_order(kind: str, expected: str) -> str:
    detail = f"'is ' || coalesce(stands.amount, 0) || ', should be ' || ({expected})"
    return _BY_ORDER.format(kind=kind, expected=f"({expected})", detail=detail)


RULES = [
    Rule(
        "I4",
        "LedgerTransaction",
        "a transaction without transfers",
        """SELECT t.id, t.key FROM impact_ledgertransaction t
           WHERE NOT EXISTS (SELECT 1 FROM impact_transfer m WHERE m.transaction_id = t.id)""",
    ),
    Rule(
        "I4",
        "LedgerTransaction",
        "a key that does not say its reason",
        "SELECT id, key FROM impact_ledgertransaction WHERE split_part(key, ':', 1) <> reason",
    ),
    Rule(
        "I4",
        "LedgerTransaction",
        "a transaction of an order that is not there",
        """SELECT t.id, t.key FROM impact_ledgertransaction t
           WHERE (t.reason = 'made_good') <> (t.order_uid IS NULL)
              OR t.order_uid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.uid = t.order_uid)""",
    ),
    Rule(
        "I4",
        "Transfer",
        "a transfer that moves nothing, or from an account to itself",
        "SELECT id, amount_minor FROM impact_transfer WHERE amount_minor <= 0 OR source_id = target_id",
    ),
    Rule(
        "I4",
        "Order",
        "the ledger's mirror of the provider is not what its payments and refunds say",
        _by_order("gateway", "given + lost - came"),
    ),
    Rule(
        "I4",
        "Refund",
        "what attempts before have given of it is not what the ledger says",
        """SELECT r.id, r.given_minor || ', given ' || coalesce(sum(g.amount), 0) FROM orders_refund r
           LEFT JOIN (SELECT split_part(t.key, ':', 2) AS uid, split_part(t.key, ':', 3)::int AS attempt,
                             sum(CASE t.reason WHEN 'given_back' THEN m.amount_minor ELSE -m.amount_minor END) AS amount
                      FROM impact_ledgertransaction t JOIN impact_transfer m ON m.transaction_id = t.id
                      WHERE t.reason IN ('given_back', 'returned') GROUP BY 1, 2) g
                  ON g.uid = r.uid::text AND (r.state <> 'succeeded' OR g.attempt < r.attempt)
           GROUP BY r.id HAVING r.given_minor <> coalesce(sum(g.amount), 0)""",
    ),
    Rule(
        "I4",
        "Order",
        "what is owed back to the buyer is not what its open refunds say",
        _by_order("buyer", "promised"),
    ),
    Rule(
        "I4",
        "Order",
        "what the shop gave back of its own purse is not what its refunds say",
        _by_order("purse", "otherwise"),
    ),
    Rule(
        "I4",
        "Order",
        "escrow is not what held orders paid",
        f"""SELECT coalesce(h.id, 0), 'holds ' || coalesce(s.amount, 0) || ', held orders paid ' || coalesce(h.amount, 0)
            FROM (SELECT holder, sum(amount) AS amount FROM ({_STANDS}) e WHERE kind = 'escrow' GROUP BY holder) s
            FULL JOIN (SELECT o.holder, min(o.id) AS id, sum(o.total_minor - (
                               SELECT coalesce(sum(r.amount_minor), 0) FROM orders_refund r
                               JOIN orders_payment p ON p.id = r.payment_id
                               WHERE p.order_id = o.id AND p.is_kept AND r.state <> 'undone')) AS amount
                       FROM orders_order o WHERE o.state = 'held' GROUP BY o.holder) h ON h.holder = s.holder
            WHERE coalesce(s.amount, 0) <> coalesce(h.amount, 0)""",
    ),
    Rule(
        "I4",
        "Account",
        "an account that should never be below zero",
        f"""SELECT a.id, a.kind || ' holds ' || sum(ends.amount) FROM impact_transfer m
           CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
                AS ends (account_id, amount)
           JOIN impact_account a ON a.id = ends.account_id
           WHERE a.kind NOT IN {sql(kinds(lambda facts: facts.may_be_below_zero))} GROUP BY a.id HAVING sum(ends.amount) < 0""",
    ),
    Rule(
        "I4",
        "Account",
        "accounts' balances do not add up to zero",
        """SELECT 0, sum(ends.amount) FROM impact_transfer m
           CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
                AS ends (account_id, amount) JOIN impact_account a ON a.id = ends.account_id
           HAVING sum(ends.amount) <> 0""",
    ),
]


def verify() -> Iterator[Offence]:
    """I4, and the ledger against payments, refunds, disputes and what is held."""
    return broken(RULES)
