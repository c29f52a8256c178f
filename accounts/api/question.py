"""Questions: hers, those that are hers to answer, and what everybody may read of them."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts import questions as reads
from accounts.actions import question as questions
from accounts.api.access import HELD, SIGNED_IN
from accounts.api.office import add_to_office
from accounts.models import Answer, Faq, Question
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import Localized, ModelType, list_of

QUESTION = "The question."


class AnswerType(ModelType):
    """A word on a question; who wrote it is not said."""

    class Meta:
        model = Answer
        fields = ("words", "is_official", "at")
        access = HELD
        about = {
            "words": "What was written.",
            "is_official": "From whoever is to answer; else the asker's own follow-up.",
            "at": "When.",
        }


class FaqType(ModelType):
    """A question with its answer, as everybody may read it."""

    class Meta:
        model = Faq
        fields = ("published_at",)
        access = HELD
        about = {"published_at": "When it was published, or changed."}

    question = Localized("question", description="The question, in the reader's language.")
    answer = Localized("answer", description="The answer, in the reader's language.")


class QuestionType(ModelType):
    """A question, to whoever asked it or is to answer it; of the asker nothing is told."""

    class Meta:
        model = Question
        fields = ("words", "state", "asked_at", "due_at", "about_path")
        access = HELD
        about = {
            "words": "What is asked.",
            "state": "Whether it waits for an answer.",
            "asked_at": "When it was asked first.",
            "due_at": "Until when it is to be answered.",
            "about_path": "Its page, below the reader's language; empty where there is none.",
        }

    about = Localized(
        "about", description="What it is about, as it was called then; empty of the shop itself."
    )
    answers = list_of(
        AnswerType,
        most=50,
        resolver=lambda root, info: reads.answers_of(root)[:50],
        description="What was said on it, the oldest first.",
    )
    faq = graphene.Field(
        FaqType,
        resolver=lambda root, info: reads.published().filter(question=root).first(),
        description="What everybody may read of it; null where it is not published.",
    )


def _for_her(root: Any, info: Any, open_only: bool = False) -> QuerySet[Question]:
    rows = reads.questions_for(root)
    return rows.filter(state=Question.State.OPEN) if open_only else rows


add_to_office(
    questions=connection_field(
        QuestionType,
        _for_her,
        order=("-asked_at", "-id"),
        description="What is hers to answer, in any state, the newest first; none that she has asked.",
        open_only=graphene.Argument(graphene.Boolean, description="Only what waits for an answer."),
    )
)


class QuestionAnswer(Act):
    """Answer a question officially; its asker is told by letter."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        question_id = graphene.ID(required=True, description=QUESTION)
        words = graphene.String(required=True, description="At most 2,000 characters.")

    question = graphene.Field(QuestionType, description="The question with its answers.")

    @classmethod
    def act(cls, request: Any, question_id: str, words: str) -> Any:
        """The question; NOT_FOUND unless it is hers to answer."""
        row = reads.question_for(request.user, uid_of(question_id, "Question", field="question_id"))
        questions.answer(row, request.user, words)
        row.refresh_from_db()
        return {"question": row}


class QuestionFollowUp(Act):
    """Ask on, on a question of one's own: it waits for an answer again."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 60)

    class Input:
        question_id = graphene.ID(required=True, description=QUESTION)
        words = graphene.String(required=True, description="At most 2,000 characters.")

    question = graphene.Field(QuestionType, description="The question with its answers.")

    @classmethod
    def act(cls, request: Any, question_id: str, words: str) -> Any:
        """The question; NOT_FOUND for somebody else's."""
        row = reads.my_question(request.user, uid_of(question_id, "Question", field="question_id"))
        questions.ask_on(row, request.user, words)
        row.refresh_from_db()
        return {"question": row}


class QuestionPublish(Act):
    """Let everybody read a question and its answer, in words of their own; or change those words."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        question_id = graphene.ID(required=True, description=QUESTION)
        question_zh = graphene.String(required=True, description="At most 400 characters, of nobody by name.")
        question_en = graphene.String(description="The same in English; may be empty.")
        answer_zh = graphene.String(required=True, description="At most 2,000 characters.")
        answer_en = graphene.String(description="The same in English; empty where the question is.")

    question = graphene.Field(QuestionType, description="The question.")

    @classmethod
    def act(
        cls,
        request: Any,
        question_id: str,
        question_zh: str,
        answer_zh: str,
        question_en: str | None = None,
        answer_en: str | None = None,
    ) -> Any:
        """The question; CONFLICT before it is answered, NOT_FOUND unless it is hers to answer."""
        row = reads.question_for(request.user, uid_of(question_id, "Question", field="question_id"))
        questions.publish(row, request.user, (question_zh, question_en or ""), (answer_zh, answer_en or ""))
        return {"question": row}


class QuestionWithdraw(Act):
    """Take a published question out of sight; it can be published again."""

    class Meta:
        access = SIGNED_IN

    class Input:
        question_id = graphene.ID(required=True, description=QUESTION)

    question = graphene.Field(QuestionType, description="The question.")

    @classmethod
    def act(cls, request: Any, question_id: str) -> Any:
        """The question; CONFLICT where it is not published."""
        row = reads.question_for(request.user, uid_of(question_id, "Question", field="question_id"))
        questions.withdraw(row, request.user)
        return {"question": row}


class Query:
    my_questions = guarded(
        connection_field(
            QuestionType,
            lambda root, info: reads.my_questions(info.context.user),
            order=("-asked_at", "-id"),
            description="What the asker has asked, the newest first.",
        ),
        SIGNED_IN,
    )


class Mutation:
    question_answer = QuestionAnswer.Field()
    question_follow_up = QuestionFollowUp.Field()
    question_publish = QuestionPublish.Field()
    question_withdraw = QuestionWithdraw.Field()
