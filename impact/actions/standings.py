"""Fold committed supports into standings: one sequencer, a second after the purchase at most."""

from django.db import connection, transaction

from core import failpoints
from impact.reads.figures import FIGURES, LATEST

# Any number, as long as nobody else uses it: who holds it is the sequencer.
SEQUENCER = 7_302_019

# What waits has committed; the order in which it is found becomes its number for good.
_NUMBER = """
    WITH taken AS (DELETE FROM impact_supportwaiting RETURNING support_id),
    last AS (SELECT coalesce(max(number), 0) AS number FROM impact_supportnumber),
    numbered AS (
        INSERT INTO impact_supportnumber (number, support_id)
        SELECT last.number + row_number() OVER (ORDER BY support_id), support_id FROM taken, last
        RETURNING support_id
    )
    SELECT DISTINCT entry_id FROM impact_support JOIN numbered ON support_id = id
"""
# "As of" is told: it moves with the sums that are told live, and stays where only a count or an exclusion moved.
_KEEP = f"""
    INSERT INTO impact_standing AS kept (entry_id, number, net_minor, person_times, people, organisations,
                                         mobilised_minor, excluded_minor, called_minor, folded_at)
    SELECT *, clock_timestamp() FROM ({FIGURES}) AS folded
    ON CONFLICT (entry_id) DO UPDATE SET
        number = excluded.number, net_minor = excluded.net_minor, person_times = excluded.person_times,
        people = excluded.people, organisations = excluded.organisations,
        mobilised_minor = excluded.mobilised_minor, excluded_minor = excluded.excluded_minor,
        called_minor = excluded.called_minor,
        folded_at = CASE WHEN (kept.net_minor, kept.called_minor) <> (excluded.net_minor, excluded.called_minor)
                         THEN excluded.folded_at ELSE kept.folded_at END
    WHERE kept.number < excluded.number
"""


@transaction.atomic(savepoint=False)
def fold() -> int:
    """Number the supports that wait and recompute the entries they touch; returns how many entries.

    Three statements. Each sees what had committed before it began (READ COMMITTED), and the lock is asked
    for first, so that a fold sees all that the fold before it has numbered.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER])
        cursor.execute(_NUMBER)
        touched = [entry_id for (entry_id,) in cursor.fetchall()]
        if touched:
            cursor.execute(_KEEP, {"entries": touched, "number": LATEST})
            failpoints.reach("fold.recorded")
    return len(touched)
