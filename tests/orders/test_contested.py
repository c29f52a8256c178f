"""An open dispute: nothing is sent and nothing refunded before the bank has decided; each outcome has its meaning."""

import re

import pytest
from django.test import Client

from catalog.actions import listing
from catalog.actions.lot import recall
from core.refusals import NotAllowed
from impact.models import Kind
from orders.actions import dispute, reconcile, refund
from orders.links import token_for
from orders.models import Dispute, Order, Payment, Refund
from tests.impact import world
from tests.orders.paid import Paid
from tests.orders.sold import Sold
from tests.orders.test_dispute import offences
from tests.orders.test_mails import new_mails
from tests.orders.world import a_person, key, settle_all, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
TOLD = ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed")


@pytest.fixture
def paid(till, a_stand):
    made = Paid(till, a_stand)
    settle_all()
    new_mails()
    return made


def contested(till, stand, **more):
    made = till.dispute(payment_intent=Payment.objects.get(is_kept=True).payment_ref, **more)
    tell(stand, *TOLD)
    return made["id"]


def moves(till, stand, id, status):
    till.move_dispute(id, status)
    tell(stand, *TOLD)
    settle_all()
    return Dispute.objects.get().state


def save_for_good(desk: Client, page: str, **written: str) -> None:
    """Save a row of the operators' rooms, look at it once more, and save it as it stands."""
    looked = desk.post(page, written).content.decode().split("<ul>")[-1]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', looked))
    assert desk.post(page, sent).status_code == 302


def test_a_contested_parcel_is_not_packed_or_sent_and_goes_on_when_it_is_won(till, a_stand):
    sold = Sold(till, a_stand)
    settle_all()
    id = contested(till, a_stand)
    (refused,) = sold.ship()["errors"]
    assert refused["code"] == "CONFLICT" and "bank is deciding" in refused["message"]
    moves(till, a_stand, id, "won")
    assert sold.ship()["errors"] == [] and offences() == []


def test_all_whom_it_concerns_are_told_with_the_day_by_which_it_is_answered(paid, till, a_stand):
    id = contested(till, a_stand)
    told = {mail.to[0]: mail for mail in new_mails()}
    assert set(told) == {
        "buyer@example.com",
        paid.operator.person.email,
        *(manager.email for manager in paid.managers),
    }
    assert "答复截止" in told[paid.operator.person.email].body
    assert Dispute.objects.get().due_at is not None
    moves(till, a_stand, id, "won")
    assert {mail.to[0] for mail in new_mails()} == set(told)


def test_while_a_bank_decides_no_refund_is_accepted_and_nothing_is_put_back_on_the_shelf(paid, till, a_stand):
    contested(till, a_stand)
    assert [e["code"] for e in paid.ask(paid.team, (0, 1, None))["errors"]] == ["CONFLICT"]
    assert paid.buyer.refused("orderCancel", **paid.order, idempotencyKey=key()) == "CONFLICT"
    assert paid.seen["allowedActions"] == [] and Refund.objects.count() == 0
    assert offences() == []


def test_a_refund_that_waited_for_the_bank_is_given_when_it_is_won(paid, till, a_stand):
    paid.give(paid.team, (0, 1, None))  # asked for just before the notice came
    id = contested(till, a_stand)
    settle_all()
    assert Refund.objects.get().state == "requested"
    moves(till, a_stand, id, "won")
    assert Refund.objects.get().state == "succeeded" and offences() == []


def test_of_a_recall_meanwhile_the_buyer_is_told_that_her_money_waits_for_the_bank(paid, till, a_stand):
    contested(till, a_stand)
    settle_all()
    new_mails()
    recall(paid.row.lines.order_by("pk").first().lots.get().lot, a_person(("operator",)), "个别箱受潮")
    settle_all()
    assert Refund.objects.get().state == "requested"
    (told,) = [letter for letter in new_mails() if letter.to == [paid.row.email]]
    assert "is due back to you" in told.body and "on its way back" not in told.body
    refund.request(
        paid.row, {line.uid: refund.Part(line.units_sent) for line in paid.row.lines.all()}, reason="recalled"
    )
    page = Client().get(f"/en/order/{paid.row.number}/?token={token_for(paid.row)}").content.decode()
    assert "Refunds wait for it too" in page and "and the order goes on" not in page


@pytest.mark.parametrize("way", ["won", "lost"])
def test_what_was_recalled_meanwhile_is_not_said_to_go_on_whatever_the_bank_decides(paid, till, a_stand, way):
    id = contested(till, a_stand)
    lot, other = [line.lots.get().lot for line in paid.row.lines.order_by("pk")]
    recall(lot, a_person(("operator",)), "个别箱受潮")
    settle_all()
    refund.request(paid.row, {paid.row.lines.get(lots__lot=other).uid: refund.Part(3)}, reason="recalled")
    settle_all()
    new_mails()
    moves(till, a_stand, id, way)
    told = new_mails()
    for letter in told:
        for words in (
            "Ready to be sent",
            "Please send",
            "goes on",
            "what was not sent will be.",
            "可以发货了",
            "请照发",
        ):
            assert words not in letter.subject + letter.body, letter.subject
    assert {letter.to[0] for letter in told} >= {paid.row.email, *(m.email for m in paid.managers)}
    assert Refund.objects.filter(state="succeeded").count() == 2 and offences() == []


def test_of_two_teams_only_the_one_whose_parcel_is_left_is_told_to_send(paid, till, a_stand):
    id = contested(till, a_stand)
    recall(paid.row.lines.order_by("pk").first().lots.get().lot, a_person(("operator",)), "个别箱受潮")
    settle_all()
    new_mails()
    moves(till, a_stand, id, "won")
    first, second = [
        [m.subject for m in told if m.to == [manager.email]]
        for told in [new_mails()]
        for manager in paid.managers
    ]
    number = paid.row.number
    assert (first, second) == ([f"不用发了：订单 {number}"], [f"可以发货了：订单 {number}"])


def test_what_an_operator_holds_back_is_not_ready_when_the_bank_has_decided(paid, till, a_stand):
    id = contested(till, a_stand)
    listing.suspend(paid.lots[0].variant.product, a_person(("operator",)), "标签")
    settle_all()
    new_mails()
    moves(till, a_stand, id, "won")
    subjects = {letter.to[0]: letter.subject for letter in new_mails()}
    first, second = (subjects[manager.email] for manager in paid.managers)
    assert (first, second) == (f"还不能发：订单 {paid.row.number}", f"可以发货了：订单 {paid.row.number}")


def test_a_question_of_the_banks_takes_nothing_and_may_be_answered_by_a_refund(paid, till, a_stand):
    id = contested(till, a_stand, status="warning_needs_response")
    assert paid.row.contested_at is not None
    assert paid.give(paid.team, (0, 1, None)) == 3690
    settle_all()
    assert Refund.objects.get().state == "succeeded"
    assert moves(till, a_stand, id, "warning_closed") == "won" and offences() == []


@pytest.mark.parametrize(
    ("way", "states", "lost"),
    [
        (["under_review", "lost"], ["under_review", "lost"], 16490),
        (
            ["lost", "appeal_needs_response", "appeal_under_review", "won"],
            ["lost", "appealed", "appealed", "won"],
            0,
        ),
        (["lost", "appeal_under_review", "lost"], ["lost", "appealed", "lost"], 16490),
        (["lost", "won", "lost"], ["lost", "won", "won"], 0),
        (["prevented"], ["prevented"], 16490),
        (["something_new"], ["unclear"], 0),
    ],
)
def test_each_outcome_has_its_meaning(paid, till, a_stand, way, states, lost):
    id = contested(till, a_stand)
    settle_all()
    if way == ["lost", "won", "lost"]:
        states = ["lost", "won", "lost"]
        lost = 16490
    assert [moves(till, a_stand, id, status) for status in way] == states
    assert Dispute.objects.get().lost_minor == lost
    assert offences() == []


def test_what_was_headed_off_without_taking_money_leaves_the_order_as_it_is(paid, till, a_stand):
    id = contested(till, a_stand, status="warning_needs_response")
    assert moves(till, a_stand, id, "prevented") == "prevented"
    assert (paid.row.state, Dispute.objects.get().lost_minor) == ("paid", 0) and offences() == []


def test_another_currency_is_no_number_of_fen_and_is_decided_by_a_person(paid, till, a_stand):
    id = contested(till, a_stand, currency="usd", amount=2300)
    assert moves(till, a_stand, id, "lost") == "unclear"
    assert paid.row.state == "paid" and Refund.objects.count() == 0
    desk = Client()
    desk.force_login(paid.operator.person)
    page = f"/operators/orders/dispute/{Dispute.objects.get().pk}/change/"
    save_for_good(desk, page, lost_minor="16490", why="按当日汇率，支付方后台")
    settle_all()
    assert (Dispute.objects.get().state, paid.row.state) == ("lost", "refunded")
    assert offences() == []


def test_no_operator_decides_that_her_own_bank_took_nothing(paid, till, a_stand):
    """It was given back to her in dollars, and the parcel would be sent all the same."""
    id = contested(till, a_stand, currency="usd", amount=2300)
    assert moves(till, a_stand, id, "lost") == "unclear"
    asked, operator = Dispute.objects.get(), paid.operator.person
    Order.objects.filter(pk=paid.row.pk).update(person=operator)
    with pytest.raises(NotAllowed):
        dispute.decide(asked, operator, 0, "none was taken")
    asked.refresh_from_db()
    assert (asked.state, paid.row.contested_at is None) == ("unclear", False)
    Order.objects.filter(pk=paid.row.pk).update(person=None)
    assert dispute.decide(asked, operator, 0, "none was taken").state == "won"


def test_what_the_provider_refuses_after_a_partial_loss_is_given_in_another_way(paid, till, a_stand):
    id = contested(till, a_stand, amount=5000)
    moves(till, a_stand, id, "lost")
    paid.give(paid.operator, (0, 1, None))
    settle_all()
    failed = Refund.objects.get(reason="team")
    assert (failed.state, failed.retry_at) == ("failed", None)
    desk = Client()
    desk.force_login(paid.operator.person)
    page = f"/operators/orders/refund/{failed.pk}/change/"
    assert "otherwise" in desk.get(page).content.decode()
    save_for_good(desk, page, otherwise="银行转账 2026-11-29")
    settle_all()
    failed.refresh_from_db()
    assert (failed.state, failed.otherwise) == ("succeeded", "银行转账 2026-11-29")
    assert world.balances(paid.row)[Kind.PURSE] == failed.amount_minor
    assert sum(world.balances(paid.row).values()) == 0 and offences() == []
    (told,) = new_mails("buyer@example.com")[-1:]
    assert "银行转账 2026-11-29" in told.body


def test_an_older_answer_says_nothing_of_a_newer_one(paid, till, a_stand):
    from datetime import timedelta

    from django.utils import timezone

    from orders.provider import provider
    from orders.provider.port import Noun

    id = contested(till, a_stand)
    old = provider("stripe").look(Noun.DISPUTE, id)
    before = timezone.now() - timedelta(minutes=1)
    moves(till, a_stand, id, "won")
    assert dispute.take("stripe", old, before) == "known" and Dispute.objects.get().state == "won"


def test_a_dispute_whose_notices_are_lost_is_found_by_the_round(paid, till):
    till.dispute(payment_intent=Payment.objects.get().payment_ref)
    assert reconcile.all_waiting()["notices"] == 1
    assert Dispute.objects.get().state == "open" and paid.row.contested_at
