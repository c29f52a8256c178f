"""I4 and I6, row by row: an account is what its kind says, a transfer and a support are of their own order."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken
from impact.models.kind import FACTS, NAMING_HOUSEHOLDS, OF_LINES, OWED_OF, SET_ASIDE, Kind, kinds, sql


def _filling(column: str) -> str:
    """The kinds whose accounts fill a column."""
    return sql(kinds(lambda facts: column in facts.whose.value))


_FILLED = f"""
    (a.kind IN {_filling("team_id")}) <> (a.team_id IS NOT NULL) OR (a.kind IN {_filling("lot_id")}) <> (a.lot_id IS NOT NULL)
    OR (a.kind IN {_filling("part")}) <> (a.part <> '') OR (a.kind IN {_filling("holder")}) <> (a.holder IS NOT NULL)
"""
_MOVES_ON = " OR ".join(f"(a.kind = '{kind}' AND b.kind = '{owed}')" for kind, owed in OWED_OF.items())

RULES = [
    Rule(
        "I4",
        "Account",
        "an account is not what its kind says, or of a lot of another team or without households",
        f"""SELECT a.id, a.kind FROM impact_account a LEFT JOIN catalog_lot l ON l.id = a.lot_id
            LEFT JOIN catalog_variant v ON v.id = l.variant_id LEFT JOIN catalog_product p ON p.id = v.product_id
            WHERE {_FILLED} OR a.kind NOT IN {sql(frozenset(FACTS))} OR p.team_id <> a.team_id
               OR a.kind IN {sql(NAMING_HOUSEHOLDS)}
                  AND NOT EXISTS (SELECT 1 FROM impact_lottally t WHERE t.lot_id = a.lot_id)""",
    ),
    Rule(
        "I4",
        "Transfer",
        "a transfer is for a line of another order or team, or does not tell which line it is for",
        f"""SELECT m.id, m.amount_minor FROM impact_transfer m
            JOIN impact_ledgertransaction t ON t.id = m.transaction_id
            JOIN impact_account a ON a.id = m.source_id JOIN impact_account b ON b.id = m.target_id
            LEFT JOIN orders_line l ON l.id = m.line_id LEFT JOIN orders_order o ON o.id = l.order_id
            WHERE o.uid <> t.order_uid OR l.team_id <> coalesce(a.team_id, b.team_id)
               -- What is made good is for the lot.
               OR (m.line_id IS NOT NULL) <> (t.reason <> 'made_good' AND (a.kind IN {sql(OF_LINES)} OR b.kind IN {sql(OF_LINES)}
                                                 OR '{Kind.COUPONS.value}' IN (a.kind, b.kind)))""",
    ),
    Rule(
        "I4",
        "Transfer",
        "what is set aside moves only to be owed, and then within one place, or to and from those outside",
        f"""SELECT m.id, a.kind || ' to ' || b.kind FROM impact_transfer m
            JOIN impact_ledgertransaction t ON t.id = m.transaction_id
            JOIN impact_account a ON a.id = m.source_id JOIN impact_account b ON b.id = m.target_id
            WHERE (t.reason IN ('owed', 'replaced_due')) <> (a.kind IN {sql(SET_ASIDE)} AND b.kind IN {sql(SET_ASIDE)})
               OR t.reason IN ('owed', 'replaced_due') AND ((a.team_id, a.lot_id, a.part) IS DISTINCT FROM (b.team_id, b.lot_id, b.part)
                                         OR NOT ({_MOVES_ON}))""",
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
