"""What ties a judge to an entry: found in the facts or declared, then confirmed or waived in writing by another."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog import clean
from contest.actions import reexamination
from contest.actions.edition import KEEP, must_at, must_be_apart
from contest.models import Conflict, Judge, Opening, ReExamination, Sheet
from contest.reads import judging
from contest.reads.result import published
from contest.reads.ties import ties_of
from core.language import say
from core.refusals import Conflict as SomeoneElse
from core.refusals import Invalid, NotAllowed, TooLate
from impact.models import Entry, Round

State, Kind = Conflict.State, Conflict.Kind


def look_for_ties(judges: Iterable[Judge], rounds: Sequence[Round] | None = None) -> int:
    """Note what the facts say ties these judges to entries whose sheets are still sealed; how many ties are new.

    Each is a suspicion that hides the entry from her until somebody waives it. Looked for again and again it changes
    nothing: what was decided stays decided.
    """
    found = 0
    for judge in judges:
        rows = Entry.objects.filter(round__edition=judge.edition_id, approved_at__isnull=False)
        if rounds is not None:
            rows = rows.filter(round__in=[each.pk for each in rounds])
        entries = list(rows.filter(round__opening=None).select_related("team", "round"))
        known = set(Conflict.objects.filter(judge=judge).values_list("entry_id", "kind"))
        new = ties_of(judge, entries, judging.months_of(entries)) - known if entries else set()
        Conflict.objects.bulk_create(
            (Conflict(judge=judge, entry_id=entry, kind=kind) for entry, kind in sorted(new)),
            ignore_conflicts=True,
        )
        found += len(new)
    return found


def declared(judge: Judge, entry: Entry, kind: str) -> Conflict:
    """A judge's own word: she is recused from this entry at once, and nobody waives it."""
    row, is_new = Conflict.objects.get_or_create(
        judge=judge,
        entry=entry,
        kind=kind,
        defaults={
            "state": State.CONFIRMED,
            "is_declared": True,
            "decided_at": timezone.now(),
            "decided_by_id": judge.person_id,
        },
    )
    if not is_new and row.state != State.CONFIRMED:
        row.move_to(
            State.CONFIRMED, is_declared=True, decided_at=timezone.now(), decided_by_id=judge.person_id
        )
    return row


def recuse_herself(judge: Judge, entry: Entry, by: Person) -> Conflict:
    """A judge has found, reading it, that she has to do with an entry's team."""
    with transaction.atomic():
        row = declared(judge, entry, Kind.KINSHIP)
        audit.record(by, "recuse_herself", "Conflict", row.uid)
    return row


def name(judge: Judge, entry: Entry, kind: str, words: str, by: Person) -> Conflict:
    """Whoever keeps the contest knows of a tie that no fact shows: the judge is recused, after the opening too."""
    clean.one_of(kind, "kind", [str(one) for one in Conflict.Kind])
    if entry.round.edition_id != judge.edition_id:
        raise Invalid(say("不是同一届。", "They are of two editions."), field="entry")
    _must_decide(by, judge, entry)
    with transaction.atomic():
        row, _ = Conflict.objects.get_or_create(judge=judge, entry=entry, kind=kind)
        if row.state == State.CONFIRMED:
            raise SomeoneElse(say("已经回避。", "She is recused already."))
        return _confirm(row, words, by)


def confirm(conflict: Conflict, by: Person, words: str = "") -> Conflict:
    """The judge is recused from the entry: it does not exist for her, and a sheet of hers stays on file uncounted."""
    _must_decide(by, conflict.judge, conflict.entry)
    with transaction.atomic():
        return _confirm(conflict, words, by)


def _confirm(conflict: Conflict, words: str, by: Person) -> Conflict:
    words = line(words, "words", 400, required=False)
    conflict.move_to(State.CONFIRMED, words=words, decided_at=timezone.now(), decided_by=by)
    for sheet in Sheet.objects.filter(
        judge=conflict.judge_id, entry=conflict.entry_id, state=Sheet.State.COUNTED
    ):
        sheet.move_to(Sheet.State.EXCLUDED, excluded_for=Sheet.Why.RECUSED)
        if published(conflict.entry.round) is not None:
            # What is told was computed with it: a new version, or words, says what becomes of that.
            reexamination.open_(conflict.entry, ReExamination.Cause.RECOMPUTED, 0)
    audit.record(by, "confirm_conflict", "Conflict", conflict.uid, kind=str(conflict.kind))
    return conflict


def waive(conflict: Conflict, words: str, by: Person) -> Conflict:
    """She judges the entry all the same, and everybody reads why; refused once the sheets are open, since then whoever
    waives would know what it is worth."""
    _must_decide(by, conflict.judge, conflict.entry)
    words = line(words, "words", 400)
    if _names_somebody(words, conflict):
        no = say("豁免理由会公开，请不要写姓名。", "A waiver is public: please name nobody in it.")
        raise Invalid(no, field="words")
    if Opening.objects.filter(round=conflict.entry.round_id).exists():
        raise TooLate(say("评分表已经开启，不能再豁免。", "The sheets are open: nothing is waived any more."))
    with transaction.atomic():
        conflict.move_to(State.WAIVED, words=words, decided_at=timezone.now(), decided_by=by)
        audit.record(by, "waive_conflict", "Conflict", conflict.uid, kind=str(conflict.kind))
    return conflict


def _must_decide(by: Person, judge: Judge, entry: Entry) -> None:
    round_ = entry.round
    must_at(round_, by, KEEP)
    must_be_apart(round_, by)
    if judge.person_id == by.pk:
        raise NotAllowed(say("不能认定涉及自己的关系。", "Nobody decides about ties of her own."))


def _names_somebody(words: str, conflict: Conflict) -> bool:
    person = conflict.judge.person
    names = (person.name, person.nickname, person.email)
    return any(each and each.casefold() in words.casefold() for each in names)
