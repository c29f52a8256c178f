"""I5: shares that were put right: each correction is a version, and has moved and made good what its weights say, to the fen."""

from collections import defaultdict
from collections.abc import Iterator

from core.verify import Offence, Rule, broken, rows_of
from impact.actions.correction import grams_of
from impact.models import Attribution, Kind, LedgerTransaction, ShareCorrection, ShareVersion
from impact.reads.sharings import lacking, made_good_of, sharings_of

Reason = LedgerTransaction.Reason

RULES = [
    Rule(
        "I5",
        "LotTally",
        "its shares were not put right as often as it says",
        """SELECT t.lot_id, t.corrections || ', approved ' || count(c.id) FROM impact_lottally t
           LEFT JOIN impact_sharecorrection c ON c.lot_id = t.lot_id AND c.state = 'approved'
           GROUP BY t.lot_id, t.corrections HAVING t.corrections <> count(c.id)""",
    ),
    Rule(
        "I5",
        "ShareCorrection",
        "it is approved by whoever asked for it, or is no version of its lot's shares",
        """SELECT c.id, 'lot ' || c.lot_id FROM impact_sharecorrection c
           LEFT JOIN impact_shareversion v ON v.lot_id = c.lot_id AND v.number = c.version + 1
           WHERE c.state = 'approved' AND (c.decided_by_id = c.asked_by_id OR v.grams IS DISTINCT FROM c.grams)""",
    ),
    Rule(
        "I5",
        "LedgerTransaction",
        "money went to other households, and nobody has put their lot's shares right",
        """SELECT t.id, t.key FROM impact_ledgertransaction t
           WHERE t.reason IN ('corrected', 'made_good') AND NOT EXISTS (
               SELECT 1 FROM impact_sharecorrection c
               WHERE c.state = 'approved' AND replace(c.uid::text, '-', '') = split_part(t.key, ':', 2))""",
    ),
    Rule(
        "I5",
        "LedgerTransaction",
        "what left households of a lot and what came to others of it are not the same",
        f"""SELECT m.transaction_id, sum(CASE WHEN a.kind = '{Kind.CLEARING}' THEN -m.amount_minor ELSE m.amount_minor END)
            FROM impact_transfer m JOIN impact_account a ON a.id = m.source_id JOIN impact_account b ON b.id = m.target_id
            WHERE '{Kind.CLEARING}' IN (a.kind, b.kind) GROUP BY 1
            HAVING sum(CASE WHEN a.kind = '{Kind.CLEARING}' THEN -m.amount_minor ELSE m.amount_minor END) <> 0""",
    ),
]
_GAINED = """
    SELECT a.household_id, sum(a.amount_minor)::bigint
    FROM impact_attribution a JOIN impact_transfer m ON m.id = a.transfer_id
    JOIN impact_ledgertransaction t ON t.id = m.transaction_id
    WHERE t.reason = 'corrected' AND split_part(t.key, ':', 2) = %(uid)s
       OR t.reason = 'replaced' AND split_part(t.key, ':', 3) = %(uid)s
    GROUP BY 1
"""


def verify() -> Iterator[Offence]:
    """Each that is approved, against what stood in the ledger when it was."""
    yield from broken(RULES)
    for correction in ShareCorrection.objects.filter(state=ShareCorrection.State.APPROVED).order_by("pk"):
        yield from _check(correction)


def _check(correction: ShareCorrection) -> Iterator[Offence]:
    version = ShareVersion.objects.filter(lot=correction.lot_id, number=correction.version + 1).first()
    if version is None:
        return
    stood = sharings_of(correction.lot_id, version.since, correction.decided_at)
    before = made_good_of(correction.lot_id, transfer__lot_number__lte=version.since)
    should = lacking(stood, before, grams_of(correction))
    does: dict[int, int] = defaultdict(int)
    key = f"{Reason.MADE_GOOD}:{correction.uid.hex}"
    for row in Attribution.objects.filter(transfer__transaction__key=key):
        does[row.household_id or 0] += row.amount_minor
    if should != does:
        words = f"made good is {sum(does.values())} to {len(does)}, should be {sum(should.values())} to {len(should)}"
        yield Offence("I5", "ShareCorrection", correction.pk, words)
    gained = [fen for _, fen in rows_of(_GAINED, {"uid": correction.uid.hex})]
    told = (correction.moved_minor, correction.made_good_minor)
    found = (sum(max(0, fen) for fen in gained), sum(does.values()))
    if told != found:
        yield Offence("I5", "ShareCorrection", correction.pk, f"says {told}, the ledger {found}")
