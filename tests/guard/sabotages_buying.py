"""Sabotages of what buying costs: coupons and what they take off (run by tests/guard/sabotage.py)."""

from tests.guard.sabotages import Sabotage

BUYING = [
    Sabotage(
        "a coupon's limit in all is looked at and not held",
        "orders/actions/coupon.py",
        'Coupon.objects.filter(running(), pk=coupon_id).update(uses=F("uses") + 1)',
        "Coupon.objects.filter(pk=coupon_id).count()",
        "tests/orders/test_coupon.py tests/orders/test_coupon_races.py",
    ),
    Sabotage(
        "a person's uses are not looked at behind the lock",
        "orders/actions/coupon.py",
        "if most is not None and uses_of(use.buyer, [coupon.pk]).get(coupon.pk, 0) >= most:",
        "if False:",
        "tests/orders/test_coupon_races.py -k one_person",
    ),
    Sabotage(
        "an order that ends unpaid keeps its coupon",
        "orders/actions/lapse.py",
        "    coupon.release(orders)\n",
        "",
        "tests/orders/test_coupon.py",
    ),
    Sabotage(
        "what the shop's coupon paid stays with nobody when the line is given back",
        "impact/actions/posting.py",
        "self.book.move(BUYER, COUPONS, stood - shared - amount_minor, line.pk)",
        "pass",
        "tests/impact/test_coupons.py",
    ),
    Sabotage(
        "households bear the shop's coupon",
        "impact/story.py",
        "return paid_minor + (line.subsidy_minor * paid_minor // line.net_minor if line.subsidy_minor else 0)",
        "return paid_minor",
        "tests/impact/test_coupons.py",
    ),
    Sabotage(
        "verify does not reckon a coupon's parts again",
        "orders/verify_coupons.py",
        "    if parts not in (fits if shelf else fits[:1]):",
        "    if False:",
        "tests/impact/test_coupons.py -k verify",
    ),
]
