"""How a team's part in a round ends or rests: withdrawn by itself, suspended or disqualified by the round's organiser.

What was bought for it stays a fact: its figures are told, and no rank is.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from accounts.permissions import must
from accounts.places import Place
from catalog import clean
from contest.actions.edition import KEEP, demand_open, must_at, must_be_apart
from contest.actions.entry import leave
from contest.actions.registration import ENTER, locked_row, may_decide, tell
from contest.models import Registration, RoundPlan
from core.language import say
from core.refusals import Conflict, TooLate

State = Registration.State
# By what the audit log calls each.
ACTION: dict[str, str] = {State.SUSPENDED: "suspend", State.DISQUALIFIED: "disqualify", State.LIVE: "resume"}


def withdraw(registration: Registration, by: Person, reason: str = "") -> Registration:
    """The team's own word, until its result is published: an invitation that it turns down, or a part that it gives up."""
    must(by, ENTER, at=Place(subject=registration.team.uid))
    demand_open(registration.round.edition)
    reason = clean.text_for(Registration, "reason", reason)
    with transaction.atomic():
        row = locked_row(registration)
        _demand_unpublished(row)
        if row.entry is not None and row.state in (State.LIVE, State.SUSPENDED):
            leave(row.entry, reason)
        row.move_to(State.WITHDRAWN, reason=reason, decided_by=None, decided_at=timezone.now())
        tell(row, by, "withdraw")
    return row


def suspend(registration: Registration, by: Person, reason: str) -> Registration:
    """It rests until it is taken back or disqualified: no rank meanwhile, and its sales go on."""
    return _decide(registration, by, State.SUSPENDED, reason)


def disqualify(registration: Registration, by: Person, reason: str) -> Registration:
    """It is out of competition for good, unless an appeal is granted."""
    return _decide(registration, by, State.DISQUALIFIED, reason)


def resume(registration: Registration, by: Person) -> Registration:
    """A suspended team competes again."""
    return _decide(registration, by, State.LIVE)


def _decide(registration: Registration, by: Person, state: str, reason: str = "") -> Registration:
    must_at(registration.round, by, KEEP)
    must_be_apart(registration.round, by)
    may_decide(registration, by)
    if state != State.LIVE:
        reason = clean.text_for(Registration, "reason", reason, required=True)
    with transaction.atomic():
        row = locked_row(registration)
        if state == State.LIVE and row.state != State.SUSPENDED:
            raise Conflict()
        row.move_to(state, reason=reason, decided_by=by, decided_at=timezone.now())
        tell(row, by, ACTION[state])
    return row


def _demand_unpublished(row: Registration) -> None:
    if row.round.plan.state in (RoundPlan.State.PROVISIONAL, RoundPlan.State.FINAL):
        raise TooLate(say("结果已公布。", "The result is published."))
