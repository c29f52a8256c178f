"""Each entry has its registration, and each round its plan."""

from collections.abc import Iterator

from core.verify import Offence, Rule, broken

RULES = [
    Rule(
        "INV-11",
        "Entry",
        "an entry takes part and no registration says so",
        """SELECT e.id, e.number FROM impact_entry e LEFT JOIN contest_registration r ON r.entry_id = e.id
           WHERE e.approved_at IS NOT NULL AND coalesce(r.state, '') NOT IN ('live', 'suspended', 'withdrawn',
                                                                             'disqualified')""",
    ),
    Rule(
        "INV-11",
        "Registration",
        "a registration is of another team or round than its entry",
        """SELECT r.id, e.number FROM contest_registration r JOIN impact_entry e ON e.id = r.entry_id
           WHERE r.team_id <> e.team_id OR r.round_id <> e.round_id""",
    ),
    Rule(
        "INV-14",
        "Round",
        "something was bought in a round whose rulebook can still change",
        """SELECT r.id, r.level FROM contest_roundplan p JOIN impact_round r ON r.id = p.round_id
             JOIN contest_rulebook b ON b.id = p.rulebook_id
           WHERE b.frozen_at IS NULL AND EXISTS (
             SELECT 1 FROM impact_support s JOIN impact_entry e ON e.id = s.entry_id WHERE e.round_id = r.id)""",
    ),
    Rule(
        "INV-14",
        "Round",
        "a round has no plan",
        """SELECT r.id, r.level FROM impact_round r LEFT JOIN contest_roundplan p ON p.round_id = r.id
           WHERE p.round_id IS NULL""",
    ),
]


def verify() -> Iterator[Offence]:
    """Entries against registrations, rounds against plans."""
    yield from broken(RULES)
