"""What a team says against a provisional result, and the organiser's answer."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import paragraphs
from accounts.models import Person
from accounts.permissions import must
from accounts.places import Place
from contest.actions.edition import KEEP, demand_open, must_at, must_be_apart
from contest.events import ObjectionAnswered, ObjectionFiled
from contest.models import Objection, Result, RoundPlan
from contest.reads.result import published
from core import clock, language, outbox
from core.language import say
from core.refusals import Conflict, Invalid, TooLate
from impact.models import Entry

FILE = "contest.file_objection"
MOST = 1000
State = Objection.State


def file(entry: Entry, by: Person, words: str) -> Objection:
    """Whoever manages the entry's team objects to the provisional result, in her language, until objections close.

    TOO_LATE before a result is published and after the window; CONFLICT while one of the entry's is open.
    """
    must(by, FILE, at=Place(region=entry.team.county_id, subject=entry.team.uid))
    demand_open(entry.round.edition)
    words = paragraphs(words, "words", MOST)
    try:
        with transaction.atomic():
            # Whoever makes a result final, or puts another in its place, holds the plan: neither passes by this one.
            RoundPlan.objects.select_for_update().get(round=entry.round_id)
            result = _objected(entry)
            made = Objection.objects.create(
                result=result,
                entry=entry,
                language=language.current(),
                words=words,
                filed_by=by,
                filed_at=timezone.now(),
            )
            outbox.record(ObjectionFiled(made.pk))
            audit.record(by, "file", "Objection", made.uid, entry=entry.number)
    except IntegrityError:
        raise Conflict(
            say("上一条异议还没有答复。", "Your objection before this one is still open.")
        ) from None
    return made


def _objected(entry: Entry) -> Result:
    """The provisional result that it has a row in."""
    result = published(entry.round)
    if (
        result is None
        or result.state != Result.State.PROVISIONAL
        or clock.now() >= result.objections_close_at
    ):
        raise TooLate(say("现在不在异议期内。", "Objections are not open now."))
    if not result.rows.filter(entry=entry).exists():
        raise Invalid(say("结果里没有这个项目。", "This entry is not in the result."), field="entry")
    return result


def answer(objection: Objection, by: Person, is_upheld: bool, words: str) -> Objection:
    """The organiser's answer, in the language the objection was said in; not by one of a team of the round. What is upheld leads to
    a new version of the result, which is another deed."""
    round_ = objection.entry.round
    must_at(round_, by, KEEP)
    must_be_apart(round_, by)
    words = paragraphs(words, "words", MOST)
    with transaction.atomic():
        objection.move_to(
            State.UPHELD if is_upheld else State.DISMISSED,
            answer=words,
            answered_by=by,
            answered_at=timezone.now(),
        )
        outbox.record(ObjectionAnswered(objection.pk))
        audit.record(by, "answer", "Objection", objection.uid, state=objection.state)
    return objection
