"""A coupon tells whether it can be used, never how often it was, and never who has bought."""

import random

import pytest
from django.db.models import Q

from core.language import say
from orders.models import Coupon, Order
from orders.reads import coupon as reads
from tests.catalog.world import a_product, a_team, a_variant
from tests.figures import a_seed, figure, full
from tests.guard.solver import coupons as solver
from tests.impact import world
from tests.orders.coupons import Saver, a_coupon
from tests.orders.world import a_lot, a_person, row, run_out

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

DAYS, USES = full((30, 25), (8, 10))
CODE = "HARVEST"
UNPAID = {"orders": 2, "units": 30, "minor": 200_000}


def a_shelf(by_team):
    team = a_team()
    lot = a_lot(a_variant(a_product(team), price_minor=50_00), units=9_000)
    return lot, a_coupon(team if by_team else None, code=CODE, percent=10, most_in_all=USES)


def month(lot, coupon, seed):
    """What a watcher saw each evening, and how many uses were left: others buy with it, pay or do not, are given back."""
    chance, watcher = random.Random(seed), solver.Watcher(lot, CODE)
    looks, left, waiting, paid = [], [], [], []
    count = 0

    def look():
        coupon.refresh_from_db()
        looks.append(watcher.evening())
        left.append(USES - coupon.uses)
        return left[-1]

    look()
    for day in range(DAYS):
        free = left[-1]
        for _ in range(min(free, chance.randint(0, 3)) if day < DAYS - 2 else free):
            count += 1
            order = Saver().buy(lot, CODE, email=f"buyer{count}@example.com", phone=f"138{count:08}")
            if chance.random() < 0.6:
                world.pay(row(order))
                paid.append(order)
            else:
                waiting.append(order)
        if paid and chance.random() < 0.3:
            line = row(paid.pop()).lines.get()
            world.refund(line.order, (line, line.net_minor))
        look()
        if waiting and chance.random() < 0.5:
            run_out(waiting.pop())
            look()
    return looks, left


@pytest.fixture
def as_the_shop_is(settings, deeds_of_their_own):
    settings.UNPAID = dict(UNPAID)


@pytest.mark.parametrize("by_team", full((True, False), (False,)))
def test_a_month_of_looking_tells_only_whether_it_is_used_up(as_the_shop_is, by_team):
    seed = a_seed()
    looks, left = month(*a_shelf(by_team), seed)
    assert solver.by_words(looks) == [set()] * len(looks)
    said = set(zip(looks, (n > 0 for n in left), strict=True))
    assert sorted(is_left for _, is_left in said) == [False, True], (
        "one thing while it lasts, another when it does not"
    )
    assert len(set(left)) > 3
    figure("leaks/coupons", f"{DAYS} days, {USES} uses, {len(looks)} looks: two things said, 0 counts", seed)


def test_a_count_in_its_words_is_found(as_the_shop_is, monkeypatch):
    plain = Coupon.words.fget

    def counted(coupon):
        return say(
            "{w}，还剩 {n} 张", "{w}, {n} left", w=plain(coupon), n=(coupon.most_in_all or 0) - coupon.uses
        )

    monkeypatch.setattr(Coupon, "words", property(counted))
    looks, left = month(*a_shelf(by_team=False), a_seed())
    assert solver.by_words(looks) == [{n} if n else set() for n in left]


def test_whoever_orders_without_paying_is_stopped_before_she_has_counted_what_is_left(
    as_the_shop_is, settings
):
    lot, coupon = a_shelf(by_team=False)
    assert solver.by_counting(lot, CODE) is None
    assert solver.most_counted() == 1_800, "as ever new guests, of one address in a quarter of an hour"
    coupon.refresh_from_db()
    assert coupon.uses == UNPAID["orders"], "and its maker sees them"
    settings.UNPAID = {"orders": 99, "units": 999, "minor": 10**9}
    assert solver.by_counting(lot, CODE, most=USES) == USES - coupon.uses, (
        "the control: without that bound it is counted"
    )


# --- Who has bought ---------------------------------------------------------------------------------


NAMES = {
    "a guest's mailbox": {"email": "guest@example.com", "phone": "13600136001"},
    "a guest's number": {"email": "other1@example.com", "phone": "13600136002"},
    "an account's mailbox": {"email": "account@example.com", "phone": "13600136003"},
    "a number that an account has had something sent to": {
        "email": "other2@example.com",
        "phone": "13600136004",
    },
}


@pytest.fixture
def first(as_the_shop_is):
    """A coupon for a first purchase, and two who have made theirs."""
    lot = a_lot(a_variant(a_product(), price_minor=50_00), units=9_000)
    a_coupon(None, code=CODE, percent=10, is_for_first=True)
    her = a_person(email="account@example.com")
    for buyer, told in (
        (Saver(), {"email": "guest@example.com", "phone": "13600136002"}),
        (Saver(her), {"email": "account@example.com", "phone": "13600136004"}),
    ):
        world.pay(row(buyer.buy(lot, **told)))
    return lot


def askers():
    """A guest, somebody who has proved no mailbox, and somebody who has."""
    return Saver, lambda: Saver(a_person(email_verified_at=None)), lambda: Saver(a_person())


def test_whether_it_would_be_her_first_purchase_is_told_of_nobody_whose_mailbox_or_number_is_typed(first):
    for asker in askers():
        assert solver.by_name(asker, first, CODE, NAMES.values()) == []


def test_where_it_is_told_of_whoever_is_typed_each_is_found(first, monkeypatch):
    def told(buyer):
        typed = Q(email__in=buyer.emails) | Q(shipments__parcel__phone__in=buyer.phones)
        return reads.NOT_FIRST if Order.objects.filter(typed).exists() else None

    monkeypatch.setattr(reads, "why_no_first", told)
    monkeypatch.setattr("orders.actions.coupon.why_no_first", told)
    assert solver.by_name(Saver, first, CODE, NAMES.values()) == list(NAMES.values())
