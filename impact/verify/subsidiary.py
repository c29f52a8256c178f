"""I5: the lots' control accounts and their subsidiary ledger, which says who, tell the same."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from impact.models.kind import NAMING_HOUSEHOLDS, OF_LOTS, sql

# Each transfer with its two ends. What comes to a lot's account from elsewhere, or goes from it, is for somebody; what
# only moves on from earmarked to owed is for those it was for.
_ENDS = f"""
    SELECT m.id, m.line_id, m.lot_number, target.kind IN {sql(OF_LOTS)} AS comes, source.kind IN {sql(OF_LOTS)} AS goes,
           CASE WHEN target.kind IN {sql(OF_LOTS)} THEN target.kind ELSE source.kind END AS kind,
           CASE WHEN target.kind IN {sql(OF_LOTS)} THEN target.lot_id ELSE source.lot_id END AS lot_id,
           CASE WHEN target.kind IN {sql(OF_LOTS)} THEN m.amount_minor ELSE -m.amount_minor END AS amount
    FROM impact_transfer m
    JOIN impact_account source ON source.id = m.source_id JOIN impact_account target ON target.id = m.target_id
"""
RULES = [
    Rule(
        "I5",
        "Transfer",
        "what a transfer brings to a lot's account and what its attributions say are not the same",
        f"""SELECT m.id, 'moves ' || m.amount || ', attributed is ' || coalesce(a.amount, 0)
            FROM ({_ENDS}) AS m
            LEFT JOIN (SELECT transfer_id, sum(amount_minor) AS amount FROM impact_attribution
                       GROUP BY transfer_id) AS a ON a.transfer_id = m.id
            WHERE CASE WHEN m.comes <> m.goes THEN m.amount <> coalesce(a.amount, 0) ELSE a.amount IS NOT NULL END""",
    ),
    Rule(
        "I5",
        "Attribution",
        "an attribution to a household that has no share of the lot, or to nobody of a lot that has households",
        # A share that was put right since was one while units were sold by it.
        f"""SELECT a.id, 'lot ' || coalesce(m.lot_id, 0) FROM impact_attribution a
            LEFT JOIN ({_ENDS}) AS m ON m.id = a.transfer_id
            LEFT JOIN impact_lotshare s ON s.lot_id = m.lot_id AND s.household_id = a.household_id
            LEFT JOIN LATERAL (
                SELECT true AS had_share FROM impact_shareversion v
                JOIN impact_shareversion after ON after.lot_id = v.lot_id AND after.number = v.number + 1
                WHERE s.id IS NULL AND v.lot_id = m.lot_id AND after.since > v.since AND m.lot_number > v.since
                  AND v.grams ? a.household_id::text LIMIT 1
            ) AS before ON true
            WHERE m.id IS NULL
               OR (m.kind IN {sql(NAMING_HOUSEHOLDS)}) <> (s.id IS NOT NULL OR before.had_share IS NOT NULL)
               OR (a.household_id IS NULL) <> (s.id IS NULL AND before.had_share IS NULL)""",
    ),
    Rule(
        "I5",
        "Attribution",
        "one transfer is attributed twice to the same",
        """SELECT max(id), transfer_id FROM impact_attribution
           GROUP BY transfer_id, household_id HAVING count(*) > 1""",
    ),
    Rule(
        "I5",
        "Transfer",
        "a household has less than nothing of a line",
        f"""SELECT max(m.id), 'lot ' || m.lot_id || ', ' || sum(a.amount_minor) FROM impact_attribution a
            JOIN ({_ENDS}) AS m ON m.id = a.transfer_id
            GROUP BY m.line_id, m.lot_id, a.household_id HAVING sum(a.amount_minor) < 0""",
    ),
    Rule(
        "I5",
        "Transfer",
        "a sharing of a lot is not numbered, or a number is not one of its sharings",
        f"""SELECT m.id, 'no. ' || coalesce(m.lot_number, 0) || ' of lot ' || coalesce(m.lot_id, 0) FROM ({_ENDS}) AS m
            LEFT JOIN impact_lottally t ON t.lot_id = m.lot_id
            WHERE (m.lot_number IS NOT NULL)
                    <> (m.comes <> m.goes AND m.kind IN {sql(NAMING_HOUSEHOLDS)})
               OR m.lot_number > t.number""",
    ),
]


def verify() -> Iterator[Offence]:
    """Both directions: no fen of a control account without its owner, and none attributed that is not there."""
    return broken(RULES)
