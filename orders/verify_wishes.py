"""Wish lists: of each line one letter at most, and none of what still waits."""

from core.verify import Rule

RULES = [
    Rule(
        "WISH",
        "Wish",
        "a letter was written of it twice, or of what still waits or only is remembered",
        # Once asked for anew it is a line of its own.
        """SELECT w.id, count(*) FROM orders_wish w
           JOIN core_outboxevent e ON e.name = 'WishCameTrue' AND (e.payload ->> 'wish_id')::bigint = w.id
           GROUP BY w.id HAVING count(*) > 1 OR w.done_at IS NULL OR w.letter = 'none'""",
    ),
]
