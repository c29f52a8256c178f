"""What is often in the same cart: told where ten proved buyers stand behind it, and most of them of no one body."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from catalog.models import Product
from core.clock import SHANGHAI
from orders.actions import companion
from orders.models import Companion, Line, Order
from shop.clockwork import STRIKES
from tests.accounts.world import an_organisation
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.world import Buyer, a_person, row

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 6, 8, 4, tzinfo=SHANGHAI)
ASK = "query($slug: String!) { boughtTogether(product: $slug) { slug } }"


@pytest.fixture
def shelf():
    """Three products of one team."""
    team = a_team()
    return {
        slug: a_lot(a_variant(a_product(team, slug=slug)), units=900) for slug in ("tea", "honey", "rice")
    }


@pytest.fixture
def week(monkeypatch):
    """Renew as of so many weeks later."""

    def renewed(n):
        monkeypatch.setattr(companion.timezone, "now", lambda: MONDAY + timedelta(weeks=n, minutes=5))
        return companion.renew()

    return renewed


def pair(*lots):
    """An order of one of each lot, to be given to buyers."""
    return row(Buyer().place(*lots))


def bought_by(order, *people, body=None, at=MONDAY - timedelta(days=3), **fields):
    """As if each of these people had placed and paid this order."""
    for person in people:
        lines = list(order.lines.all())
        copy = Order.objects.get(pk=order.pk)
        copy.pk, copy.uid, copy.number, copy.cart, copy._state.adding = None, None, None, None, True
        copy.uid = Order._meta.get_field("uid").get_default()
        copy.number = Order._meta.get_field("number").get_default()
        copy.person, copy.organisation, copy.state, copy.paid_at = person, body, "paid", at
        for name, value in fields.items():
            setattr(copy, name, value)
        copy.save(force_insert=True)
        for line in lines:
            line.pk, line.uid, line.order, line.shipment = (
                None,
                Line._meta.get_field("uid").get_default(),
                copy,
                None,
            )
            line._state.adding = True
            line.save(force_insert=True)


def proved(count):
    return [a_person(email_verified_at=timezone.now()) for _ in range(count)]


def seen(slug="tea"):
    return [one["slug"] for one in Buyer().ask(ASK, slug=slug)["boughtTogether"]]


def test_ten_proved_buyers_stand_behind_a_pair_and_nine_do_not(shelf, week):
    both = pair(shelf["tea"], shelf["honey"])
    people = proved(9)
    bought_by(both, *people, *people)  # often, and nine all the same
    bought_by(both, *(a_person(email_verified_at=None) for _ in range(5)))
    bought_by(both, None, None, email="guest@example.com")  # nobody said that the mailbox is hers
    assert week(0) == 0 and seen() == []
    bought_by(both, None, email="guest@example.com", buyer_proved_at=MONDAY)
    assert week(0) == -1 and seen() == []  # once a week
    assert week(1) == 1
    assert seen("tea") == ["honey"] and seen("honey") == ["tea"] and seen("rice") == []
    Product.objects.filter(slug="honey").update(state="suspended")
    assert seen("tea") == []


def test_what_was_given_back_is_long_ago_or_unpaid_does_not_count(shelf, week):
    both = pair(shelf["tea"], shelf["honey"])
    bought_by(both, *proved(9))
    bought_by(both, *proved(1), at=MONDAY - timedelta(days=181))
    bought_by(both, *proved(1), state="refunded")
    bought_by(both, *proved(1), paid_at=None, state="placed")
    last = proved(1)
    bought_by(both, *last)
    Line.objects.filter(order__person=last[0], variant=shelf["honey"].variant).update(refunded_units=1)
    assert week(0) == 0


def test_no_body_stands_behind_more_than_half(shelf, week):
    both = pair(shelf["tea"], shelf["honey"])
    union = an_organisation()
    bought_by(both, *proved(6), body=union)
    bought_by(both, *proved(5))
    assert week(0) == 0
    bought_by(both, *proved(1))
    assert week(1) == 1


def test_a_pair_is_kept_until_fewer_than_seven(shelf, week):
    both = pair(shelf["tea"], shelf["honey"])
    people = proved(10)
    bought_by(both, *people)
    assert week(0) == 1
    Order.objects.filter(person__in=people[:3]).update(state="refunded")
    assert week(1) == 1
    Order.objects.filter(person=people[3]).update(state="refunded")
    assert week(2) == 0 and Companion.objects.count() == 0
    Order.objects.filter(person=people[3]).update(state="paid")
    assert week(3) == 0  # anew it takes ten again
    assert STRIKES["orders.tasks.renew_companions"] <= 3600
