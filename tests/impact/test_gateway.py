"""The ledger mirrors the provider: what came, what went back, what failed to, and what a bank took."""

import pytest

from orders.models import Order
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    order = world.an_order((lot, 2), person=shelves.a_person())
    world.pay(order)
    return order


def team_of(order: Order):
    return order.lines.get().team


def test_money_that_comes_twice_is_the_buyers_and_goes_back(order):
    refund = world.turn_away(order)
    assert world.balances(order) == {
        "gateway": -14760,
        "earmarked": 3985,
        "part_earmarked": 3395,
        "buyer": 7380,
    }
    world.settle(refund)
    assert world.balances(order) == {"gateway": -7380, "earmarked": 3985, "part_earmarked": 3395}
    assert world.figures(team_of(order))[0] == 7380


def test_a_refund_that_fails_is_still_owed_to_the_buyer(order):
    refund = world.refund(order, (order.lines.get(), 7380))
    world.fail(refund)
    assert world.balances(order) == {"gateway": -7380, "buyer": 7380}


def test_a_refund_that_comes_back_later_is_owed_again_and_given_at_the_next_attempt(order):
    refund = world.refund(order, (order.lines.get(), 7380))
    world.settle(refund)
    assert world.balances(order) == {}
    world.fail(refund)
    assert world.balances(order) == {"gateway": -7380, "buyer": 7380}
    refund.move_to("requested", attempt=2)
    world.settle(refund)
    assert world.balances(order) == {}
    assert world.shares_of(order) == [0, 0, 0, 0, 0]


def test_a_lost_dispute_is_borne_by_the_reserve_and_not_by_households(order):
    world.lose_dispute(order)
    assert world.balances(order) == {"earmarked": 3985, "part_earmarked": 3395, "reserve": -7380}
    assert world.shares_of(order) == [1674, 1196, 717, 239, 159]


def test_for_the_contest_a_lost_dispute_is_a_refund(order):
    world.lose_dispute(order)
    assert world.figures(team_of(order)) == (0, 0, 0, 0, 0, 0)


def test_a_lost_dispute_of_a_seat_comes_out_of_its_escrow():
    order = world.a_held_seat(world.a_lot())
    world.lose_dispute(order)
    assert world.balances(order) == {}
