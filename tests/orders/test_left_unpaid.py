"""An order that stands unpaid for five minutes is written of once, with the time when it lapses; never to whoever has paid."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.deliveries import drain
from orders.actions import left_unpaid
from orders.models import Order
from orders.tasks import note_left_unpaid
from tests.orders.world import Buyer, a_lot, a_person, row, session_of, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]

HERS = "buyer@example.com"


def pass_by(**time) -> None:
    """So much later, as far as orders know."""
    for order in Order.objects.all():
        Order.objects.filter(pk=order.pk).update(placed_at=order.placed_at - timedelta(**time))


def letters() -> list:
    """What is sent when beat strikes, of orders that wait for a payment."""
    note_left_unpaid()
    drain()
    sent = [
        one for one in mail.outbox if "waits for your payment" in one.subject or "等您付款" in one.subject
    ]
    mail.outbox.clear()
    return sent


def test_she_is_told_once_after_five_minutes_until_when_it_waits(till):
    order = Buyer().place(a_lot())
    pass_by(minutes=4, seconds=50)
    assert letters() == []
    pass_by(seconds=11)
    (told,) = letters()
    until = timezone.localtime(row(order).reserved_until)
    assert told.to == [HERS] and order["number"] in told.subject and f"{until:%H:%M}" in told.subject
    assert f"/en/order/{order['number']}/?token=" in told.body and "Nothing was charged." in told.body
    pass_by(minutes=5)
    assert letters() == [], "once"


def test_nobody_is_told_of_what_has_lapsed_or_lapses_within_a_minute(till):
    Buyer().place(a_lot())
    pass_by(minutes=6)
    Order.objects.update(reserved_until=timezone.now() + timedelta(seconds=50))
    assert letters() == []
    Order.objects.update(reserved_until=timezone.now() + timedelta(minutes=5), state="cancelled")
    assert letters() == []


def test_whoever_paid_between_the_beat_and_the_letter_gets_none_told_of_it_or_not(till, a_stand):
    buyer = Buyer()
    told_of = buyer.place(a_lot())
    pages = [session_of(buyer.begin(told_of))]
    silent = Buyer().place(a_lot(), email="silent@example.com")
    pages.append(session_of(Buyer().begin(silent)))
    pass_by(minutes=6)
    assert note_left_unpaid() == 2
    till.pay(pages[0])
    tell(a_stand, "checkout.session.completed")
    till.hold()
    till.pay(pages[1])
    assert (row(told_of).state, row(silent).state) == ("paid", "placed"), "of the second no notice has come"
    assert letters() == []
    assert row(silent).state == "paid", "the provider was asked"


def test_without_asking_the_provider_she_would_be_told_to_pay_twice(till, a_stand, monkeypatch):
    monkeypatch.setattr(left_unpaid.payments, "refresh", lambda payment: "unknown")
    order = Buyer().place(a_lot())
    page = session_of(Buyer().begin(order))
    pass_by(minutes=6)
    note_left_unpaid()
    till.hold()
    till.pay(page)
    assert len(letters()) == 1


def test_while_the_provider_is_away_nobody_is_told_to_pay(till):
    order = Buyer().place(a_lot())
    Buyer().begin(order)
    pass_by(minutes=6)
    till.trouble("fail", times=20)
    assert letters() == []


def test_a_mailbox_that_nobody_has_proved_has_one_a_day_however_it_is_written(till):
    lot = a_lot(units=20)
    for address in (HERS, "Buyer@Example.com", HERS):
        Buyer().place(lot, email=address)
    pass_by(minutes=6)
    assert len(letters()) == 1
    assert letters() == []
    assert Order.objects.filter(left_unpaid_at=None).count() == 2
    a_day_ago = timezone.now() - left_unpaid.AN_UNPROVED_MAILBOX
    Order.objects.exclude(left_unpaid_at=None).update(left_unpaid_at=a_day_ago)
    assert len(letters()) == 1, "another day"


def test_a_mailbox_that_was_proved_hears_of_each(till):
    her = a_person(email_verified_at=timezone.now(), language="en")
    lot = a_lot(units=20)
    buyer = Buyer(her)
    for _ in range(2):
        buyer.place(lot, email=her.email)
    pass_by(minutes=6)
    assert [one.to for one in letters()] == [[her.email]] * 2
