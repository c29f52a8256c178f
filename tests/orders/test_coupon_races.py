"""A coupon's limits are passed by nobody at once: real threads, own connections, one barrier. And without the lock."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AnonymousUser

from catalog.models import Lot
from core.refusals import Refusal
from orders.actions import cancel, checkout
from orders.actions import coupon as coupons
from orders.models import Cart, CartLine, Coupon, CouponUse, Order
from orders.reads import cart as carts
from tests.catalog.test_stock_races import at_once
from tests.figures import figure, full, progress
from tests.orders.coupons import a_coupon
from tests.orders.world import WUHAN, a_lot, at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("till"), pytest.mark.proof]

TRIALS = full(200, 20)
BUYERS = full(20, 8)
# Of a few trials a busy machine may spoil one.
MISSED_BY_THE_CONTROL = full(0.05, 0.25)
_count = itertools.count(1)


def a_filled_cart(lot: Lot, code: str) -> Cart:
    """A cart that is ready to be placed with a coupon."""
    n = next(_count)
    cart = Cart.objects.create(
        email=f"g{n}@example.com",
        recipient="示例",
        phone=f"138{n:08}",
        region_id=WUHAN,
        street=f"示例路 {n} 号",
        coupon_code=code,
    )
    CartLine.objects.create(
        cart=cart, variant=lot.variant, quantity=1, price_seen_minor=lot.variant.price_minor
    )
    return cart


def placing(cart: Cart, total: int) -> Callable[[], str]:
    """Place it at the total that was seen before anybody had the coupon."""

    def place() -> str:
        try:
            checkout.place(AnonymousUser(), cart.uid, total, f"asker {cart.pk}")
        except Refusal as no:
            return no.code
        return "placed"

    return place


def lots() -> list[Lot]:
    """One for each buyer: of one lot its own lock would let them in one by one."""
    return [a_lot(units=2000) for _ in range(BUYERS)]


def a_trial(lots: list[Lot], code: str) -> list[str]:
    """What so many buyers hear who place at once what one alone may have with this coupon."""
    filled = [a_filled_cart(lot, code) for lot in lots]
    totals = [carts.seen(Cart.objects.get(pk=cart.pk)).total_minor for cart in filled]
    return at_once([placing(cart, total) for cart, total in zip(filled, totals, strict=True)])


def give_all_back() -> None:
    for order in Order.objects.filter(state="placed"):
        cancel.cancel(order)


@pytest.fixture
def without_the_lock(monkeypatch) -> Iterator[None]:
    """Look first, then write: what is read is old before it is written."""

    def looked_at(coupon_id: int) -> bool:
        coupon = Coupon.objects.get(pk=coupon_id)
        if coupon.most_in_all is not None and coupon.uses >= coupon.most_in_all:
            return False
        Coupon.objects.filter(pk=coupon_id).update(uses=coupon.uses + 1)
        return True

    monkeypatch.setattr(coupons, "_count", looked_at)
    yield


def test_the_last_use_is_had_once_in_every_trial():
    shelf = lots()
    a_coupon(None, code="LASTONE", percent=10, most_in_all=1)
    for trial in range(TRIALS):
        progress(f"{trial} of {TRIALS} trials")
        said = a_trial(shelf, "LASTONE")
        # Whoever comes after the first sees another total, or is told that it is used up: nobody pays another sum.
        assert said.count("placed") == 1 and set(said) <= {"placed", "COUPON_REFUSED", "TOTAL_CHANGED"}, said
        assert Coupon.objects.get().uses == 1
        give_all_back()
    at_rest()
    figure("stock/coupons", f"1 of {BUYERS} had the last use in {TRIALS} of {TRIALS} trials")


def test_one_person_has_it_once_however_many_carts_she_places_at_once():
    shelf = lots()[:4]
    a_coupon(None, code="HERS", percent=10, most_each=1)
    for _ in range(full(200, 5)):
        filled = [a_filled_cart(lot, "HERS") for lot in shelf]
        Cart.objects.filter(pk__in=[cart.pk for cart in filled]).update(email=filled[0].email)
        totals = [carts.seen(Cart.objects.get(pk=cart.pk)).total_minor for cart in filled]
        said = at_once([placing(cart, total) for cart, total in zip(filled, totals, strict=True)])
        assert said.count("placed") == 1, said
        give_all_back()
    at_rest()


def test_without_the_lock_it_would_be_used_more_often(without_the_lock):
    shelf, passed = lots(), 0
    a_coupon(None, code="LOOSE", percent=10, most_in_all=1)
    for _ in range(TRIALS):
        passed += a_trial(shelf, "LOOSE").count("placed") > 1
        CouponUse.objects.all().delete()
        give_all_back()
        Coupon.objects.update(uses=0)
    figure("stock/coupons-control", f"without the lock used more often in {passed} of {TRIALS} trials")
    assert passed >= (1 - MISSED_BY_THE_CONTROL) * TRIALS
