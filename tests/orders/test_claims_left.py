"""A claim that its team leaves without an answer is answered in its place by an operator, through the same deed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from catalog.models import TeamMember
from core.api.ids import global_id
from core.deliveries import drain
from orders.models import Claim, Refund
from orders.reads.claim import TEAM_ANSWERS
from tests.catalog.world import an_operator
from tests.orders.sold import Sold
from tests.orders.test_claim import a_photo
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer, key
from tests.together.world import at_rest
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
ROOM = "/operators/orders/claim/"


@pytest.fixture
def sold(till, a_stand):
    made = Sold(till, a_stand)
    made.arrive(0)
    return made


def left(sold, by=TEAM_ANSWERS + timedelta(minutes=1)):
    """A claim that was made so long ago; nobody has answered."""
    sold.claim("两个坏了")
    claim = Claim.objects.get()
    Claim.objects.update(made_at=timezone.now() - by)
    return claim


def answer(desk, claim, **form):
    return desk.post(f"{ROOM}{claim.pk}/change/", {"confirmed": "yes", **form}, follow=True)


def test_an_operator_finds_what_is_left_and_gives_back_after_a_second_look(sold):
    claim = left(sold)
    operator = an_operator()
    desk = signed_in(operator)
    assert str(claim.uid) in words(desk.get(f"{ROOM}?left=1"))
    looked = desk.post(f"{ROOM}{claim.pk}/change/", {"amount": "12.50", "answer": "抱歉"})
    assert "¥12.50" in words(looked) and "cannot be undone" in words(looked)
    assert Refund.objects.count() == 0
    new_mails()
    answer(desk, claim, amount="12.50", answer="抱歉")
    claim.refresh_from_db()
    assert (claim.state, claim.answer, claim.answered_by_id) == ("agreed", "抱歉", operator.pk)
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.reason) == (1250, "claim")
    assert AuditEntry.objects.filter(noun="Claim", deed="answer", actor=operator).exists()
    assert any("Your report was decided" in letter.subject for letter in new_mails())
    assert str(claim.uid) not in words(desk.get(f"{ROOM}?left=1"))
    drain()
    at_rest()


def test_without_money_it_says_why(sold):
    claim = left(sold)
    desk = signed_in(an_operator())
    answer(desk, claim, amount="", answer="")
    assert Claim.objects.get().state == "open"
    answer(desk, claim, amount="", answer="照片里是好的。")
    assert Claim.objects.get().state == "done" and Refund.objects.count() == 0


@pytest.mark.parametrize("amount", ["1,50", "-1", "abc", "73.81"])
def test_what_cannot_be_given_is_refused(sold, amount):
    claim = left(sold)
    answer(signed_in(an_operator()), claim, amount=amount, answer="抱歉")
    assert Claim.objects.get().state == "open" and Refund.objects.count() == 0


def test_as_long_as_the_team_has_time_only_the_team_answers(sold):
    claim = left(sold, by=TEAM_ANSWERS - timedelta(minutes=1))
    desk = signed_in(an_operator())
    assert str(claim.uid) not in words(desk.get(f"{ROOM}?left=1"))
    assert "团队有三天时间答复" in words(answer(desk, claim, amount="1", answer="x"))
    assert Claim.objects.get().state == "open" and Refund.objects.count() == 0


def test_no_operator_answers_for_her_own_team_or_of_her_own_order(sold):
    claim = left(sold)
    related = an_operator()
    TeamMember.objects.create(team=sold.line(0).team, person=related, role="leader")
    answer(signed_in(related), claim, amount="1", answer="x")
    hers = an_operator()
    sold.row.__class__.objects.update(person=hers)
    answer(signed_in(hers), claim, amount="1", answer="x")
    assert Claim.objects.get().state == "open" and Refund.objects.count() == 0


def test_the_buyer_reads_by_when_and_who_answers_otherwise(sold):
    claim = left(sold, by=timedelta(0))
    document = "query($number: String!, $token: String) { order(number: $number, token: $token) { lines { claims { answerBy } } } }"
    (told,) = sold.buyer.ask(document, **sold.order)["order"]["lines"][0]["claims"]
    claim.refresh_from_db()
    assert told["answerBy"] == (claim.made_at + TEAM_ANSWERS).isoformat()
    page = f"/en/order/{sold.order['number']}/?token={sold.order['token']}"
    assert "should it not, the shop decides" in words(Client().get(page))
    Claim.objects.update(state="declined", answer="好的")
    assert "should it not, the shop decides" not in words(Client().get(page))
    (told,) = sold.buyer.ask(document, **sold.order)["order"]["lines"][0]["claims"]
    assert told["answerBy"] is None


def test_an_operator_sees_the_photo_of_what_is_left_to_her_and_of_nothing_else(sold):
    form = {
        **sold.order,
        "line": sold.line_id(0),
        "words": "压坏了",
        "photo": a_photo(),
        "lang": "zh",
        "idempotencyKey": key(),
    }
    sold.buyer.client.post("/do/make_claim/", form)
    address = f"/zh/claims/{global_id('Claim', Claim.objects.get().uid)}/photo.webp"
    desk = signed_in(an_operator())
    assert desk.get(address).status_code == 404
    Claim.objects.update(made_at=timezone.now() - TEAM_ANSWERS - timedelta(minutes=1))
    assert desk.get(address).status_code == 200
    assert Buyer().client.get(address).status_code == 404
