"""Look at a frozen figure once more: opened by itself, answered by a new version or dismissed with words."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from contest.actions.edition import KEEP, must_at, must_be_apart
from contest.events import ReExaminationOpened
from contest.models import ReExamination, Result
from core import outbox
from impact.models import Entry, Round

State = ReExamination.State


@transaction.atomic
def open_(entry: Entry, cause: str, refunded_minor: int) -> ReExamination | None:
    """One for this cause; None where one is open. What was dismissed is opened anew only by more that was given back."""
    Entry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    last = ReExamination.objects.filter(entry=entry, cause=cause).order_by("-pk").first()
    if last and (last.state == State.OPEN or last.refunded_minor >= refunded_minor):
        return None
    opened = ReExamination.objects.create(
        entry=entry, cause=cause, refunded_minor=refunded_minor, opened_at=timezone.now()
    )
    outbox.record(ReExaminationOpened(opened.pk))
    return opened


def dismiss(opened: ReExamination, by: Person, words: str) -> ReExamination:
    """The result stays as it is, and why; whoever decides is of no team of the round."""
    entry = opened.entry
    must_at(entry.round, by, KEEP)
    must_be_apart(entry.round, by)
    words = line(words, "words", 1000)
    with transaction.atomic():
        opened.move_to(State.DISMISSED, words=words, decided_by=by, decided_at=timezone.now())
        audit.record(by, "dismiss", "ReExamination", opened.uid, entry=entry.number)
    return opened


def answer(round_: Round, result: Result, by: Person | None) -> None:
    """All that were open in the round are answered by this version; called by whoever publishes it."""
    for opened in ReExamination.objects.filter(entry__round=round_, state=State.OPEN):
        opened.move_to(
            State.SUPERSEDED, result=result, words=result.reason, decided_by=by, decided_at=timezone.now()
        )
