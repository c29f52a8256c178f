"""What a team writes to those who bought from it: read by an operator first, by letter to who has asked, bounded, and off by a press."""

from datetime import timedelta
from threading import Thread

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.actions import merging
from accounts.models import AuditEntry, Consent
from catalog.models import TeamNews
from core.api.ids import global_id
from core.deliveries import drain
from orders import people, verify
from orders.actions import news
from orders.links import off_key, proof_for
from orders.models import Line, NewsLetter, Order
from tests.catalog.world import a_news, a_team, an_operator, works_at
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
TEXT = {
    "kind": "HARVEST",
    "titleZh": "橙子开采了",
    "wordsZh": "今年雨水好，早上开了第一棵。",
    "titleEn": "The oranges are in",
}
WRITTEN = "news { id state reason }"
READ = "news { title words team { slug } }"


class Village:
    """Oranges of one team and tea of another, sold to somebody with an account or to a guest; and an operator."""

    def __init__(self, till, stand, buyer=None):
        self.sold = Sold(till, stand, buyer=buyer)
        self.teams = [lot.variant.product.team for lot in self.sold.lots]
        self.operator = Buyer(an_operator())

    def write(self, n=0, **given):
        id = global_id("Team", self.teams[n].uid)
        return self.sold.managers[n].do("newsHandIn", WRITTEN, team=id, **{**TEXT, **given})

    def let_out(self, n=0):
        """Handed in and approved; the letters of it are sent."""
        made = self.write(n)
        assert made["errors"] == []
        self.operator.done("newsApprove", WRITTEN, id=made["news"]["id"])
        return self.letters()

    def letters(self):
        """What buyers got since the last look."""
        drain()
        sent = [one for one in mail.outbox if "letters/off/" in one.body]
        mail.outbox.clear()
        return sent

    def look(self):
        """What she reads on her order's page, and whether letters come."""
        ask = f"query($number: String!, $token: String) {{ order(number: $number, token: $token) {{ newsWanted {READ} }} }}"
        return self.sold.buyer.ask(ask, **self.sold.order)["order"]

    def choose(self, wanted=True):
        return self.sold.buyer.do("newsChoose", "isWanted", **self.sold.order, wanted=wanted)

    def prove(self):
        self.sold.buyer.done(
            "orderProve", "order { number }", **self.sold.order, proof=proof_for(self.sold.row)
        )


@pytest.fixture
def hers(till, a_stand):
    """Bought with an account."""
    return Village(till, a_stand, Buyer(a_person(email="mei@example.com", language="en")))


@pytest.fixture
def guests(till, a_stand):
    """Bought by a guest."""
    return Village(till, a_stand)


def later(days):
    """So long ago was all of it."""
    back = timedelta(days=days)
    for row in TeamNews.objects.exclude(published_at=None):
        TeamNews.objects.filter(pk=row.pk).update(published_at=row.published_at - back)
    for letter in NewsLetter.objects.all():
        NewsLetter.objects.filter(pk=letter.pk).update(addressed_at=letter.addressed_at - back)
    for order in Order.objects.all():
        Order.objects.filter(pk=order.pk).update(
            paid_at=order.paid_at - back, placed_at=order.placed_at - back
        )


def offences():
    return [offence for offence in verify.verify() if offence.rule == "NEWS"]


def test_nobody_reads_it_before_an_operator_has_and_then_who_bought_does(hers):
    hers.choose()
    made = hers.write()["news"]
    assert made["state"] == "WAITING" and hers.letters() == [] and hers.look()["news"] == []
    hers.operator.done("newsApprove", WRITTEN, id=made["id"])
    (letter,) = hers.letters()
    assert letter.to == ["mei@example.com"] and letter.subject.endswith("The oranges are in")
    assert TEXT["wordsZh"] in letter.body and "/en/account/news/" in letter.body
    seen = hers.look()["news"]
    assert [(one["title"], one["team"]["slug"]) for one in seen] == [
        ("The oranges are in", hers.teams[0].slug)
    ]
    viewed = hers.sold.buyer.ask(f"{{ viewer {{ {READ} }} }}")["viewer"]["news"]
    assert viewed == seen and offences() == []
    told = AuditEntry.objects.filter(noun="TeamNews").order_by("pk").values_list("deed", flat=True)
    assert list(told) == ["hand_in", "approve"]


def test_who_has_not_asked_gets_no_letter_and_reads_it_on_her_own_pages(hers, till, a_stand):
    other = Buyer(a_person(email="li@example.com"))
    order = other.place(hers.sold.lots[0])
    Order.objects.filter(number=order["number"]).update(state="paid", paid_at=timezone.now())
    other.done("newsChoose", "isWanted", **order, wanted=True)
    assert hers.look()["newsWanted"] is False
    assert [letter.to for letter in hers.let_out()] == [["li@example.com"]]
    assert NewsLetter.objects.get().person == other.person, "nothing is written down of who has not asked"
    assert len(hers.look()["news"]) == 1
    kinds = hers.sold.buyer.ask("{ myLetters { kinds { kind isWanted } } }")["myLetters"]["kinds"]
    assert {"kind": "NEWS", "isWanted": False} in kinds
    hers.sold.buyer.done("lettersChoose", "letters { mailbox }", wanted=["NEWS"])
    assert Consent.objects.get(person__email="mei@example.com").ended_at is None
    assert hers.look()["newsWanted"] is True


def test_a_guest_is_asked_once_her_mailbox_is_proved_and_switches_it_off_by_her_letter(guests):
    assert guests.look() == {"newsWanted": None, "news": []}
    assert guests.choose()["errors"][0]["code"] == "CONFLICT"
    Order.objects.update(news_wanted_at=timezone.now())
    assert guests.let_out() == [], "whose mailbox it is nobody knows"
    assert guests.look()["news"] == []
    Order.objects.update(news_wanted_at=None)
    guests.prove()
    assert guests.look()["newsWanted"] is False and len(guests.look()["news"]) == 1
    assert guests.choose()["isWanted"] is True
    (letter,) = guests.let_out(1)
    assert (
        letter.to == ["buyer@example.com"] and f"/order/{guests.sold.order['number']}/?token=" in letter.body
    )
    key = off_key(guests.sold.row)
    assert f"/letters/off/?key={key}" in letter.body
    assert guests.sold.managers[0].done("newsSwitchOff", "isOff", key=key)["isOff"], "whoever is signed in"
    assert guests.look()["newsWanted"] is False and offences() == []
    later(31)
    assert guests.let_out() == []


def test_a_guest_whose_mailbox_opens_an_account_is_asked_there(guests):
    guests.prove()
    guests.choose()
    owner = a_person(email="buyer@example.com")
    assert guests.look()["newsWanted"] is None and guests.choose()["errors"][0]["code"] == "CONFLICT"
    assert guests.let_out() == []
    Buyer(owner).done("newsChoose", "isWanted", number=guests.sold.order["number"], wanted=True)
    (letter,) = guests.let_out(1)
    assert letter.to == ["buyer@example.com"] and "/account/news/" in letter.body
    assert NewsLetter.objects.get().person == owner


def test_it_goes_to_who_bought_from_that_team_and_not_to_who_got_all_of_it_back(hers, till, a_stand):
    hers.choose()
    stranger = a_team(manager=(manager := a_person()))
    made = Buyer(manager).done("newsHandIn", WRITTEN, team=global_id("Team", stranger.uid), **TEXT)
    hers.operator.done("newsApprove", WRITTEN, id=made["news"]["id"])
    assert hers.letters() == [] and hers.look()["news"] == []
    line = hers.sold.line(0)
    Line.objects.filter(pk=line.pk).update(refunded_units=line.quantity)
    assert hers.let_out(0) == [], "of that team nothing was kept"
    assert len(hers.let_out(1)) == 1
    slugs = [one["team"]["slug"] for one in hers.look()["news"]]
    assert slugs == [hers.teams[1].slug]
    Order.objects.update(state="refunded")
    assert hers.sold.buyer.ask(f"{{ viewer {{ {READ} }} }}")["viewer"]["news"] == []


def test_a_team_is_heard_of_once_in_thirty_days_and_one_waits_at_a_time(hers):
    assert hers.write()["errors"] == []
    assert hers.write()["errors"][0]["code"] == "CONFLICT", "one waits"
    waits = global_id("DeskNews", TeamNews.objects.get().uid)
    hers.operator.done("newsReturn", WRITTEN, id=waits, reason="有一户的名字")
    assert hers.let_out() == []
    assert hers.write()["errors"][0]["code"] == "CONFLICT", "within thirty days"
    published = TeamNews.objects.get(state="published")
    hers.sold.managers[0].done("newsWithdraw", WRITTEN, id=global_id("DeskNews", published.uid))
    assert hers.write()["errors"][0]["code"] == "CONFLICT", "it was heard of all the same"
    later(29)
    assert hers.write()["errors"][0]["code"] == "CONFLICT"
    later(2)
    assert hers.write()["errors"] == []


def test_a_buyer_gets_two_in_thirty_days_and_reads_the_third_on_her_own_page(hers):
    hers.choose()
    assert len(hers.let_out(0)) == 1 and len(hers.let_out(1)) == 1
    TeamNews.objects.filter(team=hers.teams[0]).update(published_at=timezone.now() - timedelta(days=30))
    assert hers.let_out(0) == [] and len(hers.look()["news"]) == 2, "what came before she bought is not hers"
    later(31)
    assert len(hers.let_out(1)) == 1
    assert news.forget_old() == 0
    later(30)
    assert news.forget_old() == 2 and offences() == []


def test_of_two_teams_heard_of_at_one_moment_a_buyer_gets_what_was_promised(hers, monkeypatch):
    monkeypatch.setattr(news, "MOST", 1)
    hers.choose()
    rows = [a_news(team, "published") for team in hers.teams]

    def work():
        news.address(rows[1])
        connection.close()

    other = Thread(target=work)
    with transaction.atomic():
        assert news.address(rows[0]) == 1
        other.start()
        other.join(timeout=1)
        assert other.is_alive(), "it waits until the first is counted"
    other.join()
    assert NewsLetter.objects.count() == 1
    assert news.address(rows[0]) == 0, "again: nobody is written to twice"


def test_n01_looking_at_the_link_switches_nothing_off_and_one_press_does(hers):
    hers.choose()
    (letter,) = hers.let_out()
    door = letter.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    page = next(word for word in letter.body.split() if "/letters/off/" in word).removeprefix(
        "http://testserver"
    )
    bot = Client(headers={"User-Agent": "Slackbot-LinkExpanding 1.0"})
    for _ in range(2):
        for path in (door, page):
            for answer in (bot.head(path), bot.get(path)):
                assert answer.status_code in (200, 302) and "session" not in answer.cookies
    bot.post(door)
    assert hers.look()["newsWanted"] is True, "a press says what it is for"
    assert bot.post(door, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert hers.look()["newsWanted"] is False
    assert bot.post(f"{door[:-4]}x/", {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert bot.get("/en/letters/off/").status_code == 200


def test_switched_off_or_taken_back_on_its_way_no_letter_comes(hers):
    hers.choose()
    for stops in ("off", "withdrawn"):
        made = hers.write(stops == "withdrawn")["news"]
        hers.operator.done("newsApprove", WRITTEN, id=made["id"])
        news.address(TeamNews.objects.get(state="published"))
        assert NewsLetter.objects.count() == 1
        if stops == "off":
            hers.choose(wanted=False)
        else:
            hers.sold.managers[1].done("newsWithdraw", WRITTEN, id=made["id"])
        assert hers.letters() == [], stops
        NewsLetter.objects.all().delete()
        TeamNews.objects.filter(team=hers.teams[0]).update(state="withdrawn")
        hers.choose()
    assert hers.look()["news"] == []


def test_what_is_returned_tells_its_team_why_and_is_taken_off_where_it_was_out(hers):
    hers.let_out()
    published = global_id("DeskNews", TeamNews.objects.get().uid)
    assert hers.operator.do("newsReturn", WRITTEN, id=published, reason=" ")["errors"][0]["code"] == "INVALID"
    hers.operator.done("newsReturn", WRITTEN, id=published, reason="写了哪家的难处")
    drain()
    (told,) = [one for one in mail.outbox if "/desk/news/" in one.body]
    assert "写了哪家的难处" in told.body and told.to == [hers.sold.managers[0].person.email]
    assert hers.look()["news"] == []
    seen = hers.sold.managers[0].ask("{ newsDesk { waits nextFrom news { state reason } } }")["newsDesk"]
    assert seen["news"] == [{"state": "RETURNED", "reason": "写了哪家的难处"}] and seen["nextFrom"]
    assert hers.operator.do("newsApprove", WRITTEN, id=published)["errors"][0]["code"] == "CONFLICT"


def test_who_may_write_and_who_may_decide_and_nobody_lets_out_her_own_team(hers):
    team = hers.teams[0]
    given = {"team": global_id("Team", team.uid), **TEXT}
    packer, leader = a_person(), a_person()
    works_at(team, packer, "packer"), works_at(team, leader, "leader")
    for other in (hers.sold.managers[1], Buyer(packer), hers.sold.buyer):
        assert other.do("newsHandIn", WRITTEN, **given)["errors"][0]["code"] in ("NOT_FOUND", "NOT_ALLOWED")
    made = Buyer(leader).done("newsHandIn", WRITTEN, **given)["news"]
    assert (
        hers.sold.managers[1].do("newsWithdraw", WRITTEN, id=made["id"])["errors"][0]["code"] == "NOT_FOUND"
    )
    assert hers.sold.managers[0].do("newsApprove", WRITTEN, id=made["id"])["errors"]
    team.members.create(person=hers.operator.person)
    assert hers.operator.do("newsApprove", WRITTEN, id=made["id"])["errors"][0]["code"] == "NOT_ALLOWED"
    assert TeamNews.objects.get().state == "waiting"
    hers.sold.managers[0].done("newsWithdraw", WRITTEN, id=made["id"])


def test_all_that_is_wrong_is_told_at_once_and_english_is_not_asked_for(hers):
    refused = hers.write(titleZh=" ", wordsZh="", titleEn="x" * 81)["errors"]
    assert [error["field"] for error in refused] == [["titleZh"], ["titleEn"], ["wordsZh"]]
    assert not TeamNews.objects.exists()
    assert hers.write(titleEn="")["errors"] == []


def test_what_she_was_sent_is_in_her_data_goes_with_her_account_and_into_the_one_that_goes_on(hers):
    hers.choose()
    hers.let_out()
    other = a_person(email="other@example.com")
    lasting = merging.merge(other, hers.sold.buyer.person, "email email")
    assert NewsLetter.objects.get().person == lasting
    assert [one["title"] for one in people.export(lasting)["news_letters"]] == [TEXT["titleZh"]]
    Order.objects.update(state="completed", closed_at=timezone.now())
    with transaction.atomic():
        people.erase(lasting)
    assert not NewsLetter.objects.exists()


def test_verify_sees_a_letter_too_many_and_one_to_who_has_bought_nothing(hers, till, a_stand):
    hers.choose()
    hers.let_out(0), hers.let_out(1)
    assert offences() == []
    kept = NewsLetter.objects.first()
    extra = a_news(state="published")
    third = NewsLetter.objects.create(
        news=extra, order=kept.order, person=kept.person, mailbox=kept.mailbox, addressed_at=timezone.now()
    )
    assert {(o.noun, o.id) for o in offences()} == {("NewsLetter", third.pk)} and len(offences()) == 2
    third.delete()
    TeamNews.objects.filter(pk=extra.pk).update(team=hers.teams[0])
    assert {o.noun for o in offences()} == {"TeamNews"}
    TeamNews.objects.filter(pk=extra.pk).delete()
    NewsLetter.objects.update(person=None)
    assert len(offences()) == 2, "of a guest who never proved her mailbox"
