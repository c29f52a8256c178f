"""Ask, answer, ask on, and let everybody read the answer."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line, paragraphs
from accounts.events import QuestionAnswered, QuestionLeft, QuestionRaised
from accounts.models import Answer, Faq, Person, Question
from accounts.models.question import ANSWERED_WITHIN
from accounts.permissions import must
from accounts.places import Place
from accounts.questions import place_of_question
from core import outbox, rates
from core.language import Words, say
from core.refusals import Conflict, Invalid, NotAllowed, every

MOST_A_DAY = 20
AT_ONCE = 200
FORGOTTEN = "—"


def ask(
    by: Person, words: str, answered_with: str, at: Place, *, about: Words | None = None, path: str = ""
) -> Question:
    """A question to whoever has this permission there, due in 48 hours; they are told by letter. `at` is of a region, a
    subject or neither. `about` is told to whoever is to answer, with the page at `path` below her language.

    Call it in the transaction that writes what it is about.
    """
    words = paragraphs(words, "words", 1000)
    if not by.is_proved:
        words_ = say(
            "请先确认您的邮箱，答复会发到那里。", "Confirm your mailbox first: the answer goes there."
        )
        raise NotAllowed(words_)
    rates.demand_each([("questions", str(by.uid), MOST_A_DAY)], 24 * 3600)
    question = Question.objects.create(
        asker=by,
        words=words,
        answered_with=answered_with,
        region_id=at.region,
        subject=at.subject,
        about_zh=about.in_language("zh")[:200] if about else "",
        about_en=about.in_language("en")[:200] if about else "",
        about_path=path,
        due_at=timezone.now() + ANSWERED_WITHIN,
    )
    outbox.record(QuestionRaised(question.pk))
    return question


@transaction.atomic
def answer(question: Question, by: Person, words: str) -> Answer:
    """The official answer, or one more; the asker is told. Nobody answers herself."""
    must(by, question.answered_with, at=place_of_question(question))
    words = paragraphs(words, "words", 2000)
    row = Question.objects.select_for_update().get(pk=question.pk)
    if row.asker_id == by.pk:
        raise NotAllowed(say("不能答复自己的提问。", "Nobody answers her own question."))
    if row.state == Question.State.OPEN:
        row.move_to(Question.State.ANSWERED)
    made = Answer.objects.create(question=row, by=by, words=words, is_official=True)
    audit.record(by, "answer", "Question", row.uid)
    outbox.record(QuestionAnswered(made.pk))
    return made


@transaction.atomic
def ask_on(question: Question, by: Person, words: str) -> Answer:
    """A follow-up of the asker: it waits for an answer again, due in 48 hours."""
    words = paragraphs(words, "words", 2000)
    row = Question.objects.select_for_update().get(pk=question.pk)
    if row.asker_id != by.pk:
        raise NotAllowed()
    rates.demand_each([("questions", str(by.uid), MOST_A_DAY)], 24 * 3600)
    if row.state == Question.State.ANSWERED:
        row.move_to(Question.State.OPEN, due_at=timezone.now() + ANSWERED_WITHIN, reminded_at=None)
    made = Answer.objects.create(question=row, by=by, words=words, is_official=False)
    outbox.record(QuestionRaised(row.pk))
    return made


@transaction.atomic
def publish(
    question: Question, by: Person, question_words: tuple[str, str], answer_words: tuple[str, str]
) -> Faq:
    """Let everybody read question and answer, in words of their own: (Chinese, English), the English may be empty.

    CONFLICT before it is answered. Published again, the words are changed.
    """
    must(by, question.answered_with, at=place_of_question(question))
    clean = every(
        {
            "question_zh": lambda: line(question_words[0], "question_zh", 400),
            "question_en": lambda: line(question_words[1], "question_en", 600, required=False),
            "answer_zh": lambda: paragraphs(answer_words[0], "answer_zh", 2000),
            "answer_en": lambda: (
                paragraphs(answer_words[1], "answer_en", 3000) if answer_words[1].strip() else ""
            ),
        }
    )
    if bool(clean["question_en"]) != bool(clean["answer_en"]):
        words = say(
            "英文的问题和答复要么都写，要么都不写。", "Write question and answer in English, or neither."
        )
        raise Invalid(words, field="question_en")
    if not question.answers.filter(is_official=True).exists():
        raise Conflict(say("先答复，再公开。", "Answer it first."))
    facts = {**clean, "published_by": by, "published_at": timezone.now(), "withdrawn_at": None}
    made, _ = Faq.objects.update_or_create(question=question, defaults=facts)
    audit.record(by, "publish", "Question", question.uid)
    return made


@transaction.atomic
def withdraw(question: Question, by: Person) -> Faq:
    """Nobody reads it in public any more; published again it is back."""
    must(by, question.answered_with, at=place_of_question(question))
    faq = Faq.objects.select_for_update().filter(question=question, withdrawn_at=None).first()
    if faq is None:
        raise Conflict()
    faq.withdrawn_at = timezone.now()
    faq.save(update_fields=["withdrawn_at"])
    audit.record(by, "withdraw", "Question", question.uid)
    return faq


def note_left() -> int:
    """For beat: of each question whose time is over whoever is to answer is told, once; how many there were."""
    late = Question.objects.filter(state=Question.State.OPEN, due_at__lt=timezone.now(), reminded_at=None)
    noted = 0
    for pk in list(late.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            # The condition is the lock: of two workers one finds no row.
            noted += (found := late.filter(pk=pk).update(reminded_at=timezone.now()))
            if found:
                outbox.record(QuestionLeft(pk))
    return noted


def forget(person: Person) -> None:
    """Her words go with her; what was published of them is the shop's own."""
    rows: Any = Question.objects.filter(asker=person)
    Answer.objects.filter(question__in=rows, is_official=False).update(words=FORGOTTEN, by=None)
    rows.update(words=FORGOTTEN, about_zh="", about_en="", about_path="", asker=None)
