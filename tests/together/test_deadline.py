"""What a group's deadline means: until then one may leave, and what counts is when one paid, however late it is told."""

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.deliveries import drain
from orders.actions import cancel, under_way
from orders.models import Order, Payment, Refund
from orders.provider.port import Away
from tests.catalog.world import an_operator
from tests.impact import world as impact
from tests.orders.world import Buyer, key, row, session_of
from tests.together.world import at_rest, give_up, pay_at_the_till, silence, state
from together.actions import group, seat
from together.models import GroupPurchase

pytestmark = pytest.mark.django_db(transaction=True)


def closes(made, **since_now):
    GroupPurchase.objects.filter(join_code=made.code).update(
        closes_at=timezone.now() + timedelta(**since_now)
    )


def asks_to_leave(member, order):
    return member.do("orderCancel", "order { state }", number=order["number"], idempotencyKey=key())["errors"]


def a_member_of(made):
    member = made.members[0]
    order = made.join(member)
    made.pay(order, by=member)
    return member, order


def actions_of(member, order):
    document = "query($number: String!) { order(number: $number) { allowedActions } }"
    return member.ask(document, number=order["number"])["order"]["allowedActions"]


# --- Leaving ----------------------------------------------------------------------------------------


def test_once_the_group_is_confirmed_nobody_leaves_it_any_more(together):
    made = together(minimum=2, maximum=3, members=1)
    member, order = a_member_of(made)
    assert actions_of(member, order) == ["CANCEL"] and "LEAVE" in made.look(member)["allowedActions"]
    made.fill(2)
    assert made.row.state == "confirmed"
    assert actions_of(member, order) == [] and made.look(member)["allowedActions"] == []
    (error,) = asks_to_leave(member, order)
    assert error["code"] == "TOO_LATE" and "confirmed" in error["message"] and "sent" not in error["message"]
    assert (state(order), made.seat(order).state, Refund.objects.count()) == ("paid", "confirmed", 0)
    at_rest()


def test_eighteen_of_twenty_do_not_leave_two_at_the_price_of_twenty(together):
    made = together(minimum=20, maximum=20, lot=impact.a_lot(units=100))
    orders = made.fill(10, units=2)
    assert made.row.state == "confirmed"
    codes = {Buyer().refused("orderCancel", **order, idempotencyKey=key()) for order in orders[:9]}
    assert codes == {"TOO_LATE"} and made.row.units_held == 20
    assert {state(order) for order in orders} == {"paid"}
    at_rest()


def test_between_the_deadline_and_the_closing_nobody_comes_or_goes(together):
    made = together(minimum=2, maximum=4, members=1)
    member, order = a_member_of(made)
    made.end()
    assert actions_of(member, order) == [] and made.look(member)["allowedActions"] == []
    assert made.look(made.coordinator)["allowedActions"] == [] and made.look()["unitsLeft"] == 0
    (error,) = asks_to_leave(member, order)
    assert error["code"] == "TOO_LATE" and "deadline" in error["message"]
    given = {"groupId": made.id, "idempotencyKey": key()}
    assert made.coordinator.refused("groupPurchaseCancel", **given) == "TOO_LATE"
    assert state(order) == "held"
    at_rest()


def test_an_operator_may_still_take_a_seat_out_of_a_confirmed_group(together):
    made = together(minimum=2, maximum=2)
    first, _ = made.fill(2)
    cancel.cancel(row(first), an_operator())
    drain()
    assert state(first) == "refunded"
    at_rest()


def test_why_a_seat_stays_is_said_as_it_is(together):
    made = together(minimum=2, maximum=4, members=1)
    member, order = a_member_of(made)
    asks_to_leave(member, order)
    drain()
    (error,) = asks_to_leave(member, order)
    assert "gone back" in error["message"]


# --- What counts is when it was paid ----------------------------------------------------------------


def told_late(made):
    """A seat that is paid at the provider, who has not told of it."""
    order = made.join()
    pay_at_the_till(made.till, Buyer(), order)
    return order


def test_a_seat_paid_before_the_deadline_counts_though_nobody_has_told_of_it(together):
    made = together(minimum=3, maximum=12)
    heard = made.fill(2)
    unheard = told_late(made)
    closes(made, seconds=1)
    time.sleep(1.1)
    assert group.close_due() == 1
    drain()
    assert made.row.state == "confirmed" and made.row.units_held == 3
    assert {state(order) for order in (*heard, unheard)} == {"paid"}
    assert Refund.objects.count() == 0
    at_rest()


def test_a_seat_paid_after_the_deadline_does_not_count_though_it_is_told_before_the_closing(together):
    made = together(minimum=3, maximum=12)
    made.fill(2)
    late = made.join()
    page = Buyer().begin(late)
    closes(made, seconds=-5)
    made.till.pay(session_of(page), "alipay")
    made.pay()
    drain()
    assert made.row.state == "open" and made.row.units_held == 2
    assert (Refund.objects.get().reason, Refund.objects.get().state) == ("late", "succeeded")
    assert group.close_due() == 1
    drain()
    assert made.row.state == "fell_short" and state(late) == "expired"
    at_rest()


def test_nobody_can_pay_for_a_seat_once_its_group_is_closing(together):
    made = together(minimum=2, maximum=12)
    closes(made, minutes=3)
    order = made.join()
    assert row(order).reserved_until == made.row.closes_at
    page = Buyer().begin(order)
    made.end()
    Order.objects.update(reserved_until=made.row.closes_at)
    assert Buyer().refused("paymentBegin", **order, kind="CLIENT", idempotencyKey=key()) == "TOO_LATE"
    assert group.close_due() == 1
    session = made.stand.store.select("checkout.session", [], 5)[0]
    assert session["id"] == session_of(page) and session["status"] == "expired"
    assert Payment.objects.get().state == "cancelled"
    at_rest()


def test_where_the_provider_is_silent_closing_waits_a_bounded_while(together, monkeypatch):
    made = together(minimum=3, maximum=12)
    made.fill(2)
    order = made.join()
    Buyer().begin(order)
    asked = []

    def silent(*_):
        asked.append(1)
        raise Away("silent")

    monkeypatch.setattr("orders.actions.payment.close", silent)
    made.end()
    assert group.close_due() == 0 and made.row.state == "open" and asked == [1]
    shown = made.look()
    assert shown["stateName"] == "Closing: the last payments are being checked"
    # Two seconds later nobody is asked again in the same breath, and seat.expire lets the seat be.
    assert group.close_due() == 0 and asked == [1]
    Order.objects.filter(number=order["number"]).update(reserved_until=made.row.closes_at)
    assert seat.expire() == 0 and state(order) == "placed"
    closes(made, seconds=-under_way.PATIENCE.total_seconds() - 1)
    assert group.close_due() == 1 and made.row.state == "fell_short" and state(order) == "expired"


def test_one_silent_group_does_not_keep_another_open(together):
    first, second = together(minimum=3, maximum=12), together(minimum=2, maximum=12)
    order = first.join()
    Buyer().begin(order)
    second.fill(2)
    for made in (first, second):
        made.end()
    with silence():
        assert group.close_due() == 1
    assert (first.row.state, second.row.state) == ("open", "confirmed")


def test_the_provider_is_asked_no_longer_than_a_round_lasts(together):
    made = together(minimum=2, maximum=12)
    for _ in range(3):
        Buyer().begin(made.join())
    made.end()
    asking = under_way.Asking(timedelta(0))
    waiting = set(Order.objects.filter(state="placed").values_list("pk", flat=True))
    assert len(waiting) == 3 and asking.silent_about(waiting) == waiting
    assert not Payment.objects.exclude(checked_at=None).exists()
    assert under_way.Asking().silent_about(waiting) == set()
    assert {p.state for p in Payment.objects.all()} == {"cancelled"}


def test_a_seat_whose_time_ran_out_is_kept_for_who_paid_in_time(together):
    made = together(minimum=2, maximum=2)
    order = told_late(made)
    Order.objects.filter(number=order["number"]).update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert seat.expire() == 0
    assert (state(order), made.seat(order).state, made.row.units_held) == ("held", "held", 1)
    at_rest()


def test_money_that_arrived_and_then_lapsed_is_asked_about_too(together):
    """A seat given up for want of payment, whose money the provider had all the while."""
    made = together(minimum=2, maximum=12)
    made.fill(1)
    order = told_late(made)
    give_up(order)
    assert made.seat(order).state == "released"
    Payment.objects.update(checked_at=None)
    closes(made, milliseconds=1100)
    time.sleep(1.2)
    assert group.close_due() == 1 and made.row.state == "confirmed" and state(order) == "paid"
    at_rest()


# --- The same is said everywhere --------------------------------------------------------------------


def test_mail_and_page_say_until_when_one_may_leave_and_what_counts(together):
    made = together(minimum=2, maximum=4)
    order = made.fill(1)[0]
    drain()
    (letter,) = [m for m in mail.outbox if "入座" in m.subject or "You are in" in m.subject]
    assert "Until it is confirmed or the deadline has passed" in letter.body
    assert "after that nobody leaves" in letter.body
    page = Buyer(language="zh").client.get(f"/zh/g/{made.code}/").content.decode()
    assert "以支付方记录的付款时间为准" in page and "成团后或过了截止时间不能退出" in page
    own = Buyer().client.get(f"/en/order/{order['number']}/?token={order['token']}").content.decode()
    assert "Leave the group" in own and "You may leave until" in own
