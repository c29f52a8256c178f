"""Each paid fen is accounted for: to whom it is set aside, once, and where it goes when it goes back."""

import pytest
from django.db import transaction

from core import outbox
from impact.models import Attribution, Credit, LedgerTransaction, Transfer
from orders import events
from orders.models import Order
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db


def test_the_worked_line_is_shared_to_the_fen():
    order = world.an_order((world.a_lot(), 2))
    world.pay(order)
    assert order.total_minor == 7380
    assert world.shares_of(order) == [1674, 1196, 717, 239, 159]
    assert world.balances(order) == {"gateway": -7380, "earmarked": 3985, "part_earmarked": 3395}


def test_the_other_parts_share_what_the_households_leave():
    order = world.an_order((world.a_lot(), 2))
    world.pay(order)
    parts = {t.target.part: t.amount_minor for t in Transfer.objects.filter(target__kind="part_earmarked")}
    assert parts == {
        "packaging": 1033,
        "logistics": 1328,
        "testing": 74,
        "gateway": 74,
        "platform": 148,
        "team": 590,
        "reserve": 148,
    }


def test_a_payment_told_twice_is_attributed_once():
    order = world.an_order((world.a_lot(), 1))
    payment = world.pay(order)
    before = Transfer.objects.count()
    with transaction.atomic():
        outbox.record(events.OrderPaid(order.pk, payment.pk))
    assert Transfer.objects.count() == before
    assert LedgerTransaction.objects.filter(order_uid=order.uid).count() == 1


def test_shipping_is_its_own_account_and_outside_attribution():
    order = world.an_order((world.a_lot(), 2), shipping=800)
    world.pay(order)
    assert world.balances(order) == {
        "gateway": -8180,
        "earmarked": 3985,
        "part_earmarked": 3395,
        "shipping_earmarked": 800,
    }
    assert sum(world.shares_of(order)) == 3985


def test_a_pooled_lot_is_for_the_teams_households_together():
    order = world.an_order((world.a_lot(grams=()), 2))
    world.pay(order)
    assert world.balances(order) == {"gateway": -7380, "pool_earmarked": 3985, "part_earmarked": 3395}
    assert [(a.household_id, a.amount_minor) for a in Attribution.objects.all()] == [(None, 3985)]


def test_a_line_over_several_lots_is_split_by_units_first():
    variant = shelves.a_variant()
    lots = [
        world.a_lot([1, 1], variant=variant),
        world.a_lot([5], variant=variant),
        world.a_lot([], variant=variant),
    ]
    order = world.an_order([(lots[0], 1), (lots[1], 1), (lots[2], 5)])
    world.pay(order)
    by_lot = {lot.pk: 0 for lot in lots}
    for row in Attribution.objects.select_related("transfer__target"):
        by_lot[row.transfer.target.lot_id] += row.amount_minor
    # 25,830 fen over 1:1:5 units is 3,690 · 3,690 · 18,450; of each, 54 %.
    assert list(by_lot.values()) == [1992, 1992, 9963]
    assert sum(world.balances(order).values()) == 0


def test_carried_fen_are_fair_over_many_lines():
    lot = world.a_lot(grams=(1, 1, 1))
    orders = [world.an_order((lot, 1)) for _ in range(30)]
    for order in orders:
        world.pay(order)
    total = 30 * 1992
    sums = [0, 0, 0]
    for order in orders:
        for i, amount in enumerate(world.shares_of(order)):
            sums[i] += amount
    assert sums == [total // 3] * 3
    assert list(Credit.objects.values_list("numerator", flat=True)) == [0, 0, 0]


def test_several_orders_at_once_are_each_attributed():
    lot = world.a_lot()
    orders = [world.an_order((lot, 2)) for _ in range(5)]
    with transaction.atomic():
        for order in orders:
            order.move_to(Order.State.PAID)
        outbox.record(*(events.OrderPaid(order.pk, 0) for order in orders))
    assert [sum(world.shares_of(order)) for order in orders] == [3985] * 5
    # Each household's sum is within a fen of five times its exact quota of 3,985 fen.
    for weight, row in zip(world.WORKED_GRAMS, Credit.objects.all(), strict=True):
        got = sum(
            Attribution.objects.filter(household=row.household_id).values_list("amount_minor", flat=True)
        )
        assert abs(got - 5 * 3985 * weight / 1_000_000) < 1


def test_a_full_refund_is_the_exact_reverse():
    lot = world.a_lot()
    first, second = world.an_order((lot, 1)), world.an_order((lot, 2), shipping=800)
    world.pay(first)
    credits = list(Credit.objects.values_list("numerator", flat=True))
    world.pay(second)
    refund = world.refund(second, (second.lines.get(), 7380), (second.shipments.get(), 800))
    assert world.shares_of(second) == [0, 0, 0, 0, 0]
    assert world.balances(second) == {"gateway": -8180, "buyer": 8180}
    assert list(Credit.objects.values_list("numerator", flat=True)) == credits
    world.settle(refund)
    assert world.balances(second) == {}


def test_a_partial_refund_leaves_the_line_as_if_only_the_rest_had_been_bought():
    lot = world.a_lot()
    order = world.an_order((lot, 2))
    world.pay(order)
    world.refund(order, (order.lines.get(), 3690))
    # floor(3,690 · 0.54) = 1,992 by weights 42:30:18:6:4, shared anew.
    assert world.shares_of(order) == [837, 598, 358, 119, 80]
    assert world.balances(order) == {
        "gateway": -7380,
        "earmarked": 1992,
        "part_earmarked": 1698,
        "buyer": 3690,
    }


def test_a_refund_told_twice_goes_back_once():
    order = world.an_order((world.a_lot(), 2))
    world.pay(order)
    refund = world.refund(order, (order.lines.get(), 100))
    before = world.balances(order)
    with transaction.atomic():
        outbox.record(events.RefundRequested(refund.pk))
    assert world.balances(order) == before


def test_what_is_set_aside_is_owed_when_the_after_sale_window_has_passed():
    order = world.an_order((world.a_lot(), 2), shipping=800)
    world.pay(order)
    world.refund(order, (order.lines.get(), 3690))
    world.complete(order.shipments.get())
    world.complete(order.shipments.get())
    assert world.balances(order) == {
        "gateway": -8180,
        "owed": 1992,
        "part_owed": 1698,
        "shipping_owed": 800,
        "buyer": 3690,
    }


def test_a_refund_after_that_comes_out_of_what_is_owed():
    order = world.an_order((world.a_lot(), 2), shipping=800)
    world.pay(order)
    world.complete(order.shipments.get())
    world.refund(order, (order.lines.get(), 3690), (order.shipments.get(), 300))
    assert world.balances(order) == {
        "gateway": -8180,
        "owed": 1992,
        "part_owed": 1698,
        "shipping_owed": 500,
        "buyer": 3990,
    }


def test_only_the_completed_parcel_of_two_is_owed():
    order = world.an_order((world.a_lot(), 2), (world.a_lot(), 1), shipping=500)
    world.pay(order)
    world.complete(order.shipments.first())
    assert world.balances(order) == {
        "gateway": -12070,
        "owed": 3985,
        "part_owed": 3395,
        "shipping_owed": 500,
        "earmarked": 1992,
        "part_earmarked": 1698,
        "shipping_earmarked": 500,
    }


def test_a_seats_money_waits_in_its_groups_escrow_and_is_shared_when_the_group_is_confirmed():
    lot = world.a_lot()
    group = world.a_group(lot)
    order = world.an_order((lot, 2), group=group)
    world.pay(order, held=True)
    assert world.balances(order) == {"gateway": -7380, "escrow": 7380}
    assert not Attribution.objects.exists()
    world.confirm(order)
    assert world.balances(order) == {"gateway": -7380, "earmarked": 3985, "part_earmarked": 3395}


def test_a_seat_that_is_repaid_leaves_escrow_empty_and_was_never_attributed():
    lot = world.a_lot()
    group = world.a_group(lot)
    order = world.an_order((lot, 2), group=group)
    world.pay(order, held=True)
    world.settle(world.refund(order, (order.lines.get(), 7380)))
    assert world.balances(order) == {}
    assert not Attribution.objects.exists()


def test_an_order_is_attributed_in_as_many_statements_for_sixty_households_as_for_five(
    django_assert_max_num_queries,
):
    for grams in ((3, 2, 1, 1, 1), tuple(range(1, 61))):
        lot = world.a_lot(grams=grams)
        world.a_round(lot.variant.product.team)
        world.pay(world.an_order((lot, 1)))  # opens the team's accounts
        order = world.an_order((lot, 2))
        order.move_to(Order.State.PAID)
        with transaction.atomic(), django_assert_max_num_queries(17):
            outbox.reactions_to("OrderPaid")
            from impact.actions.attribution import attribute_orders

            attribute_orders([events.OrderPaid(order.pk, 0)])
