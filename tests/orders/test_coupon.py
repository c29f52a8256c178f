"""A coupon makes an order cheaper: the best one, once a person, and as often in all as it may."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.refusals import Invalid
from orders.actions import coupon as coupons
from orders.models import Coupon, CouponUse
from tests.catalog.world import a_category, a_product, a_team, a_variant, an_operator
from tests.orders.coupons import Saver, a_coupon, pay
from tests.orders.world import (
    BUYER,
    Buyer,
    a_lot,
    a_person,
    at_rest,
    key,
    row,
    run_out,
    session_of,
    tell,
    variant_id,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_rates")]


def a_lot_at(price: int, team=None, **product):
    return a_lot(a_variant(a_product(team or a_team(), **product), price_minor=price), units=200)


def reason(answer) -> str:
    """Why a coupon was refused, or noted in the cart as not used."""
    if answer["errors"]:
        return answer["errors"][0]["code"]
    note = answer["seen"]["couponNote"]
    return note["code"] if note else ""


# --- What it takes off ----------------------------------------------------------------------------------


def test_a_code_is_understood_however_it_is_typed_and_the_order_keeps_what_it_took_off(till, a_stand):
    lot = a_lot_at(36_90)
    made = a_coupon(None, code="HARVEST10", amount_minor=1000, least_minor=5000)
    buyer = Saver()
    cart = buyer.fill(lot, quantity=2)
    for typed in ("harvest10", " ＨＡＲＶＥＳＴ　１０ ", "Har vest\t10"):
        seen = buyer.use(cart, typed)
        assert (seen["couponCode"], seen["discount"]["amount"]["minor"]) == ("HARVEST10", 1000)
        assert seen["couponNote"] is None
    assert seen["total"]["minor"] == 73_80 - 1000 + seen["shippingTotal"]["minor"]
    assert seen["discount"]["coupon"] == {
        "words": "¥10.00 off from ¥50.00 on",
        "giver": "the shop",
        "isByShop": True,
    }
    order = buyer.buy(lot, "harvest10", quantity=2)
    line = row(order).lines.get()
    assert (line.net_minor, line.subsidy_minor, line.discount_minor) == (63_80, 1000, 0)
    pay(buyer, order, till, a_stand)
    assert row(order).state == "paid" and row(order).total_minor == 73_80 - 1000 + row(order).shipping_minor
    made.refresh_from_db()
    assert made.uses == 1
    at_rest()


def test_the_best_one_is_used_and_named_and_can_be_taken_off_again(till):
    team = a_team()
    lot = a_lot_at(100_00, team)
    a_coupon(team, percent=5)
    a_coupon(None, amount_minor=1200, least_minor=100_00)
    a_coupon(None, code="EIGHT", percent=8)
    buyer = Saver()
    cart = buyer.fill(lot)
    seen = buyer.see(cart)
    assert seen["discount"]["amount"]["minor"] == 1200 and seen["discount"]["code"] == ""
    seen = buyer.use(cart, "EIGHT")
    assert (seen["discount"]["amount"]["minor"], seen["couponNote"]["code"]) == (1200, "SAVES_LESS")
    assert "¥12.00 off from ¥100.00 on" in seen["couponNote"]["message"]
    left = buyer.done(
        "cartCouponLeave", "cart { discount { code } couponCode total { minor } }", cartId=cart["id"]
    )
    assert (left["cart"]["discount"], left["cart"]["couponCode"]) == (None, "")
    again = buyer.done("cartCouponLeave", "cart { discount { code } }", cartId=cart["id"], isLeft=False)
    assert again["cart"]["discount"] == {"code": ""}


def test_a_coupon_of_another_team_category_or_sum_says_what_it_lacks(till):
    tea = a_category("tea", "茶", "Tea")
    ours, theirs = a_team(), a_team()
    lot = a_lot_at(40_00, ours)
    a_coupon(theirs, code="THEIRS", percent=10)
    a_coupon(None, code="TEAONLY", percent=10, category=tea)
    a_coupon(None, code="LARGE", amount_minor=500, least_minor=100_00)
    a_coupon(None, code="FORFIRST", percent=10, is_for_first=True)
    buyer = Saver(a_person())
    buyer.buy(lot, "FORFIRST", email=buyer.person.email)
    cart = buyer.fill(lot)
    notes = {code: buyer.use(cart, code)["couponNote"] for code in ("THEIRS", "TEAONLY", "LARGE", "FORFIRST")}
    assert {code: note["code"] for code, note in notes.items()} == {
        "THEIRS": "OTHER_GOODS",
        "TEAONLY": "OTHER_GOODS",
        "LARGE": "TOO_LITTLE",
        "FORFIRST": "NOT_FIRST",
    }
    assert "another ¥60.00" in notes["LARGE"]["message"]
    assert buyer.see(cart)["total"]["minor"] > 40_00, "a coupon that does not count stands in nobody's way"
    unknown = buyer.do("cartCouponUse", "cart { id }", cartId=cart["id"], code="NOSUCH")["errors"][0]
    assert (unknown["code"], unknown["field"]) == ("COUPON_REFUSED", ["code"])


def test_what_is_bought_at_once_has_its_coupon_too(till):
    lot = a_lot_at(50_00)
    a_coupon(None, code="ATONCE", percent=10)
    told = {"lines": [{"variantId": variant_id(lot), "quantity": 2}]}
    buyer = Saver()
    answer = buyer.do(
        "buyNow",
        "order { total { minor } discountTotal { minor } lines { net { minor } listTotal { minor } } coupon { words } }",
        **told,
        **BUYER,
        couponCode="at once",
        expectedTotal="1.00",
        idempotencyKey=key(),
    )
    assert answer["errors"][0]["code"] == "TOTAL_CHANGED"
    total = answer["errors"][0]["message"].split("¥")[1].split(",")[0]
    answer = buyer.do(
        "buyNow",
        "order { total { minor } discountTotal { minor } lines { net { minor } listTotal { minor } } coupon { words } }",
        **told,
        **BUYER,
        couponCode="at once",
        expectedTotal=total,
        idempotencyKey=key(),
    )
    assert answer["errors"] == [], answer
    assert answer["order"]["discountTotal"]["minor"] == 1000
    assert answer["order"]["lines"] == [{"net": {"minor": 9000}, "listTotal": {"minor": 10000}}]
    assert answer["order"]["coupon"] == {"words": "10% off"}
    at_rest()


# --- Made ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"percent": 10, "most_in_all": 0}, "most_in_all"),
        ({"percent": 10, "most_each": 0}, "most_each"),
        ({"percent": 51}, "percent"),
        ({"amount_minor": 1000, "least_minor": 1999}, "amount_minor"),
        ({"amount_minor": 1000, "percent": 10, "least_minor": 5000}, "amount_minor"),
        ({"percent": 10, "code": "abc"}, "code"),
        ({"percent": 10, "ends_at": timezone.now() - timedelta(days=1)}, "ends_at"),
    ],
)
def test_terms_that_cannot_be_meant_are_refused_at_saving(terms, field):
    with pytest.raises(Invalid) as refused:
        a_coupon(None, **terms)
    assert refused.value.field == (field,) and not Coupon.objects.exists()


def test_a_time_without_a_zone_is_meant_in_shanghai():
    asker = Buyer(an_operator())
    told = {"percent": 10, "startsAt": "2099-10-01T00:00", "endsAt": "2099-10-02T00:00:00+00:00"}
    assert asker.done("shopCouponMake", "coupon { id }", **told)["coupon"]
    made = Coupon.objects.get()
    assert (made.starts_at.isoformat(), made.ends_at.isoformat()) == (
        "2099-09-30T16:00:00+00:00",
        "2099-10-02T00:00:00+00:00",
    )


def test_the_database_knows_no_limit_of_nought_either_and_no_code_is_given_twice():
    made = a_coupon(None, code="ONCE", percent=10, most_in_all=3)
    for column in ("most_in_all", "most_each"):
        with pytest.raises(IntegrityError, match="coupon_limit_is_not_nought"), transaction.atomic():
            Coupon.objects.filter(pk=made.pk).update(**{column: 0})
    with pytest.raises(Invalid):
        a_coupon(a_team(), code="ONCE", percent=5)


# --- N26: once a person, for guests too --------------------------------------------------------------------


def test_once_a_person_whatever_the_spelling_and_the_ways(till):
    lot = a_lot_at(50_00)
    a_coupon(None, code="ONEEACH", percent=10, most_each=1)
    Saver().buy(lot, "ONEEACH", email="mei@example.com", phone="13800138000")
    for told in (
        {"email": "MEI@Example.com", "phone": "13900139000"},  # her mailbox in another case
        {"email": "else@example.com", "phone": "+86 138 0013 8000"},  # her number in another spelling
        {"email": "else@example.com", "phone": "１３８００１３８０００"},
    ):
        assert reason(Saver().try_to_buy(lot, "ONEEACH", **told)) == "USED_BEFORE"
    person = a_person(email="mei@example.com")
    assert reason(Saver(person).try_to_buy(lot, "ONEEACH", phone="13700137000")) == "USED_BEFORE"
    # By a number that is proved to be hers, whatever she types.
    caller = a_person(email=None, email_verified_at=None)
    caller.ways.create(kind="phone", value="+8613800138000", proved_at=timezone.now())
    assert reason(Saver(caller).try_to_buy(lot, "ONEEACH", phone="13700137001")) == "USED_BEFORE"
    # Somebody else has her own, also where she once was no account.
    other = a_person()
    Saver(other).buy(lot, "ONEEACH", email=other.email, phone="13600136000")
    other.email = "moved@example.com"
    other.save()
    assert (
        reason(Saver(other).try_to_buy(lot, "ONEEACH", email=other.email, phone="13500135000"))
        == "USED_BEFORE"
    )
    at_rest()


def test_a_first_purchase_is_known_of_whoever_is_signed_in_and_of_nobody_whose_number_is_typed(till):
    lot = a_lot_at(50_00)
    a_coupon(None, code="FIRST", percent=10, is_for_first=True)
    hers = {"email": "mei@example.com", "phone": "13800138000"}
    assert reason(Saver().try_to_buy(lot, "FIRST", **hers)) == "SIGN_IN", "placed, without it"
    unproved = Saver(a_person(email="nobody@example.com", email_verified_at=None))
    assert reason(unproved.try_to_buy(lot, "FIRST", phone="13700137000")) == "SIGN_IN"
    # Another who types them has her own first purchase.
    other = Saver(a_person())
    assert reason(other.try_to_buy(lot, "FIRST", **hers)) == ""
    assert reason(other.try_to_buy(lot, "FIRST", email=other.person.email)) == "NOT_FIRST"
    # By the mailbox and the number that are proved to be hers.
    assert reason(Saver(a_person(email="mei@example.com")).try_to_buy(lot, "FIRST")) == "NOT_FIRST"
    caller = a_person(email=None, email_verified_at=None)
    caller.ways.create(kind="phone", value="+8613800138000", proved_at=timezone.now())
    assert reason(Saver(caller).try_to_buy(lot, "FIRST", phone="13700137001")) == "NOT_FIRST"
    at_rest()


def test_of_more_than_so_many_that_are_typed_from_one_address_in_a_day_no_use_is_told(till, monkeypatch):
    monkeypatch.setattr(coupons, "MOST_TYPED", 6)
    lot = a_lot_at(50_00)
    a_coupon(None, code="ONEEACH", percent=10, most_each=1)
    hers = {"email": "mei@example.com", "phone": "13800138000"}
    Saver().buy(lot, "ONEEACH", **hers)
    assert reason(Saver().try_to_buy(lot, "ONEEACH", **hers)) == "USED_BEFORE", (
        "typed again they are none more"
    )
    for n in (1, 2):
        assert (
            reason(Saver().try_to_buy(lot, "ONEEACH", email=f"g{n}@example.com", phone=f"1390000000{n}"))
            == ""
        )
    late = {"email": "late@example.com", "phone": "13911111111"}
    for told in (late, hers):
        assert reason(Saver().try_to_buy(lot, "ONEEACH", **told)) == "SIGN_IN"
        given = {"lines": [{"variantId": variant_id(lot), "quantity": 1}], "couponCode": "ONEEACH"}
        answer = Saver().do(
            "buyNow", "order { discountTotal { minor } }", **given, **BUYER | told, idempotencyKey=key()
        )
        assert answer["order"] == {"discountTotal": {"minor": 0}}
    # Whoever has proved something is known by it, wherever she is.
    assert reason(Saver(a_person(email="mei@example.com")).try_to_buy(lot, "ONEEACH")) == "USED_BEFORE"
    assert reason(Saver(a_person()).try_to_buy(lot, "ONEEACH", phone="13700137000")) == ""
    at_rest()


def test_a_mailbox_that_an_account_has_typed_and_never_proved_is_not_hers(till):
    lot = a_lot_at(50_00)
    a_coupon(None, code="ONEEACH", percent=10, most_each=1)
    Saver().buy(lot, "ONEEACH", email="victim@example.com", phone="13800138000")
    caller = a_person(email="victim@example.com", email_verified_at=None)
    caller.ways.create(kind="phone", value="+8613700137000", proved_at=timezone.now())
    assert reason(Saver(caller).try_to_buy(lot, "ONEEACH", phone="13700137000")) == ""


def test_two_proved_persons_who_share_a_number_have_one_use_each(till):
    lot = a_lot_at(50_00)
    a_coupon(None, code="EACH", percent=10, most_each=1)
    for person in (a_person(), a_person()):
        Saver(person).buy(lot, "EACH", email=person.email, phone="13800138000")
    assert CouponUse.objects.count() == 2
    at_rest()


def test_one_order_is_one_use_however_often_its_payment_is_begun(till, a_stand):
    lot = a_lot_at(50_00)
    made = a_coupon(None, code="BEGUN", percent=10, most_each=1, most_in_all=1)
    buyer = Saver()
    order = buyer.buy(lot, "BEGUN")
    pages = [buyer.begin(order) for _ in range(3)]
    till.pay(session_of(pages[-1]), "alipay")
    tell(a_stand, "checkout.session.completed")
    made.refresh_from_db()
    assert (row(order).state, made.uses, CouponUse.objects.count()) == ("paid", 1, 1)
    at_rest()


def test_an_order_that_lapses_or_is_cancelled_gives_its_use_back(till):
    lot = a_lot_at(50_00)
    made = a_coupon(None, code="BACK", percent=10, most_each=1, most_in_all=1)
    first = Saver()
    order = first.buy(lot, "BACK")
    assert (
        reason(Saver().try_to_buy(lot, "BACK", email="x@example.com", phone="13900139000"))
        == "COUPON_REFUSED"
    )
    run_out(order)
    made.refresh_from_db()
    assert (made.uses, row(order).discount_minor) == (0, 500)
    order = first.buy(lot, "BACK")
    first.done("orderCancel", "order { state }", **order, idempotencyKey=key())
    second = Saver()
    second.buy(lot, "BACK", email="x@example.com", phone="13900139000")
    at_rest()


def test_late_money_uses_its_coupon_after_all_or_goes_back_where_none_is_left(till, a_stand):
    lot = a_lot_at(50_00)
    made = a_coupon(None, code="LATE", percent=10, most_in_all=1)
    buyer = Saver()
    early, late = buyer.buy(lot, "LATE"), None
    till.pay(session_of(buyer.begin(early)), "alipay")
    run_out(early)
    tell(a_stand, "checkout.session.completed")
    made.refresh_from_db()
    assert (row(early).state, made.uses) == ("paid", 1)
    Coupon.objects.filter(pk=made.pk).update(most_in_all=2)
    late = Saver().buy(lot, "LATE", email="y@example.com")
    till.pay(session_of(Saver().begin(late)), "alipay")
    run_out(late)
    Saver().buy(lot, "LATE", email="z@example.com", phone="13900139000")
    tell(a_stand, "checkout.session.completed")
    assert row(late).state == "expired"
    assert [refund.reason for p in row(late).payments.all() for refund in p.refunds.all()] == ["late"]
    at_rest()


def test_a_paid_order_keeps_its_use_whatever_is_refunded(till, a_stand):
    lot = a_lot_at(50_00)
    made = a_coupon(None, code="KEPT", percent=10, most_each=1)
    buyer = Saver()
    order = buyer.buy(lot, "KEPT")
    pay(buyer, order, till, a_stand)
    buyer.done("orderCancel", "order { state }", **order, idempotencyKey=key())
    made.refresh_from_db()
    assert made.uses == 1 and reason(Saver().try_to_buy(lot, "KEPT")) == "USED_BEFORE"
    at_rest()


def test_one_that_ended_is_refused_and_whoever_has_it_keeps_it(till, a_stand):
    lot = a_lot_at(50_00)
    made = a_coupon(None, code="ENDED", percent=10)
    buyer = Saver()
    order = buyer.buy(lot, "ENDED")
    waiting = Saver().fill(lot, email="w@example.com", phone="13900139000")
    assert Saver().use(waiting, "ENDED")["discount"]["amount"]["minor"] == 500
    coupons.end(made, None)
    assert Saver().see(waiting)["couponNote"]["code"] == "OVER"
    pay(buyer, order, till, a_stand)
    assert row(order).state == "paid"
    at_rest()
