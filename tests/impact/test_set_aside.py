"""What a buyer is told of her money: to the fen, in two languages, and never more than is true."""

import re

import pytest

from catalog.models.variant import STORY_PARTS
from core import language
from impact.reads import set_aside as reads
from impact.reads.household import public_households
from impact.reads.set_aside import State, set_aside
from orders.models import Order
from tests.impact import world

pytestmark = pytest.mark.django_db


def told(order: Order) -> tuple[str, dict[str, int]]:
    """The state and the parts; they add up with what went back to what was paid."""
    order.refresh_from_db()
    found = set_aside(order)
    assert found
    assert sum(part.amount_minor for part in found.parts) == found.total_minor
    assert found.total_minor + found.reversed_minor == found.paid_minor == order.total_minor
    assert sum(part.bps for part in found.parts) == (10_000 if found.parts else 0)
    assert sum(of.amount_minor for of in found.teams) == sum(
        p.amount_minor for p in found.parts if p.is_households
    )
    return found.state, {part.part: part.amount_minor for part in found.parts}


def test_the_parts_add_up_to_what_was_paid_the_households_first():
    order = world.an_order((world.a_lot(), 2), shipping=800)
    world.pay(order)
    state, parts = told(order)
    assert state == State.EARMARKED
    assert list(parts.items())[0] == ("households", 3985)
    assert parts == {
        "households": 3985,
        "packaging": 1033,
        "logistics": 1328,
        "testing": 74,
        "gateway": 74,
        "platform": 148,
        "team": 590,
        "reserve": 148,
        "shipping": 800,
    }


def test_lots_of_every_level_and_two_teams_are_told_as_one_part():
    lots = [world.a_lot(), world.a_lot([7]), world.a_lot([])]
    order = world.an_order(*((lot, 1) for lot in lots), shipping=500)
    world.pay(order)
    state, parts = told(order)
    assert (parts["households"], parts["shipping"]) == (3 * 1992, 1500)
    found = set_aside(order)
    assert [(of.amount_minor, str(of.households)) for of in found.teams] == [(1992, "不足 10 户")] * 3


def test_before_payment_nothing_is_set_aside():
    assert set_aside(world.an_order((world.a_lot(), 1))) is None


def test_a_seats_money_is_told_as_held():
    lot = world.a_lot()
    order = world.an_order((lot, 2), group=world.a_group(lot))
    world.pay(order, held=True)
    assert told(order) == (State.HELD, {"held": 7380})


def test_a_confirmed_seats_money_is_set_aside_and_after_its_refund_taken_back():
    lot = world.a_lot()
    order = world.an_order((lot, 2), group=world.a_group(lot))
    world.pay(order, held=True)
    world.confirm(order)
    state, parts = told(order)
    assert (state, parts["households"], "held" in parts) == (State.EARMARKED, 3985, False)
    refund = world.refund(order, (order.lines.get(), 7380))
    assert told(order) == (State.RETURNED, {})
    assert "Taken back, due back to you" in in_english(order)
    world.settle(refund)
    assert told(order) == (State.RETURNED, {}) and "Taken back and refunded" in in_english(order)


def test_a_seat_that_left_escrow_is_not_said_to_have_been_set_aside():
    lot = world.a_lot()
    order = world.an_order((lot, 2), group=world.a_group(lot))
    world.pay(order, held=True)
    refund = world.refund(order, (order.lines.get(), 7380))
    assert told(order) == (State.RETURNED, {})
    words = in_english(order)
    assert "Due back to you" in words and "None of it had been set aside" in words
    world.settle(refund)
    order.refresh_from_db()
    words = in_english(order)
    assert "Refunded" in words and "refunded in full" in words and "taken back" not in words


def test_what_is_asked_back_is_due_until_the_provider_has_given_it():
    order = world.an_order((world.a_lot(), 2))
    world.pay(order)
    refund = world.refund(order, (order.lines.get(), 3690))
    assert (set_aside(order).reversed_minor, set_aside(order).still_due_minor) == (3690, 3690)
    world.settle(refund)
    order.refresh_from_db()
    assert (set_aside(order).reversed_minor, set_aside(order).still_due_minor) == (3690, 0)


def in_english(order: Order) -> str:
    order.refresh_from_db()
    found = set_aside(order)
    assert found
    return f"{found.state_name.en}. {found.explanation.en}"


def test_from_set_aside_to_partly_owed_to_owed_to_taken_back():
    order = world.an_order((world.a_lot(), 1), (world.a_lot(), 1))
    world.pay(order)
    parcels = list(order.shipments.all())
    assert told(order)[0] == State.EARMARKED
    world.complete(parcels[0])
    assert told(order)[0] == State.PARTLY_OWED
    world.complete(parcels[1])
    assert told(order)[0] == State.OWED
    world.refund(order, *((line, 3690) for line in order.lines.all()))
    assert told(order) == (State.RETURNED, {})


def test_after_a_partial_refund_the_parts_are_those_of_the_rest():
    order = world.an_order((world.a_lot(), 2))
    world.pay(order)
    world.refund(order, (order.lines.get(), 3690))
    state, parts = told(order)
    assert (state, parts["households"], sum(parts.values())) == (State.EARMARKED, 1992, 3690)


def test_no_word_says_that_anybody_has_received_anything():
    pairs = [*((one.words, one.explanation) for one in State), *reads.RETURNED_WORDS.values()]
    words = [*reads.PART_WORDS.values(), *(w for pair in pairs for w in pair)]
    for word in words:
        assert not re.search(r"receiv|paid to|已收|到账|已发放|收到", word.en + word.zh)


def test_each_part_of_a_price_has_its_words_in_both_languages():
    assert set(STORY_PARTS) < set(reads.PART_WORDS)
    for state in State:
        assert state.words.zh and state.words.en and state.explanation.zh and state.explanation.en
    assert (str(State.EARMARKED.words), str(State.OWED.words)) == ("已记账 · 待发放", "应付")
    with language.use("en"):
        assert str(State.EARMARKED.words) == "Set aside"


@pytest.mark.parametrize(
    ("count", "zh", "en"),
    [
        (0, "不足 10 户", "fewer than 10 households"),
        (9, "不足 10 户", "fewer than 10 households"),
        (10, "10 户以上", "10 or more households"),
        (57, "50 户以上", "50 or more households"),
        (3600, "3,600 户以上", "3,600 or more households"),
    ],
)
def test_a_number_of_households_is_told_in_tens_and_not_below_ten(count, zh, en):
    words = public_households(count)
    assert (words.in_language("zh"), words.in_language("en")) == (zh, en)
