"""What goes back on the shelf keeps nobody's money set aside: it is sold again, and shared then."""

import itertools

import pytest
from django.db.models import Sum
from django.utils import timezone

from catalog.actions import stock
from impact.models import Attribution
from impact.verify import ledger, lines
from orders.actions import cancel, dispute, refund, shipment
from orders.models import Order, RefundLine, Shipment
from orders.provider.port import DisputeSeen
from tests.catalog import world as shelves
from tests.impact import world
from tests.impact.test_whole_way import arrive, give, holds, place
from together.actions import group

pytestmark = pytest.mark.django_db
_count = itertools.count(1)


def lose(order: Order, minor: int) -> None:
    """The buyer's bank takes so many fen back for good."""
    intent = order.payments.get(is_kept=True).payment_ref
    dispute.settle("stripe", DisputeSeen(f"dp_shelf_{next(_count)}", "lost", minor, "fraudulent", intent))


def ship(parcel: Shipment) -> None:
    shipment.ship_many([shipment.Sent(parcel, timezone.now(), "示例速运", "SL1")])


def households(order: Order) -> list[int]:
    """The households' part of an order, lot by lot."""
    rows = Attribution.objects.filter(transfer__line__order=order).annotate(lot=world.LOT).values_list("lot")
    return [minor for _, minor in rows.annotate(Sum("amount_minor")).order_by("lot")]


def test_units_of_one_lot_that_go_back_leave_the_other_lots_money_where_it_is():
    variant = shelves.a_variant()
    for _ in range(2):
        world.a_lot((1000,), units=5, variant=variant)
    order = place(variant.lots.first(), units=10)
    arrive(order)
    assert households(order) == [9963, 9963] and holds()
    line = order.lines.get()
    refund.request(order, {line.uid: refund.Part(units=5)})
    assert households(order) == [9963, 0] and holds()
    again = place(variant.lots.last(), units=5)
    arrive(again)
    assert households(again) == [9963] and holds()
    refund.request(order, {line.uid: refund.Part(units=2)})
    # floor(3 · 3,690 · 0.54)
    assert households(order) == [5977, 0] and holds()


def test_an_amount_that_goes_back_is_shared_over_the_lots_whose_units_are_still_sold():
    variant = shelves.a_variant()
    for _ in range(2):
        world.a_lot((1000,), units=5, variant=variant)
    order = place(variant.lots.first(), units=10)
    arrive(order)
    line = order.lines.get()
    refund.request(order, {line.uid: refund.Part(units=4)})
    refund.request(order, {line.uid: refund.Part(amount_minor=600)})
    # 6 · 3,690 − 600 fen over 5:1 units is 17,950 · 3,590; of each, 54 %.
    assert households(order) == [9693, 1938] and holds()


def test_a_dispute_lost_before_anything_was_sent_costs_the_reserve_nothing():
    lot = world.a_lot(units=50)
    order = place(lot)
    arrive(order)
    lose(order, 8180)
    lot.refresh_from_db()
    assert (lot.units_available, lot.units_restocked) == (50, 2)
    assert world.balances(order) == {} and world.shares_of(order) == [0, 0, 0, 0, 0]
    assert Order.objects.get().state == "refunded" and holds()


def test_of_a_lost_dispute_the_reserve_bears_what_was_sent_and_no_more():
    lots = [world.a_lot(units=50), world.a_lot([], units=50)]
    order = place(*lots)
    arrive(order)
    ship(order.shipments.get(team=lots[0].variant.product.team))
    lose(order, 16360)
    assert world.balances(order) == {
        "earmarked": 3985,
        "part_earmarked": 3395,
        "shipping_earmarked": 800,
        "reserve": -8180,
    }
    assert holds()


def test_a_dispute_over_all_but_a_fen_calls_nothing_off():
    lot = world.a_lot(units=50, variant=shelves.a_variant(price_minor=5))
    order = place(lot, units=1)
    arrive(order)
    lose(order, 804)
    # Rounding takes the line whole, and of its parcel's sending all but a fen.
    assert Shipment.objects.values_list("state", "refunded_minor").get() == ("waiting", 799)
    assert order.lines.get().refunded_units == 0 and holds()
    cancel.cancel(order)
    give(order.payments.get().refunds.get(reason="cancelled"))
    assert Order.objects.get().state == "refunded" and Shipment.objects.get().state == "cancelled"


def test_a_held_seat_that_a_bank_took_whole_leaves_escrow_once():
    lot = world.a_lot()
    order = world.a_held_seat(lot)
    stock.reserve(order.uid, {lot.variant_id: 2}, timezone.now())
    stock.sell([order.uid])
    lose(order, 7380)
    assert RefundLine.objects.get().is_restocked and world.balances(order) == {}
    assert [*ledger.verify(), *lines.verify()] == []


def test_what_a_bank_took_of_a_held_seat_the_reserve_brings_back_when_its_group_is_confirmed():
    order = world.a_held_seat(world.a_lot())
    lose(order, 1000)
    assert world.balances(order) == {"gateway": -6380, "escrow": 6380}
    group.close(order.seat.group)
    shared = {"gateway": -6380, "reserve": -1000}
    assert world.balances(order) == {**shared, "earmarked": 3985, "part_earmarked": 3395}
    refund.request(order, {order.lines.get().uid: refund.Part(amount_minor=500)})
    assert world.balances(order) == {**shared, "earmarked": 3715, "part_earmarked": 3165, "buyer": 500}
    assert [*ledger.verify(), *lines.verify()] == []


def test_a_dispute_lost_after_the_group_was_confirmed_and_sent_is_the_reserves_and_not_the_escrows():
    order = world.a_held_seat(world.a_lot())
    group.close(order.seat.group)
    before = world.balances(order)
    (parcel,) = order.shipments.all()
    ship(parcel)
    lose(order, 1000)
    assert world.balances(order) == {**before, "gateway": -6380, "reserve": -1000}
    assert [*ledger.verify(), *lines.verify()] == []
