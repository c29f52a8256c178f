"""Questions to a team and to the shop: who is told, who answers, what of it everybody reads on the product's page."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actions import question as questions
from accounts.actions import way as ways
from accounts.actions.erasure import erase
from accounts.models import Answer, Faq, Person, Question, SignInWay
from core.api.ids import global_id
from tests import texts
from tests.accounts.world import PASSWORD, a_person
from tests.catalog.world import a_product, a_team, an_operator, works_at
from tests.web.conftest import an_order, signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db
ASKED = "要放几天才甜？"


def ask(person, shelf, text=ASKED):
    post(signed_in(person), "ask_about_product", product=shelf.product.slug, words=text)
    return Question.objects.latest("id")


def id_of(question):
    return global_id("Question", question.uid)


def published(shelf, question, answer="三天就甜。"):
    desk = signed_in(shelf.manager)
    post(desk, "answer_question", question=id_of(question), words=answer)
    post(desk, "publish_question", question=id_of(question), questionZh=ASKED, answerZh=answer)


def test_a_team_is_told_of_a_question_answers_at_its_desk_and_the_asker_reads_it(shelf, run_deliveries):
    asker = a_person(name="示例买家甲")
    question = ask(asker, shelf)
    run_deliveries()
    (told,) = [letter for letter in mail.outbox if letter.to == [shelf.manager.email]]
    assert ASKED in told.body and "/desk/questions/" in told.body
    assert "示例买家甲" not in told.body and asker.email not in told.body
    desk = signed_in(shelf.manager)
    page = words(desk.get("/zh/desk/questions/"))
    assert ASKED in page and shelf.product.name_zh in page and "示例买家甲" not in page
    mail.outbox.clear()
    post(desk, "answer_question", question=id_of(question), words="三天就甜。")
    run_deliveries()
    (answered,) = [letter for letter in mail.outbox if letter.to == [asker.email]]
    assert "三天就甜。" in answered.body
    mine = words(signed_in(asker).get("/zh/account/questions/"))
    assert "三天就甜。" in mine and shelf.product.name_zh in mine
    assert ASKED not in words(desk.get("/zh/desk/questions/"))
    assert ASKED in words(desk.get("/zh/desk/questions/?all=true"))


def test_whoever_has_asked_nothing_yet_is_led_to_where_she_can(db):
    page = words(signed_in(a_person()).get("/zh/account/questions/"))
    assert 'href="/zh/ask/"' in page and "问团队" in page and "在订单页问" in page
    assert "/contest/" not in page.split("<main")[1].split("</main>")[0]


def test_it_is_this_teams_alone_and_for_who_may_answer_there(shelf):
    question = ask(a_person(), shelf)
    other = a_person()
    a_team(manager=other)
    packer = a_person()
    works_at(shelf.team, packer, "packer")
    for person in (other, packer, a_person()):
        post(signed_in(person), "answer_question", question=id_of(question), words="我来答")
        assert ASKED not in words(signed_in(person).get("/zh/desk/questions/"))
    assert not Answer.objects.exists()
    leader = a_person()
    works_at(shelf.team, leader, "leader")
    post(signed_in(leader), "answer_question", question=id_of(question), words="三天。")
    assert Answer.objects.get().is_official


def test_what_is_of_use_to_all_stands_on_the_products_page_at_once_and_is_taken_off_at_once(shelf):
    question, path = ask(a_person(), shelf), f"/zh/p/{shelf.product.slug}/"
    guest = Client()
    assert "三天就甜。" not in words(guest.get(path))
    published(shelf, question)
    page = words(guest.get(path))
    assert "三天就甜。" in page and ASKED in page
    other = a_product(shelf.team)
    assert "三天就甜。" not in words(guest.get(f"/zh/p/{other.slug}/"))
    post(signed_in(shelf.manager), "withdraw_question", question=id_of(question))
    assert "三天就甜。" not in words(guest.get(path))


def test_about_an_order_she_asks_one_of_its_teams_or_the_shop(shelf):
    order, her = an_order(shelf, shelf.buyer), signed_in(shelf.buyer)
    page = words(her.get(f"/zh/ask/?order={order['number']}"))
    assert order["number"] in page and shelf.team.name_zh in page
    post(her, "ask_about_order", number=order["number"], team=shelf.team.slug, words="几时发？")
    to_team = Question.objects.latest("id")
    assert (to_team.subject, to_team.of_order.order.number) == (shelf.team.uid, order["number"])
    assert order["number"] in words(signed_in(shelf.manager).get("/zh/desk/questions/"))
    post(her, "ask_about_order", number=order["number"], team="", words="发票怎么开？")
    to_shop = Question.objects.latest("id")
    assert (to_shop.subject, to_shop.answered_with) == (None, "orders.answer_questions")
    office = words(signed_in(an_operator()).get("/zh/office/questions/"))
    assert "发票怎么开？" in office and order["number"] in office and "几时发？" not in office
    count = Question.objects.count()
    post(her, "ask_about_order", number=order["number"], team=a_team().slug, words="别队的")
    post(signed_in(a_person()), "ask_about_order", number=order["number"], team="", words="别人的")
    assert Question.objects.count() == count


def test_the_shop_is_asked_from_the_help_page(shelf):
    her = signed_in(shelf.buyer)
    assert 'href="/zh/ask/"' in words(her.get("/zh/help/"))
    post(her, "ask_shop", words="周末有人吗？")
    assert "周末有人吗？" in words(signed_in(an_operator()).get("/zh/office/questions/"))
    assert "周末有人吗？" in words(her.get("/zh/account/questions/"))


def test_a_guest_is_asked_to_sign_in_and_comes_back_to_ask(shelf):
    shown = Client().get(f"/zh/ask/?product={shelf.product.slug}")
    assert shown.status_code == 302 and "next=" in shown.url and shelf.product.slug in shown.url
    assert f'href="/zh/ask/?product={shelf.product.slug}"' in words(
        Client().get(f"/zh/p/{shelf.product.slug}/")
    )


def test_her_words_go_with_her_and_what_was_published_stays_the_teams(shelf):
    asker = a_person()
    question = ask(asker, shelf)
    published(shelf, question)
    erase(asker, PASSWORD)
    question.refresh_from_db()
    assert (question.asker, question.words, question.about_zh, question.about_path) == (None, "—", "", "")
    assert Faq.objects.get().answer_zh == "三天就甜。"


def test_what_nobody_has_answered_for_two_days_stands_first_and_is_told_once(shelf, run_deliveries):
    question = ask(a_person(), shelf)
    desk = signed_in(shelf.manager)
    run_deliveries()
    assert questions.note_left() == 0 and "超过 48 小时" not in words(desk.get("/zh/desk/"))
    Question.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert "1 个提问超过 48 小时没答复" in words(desk.get("/zh/desk/"))
    mail.outbox.clear()
    texts.SENT.clear()
    assert (questions.note_left(), questions.note_left()) == (1, 0)
    run_deliveries()
    (told,) = mail.outbox
    assert told.to == [shelf.manager.email] and ASKED in told.body and "/desk/questions/" in told.body
    post(desk, "answer_question", question=id_of(question), words="三天就甜。")
    assert "超过 48 小时" not in words(desk.get("/zh/desk/"))
    asker = question.asker
    post(signed_in(asker), "ask_on", question=id_of(question), words="还硬着呢？")
    assert questions.note_left() == 0, "a follow-up has hours of its own"
    ways.prove(shelf.manager, SignInWay.Kind.PHONE, "+8617112345678")
    Person.objects.filter(pk=shelf.manager.pk).update(letters_by="text")
    Question.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert questions.note_left() == 1
    mail.outbox.clear()
    run_deliveries()
    (text,) = [one for one in texts.SENT if one.template == "question_left"]
    assert text.facts == {"where": "desk"} and not [one for one in mail.outbox if "48" in one.subject]


def test_a_question_to_the_shop_that_is_late_stands_apart_in_the_office(shelf, run_deliveries):
    post(signed_in(a_person()), "ask_shop", words=ASKED)
    operator = an_operator()
    office = signed_in(operator)
    assert "等答复的提问" in words(office.get("/zh/office/"))
    Question.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    page = words(office.get("/zh/office/"))
    assert "超过 48 小时没答复的提问" in page and "等答复的提问" not in page
    mail.outbox.clear()
    assert questions.note_left() == 1
    run_deliveries()
    told = [one.to for one in mail.outbox if "48" in one.subject]
    assert told.count([operator.email]) == 1 and [shelf.manager.email] not in told
