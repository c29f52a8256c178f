"""Opening a group purchase: its terms, its price, and who may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Organisation
from catalog.models import Variant
from tests.orders.world import Buyer, a_lot, a_person
from tests.together.world import Together, at_rest
from together.actions import group
from together.models import GroupPurchase

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_coordinator_opens_a_group_at_the_price_its_minimum_reaches():
    made = Together(minimum=20, maximum=60)
    seen = made.look()
    assert seen["price"]["minor"] == 3580 and seen["fullPrice"]["minor"] == 3690  # 3 % off, up to a whole fen
    assert (seen["state"], seen["unitsHeld"], seen["unitsLeft"], seen["unitsNeeded"]) == ("OPEN", 0, 60, 20)
    assert made.row.story_id == made.lot.variant.story_id
    at_rest()


@pytest.mark.parametrize(
    ("minimum", "price"), [(19, 3690), (20, 3580), (99, 3580), (100, 3469), (499, 3469), (500, 3358)]
)
def test_each_tier_has_its_own_price(minimum, price):
    assert group.group_price(Variant(price_minor=3690), minimum) == price


@pytest.mark.parametrize(
    ("term", "value", "field"),
    [
        ("title", "  ", "title"),
        ("title", "团" * 81, "title"),
        ("minimumUnits", 1, "minimumUnits"),
        ("maximumUnits", 1, "maximumUnits"),
        ("maximumUnits", 10_001, "maximumUnits"),
        ("closesAt", timedelta(minutes=10), "closesAt"),
        ("closesAt", timedelta(days=61), "closesAt"),
        ("phone", "12", "phone"),
        ("street", " ", "street"),
        ("regionCode", "420000", "regionCode"),
        ("minimumUnits", 101, "maximumUnits"),
    ],
)
def test_terms_that_cannot_hold_are_refused_beside_their_field(term, value, field):
    made = Together()
    if isinstance(value, timedelta):
        value = (timezone.now() + value).isoformat()
    answer = made.coordinator.do("groupPurchaseOpen", **{**made.terms, term: value})
    assert [error["field"] for error in answer["errors"]] == [[field]]
    assert GroupPurchase.objects.count() == 1


def test_all_terms_that_cannot_hold_are_told_at_once():
    made = Together()
    wrong = {"title": " ", "minimumUnits": 1, "phone": "12", "regionCode": "420000"}
    errors = made.coordinator.do("groupPurchaseOpen", **{**made.terms, **wrong})["errors"]
    assert {error["field"][0] for error in errors} == set(wrong)


def test_a_group_that_everybody_can_see_will_never_fill_is_not_opened():
    made = Together(lot=a_lot(units=5))
    more = {**made.terms, "minimumUnits": 6, "maximumUnits": 200}
    (error,) = made.coordinator.do("groupPurchaseOpen", **more)["errors"]
    assert (error["code"], error["field"]) == ("INSUFFICIENT_STOCK", ["minimumUnits"])
    assert error["message"] == "Only 5 left."


@pytest.mark.parametrize("units", [6, 101, 9_999])
def test_above_what_is_told_no_minimum_says_how_many_are_left(units):
    made = Together(lot=a_lot(units=units))
    for minimum in (7, 102, 10_000):
        more = {**made.terms, "minimumUnits": minimum, "maximumUnits": 10_000}
        assert made.coordinator.do("groupPurchaseOpen", **more)["errors"] == []


def test_only_a_coordinator_of_a_verified_organisation_opens_one():
    made = Together(members=1)
    assert made.members[0].refused("groupPurchaseOpen", **made.terms) == "NOT_FOUND"
    assert Buyer(a_person()).refused("groupPurchaseOpen", **made.terms) == "NOT_FOUND"
    assert Buyer().refused("groupPurchaseOpen", **made.terms) == "SIGN_IN_REQUIRED"
    Organisation.objects.filter(pk=made.union.pk).update(state="suspended")
    assert made.coordinator.refused("groupPurchaseOpen", **made.terms) == "NOT_FOUND"
    assert GroupPurchase.objects.count() == 1


def test_a_deadline_without_a_zone_is_shanghais():
    made = Together()
    given = {**made.terms, "closesAt": (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")}
    code = made.coordinator.done("groupPurchaseOpen", "group { joinCode }", **given)["group"]["joinCode"]
    closes = GroupPurchase.objects.get(join_code=code).closes_at
    assert timedelta(hours=23, minutes=58) < closes - timezone.now() <= timedelta(days=1)
