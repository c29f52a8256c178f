"""Fold the ledger's transactions into their teams' months: one sequencer, some seconds after they were posted.

As standings are folded (docs/decisions/0025), and for the same reason: at once, whoever buys of a popular team would wait
for a row of its month, and a refund that comes the other way for her. What is folded costs what is new.
"""

from django.db import connection, transaction

from impact.reads.ledger_by_month import CELL, MOVED, SUMS

# Any number, as long as nobody else uses it: who holds it is the sequencer.
SEQUENCER = 7_302_020

_IN_ALL = ", ".join(f"sum({name}) AS {name}" for name in SUMS)
_COLUMNS = ", ".join(f"{name}_minor" for name in SUMS)
_ADDED = ", ".join(f"{name}_minor = kept.{name}_minor + excluded.{name}_minor" for name in SUMS)
# What waits has committed; it is taken away in the statement that adds it, so that each is added once. As an array it is
# looked up one by one: of a table that is empty most of the time the planner expects thousands, and would read the whole ledger.
_FOLD = f"""
    WITH taken AS (
        DELETE FROM impact_statementwaiting RETURNING transaction_id
    ), moved AS MATERIALIZED (
        SELECT {CELL}, month, {_IN_ALL}
        FROM ({MOVED} WHERE t.id = ANY(ARRAY(SELECT transaction_id FROM taken))) AS m GROUP BY {CELL}, month
    ), stands AS (
        INSERT INTO impact_statementbalance AS kept ({CELL}, set_aside_minor, owed_minor)
        SELECT {CELL}, sum(set_aside), sum(owed) FROM moved GROUP BY {CELL}
        ON CONFLICT ({CELL}) DO UPDATE SET set_aside_minor = kept.set_aside_minor + excluded.set_aside_minor,
                                           owed_minor = kept.owed_minor + excluded.owed_minor
    ), months AS (
        INSERT INTO impact_statementmonth AS kept ({CELL}, month, {_COLUMNS})
        SELECT {CELL}, month, {", ".join(SUMS)} FROM moved
        ON CONFLICT ({CELL}, month) DO UPDATE SET {_ADDED}
    )
    SELECT count(*) FROM taken
"""


@transaction.atomic(savepoint=False)
def fold() -> int:
    """Add what waits to the months it belongs to; returns how many transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER])
        cursor.execute(_FOLD)
        (count,) = cursor.fetchone()
    return int(count)
