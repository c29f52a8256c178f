"""Sums are exact and nobody drifts: whatever is bought, over whichever lots, and given back."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import PriceStory
from catalog.models.variant import STORY_PARTS
from core.money import carry_back, carry_split
from impact.models import Attribution, Credit, LotTally
from impact.story import portions
from impact.verify import verify
from tests.catalog import world as shelves
from tests.figures import figure, full
from tests.impact import world


@st.composite
def stories(draw):
    """A price story: eleven parts that add up to 10,000 basis points."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=10, max_size=10)))
    bps = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return PriceStory(**{f"{part}_bps": n for part, n in zip(STORY_PARTS, bps, strict=True)})


@given(st.integers(0, 10**9), stories(), st.lists(st.integers(1, 999), min_size=1, max_size=6))
def test_the_parts_of_a_line_add_up_to_its_net(net, story, units):
    told = portions(net, story, list(enumerate(units, start=1)))
    assert told.total == net
    assert all(amount >= 0 for amount in [*told.households.values(), *told.parts.values()])
    most = net * story.household_bps // 10_000
    assert most - len(units) < sum(told.households.values()) <= most


@pytest.mark.proof
def test_nobody_drifts_by_three_fen_however_often_money_goes_back():
    seeds = full(600, 60)
    worst = max(_drift(random.Random(seed)) for seed in range(seeds))
    assert worst < 3
    figure(
        "sums/split",
        f"with refunds, {seeds} stories of 300 steps (seeds 0 to {seeds - 1}): {worst:.3f} fen at most",
    )


def _drift(dice: random.Random) -> float:
    """The most fen that anybody was ahead or behind in one story."""
    grams = [dice.randint(1, 500_000) for _ in range(12)]
    credits, worst, lines = [0] * 12, 0.0, []
    for _ in range(300):
        if lines and dice.random() < 0.12:
            parts, amount = lines.pop(dice.randrange(len(lines)))
            credits = carry_back(parts, amount, grams, credits)
            amount = dice.randint(0, amount)
        else:
            amount = 1992
        parts, credits = carry_split(amount, grams, credits)
        assert sum(parts) == amount and min(parts) >= 0
        lines.append((parts, amount))
        worst = max(worst, max(abs(c) for c in credits) / sum(grams))
    return worst


@pytest.mark.proof
@pytest.mark.django_db
@settings(
    max_examples=full(30, 4), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_through_the_database_every_line_holds_its_net_less_refunds(data):
    variant = shelves.a_variant(price_minor=data.draw(st.integers(1, 9_999)))
    sizes = data.draw(st.lists(st.integers(0, 6), min_size=1, max_size=3))
    lots = [
        world.a_lot(data.draw(st.lists(st.integers(1, 10**6), min_size=n, max_size=n)), variant=variant)
        for n in sizes
    ]
    orders, has_refund = [], False
    for _ in range(data.draw(st.integers(1, 5))):
        draws = [(lot, units) for lot in lots if (units := data.draw(st.integers(0, 4)))]
        if draws:
            orders.append(world.an_order(draws, shipping=data.draw(st.integers(0, 500))))
            world.pay(orders[-1])
    for order in orders:
        line, parcel = order.lines.get(), order.shipments.get()
        taken = data.draw(st.integers(0, line.net_minor))
        if data.draw(st.booleans()):
            world.complete(parcel)
        for amount in (taken // 3, taken - taken // 3):
            if amount:
                has_refund = True
                world.refund(order, (line, amount))
        line.refresh_from_db()
        stands = world.balances(order)
        set_aside = sum(n for kind, n in stands.items() if kind not in ("gateway", "buyer"))
        assert set_aside == line.net_minor - line.refunded_minor + parcel.shipping_minor
        household_part = sum(
            Attribution.objects.filter(transfer__line=line).values_list("amount_minor", flat=True)
        )
        due = portions(line.net_minor - line.refunded_minor, line.story, _draws(line))
        assert household_part == sum(due.households.values())
    grams = dict(LotTally.objects.values_list("lot_id", "grams"))
    for credit in Credit.objects.filter(lot__in=lots):
        assert abs(credit.numerator) < (3 if has_refund else 1) * grams[credit.lot_id]
    assert list(verify()) == []


def _draws(line):
    return [(row.lot_id, row.units) for row in line.lots.order_by("lot_id")]
