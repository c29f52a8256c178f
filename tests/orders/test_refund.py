"""Giving back: a line's own share, never more than remains, once, and what becomes of it at the provider."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import OutboxEvent
from core.refusals import NotAllowed
from orders.actions import reconcile, refund
from orders.models import Dispute, Order, Payment, Refund, RefundLine
from tests.catalog.world import a_team, an_operator
from tests.orders.paid import Paid
from tests.orders.test_checkout import in_threads, shelf
from tests.orders.world import (
    Buyer,
    a_lot,
    a_person,
    at_rest,
    events,
    key,
    settle_all,
    tell,
)

pytestmark = pytest.mark.django_db(transaction=True)


def refused(answer):
    return [error["code"] for error in answer["errors"]]


def test_a_unit_gives_back_what_was_paid_for_it_and_goes_back_on_the_shelf(paid):
    assert paid.give(paid.team, (0, 1, None)) == 3690
    settle_all()
    line, other = paid.seen["lines"]
    assert (line["refunded"]["minor"], line["refundedUnits"]) == (3690, 1)
    assert other["refunded"]["minor"] == 0
    assert paid.seen["refundedTotal"]["minor"] == 3690 and paid.seen["state"] == "PAID"
    assert shelf(paid.lots[0]) == (8, 0, 3) and shelf(paid.lots[1]) == (7, 0, 3)
    at_rest()


def test_what_was_sent_is_not_put_back_on_the_shelf(paid):
    paid.sent()
    assert paid.give(paid.team, (0, 1, None)) == 3690
    assert shelf(paid.lots[0]) == (7, 0, 3)
    assert RefundLine.objects.get().is_restocked is False
    at_rest()


def test_an_amount_is_given_back_and_the_units_stay_sold(paid):
    assert paid.give(paid.team, (0, None, 500)) == 500
    assert paid.seen["lines"][0]["refundedUnits"] == 0 and shelf(paid.lots[0]) == (7, 0, 3)
    at_rest()


def test_shares_of_one_line_add_up_to_what_was_paid_for_it_and_never_to_more(paid):
    assert paid.give(paid.team, (0, None, 1000)) == 1000
    given = [paid.give(paid.team, (0, 1, None)) for _ in range(3)]
    # The fen given before are not given twice: the last unit's share is what remains, and its parcel's sending.
    assert given == [3690, 3690, 2690 + 1320]
    answer = paid.ask(paid.team, (0, 1, None))
    assert refused(answer) == ["REFUND_TOO_LARGE"]
    assert paid.seen["lines"][0]["refunded"]["minor"] == 3 * 3690
    at_rest()


def test_more_than_remains_is_refused_with_what_remains_and_nothing_moves(paid):
    document = """mutation($input: RefundRequestInput!) { refundRequest(input: $input) {
        errors { code field ... on RefundTooLarge { amountLeft unitsLeft } } } }"""
    lines = [{"lineId": paid.line(), "amountMinor": 3 * 3690 + 1}]
    given = {"number": paid.order["number"], "lines": lines, "idempotencyKey": key()}
    (error,) = paid.team.ask(document, input=given)["refundRequest"]["errors"]
    assert error == {
        "code": "REFUND_TOO_LARGE",
        "field": ["lines", "0", "amount"],
        "amountLeft": 3 * 3690,
        "unitsLeft": 3,
    }
    assert refused(paid.ask(paid.team, (0, 4, None))) == ["REFUND_TOO_LARGE"]
    assert refused(paid.ask(paid.team, (0, -1, None))) == ["INVALID"]
    assert refused(paid.ask(paid.team, (0, None, -5))) == ["INVALID"]
    assert refused(paid.ask(paid.team)) == ["INVALID"]
    assert Refund.objects.count() == 0 and shelf(paid.lots[0]) == (7, 0, 3)


def test_all_of_an_unsent_line_takes_its_parcel_off_the_road(paid):
    paid.give(paid.team, (0, None, 3 * 3690), shipping=True)
    states = dict(paid.row.shipments.values_list("team__members__person", "state"))
    assert states == {paid.managers[0].pk: "cancelled", paid.managers[1].pk: "waiting"}
    assert paid.seen["lines"][0]["refundedUnits"] == 3 and shelf(paid.lots[0]) == (10, 0, 3)
    at_rest()


def test_everything_given_back_ends_the_order(paid):
    paid.give(paid.operator, (0, 3, None), (1, 3, None), shipping=True)
    assert paid.seen["stateName"] == "Cancelled, being refunded" and paid.seen["allowedActions"] == []
    settle_all()
    assert paid.seen["state"] == "REFUNDED"
    assert paid.seen["refundedTotal"] == paid.seen["total"]
    at_rest()


def test_one_key_gives_back_once_and_another_input_under_it_is_a_conflict(paid):
    once = key()
    first, second = (paid.ask(paid.team, (0, 1, None), idempotencyKey=once) for _ in range(2))
    assert first["refund"] == second["refund"] and Refund.objects.count() == 1
    assert refused(paid.ask(paid.team, (0, 2, None), idempotencyKey=once)) == ["IDEMPOTENCY_CONFLICT"]


def test_refunds_asked_for_at_once_never_exceed_the_line(paid):
    told = in_threads(8, lambda _: paid.ask(paid.team, (0, 1, None)))
    assert sorted(refused(answer) == [] for answer in told) == [False] * 5 + [True] * 3
    settle_all()
    assert paid.row.refunded_minor == 3 * 3690 + 1320
    at_rest()


# --- Who may --------------------------------------------------------------------------------------


def test_another_teams_manager_finds_no_such_order_and_the_order_s_second_team_no_such_line(paid):
    stranger = a_person()
    a_team(manager=stranger)
    for other in (Buyer(stranger), Buyer(a_person())):
        assert refused(paid.ask(other, (0, 1, None))) == ["NOT_FOUND"]
    assert refused(paid.ask(Buyer(), (0, 1, None))) == ["SIGN_IN_REQUIRED"]
    assert refused(paid.ask(Buyer(paid.managers[1]), (0, 1, None))) == ["NOT_FOUND"]
    assert Refund.objects.count() == 0


def test_a_team_gives_back_its_own_parcels_sending_and_no_others(paid):
    assert paid.give(paid.team, (0, 3, None), shipping=True) == 3 * 3690 + 1320
    first, second = paid.row.shipments.order_by("pk")
    assert first.refunded_minor == first.shipping_minor > 0 and second.refunded_minor == 0
    at_rest()


def test_an_ex_manager_gives_nothing_back(paid):
    paid.managers[0].appointments.update(ends_at=timezone.now())
    assert refused(paid.ask(paid.team, (0, 1, None))) == ["NOT_FOUND"]


def test_an_operator_decides_nothing_about_an_order_of_her_own(till, a_stand):
    """She has eaten the oranges: what comes back to her is for the team to say, or for another operator."""
    own = Paid(till, a_stand, buyer=Buyer(an_operator()))
    own.sent()
    assert refused(own.ask(own.buyer, (0, 3, None))) == ["NOT_FOUND"]
    assert own.give(own.operator, (0, 1, None)) == own.give(own.team, (0, 1, None)) == 3690
    at_rest()


def test_an_order_that_was_never_paid_gives_nothing_back(till):
    buyer = Buyer()
    order = buyer.place(a_lot())
    given = {"number": order["number"], "lines": [], "idempotencyKey": key()}
    assert Buyer(an_operator()).refused("refundRequest", **given) == "NOT_FOUND"


# --- Cancel ---------------------------------------------------------------------------------------


def test_an_unpaid_order_is_cancelled_and_its_stock_is_free(till):
    buyer, lot = Buyer(), a_lot(units=3)
    order = buyer.place(lot, quantity=2)
    for _ in range(2):
        done = buyer.done("orderCancel", "order { state }", **order, idempotencyKey=key())
        assert done["order"]["state"] == "CANCELLED"
    assert shelf(lot) == (3, 0, 0) and Refund.objects.count() == 0
    at_rest()


def test_a_paid_order_is_cancelled_by_its_guest_and_everything_goes_back_sending_included(paid):
    assert paid.seen["allowedActions"] == ["CANCEL"]
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    assert paid.seen["allowedActions"] == []
    assert paid.buyer.refused("orderCancel", **paid.order, idempotencyKey=key()) == "TOO_LATE"
    settle_all()
    seen = paid.seen
    assert seen["state"] == "REFUNDED" and seen["refundedTotal"] == seen["total"]
    assert [r["reason"] for r in seen["refunds"]] == ["CANCELLED"]
    assert [shelf(lot) for lot in paid.lots] == [(10, 0, 3), (10, 0, 3)]
    assert set(paid.row.shipments.values_list("state", flat=True)) == {"cancelled"}
    at_rest()


def test_cancelling_after_a_part_was_given_back_gives_back_the_rest(paid):
    paid.give(paid.team, (0, 1, None))
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    settle_all()
    assert paid.row.state == "refunded" and paid.row.refunded_minor == paid.row.total_minor
    at_rest()


def test_what_has_been_sent_is_not_cancelled(paid):
    paid.sent()
    assert paid.seen["allowedActions"] == []
    assert paid.buyer.refused("orderCancel", **paid.order, idempotencyKey=key()) == "TOO_LATE"
    assert Refund.objects.count() == 0


def test_another_cannot_cancel_it(paid):
    for other in (Buyer(), Buyer(a_person())):
        asked = {"number": paid.order["number"], "idempotencyKey": key()}
        assert other.refused("orderCancel", **asked) == "NOT_FOUND"
    assert paid.row.state == "paid"


# --- At the provider ------------------------------------------------------------------------------


def test_a_refund_on_its_way_says_so_and_arrives_by_notice(paid, till, a_stand):
    till.refund_mode("pending", after=None)
    paid.give(paid.team, (0, 1, None))
    settle_all()
    assert Refund.objects.get().state == "pending" and paid.seen["refundedTotal"]["minor"] == 0
    till.settle_refund(Refund.objects.get().provider_id)
    tell(a_stand, "refund.updated")
    assert Refund.objects.get().state == "succeeded" and paid.seen["refundedTotal"]["minor"] == 3690
    at_rest()


def test_a_refund_whose_notice_never_comes_is_found_by_asking(paid, till):
    till.refund_mode("pending", after=None)
    paid.give(paid.team, (0, 1, None))
    settle_all()
    till.settle_refund(Refund.objects.get().provider_id)
    Refund.objects.update(requested_at=timezone.now() - timedelta(minutes=1))
    assert reconcile.all_waiting()["refunds"] == 1
    assert Refund.objects.get().state == "succeeded"
    at_rest()


def test_a_refund_that_fails_later_is_owed_again_and_an_operator_tries_once_more(paid, till, a_stand):
    paid.give(paid.team, (0, 1, None))
    settle_all()
    first = Refund.objects.get()
    assert paid.seen["refundedTotal"]["minor"] == 3690
    till.settle_refund(first.provider_id, "failed")
    tell(a_stand, "refund.failed", times=2)
    assert (Refund.objects.get().state, paid.seen["refundedTotal"]["minor"]) == ("failed", 0)
    assert OutboxEvent.objects.get(name="RefundFailed").payload == {
        "refund_id": first.pk,
        "had_succeeded": True,
        "attempt": None,
        "returned_minor": None,
    }
    with pytest.raises(NotAllowed):
        refund.retry(first, paid.team.person)
    refund.retry(first, paid.operator.person)
    settle_all()
    again = Refund.objects.get()
    assert (again.state, again.attempt) == ("succeeded", 2) and again.provider_id != first.provider_id
    assert paid.seen["refundedTotal"]["minor"] == 3690
    # The first attempt's notice comes once more, and says nothing about the second.
    tell(a_stand, "refund.failed")
    assert Refund.objects.get().state == "succeeded"
    at_rest()


def test_a_refund_whose_answer_is_lost_is_given_once(paid, till, a_stand):
    till.trouble("lose_answer", times=1, path="/v1/refunds")
    paid.give(paid.team, (0, 1, None))
    settle_all()
    assert len(a_stand.store.select("refund", [], 10)) == 1 and Refund.objects.get().state == "succeeded"


def test_a_refund_asked_again_after_the_provider_forgot_its_key_is_given_once(paid, till, a_stand):
    paid.give(paid.team, (0, 1, None))
    settle_all()
    till.advance(25 * 3600)
    Refund.objects.update(
        state="requested", provider_id="", requested_at=timezone.now() - timedelta(hours=25), settled_at=None
    )
    Order.objects.update(refunded_minor=0)
    assert refund.submit(Refund.objects.get()) == "succeeded"
    assert len(a_stand.store.select("refund", [], 10)) == 1
    at_rest()


def test_what_the_provider_refuses_to_give_back_is_failed_and_said_so(paid, till):
    till.dispute(payment_intent=Payment.objects.get().payment_ref)
    paid.give(paid.team, (0, 1, None))
    settle_all()
    assert (Refund.objects.get().state, Refund.objects.get().failure) == ("failed", "disputed")
    assert paid.seen["refunds"][0]["state"] == "FAILED"


# --- Disputes -------------------------------------------------------------------------------------


def dispute(paid, till, a_stand, status=None, **more):
    made = till.dispute(payment_intent=Payment.objects.get().payment_ref, **more)
    tell(a_stand, "charge.dispute.created", "charge.dispute.funds_withdrawn", shuffled=True)
    assert Dispute.objects.get().state == "open"
    if status:
        till.close_dispute(status, dispute=made["id"])
        tell(
            a_stand,
            *{event["type"] for event in events(a_stand) if "dispute" in event["type"]},
            times=2,
            shuffled=True,
        )


def test_a_dispute_that_is_lost_takes_the_sale_back(paid, till, a_stand):
    dispute(paid, till, a_stand, "lost")
    settle_all()
    assert Dispute.objects.get().state == "lost" and Dispute.objects.get().closed_at
    refund = Refund.objects.get()
    assert (refund.reason, refund.state, refund.amount_minor) == (
        "dispute",
        "succeeded",
        paid.row.total_minor,
    )
    assert paid.seen["state"] == "REFUNDED"
    assert OutboxEvent.objects.filter(name__in=["DisputeOpened", "DisputeClosed"]).count() == 2
    at_rest()


def test_a_dispute_over_a_part_is_shared_over_the_order_to_the_fen(paid, till, a_stand):
    dispute(paid, till, a_stand, "lost", amount=5000)
    assert sum(RefundLine.objects.values_list("amount_minor", flat=True)) == 5000
    assert paid.row.state == "paid" and paid.row.refunded_minor == 5000
    at_rest()


def test_a_dispute_that_is_won_changes_nothing(paid, till, a_stand):
    dispute(paid, till, a_stand, "won")
    assert Dispute.objects.get().state == "won" and Refund.objects.count() == 0
    assert paid.seen["state"] == "PAID"
    at_rest()


def test_an_operators_and_a_teams_refund_stand_in_the_audit_log(paid):
    from accounts.models import AuditEntry

    paid.give(paid.team, (0, 1, None))
    entry = AuditEntry.objects.filter(noun="Refund").get()
    assert (entry.actor, entry.deed, entry.facts["amount_minor"]) == (paid.managers[0], "request", 3690)
