"""The ledger as a team's statement has it: what each transaction moved, by month and cell.

One text for the fold, which adds what is new, and for `verify`, which adds up everything.
"""

from impact.models.kind import EARMARKED, HOUSEHOLDS, OF_HOUSEHOLDS, OWED, SET_ASIDE, SHIPPING, Kind, sql

CELL = "team_id, product_id, part, channel, supporter"
SUMS = ("sold", "refunded", "replaced", "set_aside", "owed")
_OF_SENDING = sql(frozenset({Kind.SHIPPING_EARMARKED, Kind.SHIPPING_OWED}))
_SALES = "('paid', 'confirmed')"
# Each transfer from its team's side: what came to what is set aside or owed, or (below zero) left it. What only moves on from
# the one to the other has both its ends there, and is neither sold nor given back.
MOVED = f"""
    SELECT a.team_id, date_trunc('month', t.at AT TIME ZONE 'Asia/Shanghai')::date AS month, coalesce(v.product_id, of_lot.product_id) AS product_id,
           CASE WHEN a.kind IN {sql(OF_HOUSEHOLDS)} THEN '{HOUSEHOLDS}' WHEN a.kind IN {_OF_SENDING} THEN '{SHIPPING}'
                ELSE a.part END AS part,
           coalesce(o.channel, '') AS channel, coalesce(o.supporter, '') AS supporter,
           CASE WHEN other.kind IN {sql(SET_ASIDE)} OR other.kind = '{Kind.TEAM_RESERVE}' OR t.reason NOT IN {_SALES}
                THEN 0 ELSE e.amount END AS sold,
           CASE WHEN other.kind IN {sql(SET_ASIDE)} OR other.kind = '{Kind.TEAM_RESERVE}' OR t.reason IN {_SALES}
                THEN 0 ELSE -e.amount END AS refunded,
           CASE WHEN other.kind = '{Kind.TEAM_RESERVE}' THEN e.amount ELSE 0 END AS replaced,
           CASE WHEN a.kind IN {sql(EARMARKED)} THEN e.amount ELSE 0 END AS set_aside,
           CASE WHEN a.kind IN {sql(OWED)} THEN e.amount ELSE 0 END AS owed
    FROM impact_ledgertransaction t
    JOIN impact_transfer m ON m.transaction_id = t.id
    CROSS JOIN LATERAL (VALUES (m.target_id, m.source_id, m.amount_minor), (m.source_id, m.target_id, -m.amount_minor))
         AS e (account_id, other_id, amount)
    JOIN impact_account a ON a.id = e.account_id AND a.kind IN {sql(SET_ASIDE)}
    JOIN impact_account other ON other.id = e.other_id
    LEFT JOIN orders_line l ON l.id = m.line_id LEFT JOIN catalog_variant v ON v.id = l.variant_id
    -- What is made good is for a lot and no line.
    LEFT JOIN catalog_lot lot ON lot.id = a.lot_id LEFT JOIN catalog_variant of_lot ON of_lot.id = lot.variant_id
    LEFT JOIN orders_order o ON o.uid = t.order_uid
"""
WITHOUT_TEAM = CELL.removeprefix("team_id, ")
# Of one team what is posted and in no month yet: seconds old. Read in the one statement that reads the months, so that nothing is
# told twice and nothing is missing.
WAITS = f"""
    waits AS MATERIALIZED (
        {MOVED} WHERE t.id = ANY(ARRAY(SELECT transaction_id FROM impact_statementwaiting)) AND a.team_id = %(team)s
    )
"""
# What stands of it now.
STANDS = f"""
    stands AS (
        SELECT {WITHOUT_TEAM}, set_aside_minor AS set_aside, owed_minor AS owed
        FROM impact_statementbalance WHERE team_id = %(team)s
        UNION ALL SELECT {WITHOUT_TEAM}, set_aside, owed FROM waits
    )
"""
