"""What a buyer whom nobody knows may hold without paying: enough for a household, never a shop, never a group."""

import re
import threading
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import way
from core.language import use
from orders.actions import unpaid
from orders.models import Order
from orders.refusals import TooMuchUnpaid
from tests.catalog.world import a_lot, a_product, a_variant
from tests.orders.world import (
    ADDRESS,
    BUYER,
    Buyer,
    a_person,
    key,
    row,
    run_out,
    session_of,
    tell,
    variant_id,
)
from tests.together.world import Together, at_rest
from together.models import Seat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
STAMP = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HELD = {"orders": 2, "units": 30, "minor": 200_000}
PAID = "checkout.session.completed"


@pytest.fixture(autouse=True)
def the_shops_own_bounds(settings):
    settings.UNPAID = dict(HELD)


def hers(n: int) -> dict[str, str]:
    """A mailbox and a phone that nobody else has used."""
    return {"email": f"somebody{n}@example.com", "phone": f"139{n:08}"}


def asked(buyer: Buyer, lot, quantity=1, **told):
    lines = [{"variantId": variant_id(lot), "quantity": quantity}]
    return buyer.do(
        "buyNow", "order { number } token", lines=lines, idempotencyKey=key(), **{**BUYER, **told}
    )


def codes(answer) -> list[str]:
    return [error["code"] for error in answer["errors"]]


def a_cheap_lot(units=10_000, price=100, **fields):
    return a_lot(a_variant(a_product(), price_minor=price), units=units, **fields)


def test_the_third_unpaid_order_of_one_guest_is_refused_and_room_comes_with_paying(till, a_stand):
    lot, guest = a_cheap_lot(), Buyer()
    first, _ = asked(guest, lot, **hers(1)), asked(guest, lot, **hers(2))
    assert codes(asked(guest, lot, **hers(3))) == ["TOO_MUCH_UNPAID"]
    lot.refresh_from_db()
    assert lot.units_reserved == 2 and Order.objects.count() == 2
    order = {"number": first["order"]["number"], "token": first["token"]}
    till.pay(session_of(guest.begin(order)), "alipay")
    tell(a_stand, PAID)
    assert codes(asked(guest, lot, **hers(4))) == []
    at_rest()


@pytest.mark.parametrize(
    ("most", "zh", "en"), [(1, "最多为您保留 1 单", "one order"), (3, "最多为您保留 3 单", "3 orders")]
)
def test_how_many_she_may_hold_is_said_as_it_is_set(settings, most, zh, en):
    settings.UNPAID = {**settings.UNPAID, "orders": most}
    lot, guest = a_cheap_lot(), Buyer()
    for n in range(most):
        assert codes(asked(guest, lot, **hers(n))) == []
    (error,) = asked(guest, lot, **hers(most))["errors"]
    assert error["code"] == "TOO_MUCH_UNPAID"
    with use("zh"):
        assert zh in str(TooMuchUnpaid(most, 30, 200_000))
    with use("en"):
        assert en in str(TooMuchUnpaid(most, 30, 200_000))
        assert error["message"] == str(
            TooMuchUnpaid(most, settings.UNPAID["units"], settings.UNPAID["minor"])
        )


def test_she_is_counted_by_who_asks_and_by_nothing_that_she_types():
    lot, guest = a_cheap_lot(), Buyer()
    for n in range(3):
        assert codes(asked(guest, lot, **hers(n))) == (["TOO_MUCH_UNPAID"] if n == 2 else [])
    for _ in range(3):
        assert codes(asked(Buyer(), lot, **hers(0))) == []


def test_who_brings_nothing_is_counted_where_she_asks_from_and_never_proved_by_a_neighbour():
    lot = a_cheap_lot()
    unnamed = Buyer()
    del unnamed.headers["X-Guest"]
    first = asked(unnamed, lot, **hers(1))
    Order.objects.filter(number=first["order"]["number"]).update(buyer_proved_at=timezone.now())
    assert [codes(asked(unnamed, lot, **hers(n))) for n in (2, 3)] == [[], ["TOO_MUCH_UNPAID"]]
    unnamed.headers["X-Forwarded-For"] = "203.0.113.9"  # that nobody trusted wrote
    assert codes(asked(unnamed, lot, **hers(4))) == ["TOO_MUCH_UNPAID"]


def test_what_waits_under_a_mailbox_and_a_number_is_told_to_nobody_who_types_them(till, a_stand):
    """Two strangers, one typing what much waits and has lapsed under, one what nobody has typed: all their answers are
    alike, to the moment until which their goods are kept."""
    lot, known, unknown = a_cheap_lot(), hers(1), hers(2)
    mobile = {name: f"+86{told['phone']}" for name, told in (("known", known), ("unknown", unknown))}
    way.prove(owner := a_person(email=known["email"]), "phone", mobile["known"])
    groups = [Together(till, a_stand, minimum=20, maximum=60, lot=a_lot(units=1000)) for _ in range(2)]
    for n in range(6):  # her own as a guest, and what strangers have placed under hers
        order = asked(Buyer(owner if n > 3 else None), lot, 9, **known)["order"]
        if n % 2:
            run_out(order)
    for _ in range(2):
        groups[0].join(units=3, email=known["email"])
    reached = [
        (known["email"], known["phone"], mobile["known"]),
        (unknown["email"], unknown["phone"], mobile["unknown"]),
    ]
    one, other = (answers_to_who_types(*typed, lot, groups[1]) for typed in reached)
    assert one == other
    assert [answer["errors"] and answer["errors"][0]["code"] for answer in one] == [
        [], [], "TOO_MUCH_UNPAID", [], "TOO_MUCH_UNPAID", [], [], "TOO_MUCH_UNPAID",
        [], [], "TOO_MUCH_UNPAID", [], [], [],
    ]  # fmt: skip


PLACED = """order { state isGuest allowedActions goodsTotal { minor } shippingTotal { minor } total { minor }
    placedAt reservedUntil lines { name quantity net { minor } } }"""


def answers_to_who_types(email: str, phone: str, mobile: str, lot, group: Together) -> list:
    """Each answer to a guest who places all she may by every door, asks for her link by both, and for a new password."""
    told, answers = {"email": email, "phone": phone}, []
    lines = [{"variantId": variant_id(lot), "quantity": 10}]
    at_once, carted, texted, member = Buyer(), Buyer(), Buyer(), Buyer()
    for _ in range(3):
        answers.append(at_once.do("buyNow", PLACED, lines=lines, idempotencyKey=key(), **{**BUYER, **told}))
    for _ in range(2):
        cart = carted.fill(lot, quantity=16, **told)
        answers.append(carted.do("checkoutPlace", PLACED, cartId=cart["id"], idempotencyKey=key()))
    for _ in range(3):
        answers.append(
            texted.do("buyNow", PLACED, lines=lines, idempotencyKey=key(), **{**ADDRESS, "phone": phone})
        )
    for _ in range(3):
        asked_as = {"name": "示例", "units": 3, "email": email, "idempotencyKey": key()}
        answers.append(member.do("groupPurchaseJoin", PLACED, code=group.code, **asked_as))
    for contact in (email, mobile):
        answers.append(Buyer().do("orderLinkRequest", number="AAAA-BBBB-CCCC", contact=contact))
    answers.append(Buyer().do("passwordResetRequest", email=email))
    return [timeless(answer) for answer in answers]


def timeless(answer: dict) -> dict:
    """Moments as how long from the order on; what stands else in the answer as it is."""
    if (order := answer.get("order")) is not None:
        placed, until = order.pop("placedAt"), order.pop("reservedUntil")
        minutes = (datetime.fromisoformat(until) - datetime.fromisoformat(placed)) / timedelta(minutes=1)
        answer["minutes"] = round(minutes, 1)
    return answer


def test_units_and_yuan_are_bounded_over_both_orders():
    lot, dear = a_cheap_lot(), a_cheap_lot(price=90_000)
    assert codes(asked(Buyer(), lot, 31, **hers(1))) == ["TOO_MUCH_UNPAID"]
    assert codes(asked(Buyer(), dear, 3, **hers(2))) == ["TOO_MUCH_UNPAID"]
    guest = Buyer()
    assert codes(asked(guest, lot, 20, **hers(3))) == []
    assert codes(asked(guest, lot, 11, **hers(4))) == ["TOO_MUCH_UNPAID"]
    assert codes(asked(guest, lot, 10, **hers(5))) == []


@pytest.mark.parametrize(("declared", "most"), [(20, 5), (49, 5), (50, 10), (100, 20), (150, 30)])
def test_of_a_lot_she_holds_a_fifth_and_no_refusal_tells_its_size(declared, most):
    lot, guest = a_cheap_lot(units=declared), Buyer()
    lines = [{"variantId": variant_id(lot), "quantity": most + 1}]
    document = """mutation($input: BuyNowInput!) { buyNow(input: $input) {
        order { number } errors { code message ... on InsufficientStock { unitsLeft } } } }"""
    if most < HELD["units"]:
        from tests.orders.world import total_of

        told = {**BUYER, **hers(1), "lines": lines, "idempotencyKey": key()}
        (error,) = guest.ask(document, input={**told, "expectedTotal": total_of(told)})["buyNow"]["errors"]
        assert (error["code"], error["unitsLeft"]) == ("INSUFFICIENT_STOCK", None)
        assert error["message"] == "There are not that many left. Please take fewer."
    assert codes(asked(guest, lot, most, **hers(1))) == []
    # In her second order there is none of this lot left for her, and that too is not told as sold out.
    if most < HELD["units"]:
        again = asked(guest, lot, 1, **hers(2))
        assert codes(again) == ["INSUFFICIENT_STOCK"] and "Sold out" not in again["errors"][0]["message"]


def test_what_one_lot_does_not_give_her_comes_from_the_next():
    variant = a_variant(a_product(), price_minor=100)
    first, second = a_lot(variant, units=20), a_lot(variant, units=20)
    assert codes(asked(Buyer(), first, 10, **hers(1))) == []
    for lot in (first, second):
        lot.refresh_from_db()
        assert lot.units_reserved == 5


def test_a_confirmed_account_is_not_hindered_and_an_unconfirmed_one_is():
    lot = a_cheap_lot()
    known, unknown = Buyer(a_person()), Buyer(a_person(email_verified_at=None))
    for _ in range(3):
        assert codes(asked(known, lot, 40)) == []
    assert [codes(asked(unknown, lot, **hers(n))) for n in range(3)] == [[], [], ["TOO_MUCH_UNPAID"]]


def test_a_guest_who_has_proved_an_order_is_known_by_her_cookie_and_nobody_else_by_her_mailbox():
    lot, guest = a_cheap_lot(), Buyer()
    first = asked(guest, lot, **hers(1))
    Order.objects.filter(number=first["order"]["number"]).update(
        buyer_proved_at=timezone.now(), state="paid", reserved_until=timezone.now()
    )
    for _ in range(4):
        assert codes(asked(guest, lot, 40, **hers(1))) == []
    # A stranger under the proved mailbox is bounded like anybody: nothing is told of who has bought under it.
    stranger, other = Buyer(), Buyer()
    assert codes(asked(stranger, lot, 31, email="somebody1@example.com", phone="13700000001")) == [
        "TOO_MUCH_UNPAID"
    ]
    answers = [asked(stranger, lot, email="somebody1@example.com", phone="13700000001") for _ in range(3)]
    others = [asked(other, lot, email="never@example.com", phone="13700000002") for _ in range(3)]
    assert [codes(one) for one in answers] == [codes(one) for one in others] == [[], [], ["TOO_MUCH_UNPAID"]]


def test_holds_are_shorter_after_lapses():
    lot, guest = a_cheap_lot(), Buyer()
    lasts = []
    for n in range(4):
        number = asked(guest, lot, **hers(n))["order"]["number"]
        order = Order.objects.get(number=number)
        lasts.append(round((order.reserved_until - order.placed_at) / timedelta(minutes=1)))
        run_out({"number": number})
    assert lasts == [15, 8, 5, 5]
    assert unpaid.AFTER_LAPSES[0] == timedelta(minutes=15)


def test_twenty_requests_at_once_hold_no_more_than_one_after_another():
    lot, answers = a_cheap_lot(), []
    guest = Buyer()
    barrier = threading.Barrier(8)

    def one(n):
        from django.db import connection

        buyer = Buyer()
        buyer.headers = dict(guest.headers)
        barrier.wait(timeout=30)
        answers.extend(codes(asked(buyer, lot, 10, **hers(n))) or ["placed"])
        connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == ["TOO_MUCH_UNPAID"] * 6 + ["placed"] * 2


# --- Groups -------------------------------------------------------------------------------------------


def test_a_guest_cannot_hold_a_groups_seats_unpaid(till, a_stand):
    together = Together(till, a_stand, minimum=20, maximum=60, lot=a_lot(units=1000))
    guest = Buyer()
    assert codes(together.ask_to_join(guest, 13, email="a@example.com")) == ["TOO_MUCH_UNPAID"]
    together.join(guest, 6, email="b@example.com")
    together.join(guest, 6, email="c@example.com")
    assert codes(together.ask_to_join(guest, 1, email="d@example.com")) == ["TOO_MUCH_UNPAID"]
    assert Seat.objects.filter(state="reserved").count() == 2


def test_an_office_behind_one_address_fills_its_group(till, a_stand):
    together = Together(till, a_stand, minimum=20, maximum=40, lot=a_lot(units=1000))
    seats = [together.join(units=2, email=f"colleague{n}@example.com") for n in range(20)]
    together.pay(*seats)
    assert together.row.state == "confirmed"
    at_rest()


def test_colleagues_who_join_by_the_page_at_one_address_stay_apart(till, a_stand):
    together = Together(till, a_stand, minimum=20, maximum=40, lot=a_lot(units=1000))
    page = f"/zh/g/{together.code}/"
    for n in range(3):
        browser = Client(enforce_csrf_checks=True)
        stamp = STAMP.search(browser.get(page).content.decode())[1]
        told = {"code": together.code, "name": f"同事{n}", "units": "2", "email": "office@example.com"}
        browser.post("/do/join_group/", {**told, "idempotencyKey": key(), "csrfmiddlewaretoken": stamp})
    assert Seat.objects.filter(state="reserved").count() == 3


__all__ = ["row"]
