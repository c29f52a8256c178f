"""An order is its buyer's to see, or whoever's holds a guest's link, and nobody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders import links
from orders.actions import payment
from orders.models import Order
from tests.catalog.world import a_product, a_team, a_variant, an_operator
from tests.orders.world import Buyer, a_lot, a_person, key, row

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_guests_order_opens_with_its_link_and_not_with_its_number():
    buyer = Buyer()
    order = buyer.place(a_lot())
    assert Buyer().look(order)["isGuest"]
    assert Buyer().look({"number": order["number"], "token": None}) is None
    assert Buyer().look({"number": order["number"], "token": ""}) is None


def test_anothers_number_answers_like_none():
    mine, theirs = Buyer().place(a_lot()), Buyer().place(a_lot())
    nothing = Buyer().send('{ order(number: "AAAA-BBBB-CCCC") { number } }')
    for asker in (Buyer(), Buyer(a_person()), Buyer(an_operator())):
        for token in (mine["token"], "", "x", "A" * 56, mine["token"][:-4] + "AAAA", "é", "=" * 5):
            wrong = {"number": theirs["number"], "token": token}
            assert asker.look(wrong) is None
            assert asker.refused("orderCancel", **wrong, idempotencyKey=key()) == "NOT_FOUND"
            assert asker.refused("paymentBegin", **wrong, idempotencyKey=key()) == "NOT_FOUND"
    assert nothing == {"data": {"order": None}}
    assert set(Order.objects.values_list("state", flat=True)) == {"placed"}


def test_a_link_runs_out(monkeypatch):
    order = Buyer().place(a_lot())
    Order.objects.update(placed_at=timezone.now() - links.LASTS - timedelta(seconds=1))
    assert Buyer().look({**order, "token": links.token_for(row(order))}) is None


def test_no_link_opens_an_accounts_order():
    person = a_person()
    order = Buyer(person).place(a_lot())
    assert order["token"] is None and links.token_for(row(order)) == ""
    made = Order.objects.get()
    made.person_id = None
    forged = links.token_for(made)
    assert Buyer().look({"number": order["number"], "token": forged}) is None
    assert Buyer(a_person()).look({"number": order["number"], "token": forged}) is None
    assert Buyer(person).look(order)["number"] == order["number"]


def test_a_link_is_the_same_for_life_and_another_for_each_order():
    first, second = row(Buyer().place(a_lot())), row(Buyer().place(a_lot()))
    assert (
        links.token_for(first) == links.token_for(Order.objects.get(pk=first.pk)) != links.token_for(second)
    )


def test_a_key_that_was_renewed_still_opens_links_made_before(settings):
    order = Buyer().place(a_lot())
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 8
    assert Buyer().look(order)
    settings.SECRET_KEY_FALLBACKS = []
    assert Buyer().look(order) is None


def test_ones_own_orders_are_listed_newest_first_and_nobody_elses():
    person = a_person()
    numbers = [Buyer(person).place(a_lot())["number"] for _ in range(3)]
    Buyer(a_person()).place(a_lot())
    listed = Buyer(person).ask("{ myOrders(first: 2) { nodes { number } pageInfo { hasNextPage } } }")[
        "myOrders"
    ]
    assert [node["number"] for node in listed["nodes"]] == numbers[:0:-1] and listed["pageInfo"][
        "hasNextPage"
    ]
    answer = Buyer().send("{ myOrders(first: 2) { nodes { number } } }")
    assert answer["data"] is None


def test_the_address_is_told_as_it_is_written_in_each_language():
    order = Buyer().place(a_lot())
    assert Buyer(language="zh").look(order)["address"] == "湖北省武汉市武昌区示例路 1 号"
    assert Buyer(language="en").look(order)["address"] == "示例路 1 号, Wuchang District, Wuhan, Hubei"


def test_a_product_that_is_not_shown_any_more_is_not_shown_by_way_of_an_old_order():
    lot = a_lot()
    order = Buyer().place(lot)
    document = (
        "query($n: String!, $t: String) { order(number: $n, token: $t) { lines { name product { slug } } } }"
    )

    def product():
        asked = Buyer().ask(document, n=order["number"], t=order["token"])
        return asked["order"]["lines"][0]["product"]

    assert product()["slug"]
    lot.variant.product.state = "suspended"
    lot.variant.product.save()
    assert product() is None


@pytest.mark.parametrize("teams", [1, 6])
def test_the_order_page_takes_six_statements_however_much_it_holds(teams, django_assert_num_queries):
    buyer = Buyer()
    order = buyer.place(*[a_lot(a_variant(a_product(a_team()))) for _ in range(teams)])
    payment.attempts([row(order)])
    buyer.look(order)
    # the order, its lines, parcels, payments and refunds; unpaid, whether something in it was stopped since
    with django_assert_num_queries(6):
        assert len(buyer.look(order)["lines"]) == teams
