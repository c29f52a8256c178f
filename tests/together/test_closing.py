"""A group purchase closes once, confirmed or short, and nobody's money stays behind."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.deliveries import drain
from core.models import OutboxEvent
from orders.models import Order, Refund, Shipment
from tests.catalog.world import a_planned_lot
from tests.impact import world as impact
from tests.orders.world import Buyer, key, row
from tests.together.world import at_rest, money_in, pay_at_the_till, state
from together.actions import group
from together.models import Seat

pytestmark = pytest.mark.django_db(transaction=True)


def test_twelve_fill_a_group_and_it_is_confirmed_at_once_and_only_then_counts(together):
    lot = impact.a_lot(units=100)
    made = together(minimum=10, maximum=12, lot=lot, members=12)
    impact.a_round(made.team)
    orders = [(member, made.join(member)) for member in made.members]
    for member, order in orders[:11]:
        made.pay(order, by=member)
    assert (made.row.state, made.row.units_held) == ("open", 11)
    assert impact.standing(made.team).net_minor == 0 and made.escrow() == 11 * 3690
    made.pay(orders[11][1], by=orders[11][0])
    assert (made.row.state, made.row.units_held) == ("confirmed", 12) and made.row.closed_at
    assert set(Order.objects.values_list("state", flat=True)) == {"paid"}
    assert set(Seat.objects.values_list("state", flat=True)) == {"confirmed"}
    assert made.escrow() == 0
    assert money_in("earmarked", *Order.objects.all()) == 12 * (3690 * 5400 // 10_000)
    # Net, person-times, people, organisations, mobilised, excluded.
    assert impact.figures(made.team) == (12 * 3690, 12, 12, 0, 12 * 3690, 0)  # under ¥500 of an organisation
    at_rest()


def test_a_group_that_misses_its_minimum_repays_everyone_in_full_and_escrow_is_empty(together):
    made = together(minimum=6, maximum=12, members=1)
    impact.a_round(made.team)
    member = made.members[0]
    orders = [made.join(member), *(made.join() for _ in range(3))]
    made.pay(orders[0], by=member)
    made.pay(*orders[1:3])
    unpaid = orders[3]
    assert made.escrow() == 3 * 3690
    made.end()
    assert group.close_due() == 1
    drain()
    assert made.row.state == "fell_short" and made.escrow() == 0
    assert [state(order) for order in orders] == ["refunded"] * 3 + ["expired"]
    assert [made.seat(order).state for order in orders] == ["refunded"] * 3 + ["released"]
    paid_back = Refund.objects.filter(reason="fell_short", state="succeeded")
    assert sorted(paid_back.values_list("amount_minor", flat=True)) == [3690] * 3
    assert sum(order.refunded_minor for order in Order.objects.all()) == 3 * 3690
    assert impact.standing(made.team).net_minor == 0
    made.lot.refresh_from_db()
    assert (made.lot.units_available, made.lot.units_reserved) == (100, 0)
    assert row(unpaid).state == "expired"
    at_rest()


def test_a_group_that_has_its_minimum_at_the_deadline_is_confirmed_without_the_unpaid(together):
    made = together(minimum=2, maximum=12)
    paid = made.fill(2)
    unpaid = made.join(units=3)
    made.end()
    assert group.close_due() == 1 and group.close_due() == 0
    assert made.row.state == "confirmed" and made.row.units_reserved == 0
    assert [state(order) for order in (*paid, unpaid)] == ["paid", "paid", "expired"]
    at_rest()


def days(orders):
    found = Shipment.objects.filter(order__number__in=[order["number"] for order in orders])
    return [parcel.ship_by for parcel in found]


def test_no_day_of_dispatch_is_promised_before_a_group_is_confirmed_and_then_it_counts_from_there(together):
    made = together(minimum=2, maximum=12)
    orders = made.fill(2)
    unpaid = made.join()
    assert days([*orders, unpaid]) == [None] * 3
    clock.move(timedelta(days=10))
    made.end()
    group.close_due()
    assert made.row.state == "confirmed"
    promised = clock.today() + timedelta(days=made.lot.variant.product.dispatch_days)
    assert days(orders) == [promised] * 2 and days([unpaid]) == [None]
    desk = made.manager.ask("{ groupParcels(first: 1) { nodes { shipBy } } }")
    assert desk["groupParcels"]["nodes"] == [{"shipBy": promised.isoformat()}] and promised > clock.today()


def test_a_group_on_a_planned_lot_keeps_the_lots_day(together):
    lot = a_planned_lot(units=100)
    made = together(minimum=2, maximum=2, lot=lot)
    assert days(made.fill(2)) == [lot.ship_by] * 2 and made.row.state == "confirmed"


def test_confirming_takes_as_many_statements_for_many_seats_as_for_few(together):
    counts = []
    for seats in (2, 6):
        made = together(minimum=2, maximum=12)
        made.fill(seats)
        clock.now()
        with CaptureQueriesContext(connection) as asked:
            group.close(made.row)
        counts.append([q["sql"].split()[:2] for q in asked])
    assert len(counts[0]) == len(counts[1])
    assert sum(sql == ["UPDATE", '"orders_shipment"'] for sql in counts[1]) == 1


def test_money_for_a_seat_in_a_closed_group_goes_back(together):
    made = together(minimum=2, maximum=12)
    made.fill(2)
    late = made.join()
    pay_at_the_till(made.till, Buyer(), late)
    made.end()
    group.close_due()
    made.pay()
    drain()
    assert state(late) == "expired" and made.row.units_held == 2
    assert Refund.objects.get().reason == "late" and Refund.objects.get().state == "succeeded"
    at_rest()


def test_a_group_closes_once_however_often_it_is_told(together):
    made = together(minimum=2, maximum=2)
    made.fill(2)
    made.end()
    for _ in range(3):
        group.close(made.row)
    told = OutboxEvent.objects.filter(name__in=("GroupConfirmed", "GroupFellShort"))
    assert [event.name for event in told] == ["GroupConfirmed"]
    at_rest()


def test_after_the_deadline_nobody_comes_in_even_before_it_is_closed(together):
    made = together()
    made.end()
    (error,) = made.ask_to_join(Buyer())["errors"]
    assert error["code"] == "TOO_LATE" and made.look()["allowedActions"] == []


def test_one_group_that_cannot_be_closed_does_not_keep_others_open(together, monkeypatch):
    first, second = together(), together()
    for made in (first, second):
        made.end()
    close = group.close
    monkeypatch.setattr(group, "close", lambda g: 1 / 0 if g.pk == first.row.pk else close(g))
    group.close_due()
    assert (first.row.state, second.row.state) == ("open", "fell_short")


def test_its_coordinator_calls_it_off_and_everyone_is_repaid(together):
    made = together(minimum=2, maximum=4)
    orders = made.fill(2)
    given = {"groupId": made.id, "idempotencyKey": key()}
    answers = [made.coordinator.done("groupPurchaseCancel", "group { state }", **given) for _ in range(2)]
    assert answers[0] == answers[1] == {"group": {"state": "CANCELLED"}, "errors": []}
    drain()
    assert [state(order) for order in orders] == ["refunded"] * 2 and made.escrow() == 0
    (error,) = made.ask_to_join(Buyer())["errors"]
    assert error["code"] == "TOO_LATE"
    at_rest()


def test_a_confirmed_group_is_not_called_off(together):
    made = together(minimum=2, maximum=2)
    made.fill(2)
    assert (
        made.coordinator.refused("groupPurchaseCancel", groupId=made.id, idempotencyKey=key()) == "TOO_LATE"
    )
    at_rest()


def test_everyone_is_told_how_it_ended(together):
    made = together(minimum=2, maximum=2, members=1)
    member, coordinator, manager = made.members[0].person, made.coordinator.person, made.manager.person
    made.pay(made.join(made.members[0]), by=made.members[0])
    drain()
    assert [m.to for m in mail.outbox] == [[member.email]]
    mail.outbox.clear()
    made.fill(1)
    drain()
    told = sorted(m.to[0] for m in mail.outbox)
    # The guest: in, and confirmed. One mail to the team, however many seats there are.
    assert told == sorted(["guest@example.com"] * 2 + [member.email, coordinator.email, manager.email])
