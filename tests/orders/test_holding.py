"""An order may be held for anything that says so by the port: here for a jar, which is no group of anybody's."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from core.language import say
from core.models import OutboxEvent
from core.refusals import TooLate
from orders import holding
from orders.actions import cancel, held
from orders.models import Order, Refund
from tests.orders.world import PAID, Buyer, a_lot, at_rest, key, row, session_of, settle_all, tell

pytestmark = pytest.mark.django_db(transaction=True)
JAR = uuid4()


class Jar:
    """Holds what comes until somebody opens it; notes what it is asked."""

    row = "region"
    words = holding.HolderWords(
        called=say("罐子", "Jar"),
        part=lambda title: say("罐子里的一份", "a part of the jar"),
        waits=say("在罐子里", "In the jar"),
        being_refunded=say("正在倒出", "Being poured out"),
        undecided=say("罐子还没开。", "The jar is not open yet."),
        fell_short=say("罐子碎了", "The jar broke"),
    )
    asked: list[object] = []
    is_shut = False  # it takes nothing more, and gives nothing back

    def lock(self, uids):
        assert set(uids) == {JAR}

    def arrived(self, order, paid_at):
        self.asked.append(("arrived", order.state))
        if self.is_shut:
            raise TooLate()

    def follow(self, orders):
        self.asked += [("follow", order.state) for order in orders]

    def binds(self, order):
        return say("罐子封了。", "The jar is sealed.") if self.is_shut else None


@pytest.fixture
def jar(settings, monkeypatch):
    settings.ORDER_HOLDERS = {"jar": f"{__name__}.Jar"}
    holding._made.cache_clear()
    monkeypatch.setattr(Jar, "asked", [])
    yield Jar
    holding._made.cache_clear()


@pytest.fixture
def order(jar, till):
    """Placed into the jar, with an open page to pay it at."""
    buyer = Buyer()
    placed = buyer.place(a_lot(units=5), quantity=2)
    Order.objects.update(holder_kind="jar", holder=JAR)
    till.pay(session_of(buyer.begin(placed)), "alipay")
    return {"buyer": buyer, **placed}


def seen(order):
    return order["buyer"].look({"number": order["number"], "token": order["token"]})


def cancelled(order):
    given = {"number": order["number"], "token": order["token"], "idempotencyKey": key()}
    return order["buyer"].do("orderCancel", **given)["errors"]


def in_jar():
    return Order.objects.filter(holder=JAR)


def test_what_is_paid_is_held_and_counts_once_it_is_confirmed(jar, order, a_stand):
    tell(a_stand, PAID)
    assert (row(order).state, seen(order)["stateName"]) == ("held", "In the jar")
    assert jar.asked == [("arrived", "held")] and row(order).confirmed_at is None
    now = timezone.now()
    with transaction.atomic():
        held.confirm([row(order).pk], now, 3)
    assert (row(order).state, row(order).confirmed_at) == ("paid", now)
    told = set(OutboxEvent.objects.values_list("name", flat=True))
    assert {"OrderHeld", "OrderConfirmed"} <= told and "OrderPaid" not in told
    at_rest()


def test_what_came_to_nothing_goes_back_whole_in_its_own_words(jar, order, a_stand):
    tell(a_stand, PAID)
    with transaction.atomic():
        held.repay(in_jar())
        held.repay(in_jar())  # once
    assert seen(order)["stateName"] == "Being poured out"
    assert jar.asked == [("arrived", "held"), ("follow", "held")]
    settle_all()
    refund = Refund.objects.get()
    assert (refund.reason, refund.state, row(order).state) == ("fell_short", "succeeded", "refunded")
    assert refund.amount_minor == row(order).total_minor
    at_rest()


def test_what_its_holder_takes_no_more_goes_back_as_late(jar, order, a_stand, monkeypatch):
    monkeypatch.setattr(jar, "is_shut", True)
    tell(a_stand, PAID)
    settle_all()
    assert row(order).state == "placed" and Refund.objects.get().reason == "late"


def test_whoever_is_bound_hears_why_and_whoever_is_not_leaves(jar, order, a_stand, monkeypatch):
    tell(a_stand, PAID)
    monkeypatch.setattr(jar, "is_shut", True)
    assert [error["message"] for error in cancelled(order)] == ["The jar is sealed."]
    monkeypatch.setattr(jar, "is_shut", False)
    assert cancelled(order) == []
    settle_all()
    assert row(order).state == "refunded"
    at_rest()


def test_what_is_not_paid_is_let_go_by_its_holder_and_by_nobody_else(jar, order):
    Order.objects.update(reserved_until=timezone.now())
    assert cancel.expire() == 0 and row(order).state == "placed"
    with transaction.atomic():
        held.let_go(in_jar())
    assert row(order).state == "expired" and jar.asked == [("follow", "expired")]
