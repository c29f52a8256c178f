"""Into the next round: those whom a final result sends on, each with a standing of zero and a link back."""

from django.db import transaction

from accounts.actions import audit
from contest.actions.entry import enter, leave, take_part
from contest.models import Registration, Result, RoundPlan
from contest.reads.advancing import going_on
from contest.reads.reason import RESULT_CHANGED
from core import clock
from core.refusals import Invalid
from impact.models import Entry, Round

State = Registration.State


@transaction.atomic
def carry_on(result: Result) -> list[Registration]:
    """Enter them, as many as are not in it yet, and take out whom an earlier version had sent; the round they come from
    keeps all its figures.

    A team that has come under ten households in the meantime is invited, and enters when it has them again. Once the next
    round has closed nobody enters it any more: its figures are taken down without it.
    """
    into = RoundPlan.objects.select_related("into").get(round=result.round_id).into
    if into is None:
        return []
    entries = [one.entry for one in going_on(result)]
    sent = Registration.objects.filter(round=into, advanced_from__round=result.round_id)
    for registration in sent.exclude(advanced_from__in=entries).select_related("entry"):
        _withdraw(registration)
    return [_send(entry, into) for entry in entries]


def _send(entry: Entry, into: Round) -> Registration:
    registration = Registration.objects.filter(round=into, team=entry.team).first()
    if registration is None:
        registration = Registration.objects.create(round=into, team=entry.team, state=State.INVITED)
    if registration.advanced_from_id != entry.pk:
        registration.advanced_from = entry
        registration.save(update_fields=["advanced_from"])
        audit.record(None, "advance", "Registration", registration.uid, entry=entry.number)
    if registration.state in (State.DECLINED, State.WITHDRAWN) and registration.reason != RESULT_CHANGED:
        return registration  # its own word, or the organiser's
    if registration.entry_id is None:
        _enter(registration)
    elif registration.reason == RESULT_CHANGED:
        _enter_again(registration)
    return registration


def _enter_again(registration: Registration) -> None:
    """Sent on again by a later version than the one that did not: it takes part as before."""
    if registration.state == State.SUSPENDED:
        registration.move_to(State.LIVE, reason="")
    elif registration.state == State.WITHDRAWN:
        try:
            with transaction.atomic():
                take_part(registration, None)
        except Invalid:
            return
        registration.refresh_from_db()


def _enter(registration: Registration) -> None:
    if registration.round.phase(clock.now()) not in (Round.Phase.COMING, Round.Phase.OPEN):
        return
    try:
        with transaction.atomic():
            if registration.state == State.INVITED:
                registration.move_to(State.APPLIED)
            enter(registration.round, [registration.team])
    except Invalid:
        return
    registration.refresh_from_db()


def _withdraw(registration: Registration) -> None:
    """One for which something was bought already stays on the board, suspended, until somebody decides."""
    entry = registration.entry
    if not registration.can_move_to(State.WITHDRAWN):
        return
    if entry is None or leave(entry, RESULT_CHANGED):
        registration.move_to(State.WITHDRAWN, reason=RESULT_CHANGED)
    elif registration.can_move_to(State.SUSPENDED):
        registration.move_to(State.SUSPENDED, reason=RESULT_CHANGED)
