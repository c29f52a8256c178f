"""A case is decided by whoever looks after integrity there, appealed by its team, and answered by another."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from accounts.permissions import must
from accounts.places import Place
from catalog import clean
from contest.actions.edition import demand_open, must_at, must_be_apart
from contest.events import CaseDecided
from contest.integrity.rules import thresholds_of
from contest.models import Case, Registration
from core import clock
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from impact.models import Round

DECIDE, APPEAL = "contest.decide_cases", "contest.appeal"
State, Decision = Case.State, Case.Decision
MILDEST_FIRST = (Decision.CLEARED, Decision.EXCLUDED, Decision.DISQUALIFIED)


def decide(case: Case, decision: str, reason: str, by: Person, note: str = "") -> Case:
    """What becomes of it, with a reason that fits; the team may appeal. Nobody decides where a team of her own competes."""
    _must_decide(by, case)
    found = _checked(decision, reason) | {"note": line(note, "note", 400, required=False)}
    with transaction.atomic():
        case.move_to(State.DECIDED, **found, decided_at=clock.now(), decided_by=by)
        _follow(case)
        audit.record(by, "decide", "Case", case.uid, rule=case.rule, decision=decision, reason=reason)
        record(CaseDecided(case.pk))
    return case


def appeal(case: Case, words: str, by: Person) -> Case:
    """A manager of the entry's team says why the decision is wrong, within the days that the rulebook gives."""
    must(by, APPEAL, at=Place(subject=case.entry.team.uid))
    demand_open(case.round.edition)
    if (
        case.decision == Decision.CLEARED
        or case.state not in (State.DECIDED, State.FINAL)
        or case.appealed_at
    ):
        raise Conflict()
    if not may_appeal(case):
        raise TooLate(say("申诉期已过。", "The time for an appeal is over."))
    words = line(words, "words", 1000)
    with transaction.atomic():
        case.move_to(State.APPEALED, appeal=words, appealed_by=by, appealed_at=clock.now())
        audit.record(by, "appeal", "Case", case.uid, rule=case.rule)
    return case


def answer(case: Case, decision: str, reason: str, by: Person) -> Case:
    """Another than who decided says what holds: the same, or something milder; it is final."""
    _must_decide(by, case)
    if case.decided_by_id == by.pk:
        raise NotAllowed(say("申诉由别人答复。", "Another than who decided answers an appeal."))
    found = _checked(decision, reason)
    if MILDEST_FIRST.index(Decision(decision)) > MILDEST_FIRST.index(Decision(case.decision)):
        words = say("申诉不会使决定更重。", "No appeal makes a decision harder.")
        raise Invalid(words, field="decision")
    with transaction.atomic():
        case.move_to(
            State.FINAL,
            answer=found["decision"],
            answer_reason=found["reason"],
            answered_at=clock.now(),
            answered_by=by,
        )
        _follow(case)
        audit.record(by, "answer", "Case", case.uid, rule=case.rule, decision=decision, reason=reason)
        record(CaseDecided(case.pk))
    return case


def close_due() -> int:
    """Decisions that nobody appealed in time are final; returns how many."""
    made = 0
    for round_ in Round.objects.filter(cases__state=State.DECIDED).distinct():
        last = clock.now() - _days(round_)
        for case in Case.objects.filter(round=round_, state=State.DECIDED, decided_at__lte=last):
            case.move_to(State.FINAL)
            made += 1
    return made


def appeal_ends(case: Case) -> datetime | None:
    """Until when its team may appeal; None of what is not decided."""
    return case.decided_at + _days(case.round) if case.decided_at else None


def may_appeal(case: Case) -> bool:
    """Whether its team may appeal it now."""
    ends_at = appeal_ends(case)
    is_open = case.state == State.DECIDED and case.decision != Decision.CLEARED
    return is_open and ends_at is not None and clock.now() < ends_at


def _days(round_: Round) -> timedelta:
    return timedelta(days=thresholds_of(round_)["appeal_days"])


def _must_decide(by: Person, case: Case) -> None:
    must_at(case.round, by, DECIDE)
    must_be_apart(case.round, by)


def _checked(decision: str, reason: str) -> dict[str, str]:
    clean.one_of(decision, "decision", [str(one) for one in Decision])
    if reason not in Case.REASONS[Decision(decision)]:
        raise Invalid(say("理由与决定不符。", "This reason does not fit the decision."), field="reason")
    return {"decision": decision, "reason": reason}


def _follow(case: Case) -> None:
    """Disqualified, the entry is so from now on; where its appeal was granted it takes part again."""
    registration = Registration.objects.filter(entry=case.entry_id).first()
    if registration is None:
        return
    if case.holds == Decision.DISQUALIFIED:
        if registration.can_move_to(Registration.State.DISQUALIFIED):
            # It is appealed against as a case, not as what was decided of the registration before.
            registration.move_to(
                Registration.State.DISQUALIFIED, reason=case.rule, decided_by=None, decided_at=None
            )
    elif case.decision == Decision.DISQUALIFIED and registration.state == Registration.State.DISQUALIFIED:
        cases = Case.objects.filter(entry=case.entry_id, decision=Decision.DISQUALIFIED)
        holds = any(other.holds == Decision.DISQUALIFIED for other in cases.exclude(pk=case.pk))
        # Disqualified by whoever keeps the round, for another reason, it stays so: that has an appeal of its own.
        if not holds and registration.reason in {one.rule for one in cases}:
            registration.move_to(Registration.State.LIVE, reason="")
