"""What is often in the same cart tells of no purchase: nine buyers, or a pair of a body's own, move nothing."""

from datetime import timedelta

import pytest

from orders.actions import companion
from orders.models import Order
from tests.accounts.world import an_organisation
from tests.catalog.world import a_product, a_team, a_variant
from tests.figures import figure
from tests.orders.test_companions import MONDAY, bought_by, pair, proved
from tests.orders.world import Buyer, a_lot

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

ASK = "query($slug: String!) { boughtTogether(product: $slug) { slug } product(slug: $slug) { unitsSold } }"
SLUGS = ("tea", "honey", "rice", "jam")


@pytest.fixture
def shelf(deeds_of_their_own):
    """Four products, and an order of each pair."""
    team = a_team()
    lots = {slug: a_lot(a_variant(a_product(team, slug=slug)), units=900) for slug in SLUGS}
    return {(a, b): pair(lots[a], lots[b]) for i, a in enumerate(SLUGS) for b in SLUGS[i + 1 :]}


def look():
    """All that a stranger is told of all products."""
    return {slug: Buyer().ask(ASK, slug=slug) for slug in SLUGS}


def moved(shelf, monkeypatch):
    """In which of five weeks, and how, a stranger who looks after each Monday sees that somebody bought."""
    union, nothing, seen = an_organisation(), look(), {}
    for n in range(5):
        # Of one pair nine buyers in all; of another fifteen, all of one body; of a third five, four times each.
        bought_by(shelf["tea", "honey"], *proved(2 if n else 1))
        bought_by(shelf["tea", "rice"], *proved(3), body=union)
        bought_by(shelf["rice", "jam"], *proved(1) * 4)
        monkeypatch.setattr(companion.timezone, "now", lambda n=n: MONDAY + timedelta(weeks=n, hours=1))
        companion.renew()
        if (now := look()) != nothing:
            seen[n] = {slug: [one["slug"] for one in told["boughtTogether"]] for slug, told in now.items()}
    return seen


def test_nine_buyers_or_one_bodys_own_move_nothing(shelf, monkeypatch):
    assert moved(shelf, monkeypatch) == {}
    assert Order.objects.filter(state="paid").count() == 9 + 15 + 20
    figure("leaks/companions", "five weeks, nine buyers of a pair, fifteen of one body's: 0 answers moved")


def test_a_pair_under_ten_is_found(shelf, monkeypatch):
    monkeypatch.setattr(companion, "FEWEST", 9)
    assert moved(shelf, monkeypatch) == {4: {"tea": ["honey"], "honey": ["tea"], "rice": [], "jam": []}}
