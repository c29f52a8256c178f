"""Awards of a final result: proposed by one, approved by another, handed over with evidence."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog import clean
from contest.actions.edition import KEEP, must_at, must_be_apart
from contest.models import Award, AwardNote, Result
from contest.reads.award import held_because
from contest.reads.result import published
from core.language import say
from core.refusals import Conflict, NotAllowed, NotFound, TooLate, every
from impact.models import Entry

State = Award.State
MOST_MONEY = 100_000_000_00  # fen


def propose(entry: Entry, by: Person, title: tuple[str, str], money_minor: int) -> Award:
    """An award for an entry's rank in the final result; `title` is (Chinese, English), `money_minor` in fen, 0 for none."""
    must_decide(entry, by)
    told = every(
        {
            "title_zh": lambda: clean.text_for(Award, "title_zh", title[0], required=True),
            "title_en": lambda: clean.text_for(Award, "title_en", title[1], required=True),
            "money_minor": lambda: clean.whole(money_minor, "money", 0, MOST_MONEY),
        }
    )
    result = published(entry.round)
    if result is None or result.state != Result.State.FINAL:
        raise TooLate(say("结果还不是最终结果。", "The result is not final yet."))
    row = result.rows.filter(entry=entry, rank__isnull=False).first()
    if row is None or row.rank is None:
        raise NotFound(field="entry")
    try:
        with transaction.atomic():
            made = Award.objects.create(
                result=result,
                entry=entry,
                rank=row.rank,
                proposed_by=by,
                proposed_at=timezone.now(),
                **told,
            )
            audit.record(by, "propose", "Award", made.uid, entry=entry.number, money_minor=money_minor)
    except IntegrityError:
        raise Conflict(say("这个项目已有这个奖项。", "This entry has this award already.")) from None
    return made


def approve(award: Award, by: Person) -> Award:
    """Another than proposed it says yes."""
    must_decide(award.entry, by)
    if award.proposed_by_id == by.pk:
        raise NotAllowed(say("提出的人不能自己批准。", "Whoever proposed it does not approve it."))
    with transaction.atomic():
        award.move_to(State.APPROVED, approved_by=by, approved_at=timezone.now())
        audit.record(by, "approve", "Award", award.uid)
    return award


def withdraw(award: Award, by: Person, reason: str) -> Award:
    """It is not given after all, and why; once it was handed over it stays."""
    must_decide(award.entry, by)
    reason = line(reason, "reason", 400)
    with transaction.atomic():
        award.move_to(State.WITHDRAWN, reason=reason)
        audit.record(by, "withdraw", "Award", award.uid)
    return award


def note(award: Award, by: Person, words: str) -> AwardNote:
    """What was asked for or promised since: kept until it is handed over, and after."""
    must_decide(award.entry, by)
    words = line(words, "words", 400)
    with transaction.atomic():
        made = award.notes.create(words=words, by=by, at=timezone.now())
        audit.record(by, "note", "Award", award.uid)
    return made


def deliver(award: Award, by: Person, evidence: str) -> Award:
    """It was handed over; `evidence` names the receipt or paper that shows it. CONFLICT while something holds it."""
    must_decide(award.entry, by)
    evidence = line(evidence, "evidence", 400)
    with transaction.atomic():
        row = Award.objects.select_for_update(of=("self",)).select_related("entry__round").get(pk=award.pk)
        if (held := held_because(row)) is not None:
            raise Conflict(held)
        row.move_to(State.DELIVERED, evidence=evidence, delivered_by=by, delivered_at=timezone.now())
        audit.record(by, "deliver", "Award", row.uid)
    return row


def must_decide(entry: Entry, by: Person) -> None:
    """Whoever keeps the round, and is of none of its teams."""
    must_at(entry.round, by, KEEP)
    must_be_apart(entry.round, by)
