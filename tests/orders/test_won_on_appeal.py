"""A dispute that was lost and is won on appeal: what was sent is paid again, what was not is owed to its buyer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.money import show
from impact.models import LedgerTransaction, Support
from orders.actions import cancel, dispute, elsewhere, refund, shipment
from orders.models import Dispute, Order, Payment, Refund
from orders.provider.port import DisputeSeen, RefundSeen, Was
from tests.catalog import world as shelves
from tests.impact import world
from tests.impact.test_whole_way import arrive, place
from tests.orders.paid import Paid
from tests.orders.test_contested import contested, moves
from tests.orders.test_dispute import GOODS, SET_ASIDE, TOTAL, kept, offences, refunds, told
from tests.orders.test_mails import new_mails
from tests.orders.world import settle_all
from together.actions import group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


def bank(payment: Payment, state: str, minor: int, id: str = "dp_appeal") -> None:
    """How the bank has decided by now about so many fen."""
    dispute.settle("stripe", DisputeSeen(id, state, minor, "fraudulent", payment.payment_ref, status=state))


def bought(*lots: Any) -> Order:
    """Two units of each and their sending, paid; the teams are in a contest."""
    for lot in lots:
        world.a_round(lot.variant.product.team)
    made = place(*lots)
    arrive(made)
    return made


def send(order: Order, team: Any = None) -> None:
    parcels = order.shipments.filter(team=team) if team else order.shipments.all()
    shipment.ship_many([shipment.Sent(one, timezone.now(), "示例速运", "SL1") for one in parcels])


def counted(order: Order) -> int:
    """Net fen of the contest, over the order's teams."""
    return sum(world.figures(line.team)[0] for line in order.lines.all())


def lines(order: Order) -> list[tuple[int, int]]:
    return list(order.lines.values_list("refunded_minor", "refunded_units"))


def test_goods_that_were_sent_are_paid_for_again_in_every_book():
    order = bought(world.a_lot(units=50))
    send(order)
    bank(kept(order), "lost", TOTAL)
    assert told(order) == ("refunded", TOTAL) and counted(order) == 0
    before = LedgerTransaction.objects.count()
    bank(kept(order), "won", TOTAL)
    assert told(order) == ("shipped", 0) and lines(order) == [(0, 0)]
    assert (counted(order), world.balances(order)) == (GOODS, {"gateway": -TOTAL, **SET_ASIDE})
    assert refunds(order) == [("dispute", "undone", TOTAL, 0)]
    # By a transaction of its own; nothing that was written is touched.
    assert LedgerTransaction.objects.count() == before + 1
    assert list(Support.objects.order_by("pk").values_list("amount_minor", flat=True)) == [
        GOODS,
        -GOODS,
        GOODS,
    ]
    assert offences() == []


def test_an_order_that_was_completed_is_completed_again():
    order = bought(world.a_lot(units=50))
    send(order)
    shipment.deliver_many([(order.shipments.get(), timezone.now())])
    shipment.complete_due(timezone.now() + timedelta(days=30))
    bank(kept(order), "lost", TOTAL)
    assert told(order) == ("refunded", TOTAL)
    bank(kept(order), "won", TOTAL)
    assert told(order) == ("completed", 0) and order.closed_at is not None
    assert offences() == []


def test_goods_that_were_called_off_leave_the_money_with_the_buyer_until_a_person_decides():
    lot = world.a_lot(units=50)
    order = bought(lot)
    bank(kept(order), "lost", TOTAL)
    bank(kept(order), "won", TOTAL)
    assert refunds(order) == [("dispute", "undone", TOTAL, 0), ("regained", "failed", TOTAL, 0)]
    assert told(order) == ("paid", 0) and lines(order) == [(GOODS, 2)]
    assert world.balances(order) == {"gateway": -TOTAL, "buyer": TOTAL}
    lot.refresh_from_db()
    assert lot.units_available == 50 and counted(order) == 0
    # Nobody but a person gives it, and the clock never.
    made = Refund.objects.get(reason="regained")
    assert made.retry_at is None and offences() == []
    again = refund.retry(made, shelves.an_operator())
    refund.settle(again, RefundSeen(Was.SUCCEEDED, "re_given"), again.attempt)
    assert told(order) == ("refunded", TOTAL) and world.balances(order) == {}
    assert offences() == []


def test_of_two_parcels_the_one_that_was_sent_is_paid_for_and_the_other_owed():
    lots = [world.a_lot(units=50), world.a_lot([], units=50)]
    order = bought(*lots)
    send(order, lots[0].variant.product.team)
    bank(kept(order), "lost", 2 * TOTAL)
    bank(kept(order), "won", 2 * TOTAL)
    assert told(order) == ("shipped", 0) and lines(order) == [(0, 0), (GOODS, 2)]
    assert refunds(order)[1:] == [("regained", "failed", TOTAL, 0)]
    assert world.balances(order) == {"gateway": -2 * TOTAL, "buyer": TOTAL, **SET_ASIDE}
    assert counted(order) == GOODS and offences() == []


def test_a_part_that_was_lost_and_won_leaves_the_order_as_if_nothing_had_been():
    order = bought(world.a_lot(units=50))
    bank(kept(order), "lost", 1000)
    bank(kept(order), "won", 1000)
    assert told(order) == ("paid", 0) and lines(order) == [(0, 0)]
    assert world.balances(order) == {"gateway": -TOTAL, **SET_ASIDE} and counted(order) == GOODS
    send(order)
    assert offences() == []


def test_a_part_that_is_won_after_the_buyer_called_off_the_rest_is_owed_to_her_too():
    order = bought(world.a_lot(units=50))
    bank(kept(order), "lost", 1000)
    cancel.cancel(order)
    rest = Refund.objects.get(reason="cancelled")
    refund.settle(rest, RefundSeen(Was.SUCCEEDED, "re_rest"), rest.attempt)
    # The households keep what a bank took from the reserve; the goods are on the shelf again.
    assert told(order) == ("refunded", TOTAL) and offences() == []
    bank(kept(order), "won", 1000)
    assert refunds(order)[2:] == [("regained", "failed", 1000, 0)]
    assert world.balances(order) == {"gateway": -1000, "buyer": 1000}
    assert told(order) == ("paid", TOTAL - 1000) and counted(order) == 0 and offences() == []


def test_it_may_be_lost_and_won_again_as_often_as_banks_like():
    order = bought(world.a_lot(units=50))
    send(order)
    for _ in range(3):
        bank(kept(order), "lost", TOTAL)
        assert told(order) == ("refunded", TOTAL) and counted(order) == 0 and offences() == []
        bank(kept(order), "won", TOTAL)
        assert told(order) == ("shipped", 0) and counted(order) == GOODS and offences() == []
    assert world.balances(order) == {"gateway": -TOTAL, **SET_ASIDE}


def test_what_is_owed_after_an_appeal_is_given_by_the_bank_when_it_is_lost_again_and_waits_again_when_won():
    order = bought(world.a_lot(units=50))
    for state in ("lost", "won", "lost"):
        bank(kept(order), state, TOTAL)
    assert refunds(order)[1:] == [("regained", "succeeded", TOTAL, TOTAL)]
    assert told(order) == ("refunded", TOTAL) and world.balances(order) == {} and offences() == []
    bank(kept(order), "won", TOTAL)
    assert Refund.objects.get(reason="regained").retry_at is None
    assert refunds(order)[1:] == [("regained", "failed", TOTAL, 0)]
    assert world.balances(order) == {"gateway": -TOTAL, "buyer": TOTAL} and offences() == []


@pytest.mark.parametrize(("first", "second"), [(TOTAL, 5000), (5000, TOTAL), (5000, 3000)])
def test_another_sum_that_is_decided_later_is_what_is_lost_in_every_book(first, second):
    order = bought(world.a_lot(units=50))
    send(order)
    bank(kept(order), "lost", first)
    bank(kept(order), "unclear", first)
    dispute.decide(Dispute.objects.get(), shelves.an_operator(), second, "示例：支付方后台")
    assert told(order) == ("refunded" if second == TOTAL else "shipped", second)
    assert world.balances(order)["reserve"] == -second
    assert offences() == []


def test_after_the_freeze_the_contest_stays_as_it_was_frozen_and_the_money_is_right():
    lot = world.a_lot(units=50)
    order = bought(lot)
    send(order)
    bank(kept(order), "lost", TOTAL)
    assert counted(order) == 0
    lot.variant.product.team.entries.get().round.__class__.objects.update(
        closes_at=timezone.now(), freezes_at=timezone.now()
    )
    bank(kept(order), "won", TOTAL)
    assert told(order) == ("shipped", 0) and counted(order) == 0
    assert world.balances(order) == {"gateway": -TOTAL, **SET_ASIDE} and offences() == []


def test_a_part_of_a_held_seat_goes_back_into_its_escrow_and_the_group_goes_on():
    order = world.a_held_seat(world.a_lot())
    bank(kept(order), "lost", 1000)
    bank(kept(order), "won", 1000)
    assert world.balances(order) == {"gateway": -GOODS, "escrow": GOODS}
    group.close(order.seat.group)
    assert world.balances(order) == {"gateway": -GOODS, "earmarked": 3985, "part_earmarked": 3395}


def test_what_the_reserve_brought_for_a_confirmed_seat_comes_back_to_it():
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    order = world.a_held_seat(lot)
    bank(kept(order), "lost", 1000)
    group.close(order.seat.group)
    assert counted(order) == GOODS - 1000
    bank(kept(order), "won", 1000)
    assert world.balances(order) == {"gateway": -GOODS, "earmarked": 3985, "part_earmarked": 3395}
    assert counted(order) == GOODS


def test_of_a_held_seat_of_which_somebody_gave_a_part_back_the_rest_is_shared_out():
    """At the provider's desk, say: that part is nobody's; what a bank takes of a seat the reserve brings."""
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    order = world.a_held_seat(lot)
    elsewhere.take_refund(
        "stripe", RefundSeen(Was.SUCCEEDED, "re_desk", 1000, payment_ref=kept(order).payment_ref)
    )
    bank(kept(order), "lost", 500)
    group.close(order.seat.group)
    assert refunds(order) == [("desk", "succeeded", 1000, 0), ("dispute", "succeeded", 500, 0)]
    assert world.balances(order) == {
        "gateway": 1500 - GOODS,
        "reserve": -500,
        "earmarked": 3445,
        "part_earmarked": 2935,
    }
    assert counted(order) == GOODS - 1500 and [one for one in offences() if one.rule == "I5"] == []


def test_what_was_given_back_of_a_held_seat_and_came_back_is_the_buyers_still():
    order = world.a_held_seat(world.a_lot())
    elsewhere.take_refund(
        "stripe", RefundSeen(Was.SUCCEEDED, "re_desk", 1000, payment_ref=kept(order).payment_ref)
    )
    made = Refund.objects.get()
    refund.settle(made, RefundSeen(Was.FAILED, "re_desk", 1000), made.attempt)
    group.close(order.seat.group)
    stands = world.balances(order)
    assert (stands["buyer"], stands["earmarked"] + stands["part_earmarked"]) == (1000, GOODS - 1000)
    assert stands["gateway"] == -GOODS and "escrow" not in stands
    assert [one for one in offences() if one.rule in ("I4", "I5")] == []


def test_a_seat_that_a_bank_took_whole_is_not_taken_again_and_its_money_is_owed():
    order = world.a_held_seat(world.a_lot())
    bank(kept(order), "lost", GOODS)
    bank(kept(order), "won", GOODS)
    assert order.seat.__class__.objects.get(order=order).state == "refunded"
    assert refunds(order)[1:] == [("regained", "failed", GOODS, 0)]
    assert world.balances(order) == {"gateway": -GOODS, "buyer": GOODS}


def test_buyer_team_and_operator_read_what_has_become_of_the_money_and_an_operator_gives_it_back(
    till, a_stand
):
    paid = Paid(till, a_stand)
    sent = paid.row.shipments.first()
    shipment.ship_many([shipment.Sent(sent, timezone.now(), "示例速运", "SL1")])
    id = contested(till, a_stand)
    moves(till, a_stand, id, "lost")
    assert paid.seen["state"] == "REFUNDED"
    new_mails()
    moves(till, a_stand, id, "won")
    owed = Refund.objects.get(reason="regained")
    told = new_mails()
    (buyer,) = [mail for mail in told if mail.to == ["buyer@example.com"]]
    assert f"{show(owed.amount_minor)} of it is for goods that were called off" in buyer.body
    letters = [mail.body for mail in told if mail.to == [paid.operator.person.email]]
    assert any("/office/refunds/" in body for body in letters)
    (team,) = [mail for mail in told if mail.to[0] in [manager.email for manager in paid.managers]]
    assert team.to == [paid.managers[1].email] and (
        "不用发了" in team.subject or "Not to be sent" in team.subject
    )
    page = Client().get(f"/en/order/{paid.order['number']}/?token={paid.order['token']}").content.decode()
    assert "The bank decided anew and took it back" in page and "An operator settles it" in page
    refund.retry(owed, paid.operator.person)
    settle_all()
    assert (paid.seen["state"], paid.seen["refundedTotal"]["minor"]) == ("SHIPPED", owed.amount_minor)
    assert Refund.objects.get(reason="regained").state == "succeeded" and offences() == []


def test_of_a_refund_that_bank_and_provider_shared_the_banks_part_is_owed_again():
    order = bought(world.a_lot(units=50))
    cancel.cancel(order, None)
    made = Refund.objects.get()
    refund.settle(made, RefundSeen(Was.FAILED, failure="card_gone"), made.attempt)
    bank(kept(order), "lost", 249)
    assert refunds(order) == [("cancelled", "failed", TOTAL, 249)]
    again = refund.retry(made, shelves.an_operator())
    refund.settle(again, RefundSeen(Was.SUCCEEDED, "re_rest"), again.attempt)
    assert world.balances(order) == {} and offences() == []
    bank(kept(order), "won", 249)
    made.refresh_from_db()
    assert refunds(order) == [("cancelled", "failed", TOTAL, 0)]
    assert (made.given_minor, made.due_minor) == (TOTAL - 249, 249) and made.retry_at is not None
    assert world.balances(order) == {"gateway": -249, "buyer": 249} and offences() == []
    again = refund.retry(made, shelves.an_operator())
    refund.settle(again, RefundSeen(Was.SUCCEEDED, "re_last"), again.attempt)
    assert told(order) == ("refunded", TOTAL) and world.balances(order) == {} and offences() == []


def test_verify_names_an_order_that_gives_for_lost_what_its_bank_has_given_back():
    order = bought(world.a_lot(units=50))
    bank(kept(order), "lost", TOTAL)
    Dispute.objects.update(state="won", lost_minor=0)
    named = [found.words for found in offences() if found.noun == "Refund"]
    assert any("gives for lost what its bank has given back" in words for words in named), named


def test_verify_names_a_refund_that_counts_no_more_though_no_bank_gave_it_back():
    order = bought(world.a_lot(units=50))
    cancel.cancel(order)
    Refund.objects.update(state="undone")
    assert "no bank gave it back" in " ".join(found.words for found in offences())
