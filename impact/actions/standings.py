"""Fold committed supports into standings: one sequencer, a second after the purchase at most."""

from django.db import connection, transaction

from core import failpoints
from impact.reads.figures import FIGURES, LATEST

# Any number, as long as nobody else uses it: who holds it is the sequencer.
SEQUENCER = 7_302_019

# What waits has committed; the order in which it is found becomes its number for good. Of the orders it is about,
# those that qualify from now on, or no longer do, move who is present where, and that how many there are.
_NUMBER = """
    WITH taken AS (DELETE FROM impact_supportwaiting RETURNING support_id),
    last AS (SELECT coalesce(max(number), 0) AS number FROM impact_supportnumber),
    numbered AS (
        INSERT INTO impact_supportnumber (number, support_id)
        SELECT last.number + row_number() OVER (ORDER BY support_id), support_id FROM taken, last
        RETURNING support_id
    ), told AS (
        SELECT DISTINCT s.entry_id, s.order_uid, s.exclusion = '' AS counts
        FROM impact_support s JOIN numbered n ON n.support_id = s.id
    ), turned AS (
        SELECT s.entry_id, s.person_key, s.is_known_person, s.organisation_id, s.mobiliser_organisation_id,
               CASE WHEN sum(s.amount_minor) > 0 THEN 1 ELSE -1 END AS orders
        FROM told JOIN impact_support s ON s.entry_id = told.entry_id AND s.order_uid = told.order_uid
        LEFT JOIN impact_supportnumber before ON before.support_id = s.id
        LEFT JOIN numbered ON numbered.support_id = s.id
        WHERE told.counts AND (before.support_id IS NOT NULL OR numbered.support_id IS NOT NULL)
        GROUP BY s.entry_id, s.order_uid, s.person_key, s.is_known_person, s.organisation_id,
                 s.mobiliser_organisation_id
        HAVING (sum(s.amount_minor) > 0)
            <> (coalesce(sum(s.amount_minor) FILTER (WHERE before.support_id IS NOT NULL), 0) > 0)
    ), present AS (
        INSERT INTO impact_presence AS kept (round_id, division_id, person_key, organisation_id, orders)
        SELECT e.round_id, place, person_key, organisation_id, sum(orders)
        FROM (
            SELECT entry_id, person_key, NULL::bigint AS organisation_id, orders FROM turned WHERE is_known_person
            UNION ALL SELECT entry_id, '', organisation_id, orders FROM turned
            UNION ALL SELECT entry_id, '', mobiliser_organisation_id, orders FROM turned
            WHERE mobiliser_organisation_id IS DISTINCT FROM organisation_id
        ) AS who
        JOIN impact_entry e ON e.id = who.entry_id JOIN catalog_team t ON t.id = e.team_id
        CROSS JOIN LATERAL (VALUES (t.division_id), (NULL)) AS places (place)
        WHERE person_key <> '' OR organisation_id IS NOT NULL
        GROUP BY e.round_id, place, person_key, organisation_id
        ON CONFLICT (round_id, division_id, person_key, organisation_id)
            DO UPDATE SET orders = kept.orders + excluded.orders
        RETURNING round_id, division_id, organisation_id IS NULL AS is_person,
                  (new.orders > 0)::int - (coalesce(old.orders, 0) > 0)::int AS came
    ), turnout AS (
        INSERT INTO impact_turnout AS kept (round_id, division_id, people, organisations)
        SELECT round_id, division_id, coalesce(sum(came) FILTER (WHERE is_person), 0),
               coalesce(sum(came) FILTER (WHERE NOT is_person), 0)
        FROM present GROUP BY round_id, division_id
        ON CONFLICT (round_id, division_id) DO UPDATE SET
            people = kept.people + excluded.people, organisations = kept.organisations + excluded.organisations
    )
    SELECT DISTINCT entry_id FROM told
"""
_KEEP = f"""
    INSERT INTO impact_standing AS kept (entry_id, number, net_minor, person_times, people, organisations,
                                         mobilised_minor, excluded_minor, folded_at)
    SELECT *, clock_timestamp() FROM ({FIGURES}) AS folded
    ON CONFLICT (entry_id) DO UPDATE SET
        number = excluded.number, net_minor = excluded.net_minor, person_times = excluded.person_times,
        people = excluded.people, organisations = excluded.organisations,
        mobilised_minor = excluded.mobilised_minor, excluded_minor = excluded.excluded_minor,
        folded_at = excluded.folded_at
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
