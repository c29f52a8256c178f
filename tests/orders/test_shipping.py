"""What sending costs, by storage class, province and weight."""

import pytest

from catalog.models import Product
from orders.models import ShippingRate
from orders.reads import shipping

pytestmark = pytest.mark.django_db


def test_the_first_three_kilograms_are_one_price_and_each_further_one_begun_is_another():
    wuhan = {
        grams: shipping.parcels({(1, "fresh"): grams}, "420106")[0].minor for grams in (1, 3000, 3001, 5500)
    }
    assert wuhan == {1: 600, 3000: 600, 3001: 720, 5500: 960}


def test_what_is_near_costs_less_than_what_is_far():
    sent = [
        shipping.parcels({(1, "dry"): 2000}, code)[0].minor
        for code in ("420106", "430102", "310101", "630102")
    ]
    assert sent == [500, 600, 800, 1200]


@pytest.mark.parametrize("storage", ["frozen", "live"])
@pytest.mark.parametrize("region", ["653101", "540102", "810000", "820000", "710000"])
def test_frozen_and_live_goods_are_not_sent_beyond_the_mountains_and_the_customs(storage, region):
    (parcel,) = shipping.parcels({(1, storage): 1000}, region)
    assert not parcel.is_served and parcel.minor == 0


def test_each_team_and_storage_class_is_a_parcel_of_its_own():
    sent = shipping.parcels({(1, "dry"): 1000, (1, "chilled"): 1000, (2, "dry"): 1000}, "420106")
    assert [(p.team_id, p.storage, p.minor) for p in sent] == [
        (1, "dry", 500),
        (1, "chilled", 1200),
        (2, "dry", 500),
    ]


def test_where_nobody_has_said_that_we_deliver_we_do_not():
    ShippingRate.objects.filter(storage="dry", region=None).delete()
    shipping.forget()
    assert not shipping.parcels({(1, "dry"): 1000}, "310101")[0].is_served


def test_every_storage_class_has_a_rate_and_a_name():
    classes = set(ShippingRate.objects.values_list("storage", flat=True))
    assert classes == set(Product.Storage.values) == {"dry", "fresh", "chilled", "frozen", "live"}


def test_the_rates_are_read_once_a_while_and_not_for_each_cart(django_assert_num_queries):
    shipping.forget()
    with django_assert_num_queries(1):
        for _ in range(3):
            shipping.parcels({(1, "dry"): 1000}, "420106")
