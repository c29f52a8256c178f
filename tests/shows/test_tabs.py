"""Two tabs, the way back, a closed tab: one order, one charge kept, one attribution."""

import pytest

from tests.figures import in_full_alone
from tests.shows.house import until
from tests.shows.script import Script, session_of


@pytest.fixture
def slug(house):
    return house.world.oranges.product.slug


def link_of(buyer):
    """What a guest needs to open her order by the API: its number and the key in its address."""
    return {"number": buyer.number(), "token": buyer.token()}


def kept(order):
    return [payment["method"] for payment in order["payments"] if payment["isKept"]]


def test_two_tabs_pay_by_card_and_by_alipay_and_one_charge_is_kept(house, visit, guest, slug):
    buyer = visit()
    with house.moves(SH01=3690):
        buyer.buy(slug)
        link, other = link_of(buyer), buyer.another_tab()
        buyer.begin_to_pay()
        other.begin_to_pay()
        # Both stand on the provider's page of one attempt; who authorises second is told that it is over.
        assert session_of(buyer.page.url) == session_of(other.page.url)
        other.page.locator("button[name=method][value=alipay]").click()
        buyer.pay_by_card()
        assert buyer.number() == link["number"]
        other.page.locator("button[name=answer][value=authorise]").click()
        other.page.wait_for_load_state()
        assert "/authorise/" in other.page.url and other.page.locator("form").count() == 0
        house.rest()
        order = guest.order(link)
        assert order["state"] == "PAID" and kept(order) == ["card"] and order["refunds"] == []
    assert len(house.attributions(link["number"])) == 5, "each of the lot's five households, once"


def test_two_ways_of_paying_one_order_keep_one_charge_and_give_the_other_back(house, guest):
    with house.moves(SH01=3690):
        order = guest.place((house.variant(house.world.oranges), 1))
        # A page of the provider in one tab, an application that pays by itself in the other: two attempts.
        house.till.hold()
        page = guest.begin(order)
        house.till.pay(session_of(page["url"]), "alipay")
        own = guest.begin(order, "INTENT")
        assert own["id"] != page["id"]
        confirm(house, guest, order)
        house.till.release(order="reverse")
        until(lambda: [r["state"] for r in guest.order(order)["refunds"]] == ["SUCCEEDED"], 60)
        seen = guest.order(order)
        assert seen["state"] == "PAID" and len(kept(seen)) == 1
        assert [p["state"] for p in seen["payments"]] == ["SUCCEEDED", "SUCCEEDED"]
        assert [(r["reason"], r["amount"]["minor"]) for r in seen["refunds"]] == [("TWICE", 3690 + 600)]
        assert seen["refundedTotal"]["minor"] == 0, "what was given back was never the order's"
    assert len(house.attributions(order["number"])) == 5


def confirm(house, guest, order):
    """Pay the intent as Stripe's own script would: by its id, with the public key's rights."""
    document = (
        "query($n: String!, $t: String) { order(number: $n, token: $t) { payments { clientSecret kind } } }"
    )
    seen = guest.ask(document, n=order["number"], t=order["token"])["order"]["payments"]
    (secret,) = {p["clientSecret"] for p in seen if p["kind"] == "INTENT"}
    reply = guest.session.post(
        f"{house.till.base}/v1/payment_intents/{secret.split('_secret')[0]}/confirm",
        data={"payment_method": "pm_card_visa", "return_url": house.url},
        auth=("sk_test_sheaf", ""),
    )
    assert reply.json()["status"] == "succeeded", reply.text


@in_full_alone("another way to the same order")
def test_a_second_tab_that_places_the_cart_again_comes_to_the_same_order(house, visit, slug):
    buyer = visit()
    buyer.get_ready(slug)
    stale = buyer.another_tab()
    assert stale.place() == buyer.place()


@in_full_alone("another way to the same order")
def test_going_back_and_sending_the_same_form_again_comes_to_the_same_order(house, visit, slug):
    buyer = visit()
    buyer.get_ready(slug)
    # A browser that keeps pages shows the form as it was: with the same key.
    form = buyer.page.locator("#who-form").evaluate("form => Object.fromEntries(new FormData(form))")
    form["first"] = "tell_cart"
    number = buyer.place()
    again = buyer.page.request.post(f"{house.url}/do/place_order/", form=form)
    assert again.ok and "/pay/" in again.url and f"/order/{number}/" in again.text(), "its one page to pay at"
    # One that does not keep them finds her cart empty: there is nothing left to place twice.
    buyer.page.go_back()
    buyer.page.go_back()
    assert buyer.page.get_by_role("button", name=buyer.words["place"]).count() == 0


def test_somebody_who_closes_the_tab_while_paying_has_paid(house, visit, slug):
    buyer = visit()
    with house.moves(SH01=3690):
        number, link = buyer.buy(slug), buyer.page.url
        buyer.begin_to_pay()
        session = session_of(buyer.page.url)
        buyer.page.close()
        house.till.pay(session, "wechat_pay")
    later = visit()
    later.page.goto(link)
    assert later.number() == number and later.is_paid()


@in_full_alone("another way to the same order")
def test_somebody_who_closes_the_tab_before_paying_leaves_nothing_behind(house, visit, guest, slug):
    buyer = visit()
    with house.moves():
        buyer.buy(slug)
        link = link_of(buyer)
        buyer.page.close()
        order = guest.order(link)
        assert order["state"] == "PLACED" and [p["state"] for p in order["payments"]] == ["CREATED"]
    assert house.attributions(link["number"]) == [] and house.books(link["number"]) == {}


def test_twenty_requests_to_pay_at_once_open_one_page(house, guest):
    order = guest.place((house.variant(house.world.oranges), 1))
    pages = {guest.begin(order)["url"] for _ in range(4)}
    stranger = Script(house)
    assert len(pages) == 1 and stranger.begin(order)["url"] in pages
