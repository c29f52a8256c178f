"""Addresses: a person's own, one of them the usual one."""

import pytest

from accounts.actions import address as addresses
from accounts.models import Address
from tests.accounts.world import Asker, a_person, at_once

pytestmark = pytest.mark.django_db
HOME = {"recipient": "Mei", "phone": "138 0013 8000", "region": "420527", "street": "1 Lake Rd"}


def saved(asker, **changed):
    """Save an address and return its id."""
    return asker.done("addressSave", "address { id }", **{**HOME, **changed})["address"]["id"]


def listed(asker):
    """Streets in order, the usual one marked."""
    rows = asker.ask("{ viewer { addresses { street isDefault } } }")["viewer"]["addresses"]
    return [row["street"] + ("*" if row["isDefault"] else "") for row in rows]


def test_an_address_is_saved_as_a_courier_needs_it():
    asker = Asker(a_person())
    answer = asker.done(
        "addressSave", "address { recipient phone street isDefault region { fullName } }", **HOME
    )
    assert answer["address"] == {
        "recipient": "Mei",
        "phone": "13800138000",
        "street": "1 Lake Rd",
        "isDefault": True,
        "region": {"fullName": "Zigui County, Yichang, Hubei"},
    }


def test_the_first_is_the_usual_one_until_another_is_made_so_or_it_is_deleted():
    asker = Asker(a_person())
    first = saved(asker)
    saved(asker, street="2 Hill Rd")
    assert listed(asker) == ["1 Lake Rd*", "2 Hill Rd"]
    third = saved(asker, street="3 Bay Rd", isDefault=True)
    assert listed(asker) == ["3 Bay Rd*", "2 Hill Rd", "1 Lake Rd"]
    asker.done("addressDelete", id=third)
    assert listed(asker) == ["2 Hill Rd*", "1 Lake Rd"]
    saved(asker, id=first, street="1a Lake Rd", isDefault=True)
    assert listed(asker) == ["1a Lake Rd*", "2 Hill Rd"]
    saved(asker, id=first, street="1b Lake Rd", isDefault=False)
    assert listed(asker) == ["1b Lake Rd*", "2 Hill Rd"], (
        "the usual one stays so until another takes its place"
    )


def test_somebody_elses_address_does_not_exist():
    mei, eve = Asker(a_person()), Asker(a_person())
    hers = saved(mei)
    assert eve.refused("addressSave", **{**HOME, "id": hers, "street": "Eve's"}) == "NOT_FOUND"
    assert eve.refused("addressDelete", id=hers) == "NOT_FOUND"
    assert Address.objects.get().street == "1 Lake Rd"
    assert listed(eve) == []


def test_an_id_of_another_kind_is_refused():
    mei = a_person()
    asker = Asker(mei)
    own = asker.ask("{ viewer { id } }")["viewer"]["id"]
    for wrong in (own, "1", "", "QWRkcmVzczoxMjM0", "ü"):
        assert asker.refused("addressDelete", id=wrong) == "INVALID_ID"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"region": "420000"}, "region"),
        ({"region": "420500"}, "region"),
        ({"region": "999999"}, "region"),
        ({"region": ""}, "region"),
        ({"phone": "12345"}, "phone"),
        ({"street": "  "}, "street"),
        ({"street": "x" * 201}, "street"),
        ({"recipient": "\u200b"}, "recipient"),
    ],
)
def test_what_no_parcel_reaches_is_refused_at_its_field(changed, field):
    asker = Asker(a_person())
    (error,) = asker.do("addressSave", **{**HOME, **changed})["errors"]
    assert (error["code"], error["field"]) == ("INVALID", [field])
    assert Address.objects.count() == 0


def test_all_that_is_wrong_with_an_address_is_told_at_once():
    asker = Asker(a_person())
    errors = asker.do("addressSave", recipient=" ", phone="12", region="420000", street="路")["errors"]
    assert [error["field"] for error in errors] == [["recipient"], ["phone"], ["region"]]


@pytest.mark.parametrize("region", ["441900", "429021", "810000"])
def test_a_region_without_counties_is_precise_enough(region):
    saved(Asker(a_person()), region=region)


def test_twenty_addresses_are_enough():
    mei = a_person()
    asker = Asker(mei)
    for n in range(addresses.MOST):
        addresses.save(mei, **{**HOME, "street": str(n)})
    assert asker.refused("addressSave", **HOME) == "INVALID"
    assert mei.addresses.count() == addresses.MOST


def test_a_list_of_addresses_costs_as_many_statements_for_one_as_for_many(django_assert_num_queries):
    mei = a_person()
    asker = Asker(mei)
    addresses.save(mei, **HOME)
    document = "{ viewer { addresses { street region { fullName } } } }"
    asker.ask(document)
    with django_assert_num_queries(3):  # session, person, addresses with their regions
        asker.ask(document)
    for n in range(9):
        addresses.save(mei, **{**HOME, "street": str(n)})
    with django_assert_num_queries(3):
        asker.ask(document)


@pytest.mark.django_db(transaction=True)
def test_of_two_forms_sent_at_once_one_saves_the_usual_address():
    mei = a_person()
    said = at_once(8, lambda n: addresses.save(mei, **{**HOME, "street": str(n)}, is_default=True))
    assert all(isinstance(one, Address) for one in said)
    assert (mei.addresses.count(), mei.addresses.filter(is_default=True).count()) == (8, 1)
