"""Why a code takes nothing off, said so that its buyer knows what to do."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from core.clock import SHANGHAI
from orders.models import Coupon
from tests.catalog.world import a_category, a_product, a_team, a_variant
from tests.orders.coupons import SEEN, Saver, a_coupon
from tests.orders.world import a_lot, a_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_rates")]


def test_a_code_that_nobody_can_use_says_when_it_counts_that_it_is_over_or_what_it_is_for(till):
    ours, theirs, tea = a_team(), a_team(name_en="The other team"), a_category("tea", "茶", "Tea")
    lot, now = a_lot(a_variant(a_product(ours), price_minor=40_00), units=20), timezone.now()
    begins = timezone.make_aware(datetime(now.year + 1, 3, 5, 9, 30), SHANGHAI)
    a_coupon(None, code="SOON", percent=10, starts_at=begins)
    a_coupon(None, code="PAST", percent=10, ends_at=now + timedelta(hours=1))
    Coupon.objects.filter(code="PAST").update(starts_at=now - timedelta(days=9), ends_at=now)
    a_coupon(None, code="GONE", percent=10, most_in_all=1)
    Coupon.objects.filter(code="GONE").update(uses=1)
    a_coupon(theirs, code="THEIRS", percent=10)
    a_coupon(theirs, code="THEIRTEA", percent=10, category=tea)
    buyer = Saver(a_person())
    cart = buyer.fill(lot)

    def said(code):
        answer = buyer.do("cartCouponUse", SEEN, cartId=cart["id"], code=code)
        return (answer["errors"] or [answer["cart"]["couponNote"]])[0]["message"]

    assert {code: said(code) for code in ("SOON", "PAST", "GONE", "THEIRS", "THEIRTEA")} == {
        "SOON": f"This coupon counts from 5 Mar {now.year + 1}, 09:30 on.",
        "PAST": "This coupon is over.",
        "GONE": "This coupon is used up.",
        "THEIRS": "This coupon is for goods of The other team; none are in your cart.",
        "THEIRTEA": "This coupon is for goods of The other team in the category Tea; none are in your cart.",
    }
