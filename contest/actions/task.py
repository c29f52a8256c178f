"""The board of tasks: set, done with evidence, waived by another, opened once more."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog import clean
from contest.actions.edition import must_keep_edition
from contest.models import Partner, Task
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, every
from impact.models import Edition

MOST = 300
YEARS = range(2015, 2101)


def save(
    edition: Edition,
    by: Person,
    title: tuple[str, str],
    due_on: date,
    owner: Partner | None = None,
    task: Task | None = None,
) -> Task:
    """Set one, or write one anew while it is to do; `title` is (Chinese, English), the English may be empty."""
    must_keep_edition(edition, by)
    facts = every(
        {
            "title_zh": lambda: clean.text_for(Task, "title_zh", title[0], required=True),
            "title_en": lambda: clean.text_for(Task, "title_en", title[1]),
            "due_on": lambda: _day(due_on),
        }
    )
    if owner is not None and owner.edition_id != edition.pk:
        raise Invalid(say("这家单位不属于这一届。", "That body is not of this edition."), field="owner")
    if task is not None and task.state != Task.State.OPEN:
        raise Conflict(say("先重新打开，再改。", "Open it once more before it is changed."))
    if task is None and Task.objects.filter(edition=edition).count() >= MOST:
        raise Conflict(say("最多 {n} 项。", "At most {n}.", n=MOST))
    with transaction.atomic():
        row = task or Task(edition=edition, set_by=by)
        for column, value in {**facts, "owner": owner}.items():
            setattr(row, column, value)
        row.save()
        audit.record(by, "save", "Task", row.uid)
    return row


def finish(task: Task, by: Person, evidence: str) -> Task:
    """It is done, and this shows it: a sentence, or where it is to be seen."""
    must_keep_edition(task.edition, by)
    shown = line(evidence, "evidence", 400)
    with transaction.atomic():
        task.move_to(Task.State.DONE, evidence=shown, ended_by=by, ended_at=timezone.now())
        audit.record(by, "finish", "Task", task.uid)
    return task


def waive(task: Task, by: Person, reason: str) -> Task:
    """It need not be done, and why; by another than who set it."""
    must_keep_edition(task.edition, by)
    why = line(reason, "reason", 200)
    if task.set_by_id == by.pk:
        raise NotAllowed(say("谁布置的，由别人免除。", "Another than who set it waives it."))
    with transaction.atomic():
        task.move_to(Task.State.WAIVED, reason=why, ended_by=by, ended_at=timezone.now())
        audit.record(by, "waive", "Task", task.uid)
    return task


def open_again(task: Task, by: Person) -> Task:
    """It is to do after all; what was said of it before stays in the audit log."""
    must_keep_edition(task.edition, by)
    with transaction.atomic():
        audit.record(by, "open_again", "Task", task.uid, was=task.state)
        task.move_to(Task.State.OPEN, evidence="", reason="", ended_by=None, ended_at=None)
    return task


def _day(day: date) -> date:
    if day.year not in YEARS:
        raise Invalid(say("请填写日期。", "Give a date."), field="due_on")
    return day
