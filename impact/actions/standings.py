"""Fold committed supports into standings: one sequencer, a second after the purchase at most.

A fold costs what is new: of the orders that new supports are for it computes what they were in the figures and what
they are now, and adds the difference. What cannot be added up (how many different days, people, organisations) has
rows of its own to count in. `verify` computes all of it anew from the supports alone.
"""

from django.db import connection, transaction

from core import failpoints
from impact.reads.figures import AS_BOUGHT, BODIES, IS_MOBILISED, LEAST_OF_AN_ORGANISATION, QUALIFIES

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
    SELECT support_id, last.number FROM numbered, last
"""
# An order's supports are looked up one by one, and so is all that the fold remembers: the planner, where it has never
# counted the rows (after a restore, say), would rather read all of them, or (+ 0) all of an entry.
_SUPPORTS = """
    FROM impact_support s
    CROSS JOIN LATERAL (SELECT number FROM impact_supportnumber WHERE support_id = s.id LIMIT 1) AS n
    WHERE s.order_uid = t.order_uid AND s.entry_id + 0 = t.entry_id
"""
_OF_ORDER = f"{AS_BOUGHT} {_SUPPORTS}"
# Each touched order as it was before (sign -1) and as it is now.
_MOVED = f"""
    touched AS MATERIALIZED (
        SELECT DISTINCT entry_id, order_uid FROM impact_support WHERE id = ANY(%(supports)s)
    ), moved AS MATERIALIZED (
        SELECT -1 AS sign, was.* FROM touched t CROSS JOIN LATERAL (
            {_OF_ORDER} AND n.number <= %(before)s GROUP BY s.entry_id, s.order_uid) AS was
        UNION ALL
        SELECT 1, now.* FROM touched t CROSS JOIN LATERAL (
            {_OF_ORDER} GROUP BY s.entry_id, s.order_uid) AS now
    )
"""
_SUMS = f"""
    sums AS (
        SELECT entry_id, max(number) AS number,
               coalesce(sum(sign * net) FILTER (WHERE counts), 0) AS net,
               coalesce(sum(sign * net) FILTER (WHERE counts AND {IS_MOBILISED}), 0) AS mobilised,
               coalesce(sum(sign * net) FILTER (WHERE counts AND ({IS_MOBILISED} OR is_own_call)), 0) AS called,
               coalesce(sum(sign * net) FILTER (WHERE NOT counts), 0) AS excluded
        FROM moved GROUP BY entry_id
    )
"""
# `was` and `now` many orders of a person on a day; then her days before and after, of which so many at most count.
_PEOPLE = f"""
    days AS (
        SELECT m.*, d.id, coalesce(d.orders, 0) AS was, coalesce(d.orders, 0) + m.change AS now FROM (
            SELECT entry_id, person_key, day, sum(sign) AS change FROM moved WHERE {QUALIFIES} AND is_known
            GROUP BY entry_id, person_key, day HAVING sum(sign) <> 0
        ) AS m
        LEFT JOIN LATERAL (SELECT id, orders FROM impact_supporterday o WHERE o.entry_id = m.entry_id
                           AND o.person_key = m.person_key AND o.day = m.day LIMIT 1) AS d ON true
    ), days_left AS (
        INSERT INTO impact_supporterday (entry_id, person_key, day, orders)
        SELECT entry_id, person_key, day, now FROM days WHERE now <> 0
        ON CONFLICT (entry_id, person_key, day) DO UPDATE SET orders = excluded.orders
    ), days_gone AS (
        DELETE FROM impact_supporterday WHERE id = ANY(ARRAY(SELECT id FROM days WHERE now = 0))
    ), persons AS (
        SELECT p.entry_id, had.days AS was, had.days + p.change AS now
        FROM (SELECT entry_id, person_key, sum((now > 0)::int - (was > 0)::int) AS change FROM days
              GROUP BY entry_id, person_key) AS p
        CROSS JOIN LATERAL (SELECT count(*) AS days FROM impact_supporterday d
                            WHERE d.entry_id = p.entry_id AND d.person_key = p.person_key) AS had
    ), people AS (
        SELECT p.entry_id, sum((p.now > 0)::int - (p.was > 0)::int) AS people,
               sum(least(p.now, r.days_a_person) - least(p.was, r.days_a_person)) AS person_times
        FROM persons p JOIN impact_entry e ON e.id = p.entry_id JOIN impact_round r ON r.id = e.round_id
        GROUP BY p.entry_id
    )
"""
_ORGANISATIONS = f"""
    bodies AS (
        SELECT m.*, o.id, coalesce(o.net_minor, 0) AS was, coalesce(o.net_minor, 0) + m.change AS now FROM (
            SELECT entry_id, body, sum(sign * net) AS change FROM moved {BODIES} WHERE {QUALIFIES} AND body IS NOT NULL
            GROUP BY entry_id, body HAVING sum(sign * net) <> 0
        ) AS m
        LEFT JOIN LATERAL (SELECT id, net_minor FROM impact_supportingorganisation x WHERE x.entry_id = m.entry_id
                           AND x.organisation_id = m.body LIMIT 1) AS o ON true
    ), bodies_left AS (
        INSERT INTO impact_supportingorganisation (entry_id, organisation_id, net_minor)
        SELECT entry_id, body, now FROM bodies WHERE now <> 0
        ON CONFLICT (entry_id, organisation_id) DO UPDATE SET net_minor = excluded.net_minor
    ), bodies_gone AS (
        DELETE FROM impact_supportingorganisation WHERE id = ANY(ARRAY(SELECT id FROM bodies WHERE now = 0))
    ), organisations AS (
        SELECT entry_id, sum((now >= {LEAST_OF_AN_ORGANISATION})::int - (was >= {LEAST_OF_AN_ORGANISATION})::int) AS n
        FROM bodies GROUP BY entry_id
    )
"""
# Each new support by itself: several of one fold may be of different days. What it moved is what its order is worth to the
# entry with it, less what it was before: nothing where it is known to be the team's own.
_DAYS = f"""
    told AS (
        SELECT e.round_id, s.entry_id, s.order_uid, n.number,
               max(s.day) OVER (PARTITION BY e.round_id ORDER BY n.number) AS day
        FROM impact_support s JOIN impact_entry e ON e.id = s.entry_id
        CROSS JOIN LATERAL (SELECT number FROM impact_supportnumber WHERE support_id = s.id LIMIT 1) AS n
        WHERE s.id = ANY(%(supports)s)
    ), moved_on AS (
        SELECT t.round_id, t.entry_id, greatest(t.day, last.day) AS day, max(t.number) AS number, sum(order_.moved) AS moved
        FROM told t
        CROSS JOIN LATERAL (SELECT max(day) AS day FROM impact_standingday d WHERE d.round_id = t.round_id) AS last
        CROSS JOIN LATERAL (
            SELECT CASE WHEN bool_and(s.exclusion = '') THEN sum(s.amount_minor) ELSE 0 END
                   - CASE WHEN bool_and(s.exclusion = '') FILTER (WHERE n.number < t.number)
                          THEN sum(s.amount_minor) FILTER (WHERE n.number < t.number) ELSE 0 END AS moved
            {_SUPPORTS} AND n.number <= t.number
        ) AS order_
        GROUP BY t.round_id, t.entry_id, greatest(t.day, last.day)
    ), days_told AS (
        INSERT INTO impact_standingday (round_id, entry_id, day, net_minor, number)
        SELECT m.round_id, m.entry_id, m.day,
               coalesce(k.net_minor, 0) + sum(m.moved) OVER (PARTITION BY m.entry_id ORDER BY m.day), m.number
        FROM moved_on m LEFT JOIN impact_standing k USING (entry_id)
        ON CONFLICT (entry_id, day) DO UPDATE SET net_minor = excluded.net_minor, number = excluded.number
    )
"""
# "As of" is told: it moves with the sums that are told live, and stays where only a count or an exclusion moved.
_KEEP = f"""
    WITH {_MOVED}, {_SUMS}, {_PEOPLE}, {_ORGANISATIONS}, {_DAYS}
    INSERT INTO impact_standing AS kept (entry_id, number, net_minor, person_times, people, organisations,
                                         mobilised_minor, excluded_minor, called_minor, folded_at)
    SELECT s.entry_id, s.number, coalesce(k.net_minor, 0) + s.net,
           coalesce(k.person_times, 0) + coalesce(p.person_times, 0), coalesce(k.people, 0) + coalesce(p.people, 0),
           coalesce(k.organisations, 0) + coalesce(o.n, 0), coalesce(k.mobilised_minor, 0) + s.mobilised,
           coalesce(k.excluded_minor, 0) + s.excluded, coalesce(k.called_minor, 0) + s.called, clock_timestamp()
    FROM sums s LEFT JOIN impact_standing k USING (entry_id)
    LEFT JOIN people p USING (entry_id) LEFT JOIN organisations o USING (entry_id)
    ON CONFLICT (entry_id) DO UPDATE SET
        number = excluded.number, net_minor = excluded.net_minor, person_times = excluded.person_times,
        people = excluded.people, organisations = excluded.organisations,
        mobilised_minor = excluded.mobilised_minor, excluded_minor = excluded.excluded_minor,
        called_minor = excluded.called_minor,
        folded_at = CASE WHEN (kept.net_minor, kept.called_minor) <> (excluded.net_minor, excluded.called_minor)
                         THEN excluded.folded_at ELSE kept.folded_at END
"""


@transaction.atomic(savepoint=False)
def fold() -> int:
    """Number the supports that wait and add what they change to the entries they touch; returns how many entries.

    Three statements. Each sees what had committed before it began (READ COMMITTED), and the lock is asked
    for first, so that a fold sees all that the fold before it has numbered.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER])
        cursor.execute(_NUMBER)
        numbered = cursor.fetchall()
        if not numbered:
            return 0
        cursor.execute(_KEEP, {"supports": [pk for pk, _ in numbered], "before": numbered[0][1]})
        failpoints.reach("fold.recorded")
        return int(cursor.rowcount)
