"""Sheets are what their published seals say, and none is counted of a judge who is recused."""

from collections.abc import Iterator

from contest import sealing
from contest.models import Sheet
from core.verify import Offence, Rule, broken

RULES = [
    Rule(
        "INV-15",
        "Sheet",
        "a sheet is counted although its judge is recused from the entry",
        """SELECT s.id, e.number || ', ' || min(c.kind) FROM contest_sheet s JOIN impact_entry e ON e.id = s.entry_id
           JOIN contest_conflict c ON c.judge_id = s.judge_id AND c.entry_id = s.entry_id AND c.state <> 'waived'
           WHERE s.state = 'counted' GROUP BY s.id, e.number""",
    ),
    Rule(
        "INV-15",
        "Sheet",
        "a sheet is open and the others of its round are not",
        """SELECT s.id, e.number FROM contest_sheet s JOIN impact_entry e ON e.id = s.entry_id
           LEFT JOIN contest_opening o ON o.round_id = e.round_id
           WHERE s.opened_at IS NOT NULL AND o.round_id IS NULL""",
    ),
    Rule(
        "INV-15",
        "Sheet",
        "a submitted sheet is still sealed although those of its round are open",
        """SELECT s.id, e.number FROM contest_sheet s JOIN impact_entry e ON e.id = s.entry_id
           JOIN contest_opening o ON o.round_id = e.round_id WHERE s.state = 'submitted'""",
    ),
    Rule(
        "INV-24",
        "Sheet",
        "a judge of another edition has given it",
        """SELECT s.id, e.number FROM contest_sheet s JOIN impact_entry e ON e.id = s.entry_id
           JOIN impact_round r ON r.id = e.round_id JOIN contest_judge j ON j.id = s.judge_id
           WHERE j.edition_id <> r.edition_id""",
    ),
]


def verify() -> Iterator[Offence]:
    """Sheets against conflicts, openings and the SHA-256 that was published of each."""
    yield from broken(RULES)
    rows = Sheet.objects.exclude(state=Sheet.State.DRAFT).select_related("judge", "entry").order_by("pk")
    for sheet in rows.iterator():
        if not _is_as_sealed(sheet):
            words = f"a sheet differs from its published SHA-256 ({sheet.entry.number}, {sheet.sha256[:12]})"
            yield Offence("INV-15", "Sheet", sheet.pk, words)


def _is_as_sealed(sheet: Sheet) -> bool:
    """What lies sealed, and what is open, by the seal; one that was refused for it is known and not counted."""
    if sheet.excluded_for == Sheet.Why.ALTERED:
        return True
    given = [sealing.open_up(sheet.sealed)]
    if sheet.opened_at is not None:
        given.append({"marks": sheet.marks, "comment": sheet.comment, "nonce": sheet.nonce})
    return all(sealing.sha256_of(sheet.judge.uid, sheet.entry.uid, one) == sheet.sha256 for one in given)
