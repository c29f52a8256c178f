"""Questions about an edition: who is told, who answers, who reads what, and what becomes of them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions.erasure import erase
from accounts.actions.export import export
from accounts.models import Answer, AuditEntry, Faq, Question
from accounts.places import Place
from accounts.waiting import waiting_for
from contest.actions import question as questions
from core.api.ids import global_id
from core.refusals import TooMany
from tests.accounts.world import PASSWORD, a_person, holds
from tests.impact.world import a_round
from tests.web.conftest import signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return a_round().edition


@pytest.fixture
def organiser(edition):
    person = a_person(name="示例组织者")
    holds(person, "organiser", Place(subject=edition.uid))
    return person


def ask(person, edition, text="报名要交什么材料？"):
    post(signed_in(person), "ask_about_edition", edition=edition.slug, words=text)
    return Question.objects.latest("id")


def id_of(question):
    return global_id("Question", question.uid)


def test_whoever_answers_for_the_edition_is_told_by_letter_and_answers_and_the_asker_is_told(
    edition, organiser, run_deliveries
):
    asker = a_person(name="示例队长")
    question = ask(asker, edition)
    run_deliveries()
    (told,) = [letter for letter in mail.outbox if letter.to == [organiser.email]]
    assert "报名要交什么材料？" in told.body and "示例队长" not in told.body and asker.email not in told.body
    assert question.due_at - question.asked_at == pytest.approx(timedelta(hours=48), abs=timedelta(seconds=5))
    office = signed_in(organiser)
    assert "报名要交什么材料？" in words(office.get("/zh/office/questions/"))
    mail.outbox.clear()
    post(office, "answer_question", question=id_of(question), words="身份证明和农户名单的核实记录。")
    run_deliveries()
    question.refresh_from_db()
    assert question.state == Question.State.ANSWERED
    (answered,) = mail.outbox
    assert answered.to == [asker.email] and "核实记录" in answered.body
    assert "核实记录" in words(signed_in(asker).get("/zh/account/questions/"))
    assert "报名要交什么材料？" not in words(office.get("/zh/office/questions/")), "it waits no more"
    assert AuditEntry.objects.filter(deed="answer", noun="Question", actor=organiser).exists()


def test_a_question_is_another_organisers_and_a_strangers_as_one_that_does_not_exist(edition, organiser):
    question = ask(a_person(), edition)
    other = a_person()
    holds(other, "organiser", Place(subject=a_round().edition.uid))
    for person in (other, a_person()):
        post(signed_in(person), "answer_question", question=id_of(question), words="我来答")
        post(signed_in(person), "ask_on", question=id_of(question), words="我也问")
    assert not Answer.objects.exists()
    assert "报名要交什么材料？" not in words(signed_in(other).get("/zh/office/questions/"))


def test_whoever_asks_answers_not_herself(edition, organiser):
    question = ask(organiser, edition)
    post(signed_in(organiser), "answer_question", question=id_of(question), words="当然可以")
    assert not Answer.objects.exists()


def test_a_follow_up_waits_for_an_answer_again_within_48_hours_of_it(edition, organiser):
    asker = a_person()
    question = ask(asker, edition)
    post(signed_in(organiser), "answer_question", question=id_of(question), words="见规则第三条。")
    Question.objects.update(due_at=timezone.now() - timedelta(days=3))
    post(signed_in(asker), "ask_on", question=id_of(question), words="第三条没有写。")
    question.refresh_from_db()
    assert question.state == Question.State.OPEN and question.due_at > timezone.now() + timedelta(hours=47)
    assert [(a.words, a.is_official) for a in question.answers.all()] == [
        ("见规则第三条。", True),
        ("第三条没有写。", False),
    ]


def test_what_waits_says_until_when_the_first_is_to_be_answered(edition, organiser):
    assert [one.kind for one in waiting_for(organiser)] == []
    first, _ = ask(a_person(), edition), ask(a_person(), edition)
    late = timezone.now() - timedelta(hours=1)
    Question.objects.filter(pk=first.pk).update(due_at=late)
    left, waits = waiting_for(organiser)
    assert (left.kind, left.count, left.at, left.is_deadline) == ("QUESTIONS_LATE", 1, late, True)
    assert (waits.kind, waits.count, waits.is_deadline) == ("QUESTIONS", 1, True)


def test_an_answer_becomes_an_entry_that_everybody_finds_and_that_names_nobody(edition, organiser, client):
    question = ask(a_person(name="示例队长"), edition, "我是示例队长，我们村怎么报名？")
    office, there = signed_in(organiser), f"/zh/contest/{edition.slug}/questions/"
    fields = {"question": id_of(question), "questionZh": "怎么报名？", "answerZh": "在团队工作台报名。"}
    post(office, "publish_question", **fields)
    assert not Faq.objects.exists(), "it is answered first"
    post(office, "answer_question", question=id_of(question), words="在工作台。")
    post(office, "publish_question", **fields, questionEn="How does one register?", answerEn="")
    assert not Faq.objects.exists(), "English in question and answer, or in neither"
    post(office, "publish_question", **fields, questionEn="How does one register?", answerEn="At the desk.")
    shown = words(client.get(there))
    assert "怎么报名？" in shown and "在团队工作台报名。" in shown and "示例队长" not in shown
    assert "How does one register?" in words(client.get(there.replace("/zh/", "/en/")))
    assert "怎么报名？" in words(client.get(f"{there}?search=工作台"))
    assert "怎么报名？" not in words(client.get(f"{there}?search=奖金"))
    post(office, "withdraw_question", question=id_of(question))
    assert "怎么报名？" not in words(client.get(there))


def test_without_a_proved_mailbox_nothing_is_asked_and_after_twenty_a_day_no_more(edition):
    post(signed_in(a_person(email_verified_at=None)), "ask_about_edition", edition=edition.slug, words="在吗")
    assert not Question.objects.exists()
    asker = a_person()
    for n in range(20):
        questions.ask(edition, asker, f"问题 {n}")
    with pytest.raises(TooMany):
        questions.ask(edition, asker, "问题 20")
    assert Question.objects.filter(asker=asker).count() == 20


def test_her_words_go_with_her_and_are_told_to_her_before(edition, organiser):
    asker = a_person()
    question = ask(asker, edition, "我家在秭归，能参加吗？")
    post(signed_in(organiser), "answer_question", question=id_of(question), words="可以。")
    post(signed_in(asker), "ask_on", question=id_of(question), words="我叫覃示例。")
    (told,) = export(asker)["questions"]
    assert told["words"] == "我家在秭归，能参加吗？"
    assert [a["words"] for a in told["answers"]] == ["可以。", "我叫覃示例。"]
    assert erase(asker, PASSWORD)
    question.refresh_from_db()
    assert (question.asker, question.words) == (None, "—")
    assert [a.words for a in question.answers.all()] == ["可以。", "—"]


def test_of_an_edition_without_a_round_or_that_does_not_exist_nothing_is_asked(edition):
    browser = signed_in(a_person())
    post(browser, "ask_about_edition", edition="no-such", words="在吗")
    assert not Question.objects.exists()
    assert browser.get("/zh/contest/no-such/questions/").status_code == 404
