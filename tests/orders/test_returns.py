"""Goods that go back first: asked for with what is given for them, sent with the team's label, paid for once they have come."""

import re
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import operator as operators
from catalog.actions import team as teams
from core.api.ids import global_id
from core.refusals import Conflict
from orders import verify
from orders.actions import claim_reply, refund, return_parcel, shipment
from orders.models import Claim, Order, Refund, Replacement, ReturnParcel, Shipment
from tests.accounts.world import a_person
from tests.catalog.world import an_operator
from tests.orders.sold import settle
from tests.orders.test_mails import new_mails
from tests.orders.test_replaced import TEA, Spoilt, codes
from tests.orders.world import Buyer, key
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
WHERE = "示例收件 13800000000\n示例省示例县示例村 1 号"
SEEN = "returnParcel { id state amount { minor } sendTo carrier trackingNumber dueBy }"


class Back(Spoilt):
    """One of three has come spoilt, at ¥50.00 each; its team asks for it back and gives ¥50.00 for it then."""

    def ask(self, **told):
        given = {"amount": "50.00", "returnTo": WHERE, "returnCarrier": "顺丰", "returnNumber": "SFBACK01"}
        return self.answer(**given | told)

    def agreed(self):
        assert self.ask()["errors"] == []
        self.says("claimAccept")
        return ReturnParcel.objects.get(state="agreed")

    def send(self, one, **told):
        given = {**self.order, "returnId": global_id("ReturnParcel", one.uid), **told}
        return self.buyer.do("returnSend", SEEN, **given)

    def receive(self, one, by=None):
        given = {"returnId": global_id("ReturnParcel", one.uid), "idempotencyKey": key()}
        return (by or self.managers[TEA]).do("returnReceive", SEEN, **given)

    @property
    def stands(self):
        claim = Claim.objects.get()
        return claim.state, claim.returns.latest("pk").state, self.line(TEA).refunded_minor


@pytest.fixture
def back(till, a_stand):
    return Back(till, a_stand)


def test_its_money_waits_until_it_has_come_and_goes_back_once(back):
    assert codes(back.ask(amount="")) == ["INVALID"], "it says what goes back"
    assert codes(back.ask(returnTo="村口")) == ["INVALID"], "and where to"
    assert codes(back.ask(replaceUnits=1)) == ["INVALID"]
    assert codes(back.ask(amount="150.01")) == ["REFUND_TOO_LARGE"]
    assert back.ask()["errors"] == []
    assert back.stands == ("answered", "offered", 0)
    new_mails()
    back.says("claimAccept")
    assert back.stands == ("agreed", "agreed", 0)
    settle()
    (letter,) = new_mails()
    assert (
        "Please send it back" in letter.subject and "示例村 1 号" in letter.body and "SFBACK01" in letter.body
    )
    one = ReturnParcel.objects.get()
    assert codes(back.receive(one)) == ["TOO_LATE"], "it is not on its way"
    sent = back.send(one)["returnParcel"]
    assert (sent["state"], sent["carrier"], sent["trackingNumber"]) == ("SENT", "顺丰", "SFBACK01")
    assert shipment.complete_due(timezone.now() + timedelta(days=9)) == [], "nothing of it is owed yet"
    assert codes(back.receive(one, back.managers[0])) == ["NOT_FOUND"]
    assert back.receive(one)["errors"] == []
    assert codes(back.receive(one)) == ["TOO_LATE"]
    assert back.stands == ("agreed", "received", 5000)
    settle()
    claim_reply.end_due()
    assert back.stands == ("done", "received", 5000)
    assert Refund.objects.get().claim_reply.claim == Claim.objects.get()
    at_rest()


def test_what_went_back_meanwhile_does_not_go_back_again(back):
    one = back.agreed()
    assert codes(back.send(one, trackingNumber="?")) == ["INVALID"]
    back.send(one, carrier="邮政", trackingNumber="EMS777")
    line = back.line(TEA)
    refund.request(back.row, {line.uid: refund.Part(amount_minor=12000)})
    back.receive(one)
    assert back.line(TEA).refunded_minor == 15000
    settle()
    at_rest()


def test_what_is_not_sent_in_time_ends_the_claim_and_gives_nothing(back):
    back.agreed()
    weeks = timezone.now() + timedelta(days=14)
    assert return_parcel.end_due(weeks - timedelta(minutes=1)) == 0
    new_mails()
    assert return_parcel.end_due(weeks + timedelta(minutes=1)) == 1
    assert back.stands == ("done", "over", 0)
    late = back.send(ReturnParcel.objects.get())["errors"][0]
    assert (late["code"], late["message"]) == (
        "TOO_LATE",
        str(return_parcel._NOT_SENT_IN_TIME.in_language("en")),
    )
    settle()
    assert ["Not sent back" in letter.subject for letter in new_mails()] == [True]
    at_rest()


def test_what_no_team_says_of_in_time_is_the_offices_to_decide(back):
    one = back.agreed()
    back.send(one)
    days = timezone.now() + timedelta(days=10)
    assert return_parcel.end_due(days - timedelta(minutes=1)) == 0
    office = Buyer(an_operator())
    assert return_parcel.end_due(days + timedelta(minutes=1)) == 1
    assert return_parcel.end_due(days + timedelta(minutes=1)) == 0
    assert back.stands == ("office", "sent", 0)
    # The clock has brought it there, and each sentence says so: in both languages, to its team and to the office.
    for refused in (back.receive(one), back.answer(words="没有收到")):
        (error,) = refused["errors"]
        assert (error["code"], error["message"]) == (
            "TOO_LATE",
            return_parcel.NOT_SAID_IN_TIME.in_language("en"),
        )
    assert "平台裁定" in return_parcel.NOT_SAID_IN_TIME.in_language("zh")
    settle()
    (letter,) = [letter for letter in new_mails() if letter.to == [office.person.email]]
    assert not re.search("买家看过|asks the shop", letter.body) and re.search(
        "期限已过|are over", letter.body
    )
    given = {
        "claimId": back.told["id"],
        "amount": "40.00",
        "words": "运单显示已签收",
        "idempotencyKey": key(),
    }
    assert office.do("claimAnswer", "claim { state }", **given)["claim"]["state"] == "AGREED"
    assert back.stands == ("agreed", "over", 4000)
    (error,) = back.receive(one)["errors"]
    assert error["message"] == return_parcel._DECIDED.in_language("en")
    settle()
    at_rest()


def test_who_does_not_want_to_send_it_says_so_and_the_team_answers_anew(back):
    back.ask()
    assert back.says("claimDispute", words="太麻烦了")["claim"]["state"] == "DISPUTED"
    assert back.stands == ("disputed", "over", 0)
    back.ask(amount="60.00")
    assert back.says("claimBring", words="请看照片")["claim"]["state"] == "OFFICE"
    assert back.stands == ("office", "over", 0)
    at_rest()


@pytest.mark.parametrize("waits", ["to be sent in its place", "to be sent back", "on its way back"])
def test_a_team_at_rest_keeps_its_last_manager_until_what_was_agreed_is_done(back, waits):
    if waits == "to be sent in its place":
        assert back.answer(replaceUnits=1)["errors"] == []
        back.says("claimAccept")
    else:
        one = back.agreed()
        if waits == "on its way back":
            assert back.send(one)["errors"] == []
    team, mei, ada = back.line(TEA).team, back.managers[TEA].person, a_person(("operator",))
    teams.rest(team, ada, "示例原因")
    # Its parcels are through with their time.
    Shipment.objects.update(state="completed")
    Order.objects.update(state="completed", closed_at=timezone.now())
    with pytest.raises(Conflict) as said:
        operators.close(mei, ada)
    assert team.name_zh in str(said.value)
    Replacement.objects.update(state="shipped", shipped_at=timezone.now())
    ReturnParcel.objects.update(state="over")
    operators.close(mei, ada)


def test_verify_finds_a_return_beside_its_claim_or_one_that_nothing_was_given_for(back):
    one = back.agreed()
    back.send(one)
    for broken in (
        "UPDATE orders_returnparcel SET state = 'received'",
        "UPDATE orders_returnparcel SET state = 'agreed'; UPDATE orders_claim SET state = 'answered'",
    ):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(broken)
            assert "ReturnParcel" in {offence.noun for offence in verify.verify()}, broken
            transaction.set_rollback(True)
    at_rest()
