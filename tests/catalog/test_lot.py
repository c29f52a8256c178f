"""Lots: declared, planned, opened, closed and recalled; sold only while their word is good."""

from datetime import timedelta
from uuid import uuid4

import pytest

from catalog import verify
from catalog.actions import stock
from catalog.models import Lot, Product
from catalog.tasks import turn_the_day
from core import clock
from core.api.ids import global_id
from core.models import OutboxEvent
from tests.catalog.asker import Asker
from tests.catalog.world import a_lot, a_person, a_planned_lot, a_product, a_team, a_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return a_person()


@pytest.fixture
def variant(manager):
    return a_variant(a_product(a_team(manager=manager)))


@pytest.fixture
def desk(manager):
    return Asker(manager)


def days(**ahead):
    return {name: str(clock.today() + timedelta(days=n)) for name, n in ahead.items()}


def declared(desk, variant, **given):
    given = {
        "variant": global_id("Variant", variant.uid),
        "quantity": 10,
        "idempotencyKey": str(uuid4()),
        **given,
    }
    return desk.do("lotDeclare", "lot { id code state level unitsAvailable shipBy }", **given)


def test_a_harvest_that_is_in_can_be_sold_at_once(desk, variant):
    lot = declared(desk, variant, **days(harvestFrom=-5, harvestTo=-1), level=2)["lot"]
    assert (lot["state"], lot["level"], lot["unitsAvailable"]) == ("OPEN", 2, 10)
    assert lot["code"].startswith(variant.product.team.code)
    assert Product.objects.get().units_available == 10


def test_a_place_without_an_english_name_is_not_given_the_villages(desk, variant):
    declared(desk, variant, **days(harvestFrom=-5, harvestTo=-1), placeZh="东坡地")
    declared(desk, variant, **days(harvestFrom=-5, harvestTo=-1))
    own, villages = Lot.objects.order_by("pk")
    team = variant.product.team
    assert (own.place_zh, own.place_en) == ("东坡地", "")
    assert (villages.place_zh, villages.place_en) == (team.village_zh, team.village_en)


def test_a_harvest_to_come_is_planned_and_says_when_it_is_sent(desk, variant):
    (error,) = declared(desk, variant, **days(harvestFrom=20, harvestTo=30))["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["shipBy"])
    dates = days(harvestFrom=20, harvestTo=30, shipBy=40)
    lot = declared(desk, variant, **dates)["lot"]
    assert (lot["state"], lot["shipBy"]) == ("PLANNED", dates["shipBy"])
    assert Product.objects.get().presale_ship_by.isoformat() == dates["shipBy"]
    desk.done("lotOpen", id=lot["id"])
    assert Product.objects.get().presale_ship_by is None


@pytest.mark.parametrize(
    ("dates", "field"),
    [
        ({"harvestFrom": -1, "harvestTo": -2}, "harvestTo"),
        ({"harvestFrom": -300, "harvestTo": -1}, "harvestTo"),
        ({"harvestFrom": 5, "harvestTo": 9, "shipBy": 4}, "shipBy"),
        ({"harvestFrom": -9, "harvestTo": -8, "shipBy": -1}, "shipBy"),
        ({"harvestFrom": -9, "harvestTo": -8, "bestBefore": -1}, "bestBefore"),
        ({"harvestFrom": -9, "harvestTo": 8, "bestBefore": 7}, "bestBefore"),
        ({"harvestFrom": -9, "harvestTo": -8, "bestBefore": 20_000}, "bestBefore"),
        ({"harvestFrom": -40_000, "harvestTo": -39_990, "bestBefore": 5}, "harvestFrom"),
        ({"harvestFrom": 800, "harvestTo": 810, "shipBy": 820}, "harvestFrom"),
        ({"harvestFrom": 700, "harvestTo": 740, "shipBy": 741}, "harvestTo"),
        ({"harvestFrom": 20, "harvestTo": 30, "shipBy": 900}, "shipBy"),
        ({"harvestFrom": -60, "harvestTo": -40}, "bestBefore"),  # by the product's shelf life of 30 days
    ],
)
def test_days_that_cannot_be_are_refused(desk, variant, dates, field):
    (error,) = declared(desk, variant, **days(**dates))["errors"]
    assert (error["code"], error["field"]) == ("INVALID", [field])
    assert not Lot.objects.exists()


@pytest.mark.parametrize(("given", "field"), [({"quantity": 0}, "quantity"), ({"level": 3}, "level")])
def test_a_lot_has_units_and_a_level(desk, variant, given, field):
    (error,) = declared(desk, variant, **days(harvestFrom=-2, harvestTo=-1), **given)["errors"]
    assert error["field"] == [field]


def test_the_same_key_declares_a_lot_once(desk, variant):
    key, dates = str(uuid4()), days(harvestFrom=-2, harvestTo=-1)
    first = declared(desk, variant, idempotencyKey=key, **dates)
    assert declared(desk, variant, idempotencyKey=key, **dates) == first
    (error,) = declared(desk, variant, idempotencyKey=key, **dates, level=1)["errors"]
    assert error["code"] == "IDEMPOTENCY_CONFLICT"
    assert Lot.objects.count() == 1


def test_a_closed_lot_sells_no_more_and_keeps_its_word(desk, variant):
    lot = a_lot(variant, units=5)
    holder = uuid4()
    stock.reserve(holder, {variant.id: 2}, None)
    desk.done("lotClose", id=global_id("Lot", lot.uid))
    assert Product.objects.get().units_available == 0
    assert stock.sell([holder]) == {holder}
    assert desk.refused("lotOpen", id=global_id("Lot", lot.uid)) == "CONFLICT"
    assert list(verify.verify()) == []


def test_a_recall_stops_the_sale_and_is_told(desk, variant):
    lot = a_lot(variant)
    assert desk.refused("lotRecall", id=global_id("Lot", lot.uid), reason=" ") == "INVALID"
    desk.done("lotRecall", id=global_id("Lot", lot.uid), reason="mould")
    assert Product.objects.get().units_available == 0
    assert OutboxEvent.objects.filter(name="LotRecalled", payload={"lot_id": lot.id}).count() == 1


def test_past_their_day_lots_are_closed(variant):
    today = clock.today()
    good = a_lot(variant, best_before=today)
    spent = a_lot(variant, best_before=today - timedelta(days=1))
    late = a_planned_lot(variant, ship_by=today - timedelta(days=1))
    assert turn_the_day() == 2
    states = {lot.id: lot.state for lot in Lot.objects.all()}
    assert states == {good.id: "open", spent.id: "closed", late.id: "closed"}
    assert Product.objects.get().units_available == good.units_available
    assert turn_the_day() == 0
    assert list(verify.verify()) == []


def test_verify_names_a_lot_and_a_card_that_lie(variant, owner):
    lot = a_lot(variant, units=5)
    Lot.objects.filter(pk=lot.pk).update(units_available=4, units_reserved=1)
    Product.objects.update(price_from_minor=1)
    said = [(offence.rule, offence.noun) for offence in verify.verify()]
    assert said == [("I1", "Lot"), ("I1", "Product"), ("I1", "Variant")]


def test_last_years_harvest_that_still_keeps_may_be_declared(desk, variant):
    dates = days(harvestFrom=-400, harvestTo=-390, bestBefore=100)
    assert declared(desk, variant, **dates)["lot"]["state"] == "OPEN"


def test_a_planned_lot_that_is_out_of_date_by_now_is_not_opened(desk, variant):
    today = clock.today()
    harvested = {"harvest_from": today - timedelta(days=50), "harvest_to": today - timedelta(days=40)}
    late = a_planned_lot(variant, **harvested)
    assert desk.refused("lotOpen", id=global_id("Lot", late.uid)) == "INVALID"
    keeps = a_planned_lot(variant, best_before=today + timedelta(days=1), **harvested)
    desk.done("lotOpen", id=global_id("Lot", keeps.uid))
