"""Cases are about their own entry, and were decided by whom the rules allow."""

from collections.abc import Iterator

from contest.models import Case
from core.verify import Offence, Rule, broken

_FITTING = ", ".join(
    f"('{decision}', '{reason}')" for decision, reasons in Case.REASONS.items() for reason in reasons
)
RULES = [
    Rule(
        "INV-11",
        "Case",
        "a case is of another round than its entry",
        """SELECT c.id, c.rule FROM contest_case c JOIN impact_entry e ON e.id = c.entry_id
           WHERE c.round_id <> e.round_id""",
    ),
    Rule(
        "INV-11",
        "CaseItem",
        "a case keeps out an order that nobody placed for its entry",
        """SELECT i.id, c.rule FROM contest_caseitem i JOIN contest_case c ON c.id = i.case_id
           WHERE i.order_uid IS NOT NULL AND NOT EXISTS (
               SELECT FROM impact_support s WHERE s.order_uid = i.order_uid AND s.entry_id = c.entry_id)""",
    ),
    Rule(
        "INV-24",
        "Case",
        "it was decided, or answered, by one of the entry's own team",
        """SELECT c.id, c.rule FROM contest_case c JOIN impact_entry e ON e.id = c.entry_id
           JOIN accounts_auditentry a ON a.noun = 'Case' AND a.object_uid = c.uid::text AND a.deed IN ('decide', 'answer')
           WHERE EXISTS (SELECT FROM catalog_teammember m WHERE m.team_id = e.team_id AND m.person_id = a.actor_id
                         AND m.started_at <= a.at)""",
    ),
    Rule(
        "INV-24",
        "Case",
        "the audit log does not say that whoever is named has decided it",
        """SELECT c.id, c.rule FROM contest_case c WHERE c.decided_by_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM accounts_auditentry a WHERE a.noun = 'Case' AND a.object_uid = c.uid::text
               AND a.deed = 'decide' AND a.actor_id = c.decided_by_id)""",
    ),
    Rule(
        "INV-13",
        "Case",
        "what holds of it is decided for a reason that is another decision's",
        f"""SELECT id, rule FROM contest_case WHERE decision <> '' AND (decision, reason) NOT IN ({_FITTING})
           OR answer <> '' AND (answer, answer_reason) NOT IN ({_FITTING})""",
    ),
    Rule(
        "INV-13",
        "Case",
        "an appeal has made its decision harder",
        """SELECT id, rule FROM contest_case WHERE answer = 'disqualified' AND decision <> 'disqualified'
           OR answer = 'excluded' AND decision = 'cleared'""",
    ),
    Rule(
        "INV-13",
        "CaseItem",
        "it was found before its case was opened, or after its round was frozen",
        """SELECT i.id, c.rule FROM contest_caseitem i JOIN contest_case c ON c.id = i.case_id
           JOIN impact_round r ON r.id = c.round_id
           WHERE i.found_at < c.opened_at OR i.found_at > r.freezes_at""",
    ),
    Rule(
        "INV-15",
        "Entry",
        "a case has disqualified it, and it still takes part",
        """SELECT e.id, e.number FROM contest_case c JOIN impact_entry e ON e.id = c.entry_id
           JOIN contest_registration g ON g.entry_id = e.id
           WHERE coalesce(nullif(c.answer, ''), c.decision) = 'disqualified' AND g.state IN ('live', 'suspended')""",
    ),
]


def verify() -> Iterator[Offence]:
    """Every case against its entry, its items, and whoever decided."""
    yield from broken(RULES)
