"""What stands beside a product: for a reason in words, and only what can be bought."""

from datetime import datetime

import pytest

from catalog.models import Product
from core import clock
from core.clock import SHANGHAI
from tests.catalog.world import a_lot, a_product, a_region, a_team, a_variant
from tests.orders.world import Buyer

pytestmark = pytest.mark.django_db

ASK = "query($slug: String!) { %s(product: $slug) { slug } }"
AUTUMN = [9, 10, 11]


def on_sale(team, slug, season=AUTUMN, units=9):
    a_lot(a_variant(a_product(team, slug=slug, season_months=season)), units=units)


def beside(field, slug):
    return [one["slug"] for one in Buyer().ask(ASK % field, slug=slug)[field]]


@pytest.fixture
def shelf():
    """In October: two teams of one county and one of another."""
    clock.stand_at(datetime(2026, 10, 8, 12, tzinfo=SHANGHAI))
    here, neighbour = a_team(), a_team()
    far = a_team(county=a_region("420526", "兴山县", "Xingshan", 3, here.division))
    on_sale(here, "orange")
    on_sale(here, "honey", season=list(range(1, 13)))
    on_sale(neighbour, "chestnut")
    on_sale(far, "pear")
    on_sale(far, "rice", season=list(range(1, 13)))
    on_sale(far, "plum", season=[6, 7])


def test_from_the_same_county_stands_what_it_can_send_the_newest_first(shelf):
    assert beside("fromSameCounty", "orange") == ["chestnut", "honey"]
    assert beside("fromSameCounty", "pear") == ["plum", "rice"]
    Product.objects.filter(slug="chestnut").update(units_available=0)
    Product.objects.filter(slug="honey").update(state="suspended")
    assert beside("fromSameCounty", "orange") == []


def test_in_season_together_stands_what_has_its_season_this_month_as_it_has_from_elsewhere(shelf):
    assert beside("inSeasonTogether", "orange") == ["pear"]
    assert beside("inSeasonTogether", "pear") == ["chestnut", "orange"]
    assert [beside("inSeasonTogether", slug) for slug in ("honey", "rice", "plum")] == [[], [], []]


def test_beside_what_is_not_on_sale_stands_nothing(shelf):
    Product.objects.filter(slug="orange").update(state="suspended")
    fields = ("fromSameCounty", "inSeasonTogether")
    assert [beside(field, slug) for field in fields for slug in ("orange", "nothing")] == [[]] * 4
