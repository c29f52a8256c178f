"""A team appeals against what was decided about it, and another than who decided answers."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from accounts.places import Place
from catalog import clean
from contest.actions.edition import KEEP, demand_open, must_at, must_be_apart
from contest.actions.registration import ENTER, locked_row, may_decide
from contest.events import AppealAnswered
from contest.models import Registration, RegistrationAppeal
from core import outbox
from core.language import say
from core.refusals import Conflict, NotAllowed, TooLate

State = Registration.State
# Since the decision, by everybody's clock.
APPEALED_WITHIN = timedelta(days=3)
AGAINST = (State.SUSPENDED, State.DISQUALIFIED)


def appeal(registration: Registration, by: Person, words: str) -> RegistrationAppeal:
    """Within three days of being suspended or disqualified, once a decision."""
    must(by, ENTER, at=Place(subject=registration.team.uid))
    demand_open(registration.round.edition)
    words = clean.text_for(RegistrationAppeal, "words", words, required=True)
    with transaction.atomic():
        row = locked_row(registration)
        if row.state not in AGAINST:
            raise Conflict(say("没有可以申诉的决定。", "There is no decision to appeal against."))
        if row.decided_at is None or timezone.now() >= row.decided_at + APPEALED_WITHIN:
            raise TooLate(say("三天的申诉期已过。", "It could be appealed against for three days."))
        if row.appeals.filter(filed_at__gte=row.decided_at).exists():
            raise Conflict(say("这个决定已经申诉过。", "This decision was appealed against already."))
        made = RegistrationAppeal.objects.create(
            registration=row,
            against=row.state,
            decided_by=row.decided_by,
            words=words,
            filed_by=by,
            filed_at=timezone.now(),
        )
        audit.record(by, "appeal", "Registration", row.uid, team=row.team.code)
    return made


def answer(filed: RegistrationAppeal, by: Person, is_granted: bool, words: str) -> RegistrationAppeal:
    """Granted, the team competes again; whoever decided does not answer, nor whoever is of the team."""
    registration = filed.registration
    must_at(registration.round, by, KEEP)
    must_be_apart(registration.round, by)
    may_decide(registration, by)
    words = clean.text_for(RegistrationAppeal, "answer", words, required=True)
    with transaction.atomic():
        row = locked_row(registration)
        rows = RegistrationAppeal.objects.select_for_update(of=("self",))
        found = rows.get(pk=filed.pk)
        if found.answered_at is not None:
            raise Conflict(say("已经答复过。", "It was answered already."))
        if found.decided_by_id == by.pk:
            raise NotAllowed(say("作决定的人不答复申诉。", "Whoever decided does not answer the appeal."))
        found.is_granted, found.answer = is_granted, words
        found.answered_by, found.answered_at = by, timezone.now()
        found.save(update_fields=["is_granted", "answer", "answered_by", "answered_at"])
        if is_granted and row.state in AGAINST:
            row.move_to(State.LIVE, reason="", decided_by=by, decided_at=timezone.now())
        outbox.record(AppealAnswered(appeal_id=found.pk))
        audit.record(by, "answer_appeal", "Registration", row.uid, team=row.team.code, granted=is_granted)
    return found
