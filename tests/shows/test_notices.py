"""What the provider tells comes first, late, five times or never: one order, one charge, one attribution."""

import pytest

from tests.figures import in_full_alone
from tests.shows.house import until
from tests.shows.script import key, session_of

PAID = 3690 + 600  # a box, and sending it within Hubei


@pytest.fixture
def placed(house, guest):
    """An order of one box that stands at the provider's page."""
    order = guest.place((house.variant(house.world.oranges), 1))
    order["page"] = session_of(guest.begin(order)["url"])
    return order


def link(order):
    return {"number": order["number"], "token": order["token"]}


def is_paid_once(house, guest, order):
    """One order, one charge kept, nothing on its way back, each household attributed once, all set aside."""
    seen = guest.order(link(order))
    assert (seen["state"], seen["refunds"]) == ("PAID", [])
    assert [(p["state"], p["isKept"]) for p in seen["payments"]] == [("SUCCEEDED", True)]
    aside = guest.set_aside(link(order))
    assert sum(part["amount"]["minor"] for part in aside["parts"]) == PAID
    (hers,) = (p["amount"]["minor"] for p in aside["parts"] if p["part"] == "households")
    given = house.attributions(order["number"])
    assert len(given) == 5 and sum(given) == hers
    books = house.books(order["number"])
    assert books["gateway"] == -PAID and sum(books.values()) == 0
    return True


def held(house):
    """The events that the provider has not told of yet."""
    return [row["event"] for row in house.till.deliveries() if row["state"] == "held"]


@in_full_alone("another order of the same notices")
def test_the_notice_comes_before_she_is_back(house, visit, guest):
    buyer = visit()
    with house.moves(SH01=3690):
        number = buyer.buy(house.world.oranges.product.slug)
        token = buyer.token()
        buyer.begin_to_pay()
        house.till.pay(session_of(buyer.page.url), "alipay")
        house.rest()
        # The provider's page knows that it is paid, and leads on.
        buyer.page.reload()
        buyer.page.get_by_role("link").last.click()
        assert buyer.number() == number and buyer.is_paid()
    assert is_paid_once(house, guest, {"number": number, "token": token})


def test_the_notice_comes_late_and_the_page_says_so_meanwhile(house, visit, guest):
    buyer = visit()
    with house.moves(SH01=3690):
        number = buyer.buy(house.world.oranges.product.slug)
        token = buyer.token()
        house.till.hold()
        buyer.begin_to_pay()
        buyer.pay_by_alipay()
        # Her browser's return settles nothing.
        assert buyer.number() == number and not buyer.is_paid()
        assert house.attributions(number) == []
        house.till.release()
        buyer.until_paid()
    assert is_paid_once(house, guest, {"number": number, "token": token})


@in_full_alone("another order of the same notices")
def test_each_notice_comes_five_times_the_last_one_first(house, guest, placed):
    with house.moves(SH01=3690):
        house.till.hold()
        house.till.pay(placed["page"], "alipay")
        told = held(house)
        assert len(told) >= 3, "of the session, the intent and the charge"
        house.till.release(order="reverse")
        for event in told:
            house.till.resend(event, times=4)
        house.rest()
        for event in told:
            assert [row["state"] for row in house.till.deliveries(event)] == ["delivered"] * 5
    assert is_paid_once(house, guest, placed)


def test_no_notice_ever_comes_and_the_reconciler_finds_the_money(house, guest, placed):
    with house.moves(SH01=3690):
        house.till.notices("drop")
        house.till.pay(placed["page"], "alipay")
        assert guest.order(link(placed))["state"] == "PLACED"
        house.reconcile(placed["number"])
        until(lambda: guest.order(link(placed))["state"] == "PAID")
    assert is_paid_once(house, guest, placed)


@in_full_alone("another order of the same notices")
def test_a_notice_that_comes_after_the_reconciler_changes_nothing(house, guest, placed):
    with house.moves(SH01=3690):
        house.till.hold()
        house.till.pay(placed["page"], "wechat_pay")
        house.reconcile(placed["number"])
        until(lambda: guest.order(link(placed))["state"] == "PAID")
        house.till.release(order="reverse")
    assert is_paid_once(house, guest, placed)


def test_money_that_comes_after_the_goods_were_let_go_still_buys_them_while_there_are_any(
    house, guest, placed
):
    with house.moves(SH01=3690):
        house.till.hold(["checkout.session.completed", "payment_intent.*", "charge.*"])
        house.till.pay(placed["page"], "alipay")
        house.run_out(placed["number"])
        # Closing the page of an order that has run out, the shop finds that the buyer was faster.
        until(lambda: guest.order(link(placed))["state"] == "PAID", 30)
        house.till.release()
    assert is_paid_once(house, guest, placed)


def test_money_that_comes_after_she_cancelled_goes_back_to_her(house, guest, placed):
    with house.moves():
        house.till.hold()
        house.till.pay(placed["page"], "alipay")
        guest.done("orderCancel", "order { state }", **link(placed), idempotencyKey=key())
        house.till.release()
        until(lambda: [r["state"] for r in guest.order(link(placed))["refunds"]] == ["SUCCEEDED"], 60)
        seen = guest.order(link(placed))
        assert seen["state"] == "CANCELLED"
        assert [(r["reason"], r["amount"]["minor"]) for r in seen["refunds"]] == [("LATE", PAID)]
    assert house.attributions(placed["number"]) == [] and house.books(placed["number"]) == {}
