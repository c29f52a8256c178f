"""Units sold tell neither how many exactly, nor that somebody bought: a month of looking derives nothing."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from catalog import search
from catalog.actions import sold
from catalog.models import Product, SearchEntry
from catalog.models.sold import STEPS, step_of
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.figures import a_seed, figure, full
from tests.guard.solver import sold as solver

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

FIRST, DAYS = date(2026, 6, 1), full(30, 10)
OTHERS = full(40, 8)
# In the suite those about the first step, and those of others' by which an order would tell them.
FIGURES = full(range(8, 61), (*range(8, 14), *range(16, 61, 5)))
OWN = {f"own-{age}-{n}": n for age in "ac" for n in FIGURES}


@pytest.fixture
def shelf(deeds_of_their_own):
    """Hers, an older and a newer one for each figure, and others that sell some units a day."""
    team = a_team()
    began = timezone.now() - timedelta(days=90)
    others = [f"other-{n}" for n in range(OTHERS)]
    random.Random(5).shuffle(others)
    slugs = [*(slug for slug in OWN if slug < "own-b"), *others, *(slug for slug in OWN if slug > "own-b")]
    for n, slug in enumerate(slugs):
        product = a_product(team, slug=slug)
        a_lot(a_variant(product), units=9)
        Product.objects.filter(pk=product.pk).update(published_at=began + timedelta(hours=n))
    search.index(list(Product.objects.values_list("pk", flat=True)))
    return dict(Product.objects.values_list("slug", "pk"))


def month(seed):
    """Units sold by the end of each day, of each that is not hers."""
    chance = random.Random(seed)
    totals = {f"other-{n}": chance.choice([0, 5, 9, 30, 45, 480]) for n in range(OTHERS)}
    for _ in range(DAYS):
        for slug in totals:
            totals[slug] += chance.choice([0, 0, 0, 1, 1, 2, 4])
        yield dict(totals)


def tell(shelf, day, totals):
    sold.tell(day, {shelf[slug]: units for slug, units in (OWN | totals).items()})


def test_a_month_of_looking_derives_no_figure_and_no_purchase(shelf):
    seed = a_seed()
    found, moves = [], 0
    before = None
    for n, totals in enumerate(month(seed)):
        tell(shelf, FIRST + timedelta(days=n), totals)
        sight = solver.look()
        found += list(solver.derived(sight, OWN, list(totals)))
        # What moved from one day to the next is explained by steps that were passed: a purchase that passes none,
        # and a household's part of it, moves nothing.
        passed = {slug for slug in totals if before and step_of(totals[slug]) != step_of(before[0][slug])}
        if before:
            moved = {slug for slug in totals if sight.labels[slug] != before[1].labels[slug]}
            assert moved == passed
            assert passed or sight == before[1]
            moves += len(moved)
        before = totals, sight
    assert found == [] and moves > 0
    assert set(SearchEntry.objects.values_list("sold_step", flat=True)) <= {0, *STEPS}
    figure("leaks/units-sold", f"{DAYS} days, {OTHERS} products, {len(solver.WAYS)} ways: 0 derived", seed)


def test_exact_units_are_found(shelf, monkeypatch):
    monkeypatch.setattr(sold, "step_of", lambda units: units)
    totals = {f"other-{n}": 11 + 3 * n for n in range(OTHERS)}
    tell(shelf, FIRST, totals)
    found = {
        slug: units for way, slug, units in solver.derived(solver.look(), OWN, list(totals)) if way == "words"
    }
    assert found == {slug: units for slug, units in totals.items() if units not in STEPS}


def test_an_order_by_exact_sales_is_found(shelf):
    totals = {f"other-{n}": 11 + (5 * n) % 38 for n in range(OTHERS)}
    tell(shelf, FIRST, totals)
    assert not [one for one in solver.derived(solver.look(), OWN, list(totals)) if one[0] == "rank"]
    for slug, units in (OWN | totals).items():
        SearchEntry.objects.filter(product_id=shelf[slug]).update(sold_step=units)
    found = {
        slug: units for way, slug, units in solver.derived(solver.look(), OWN, list(totals)) if way == "rank"
    }
    assert found == totals
