"""Lots and households: shares, and the credits that carried rounding leaves."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from impact.models.kind import NAMING_HOUSEHOLDS, OF_LOTS, sql
from impact.reads.positions import ATTRIBUTED, IS_OWED, LOT, SETTLED_AT
from impact.reads.sharings import OF

# In fen. Without refunds it stays under one, with many under three (domain 3.5); weights that were changed behind the
# ledger's back leave hundreds.
DRIFT = 50
# Of lots whose shares were put right after units were sold: what is shared by weights that are in force no more.
_FORMER = f"""
    former AS (
        SELECT m.line_id, {LOT} AS lot_id, {OF} AS of
        FROM impact_lottally c JOIN impact_account source ON source.lot_id = c.lot_id
        JOIN impact_transfer m ON source.id IN (m.source_id, m.target_id)
        JOIN impact_account target ON target.id = m.target_id
        JOIN impact_ledgertransaction t ON t.id = m.transaction_id
        WHERE c.corrections > 0 AND m.lot_number IS NOT NULL AND m.line_id IS NOT NULL
        GROUP BY 1, 2, 3, c.since HAVING coalesce({SETTLED_AT}, 0) <= c.since
    )
"""

RULES = [
    Rule(
        "I5",
        "Lot",
        "its shares do not weigh what its tally says",
        """SELECT coalesce(t.lot_id, s.lot_id), 'tally ' || coalesce(t.grams, 0) || ', shares ' || coalesce(s.grams, 0)
           FROM impact_lottally t
           FULL JOIN (SELECT lot_id, sum(grams) AS grams FROM impact_lotshare GROUP BY lot_id) s
                ON s.lot_id = t.lot_id
           WHERE t.grams IS DISTINCT FROM s.grams""",
    ),
    Rule(
        "I5",
        "ShareVersion",
        "its lot's shares are not what the last version says",
        # Of a lot that the release of before has shared out there is no version.
        """WITH last AS (SELECT DISTINCT ON (lot_id) id, lot_id, grams FROM impact_shareversion
                         ORDER BY lot_id, number DESC),
                said AS (SELECT last.id, last.lot_id, s.key::bigint AS household_id, s.value::bigint AS grams
                         FROM last CROSS JOIN LATERAL jsonb_each_text(last.grams) AS s),
                is_now AS (SELECT last.id, s.lot_id, s.household_id, s.grams FROM last
                           JOIN impact_lotshare s ON s.lot_id = last.lot_id)
           SELECT DISTINCT coalesce(said.id, is_now.id), 'lot ' || coalesce(said.lot_id, is_now.lot_id)
           FROM said FULL JOIN is_now ON is_now.lot_id = said.lot_id AND is_now.household_id = said.household_id
           WHERE said.grams IS DISTINCT FROM is_now.grams""",
    ),
    Rule(
        "I5",
        "ShareVersion",
        "the version before it is missing, or came later",
        """SELECT v.id, 'lot ' || v.lot_id || ', version ' || v.number FROM impact_shareversion v
           WHERE v.number > 1 AND NOT EXISTS (SELECT 1 FROM impact_shareversion w
               WHERE w.lot_id = v.lot_id AND w.number = v.number - 1 AND w.at <= v.at)""",
    ),
    Rule(
        "I5",
        "Credit",
        "rounding owes a household more than rounding can: its lot was shared out by other weights",
        f"""SELECT c.id, 'lot ' || c.lot_id || ': ' || c.numerator || ' of ' || t.grams FROM impact_credit c
            JOIN impact_lottally t ON t.lot_id = c.lot_id WHERE abs(c.numerator) > {DRIFT} * t.grams""",
    ),
    Rule(
        "I5",
        "Credit",
        "a credit is not what the attributions leave",
        # With exact credits it is the same whatever the order of sales: w·T − W·A (impact.actions.lots).
        f"""WITH {_FORMER}, attributed AS (
               SELECT {LOT} AS lot_id, a.household_id, sum(a.amount_minor) AS amount {ATTRIBUTED}
               JOIN impact_ledgertransaction t ON t.id = m.transaction_id AND t.reason <> 'made_good'
               LEFT JOIN former ON former.line_id = m.line_id AND former.lot_id = {LOT} AND former.of = {OF}
               WHERE a.household_id IS NOT NULL AND former.lot_id IS NULL GROUP BY 1, 2
           )
           SELECT c.id, 'lot ' || c.lot_id || ': is ' || c.numerator || ', should be '
                  || (s.grams * coalesce(whole.amount, 0) - t.grams * coalesce(own.amount, 0))
           FROM impact_credit c
           JOIN impact_lotshare s ON s.lot_id = c.lot_id AND s.household_id = c.household_id
           JOIN impact_lottally t ON t.lot_id = c.lot_id
           LEFT JOIN (SELECT lot_id, sum(amount) AS amount FROM attributed GROUP BY lot_id) whole
                ON whole.lot_id = c.lot_id
           LEFT JOIN attributed own ON own.lot_id = c.lot_id AND own.household_id = c.household_id
           WHERE c.numerator <> s.grams * coalesce(whole.amount, 0) - t.grams * coalesce(own.amount, 0)""",
    ),
    Rule(
        "I5",
        "LotShare",
        "a share without its credit, or a credit without its share",
        # Whoever had a share before it was put right keeps a credit of nothing.
        """SELECT coalesce(s.id, c.id), coalesce(s.lot_id, c.lot_id) FROM impact_lotshare s
           FULL JOIN impact_credit c ON c.lot_id = s.lot_id AND c.household_id = s.household_id
           LEFT JOIN impact_lottally t ON t.lot_id = c.lot_id
           WHERE c.id IS NULL OR s.id IS NULL AND (c.numerator <> 0 OR t.corrections = 0)""",
    ),
    Rule(
        "I5",
        "LotShare",
        "a share was read before its lot was last put right",
        """SELECT s.id, 'lot ' || s.lot_id FROM impact_lotshare s JOIN impact_lottally t ON t.lot_id = s.lot_id
           WHERE s.corrections <> t.corrections""",
    ),
    Rule(
        "I5",
        "Line",
        "what is set aside of it is shared by weights that are in force no more",
        f"""WITH {_FORMER}
            SELECT m.line_id, 'lot ' || m.lot_id FROM former m WHERE NOT {IS_OWED} AND EXISTS (
                SELECT 1 FROM impact_attribution a JOIN impact_transfer o ON o.id = a.transfer_id
                JOIN impact_account x ON x.id = o.source_id JOIN impact_account y ON y.id = o.target_id
                JOIN impact_ledgertransaction t ON t.id = o.transaction_id
                WHERE o.line_id = m.line_id AND coalesce(y.lot_id, x.lot_id) = m.lot_id AND {OF} = m.of
                GROUP BY a.household_id HAVING sum(a.amount_minor) <> 0)""",
    ),
    Rule(
        "I5",
        "Lot",
        "its level does not fit its number of households",
        """SELECT l.id, 'level ' || l.level || ', ' || count(s.id) || ' households' FROM catalog_lot l
           LEFT JOIN impact_lotshare s ON s.lot_id = l.id
           GROUP BY l.id HAVING (l.traced_at IS NOT NULL) <> (count(s.id) > 0) OR (count(s.id) > 0 AND (
               l.level = 0 OR (l.level = 1 AND count(s.id) < 2) OR (l.level = 2 AND count(s.id) > 1)))""",
    ),
    Rule(
        "I5",
        "Account",
        "a lot of which it is on record who grew it has earned for its team's pool",
        f"""SELECT a.id, 'lot ' || a.lot_id FROM impact_account a JOIN impact_lottally t ON t.lot_id = a.lot_id
            WHERE a.kind IN {sql(OF_LOTS - NAMING_HOUSEHOLDS)}""",
    ),
    Rule(
        "I5",
        "LotShare",
        "a share of a household of another team",
        """SELECT s.id, s.lot_id FROM impact_lotshare s JOIN impact_household h ON h.id = s.household_id
           JOIN catalog_lot l ON l.id = s.lot_id JOIN catalog_variant v ON v.id = l.variant_id
           JOIN catalog_product p ON p.id = v.product_id WHERE p.team_id <> h.team_id""",
    ),
    Rule(
        "I12",
        "Household",
        "details are kept of a household that has withdrawn or was declined",
        """SELECT h.id, h.state FROM impact_household h JOIN impact_householddetail d ON d.household_id = h.id
           WHERE h.state IN ('withdrawn', 'rejected')""",
    ),
    Rule(
        "I12",
        "ShortName",
        "a short name is kept of a household that has withdrawn or was declined, or lies open",
        """SELECT n.household_id, h.state FROM impact_shortname n JOIN impact_household h ON h.id = n.household_id
           WHERE h.state IN ('withdrawn', 'rejected') OR substr(n.sealed, 1, 2) <> 'gA'::bytea""",
    ),
    Rule(
        "I12",
        "NamesReading",
        "names were shown of another team's household, or when the list was not open",
        """SELECT r.id, 'opening ' || o.id FROM impact_namesreading r JOIN impact_namesopening o ON o.id = r.opening_id
           WHERE r.at NOT BETWEEN o.at AND o.until OR EXISTS (
               SELECT 1 FROM jsonb_array_elements_text(r.households) AS shown (id)
               LEFT JOIN impact_household h ON h.id = shown.id::bigint WHERE h.team_id IS DISTINCT FROM o.team_id)""",
    ),
    Rule(
        "I12",
        "HouseholdDetail",
        "details lie open",
        # A Fernet token begins with the version byte 0x80, in base64 "gA".
        "SELECT household_id, 'not sealed' FROM impact_householddetail WHERE substr(sealed, 1, 2) <> 'gA'::bytea",
    ),
]


def verify() -> Iterator[Offence]:
    """Shares add up, credits follow from attributions, no detail outlives its consent."""
    return broken(RULES)
