"""A lot's money is in one account a stage; the subsidiary ledger tells whose it is, through all that may happen to it."""

import pytest

from impact.models import Attribution, LotShare, LotTally, Transfer
from impact.models.kind import FACTS, OWED_OF, SET_ASIDE, Kind
from impact.reads.positions import of_households
from impact.verify import verify
from tests.impact import world

pytestmark = pytest.mark.django_db

SHARES = [1674, 1196, 717, 239, 159]  # of 2 × ¥36.90, of which 54 % are the households'


@pytest.fixture
def sold():
    """A paid order with a parcel, and the lot's households in the order of their shares."""
    lot = world.a_lot()
    order = world.an_order((lot, 2), shipping=800)
    world.pay(order)
    families = list(
        LotShare.objects.filter(lot=lot).order_by("household").values_list("household", flat=True)
    )
    return order, families


def stage(families: list[int]) -> tuple[list[int], list[int]]:
    """What is earmarked and what is owed, family by family."""
    assert list(verify()) == []
    of = of_households(families)
    return [of[f].earmarked_minor for f in families], [of[f].owed_minor for f in families]


def test_a_usual_order_takes_eighteen_transfers_from_paid_to_owed(sold):
    order, _ = sold
    world.complete(order.shipments.get())
    of_order = Transfer.objects.filter(transaction__order_uid=order.uid)
    # The lot, seven parts of the price and the sending, each twice; the lot's five households are in none.
    assert of_order.count() == 18
    assert Attribution.objects.filter(transfer__in=of_order).count() == 5


def test_what_is_earmarked_is_owed_when_the_window_has_passed_without_being_written_again(sold):
    order, families = sold
    assert stage(families) == (SHARES, [0] * 5)
    before = list(Attribution.objects.values())
    world.complete(order.shipments.get())
    assert stage(families) == ([0] * 5, SHARES)
    assert list(Attribution.objects.values()) == before


def test_refunds_before_and_after_the_window_come_off_what_each_household_then_has(sold):
    order, families = sold
    line = order.lines.get()
    world.refund(order, (line, 3690))
    half = [837, 598, 358, 119, 80]
    assert stage(families) == (half, [0] * 5)
    world.complete(order.shipments.get())
    assert stage(families) == ([0] * 5, half)
    world.refund(order, (line, 3690))
    assert stage(families) == ([0] * 5, [0] * 5)


def test_of_two_parcels_one_is_owed_and_the_other_not_yet(sold):
    order, families = sold
    other = world.an_order((order.lines.get().lots.get().lot, 2))
    world.pay(other)
    world.complete(other.shipments.get())
    assert stage(families) == (SHARES, world.shares_of(other))
    world.refund(other, (other.lines.get(), 7380))
    assert stage(families) == (SHARES, [0] * 5)


def test_a_lot_whose_part_does_not_change_is_not_shared_anew():
    variant = world.shelves.a_variant()
    lots = [world.a_lot((1, 1, 1), variant=variant), world.a_lot((1, 1, 1), variant=variant)]
    order = world.an_order([(lots[0], 1), (lots[1], 1)])
    world.pay(order)
    before = (list(Attribution.objects.values()), list(LotTally.objects.values()))
    world.refund(order, (order.lines.get(), 1))  # Of 3,689 fen the households have as much as of 3,690.
    assert (list(Attribution.objects.values()), list(LotTally.objects.values())) == before
    assert list(verify()) == []
    world.refund(order, (order.lines.get(), 1))  # And of 3,689 twice, too.
    world.refund(order, (order.lines.get(), 3688))
    assert LotTally.objects.filter(number=2).count() == 2 and list(verify()) == []


def test_a_household_that_never_had_anything_has_nothing():
    lot = world.a_lot()
    assert of_households(LotShare.objects.filter(lot=lot).values_list("household", flat=True)) == {}


def test_every_kind_has_its_facts_and_money_that_is_set_aside_its_two_stages():
    assert set(FACTS) == set(Kind)
    assert {FACTS[kind].whose for kind in OWED_OF} == {FACTS[OWED_OF[kind]].whose for kind in OWED_OF}
    assert all(FACTS[kind].becomes is None for kind in OWED_OF.values()) and len(SET_ASIDE) == 2 * len(
        OWED_OF
    )
    for kind, owed in OWED_OF.items():
        assert (FACTS[kind].called, FACTS[kind].is_pool) == (FACTS[owed].called, FACTS[owed].is_pool)
