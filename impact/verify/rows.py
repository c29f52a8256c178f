"""I4 and I6, row by row: an account is what its kind says, a transfer and a support are of their own order."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken

# Where money stands that is somebody's part of a line; of these some know the lot it came from.
_OF_A_LOT = "('earmarked', 'owed', 'pool_earmarked', 'pool_owed')"
_OF_A_LINE = "('earmarked', 'owed', 'pool_earmarked', 'pool_owed', 'part_earmarked', 'part_owed')"

RULES = [
    Rule(
        "I4",
        "Account",
        "an account is not what its kind says, or of a household of another team",
        """SELECT a.id, a.kind FROM impact_account a LEFT JOIN impact_household h ON h.id = a.household_id
           WHERE (a.kind IN ('earmarked', 'owed')) <> (a.household_id IS NOT NULL)
              OR h.team_id IS DISTINCT FROM CASE WHEN h.id IS NULL THEN NULL ELSE a.team_id END
              OR (a.kind IN ('gateway', 'escrow', 'buyer', 'reserve', 'purse')) <> (a.team_id IS NULL)
              OR (a.kind IN ('part_earmarked', 'part_owed')) <> (a.part <> '')
              OR (a.kind = 'escrow') <> (a.holder IS NOT NULL)""",
    ),
    Rule(
        "I4",
        "Transfer",
        "a transfer is for a line of another order, or tells of a line or lot that it is not for",
        f"""SELECT m.id, m.amount_minor FROM impact_transfer m
            JOIN impact_ledgertransaction t ON t.id = m.transaction_id
            JOIN impact_account a ON a.id = m.source_id JOIN impact_account b ON b.id = m.target_id
            LEFT JOIN orders_line l ON l.id = m.line_id LEFT JOIN orders_order o ON o.id = l.order_id
            WHERE o.uid <> t.order_uid
               OR (m.line_id IS NOT NULL) <> (a.kind IN {_OF_A_LINE} OR b.kind IN {_OF_A_LINE})
               OR (m.lot_id IS NOT NULL) <> (a.kind IN {_OF_A_LOT} OR b.kind IN {_OF_A_LOT})""",
    ),
    Rule(
        "I6",
        "Support",
        "a support is of an organisation or by a call that its order does not know",
        """SELECT s.id, s.entry_id FROM impact_support s JOIN orders_order o ON o.uid = s.order_uid
           WHERE s.organisation_id <> coalesce(o.organisation_id, 0)
              OR s.mobiliser_organisation_id <> coalesce(o.mobiliser_organisation_id, 0)
              OR s.mobiliser_person_id <> coalesce(o.mobiliser_person_id, 0)""",
    ),
    Rule(
        "I6",
        "Support",
        "a proof of whose a support is tells more of it than that",
        """SELECT s.id, 'of ' || bought.id FROM impact_support s JOIN impact_support bought
               ON bought.order_uid = s.order_uid AND bought.entry_id = s.entry_id
           WHERE s.transaction_id IS NULL AND bought.transaction_id IS NOT NULL
             AND ((s.day, s.organisation_id, s.mobiliser_organisation_id, s.is_own_call) IS DISTINCT FROM
                  (bought.day, bought.organisation_id, bought.mobiliser_organisation_id, bought.is_own_call)
                  -- Or that the code was her own; nobody else is put in her place.
                  OR s.mobiliser_person_id IS DISTINCT FROM bought.mobiliser_person_id
                     AND s.mobiliser_person_id IS NOT NULL)""",
    ),
]


def verify() -> Iterator[Offence]:
    """What no sum shows: that rows are whose they say."""
    return broken(RULES)
