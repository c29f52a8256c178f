"""A lot is weighed in at the desk by number and short name, looked over, and mended until its first unit is sold."""

import pytest

from catalog.models import Lot
from core.api.ids import global_id
from impact.models import LotShare, ShareVersion
from tests.catalog.world import a_lot, a_planned_lot
from tests.orders.world import Buyer
from tests.web.conftest import signed_in
from tests.web.test_desk import fill, sure
from tests.web.test_pages import fields, unfolded, words
from tests.web.test_short_names import NAME, OTHER, called

pytestmark = pytest.mark.django_db


@pytest.fixture
def lot(shelf):
    """100 units that weigh 280 kg, of several households whom nobody has named yet."""
    return a_lot(shelf.lot.variant, level=Lot.Level.SHARED, units=100)


def page_of(shelf, lot):
    return f"/en/desk/product/{global_id('Product', shelf.product.uid)}/lot/{global_id('Lot', lot.uid)}/"


def kg(household):
    return f"kg.{global_id('Household', household.uid)}"


def test_lots_that_wait_come_first_then_those_that_are_sold_next(shelf, lot):
    soon = a_lot(shelf.lot.variant, units=7, best_before=shelf.lot.harvest_to)
    later = a_planned_lot(shelf.lot.variant)
    desk = signed_in(shelf.manager)
    listed = words(desk.get("/en/desk/lots/"))
    places = [listed.index(f">{one.code}<") for one in (lot, soon, later)]
    assert places == sorted(places) and listed.count("Wants weights") == 1
    assert "7 of 7 units left" in listed and "sent by" in listed
    found = words(desk.get(f"/en/desk/lots/?find={soon.code}"))
    assert soon.code in found and f">{lot.code}<" not in found
    assert "Nothing was found." in words(desk.get("/en/desk/lots/?find=zzz"))


def test_weights_are_written_by_name_looked_over_and_mended_until_the_first_sale(shelf, lot):
    one, two = called(shelf.manager, shelf.team, NAME, OTHER)
    three = shelf.team.households.get(number=3)
    desk, page = signed_in(shelf.manager), page_of(shelf, lot)
    assert NAME not in words(desk.get(page))
    opened = words(fill(desk, page, "open_names", purpose="登记这一批"))
    assert opened.index(NAME) < opened.index(OTHER) and "weigh about 280 kg" in opened
    looked = words(fill(desk, page, "share_out_lot", **{kg(one): "200", kg(two): "80.5"}))
    assert "= 200" in looked and "= 80.5" in looked and "280.5 kg" in looked and NAME in looked
    assert not LotShare.objects.exists()
    done = words(
        desk.get(desk.post("/do/share_out_lot/", {**fields(looked, "share_out_lot"), "lang": "en"}).url)
    )
    assert "280.5 kg" in done and "It can be mended until the first unit is sold" in done
    form = fields(unfolded(desk, page, "share_out_lot"), "share_out_lot")
    assert (form[kg(one)], form[kg(two)], form[kg(three)], form["version"]) == ("200", "80.5", "", "1")
    wild = words(fill(desk, page, "share_out_lot", **{kg(two): "", kg(three): "8050"}))
    wild = words(
        desk.get(desk.post("/do/share_out_lot/", {**fields(wild, "share_out_lot"), "lang": "en"}).url)
    )
    again = fields(wild, "share_out_lot")
    assert "look at each number again" in wild and (again[kg(two)], again[kg(three)]) == ("", "8050")
    sure(desk, page, "share_out_lot", **{kg(two): "", kg(three): "80.5"})
    assert dict(LotShare.objects.values_list("household", "grams")) == {one.pk: 200_000, three.pk: 80_500}
    stale = {**form, "lang": "en", kg(one): "150"}
    sent = words(desk.get(desk.post("/do/share_out_lot/", stale).url))
    told = desk.post(
        "/do/share_out_lot/",
        {**fields(sent, "share_out_lot"), **stale, "seen": fields(sent, "share_out_lot")["seen"]},
    )
    assert "Somebody has just changed it" in words(desk.get(told.url)) and ShareVersion.objects.count() == 2
    Lot.objects.filter(pk=shelf.lot.pk).update(state="closed")
    Buyer(shelf.buyer).place(lot)
    bought = words(desk.get(page))
    assert "so it stands" in bought and 'action="/do/share_out_lot/"' not in bought
