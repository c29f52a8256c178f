"""Help says of shipping what the rates say, in both languages, and nothing else."""

import re

import pytest
from django.test import Client

from accounts.models import Region
from orders.models import ShippingRate
from orders.reads import shipping
from tests.catalog.world import a_team
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


def rate(
    storage: str, region: str | None, first: int, step: int = 0, *, team=None, served: bool = True
) -> None:
    ShippingRate.objects.create(
        team=team, storage=storage, region_id=region, is_served=served,
        first_grams=3000, first_minor=first, step_grams=1000, step_minor=step,
    )  # fmt: skip


def told(language: str) -> str:
    shipping.forget()
    return words(Client().get(f"/{language}/help/")).partition('id="shipping"')[2].partition("</section>")[0]


@pytest.fixture(autouse=True)
def no_rates():
    ShippingRate.objects.all().delete()
    yield
    shipping.forget()


def test_where_no_rate_is_written_nothing_is_said_of_prices():
    assert told("zh") == told("en") == ""


def test_the_rates_themselves_are_told_places_of_one_price_together():
    names = dict(Region.objects.filter(pk__in=("420000", "540000", "650000")).values_list("pk", "name_zh"))
    rate("dry", None, 800, 200)
    rate("dry", "420000", 0)
    rate("dry", "540000", 2500, 600)
    rate("dry", "650000", 2500, 600)
    rate("fresh", None, 1200, 300)
    rate("fresh", "540000", 0, served=False)
    rate("chilled", "420000", 1500)
    page = told("zh")
    assert f"{names['420000']}：免运费" in page
    assert f"{names['540000']}、{names['650000']}：3 公斤以内 ¥25.00，每多 1 公斤加 ¥6.00" in page
    assert "其他地方：3 公斤以内 ¥8.00，每多 1 公斤加 ¥2.00" in page
    assert f"{names['540000']}：不送" in page and f"{names['420000']}：不论多重 ¥15.00" in page
    # Where chilled goods have no price they are not sent.
    assert page.count("不送") == 2
    english = told("en")
    assert "Everywhere else: up to 3 kg ¥8.00, each further 1 kg ¥2.00" in english and ": free" in english
    assert english.count("not delivered") == 2


def test_a_teams_own_prices_stand_under_its_name_while_it_offers_something():
    team = a_team(name_zh="自己定价的团队")
    rate("dry", None, 800, 200)
    rate("dry", None, 500, team=team)
    page = told("zh")
    assert "自己定价的团队" in page and "所有地方：不论多重 ¥5.00" in page
    type(team).objects.filter(pk=team.pk).update(is_active=False)
    assert "自己定价的团队" not in told("zh")


def test_a_change_of_a_rate_is_told():
    rate("dry", None, 800, 200)
    assert "¥8.00" in told("en")
    ShippingRate.objects.update(first_minor=950)
    assert "¥9.50" in told("en") and "¥8.00" not in told("en")


def test_whoever_looks_for_somebody_finds_the_way_on_the_first_screen():
    rate("dry", None, 1200)
    shipping.forget()
    page = words(Client().get("/zh/help/"))
    begins = page.partition('<nav class="row"')[2].partition("</nav>")[0]
    leads = re.findall(r'href="#(\w+)"', begins)
    assert leads[0] == "contact" and len(leads) == 5
    assert [part for part in leads if f'id="{part}"' not in page] == []
