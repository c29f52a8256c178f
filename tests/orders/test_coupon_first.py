"""A coupon for a first purchase, and money that comes after another purchase was made."""

import pytest

from orders.models import Refund
from tests.catalog.world import a_variant
from tests.orders.coupons import Saver, a_coupon, pay
from tests.orders.world import a_lot, a_person, at_rest, row, run_out, session_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_rates")]


def test_late_money_for_a_first_purchase_goes_back_where_another_was_the_first(till, a_stand):
    a_coupon(None, percent=10, is_for_first=True)
    lot, buyer = a_lot(a_variant(price_minor=50_00), units=50), Saver(a_person())
    late = buyer.buy(lot)
    till.pay(session_of(buyer.begin(late)), "alipay")
    run_out(late)
    first = buyer.buy(lot)
    assert (row(late).discount_minor, row(first).discount_minor) == (5_00, 5_00)
    pay(buyer, first, till, a_stand)
    assert (row(late).state, row(first).state) == ("expired", "paid")
    assert [refund.reason for refund in Refund.objects.all()] == ["late"]
    at_rest()
