"""I5: each replacement's households have their part from their team's reserve, once, and nothing of one called off."""

from collections import defaultdict
from collections.abc import Iterator

from core.verify import Offence, rows_of
from impact.actions.replacement import households_part
from orders.models import Replacement

# What each has brought the accounts of which lot; what only came to be others' of it is brought and taken.
_BOOKED = """
    SELECT split_part(t.key, ':', 2), coalesce(b.lot_id, a.lot_id), sum(CASE WHEN a.lot_id IS NULL
               THEN m.amount_minor ELSE -m.amount_minor END)::bigint
    FROM impact_ledgertransaction t JOIN impact_transfer m ON m.transaction_id = t.id
    JOIN impact_account a ON a.id = m.source_id JOIN impact_account b ON b.id = m.target_id
    WHERE t.reason = 'replaced' GROUP BY 1, 2
"""


def verify() -> Iterator[Offence]:
    """Each against what its units come to by price and story of the line they stand in for."""
    booked: dict[str, dict[int, int]] = defaultdict(dict)
    for uid, lot, fen in rows_of(_BOOKED):
        if fen:
            booked[uid][lot] = fen
    for replacement in Replacement.objects.select_related("claim__line__story").order_by("pk"):
        should = households_part(replacement) if replacement.state in Replacement.BOOKED else {}
        does = booked.pop(str(replacement.uid), {})
        if does != {lot: fen for lot, fen in should.items() if fen}:
            yield Offence(
                "I5", "Replacement", replacement.pk, f"its lots' households have {does}, should have {should}"
            )
    for uid in booked:
        yield Offence("I5", "LedgerTransaction", uid, "a replacement is booked that is not there")
