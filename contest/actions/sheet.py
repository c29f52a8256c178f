"""A judge's sheet: drafted, submitted under seal, and opened with all others of its round."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import places_now
from catalog.clean import paragraphs, whole
from contest import sealing
from contest.actions import conflict
from contest.actions.edition import demand_open
from contest.events import SheetsOpened
from contest.models import Conflict, Judge, Opening, RoundPlan, Sheet
from contest.reads import judging
from core import clock
from core.language import say
from core.outbox import record
from core.refusals import Conflict as SomeoneElse
from core.refusals import Invalid, NotFound, TooLate, every
from impact.models import Entry, Round

State = Sheet.State
MOST_POINTS = 100


def save(entry_uid: UUID, marks: Mapping[str, int], comment: str, by: Person) -> Sheet:
    """Keep a draft; marks may be missing. Nobody but its judge can open it."""
    return _write(entry_uid, marks, comment, by, is_final=False)


def submit(entry_uid: UUID, marks: Mapping[str, int], comment: str, by: Person) -> Sheet:
    """Give an entry its marks, for good: they are sealed with a nonce, and the seal's SHA-256 is public at once."""
    return _write(entry_uid, marks, comment, by, is_final=True)


def _write(entry_uid: UUID, marks: Mapping[str, int], comment: str, by: Person, *, is_final: bool) -> Sheet:
    judge, entry = entry_for(entry_uid, by)
    rules = judging.rules_of(entry.round)
    given = _clean(marks, comment, rules or {}, is_final=is_final)
    with transaction.atomic():
        # Whoever opens the sheets holds the plan: none is submitted beside the opening, and so left sealed for ever.
        _still_judging(entry.round)
        row = Sheet.objects.select_for_update().filter(judge=judge, entry=entry).first()
        if row is not None and row.state != State.DRAFT:
            raise SomeoneElse(say("已经提交，不能再改。", "It is submitted and stays as it is."))
        now = timezone.now()
        row = row or Sheet(judge=judge, entry=entry)
        row.sealed, row.saved_at = sealing.close(given), now
        row.save()
        if is_final:
            given["nonce"] = sealing.a_nonce()
            seal = sealing.sha256_of(judge.uid, entry.uid, given)
            row.move_to(State.SUBMITTED, sealed=sealing.close(given), sha256=seal, submitted_at=clock.now())
            audit.record(by, "submit_sheet", "Judge", judge.uid, sha256=seal)
    return row


def entry_for(entry_uid: UUID, by: Person) -> tuple[Judge, Entry]:
    """An entry that she judges; whatever is not hers to judge sounds like one that does not exist."""
    entry = judging.judged_in(entry_uid, places_now(by, judging.JUDGE))
    judge = judging.judge_of(by, entry.round.edition_id) if entry else None
    if entry is None or judge is None or not judging.may_see(judge, entry):
        raise NotFound(field="entry")
    demand_open(entry.round.edition)
    return judge, entry


def _still_judging(round_: Round) -> None:
    plan = RoundPlan.objects.select_for_update().get(round=round_)
    if not judging.is_open(plan, round_):
        raise TooLate(say("评审已经截止，或还没有开始。", "Judging is over, or has not begun."))


def _clean(
    marks: Mapping[str, int], comment: str, rules: Mapping[str, Any], *, is_final: bool
) -> dict[str, Any]:
    """Marks of the rulebook's criteria, whole points of 0 to 100 each, with the comment, as they are sealed."""
    keys = [criterion["key"] for criterion in rules["judging"]["criteria"]] if rules else []
    if unknown := set(marks) - set(keys):
        raise Invalid(say("没有这一项。", "There is no such criterion."), field=("marks", min(unknown)))
    asked = {key: marks.get(key) for key in keys if is_final or marks.get(key) is not None}
    plain = every(
        {
            **{key: _mark(key, mark) for key, mark in asked.items()},
            "": lambda: paragraphs(comment, "comment", 2000),
        }
    )
    said = plain.pop("")
    return sealing.as_json({key: Decimal(mark) for key, mark in plain.items()}, said)


def _mark(key: str, mark: int | None) -> Any:
    return lambda: whole(mark, ("marks", key), 0, MOST_POINTS)


def open_due() -> int:
    """For beat: look for new ties, and open the sheets of each round whose judging is over; how many were opened."""
    opened = 0
    now = clock.now()
    judged = Round.objects.filter(plan__judging_closes_at__isnull=False, opening=None, opens_at__lte=now)
    over = set(judged.filter(plan__judging_closes_at__lte=now).values_list("pk", flat=True))
    for round_ in judged.select_related("edition"):
        conflict.look_for_ties(judging.sitting(round_.edition_id), [round_])
        if round_.pk in over:
            opened += open_round(round_)
    return opened


def open_round(round_: Round) -> int:
    """Open all sheets of a round together, once: each is compared with its published seal, and counts where nothing ties
    its judge to the entry but what was waived."""
    with transaction.atomic():
        RoundPlan.objects.select_for_update().get(round=round_)
        if Opening.objects.filter(round=round_).exists():
            return 0
        everybody = Judge.objects.filter(edition=round_.edition_id).select_related("person")
        conflict.look_for_ties(everybody, [round_])
        rows = Sheet.objects.select_for_update(of=("self",)).filter(entry__round=round_)
        sheets = list(rows.filter(state=State.SUBMITTED).select_related("judge", "entry").order_by("pk"))
        now = clock.now()
        seats = set(judging.sitting(round_.edition_id).values_list("pk", flat=True))
        tied = Conflict.objects.filter(entry__round=round_).exclude(state=Conflict.State.WAIVED)
        recused = set(tied.values_list("judge_id", "entry_id"))
        for sheet in sheets:
            _open(sheet, seats, recused, now)
        Opening.objects.create(round=round_, opened_at=now, sheets=len(sheets))
        record(SheetsOpened(round_id=round_.pk))
        audit.record(None, "open_sheets", "Edition", round_.edition.uid, level=round_.level, n=len(sheets))
    return len(sheets)


def _open(sheet: Sheet, seats: set[int], recused: set[tuple[int, int]], now: datetime) -> None:
    given, why = sealing.open_up(sheet.sealed), Sheet.Why.NONE
    if sealing.sha256_of(sheet.judge.uid, sheet.entry.uid, given) != sheet.sha256:
        why = Sheet.Why.ALTERED
    elif (sheet.judge_id, sheet.entry_id) in recused:
        why = Sheet.Why.RECUSED
    elif sheet.judge_id not in seats:
        why = Sheet.Why.LEFT
    sheet.move_to(State.EXCLUDED if why else State.COUNTED, excluded_for=why, opened_at=now, **given)
