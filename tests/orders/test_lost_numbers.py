"""A number has a new owner (N22): the office is told of parcels on their way that still tell it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actions import lost_number
from accounts.models import SignInWay
from orders.models import Order, Parcel
from tests.accounts.world import a_person
from tests.catalog.world import an_operator
from tests.orders.sold import Sold, settle
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
SEEN = "query { office { parcelsToLostNumbers { number teamName stateName lastFour lostAt } } }"
NUMBER = "13800138000"


def test_the_office_is_told_of_what_still_tells_it_and_of_nothing_else(till, a_stand):
    old = a_person()
    sold, office = Sold(till, a_stand, Buyer(old)), Buyer(an_operator())
    assert set(Parcel.objects.values_list("phone", flat=True)) == {NUMBER}
    at = timezone.now() - timedelta(days=91)
    way = SignInWay.objects.create(
        person=old, kind="phone", value=f"+86{NUMBER}", proved_at=at, last_used_at=at
    )
    assert office.ask(SEEN)["office"]["parcelsToLostNumbers"] == []
    settle()
    new_mails()
    lost_number.lose(way)
    settle()
    (letter,) = [one for one in new_mails() if "new owner" in one.subject or "换了主人" in one.subject]
    assert letter.to == [office.person.email]
    assert sold.row.number in letter.body and NUMBER not in letter.body + letter.subject
    told = office.ask(SEEN)["office"]["parcelsToLostNumbers"]
    assert [(one["number"], one["lastFour"]) for one in told] == [(sold.row.number, "8000")] * 2
    # One has come; of the other its buyer names another telephone.
    sold.arrive(0)
    assert len(office.ask(SEEN)["office"]["parcelsToLostNumbers"]) == 1
    parcel = sold.parcel(1).parcel
    Parcel.objects.filter(pk=parcel.pk).update(phone="13900139000")
    assert office.ask(SEEN)["office"]["parcelsToLostNumbers"] == []
    # Its new owner's own orders tell it rightly.
    Parcel.objects.filter(pk=parcel.pk).update(phone=NUMBER)
    Order.objects.update(placed_at=timezone.now() + timedelta(minutes=1))
    assert office.ask(SEEN)["office"]["parcelsToLostNumbers"] == []


def test_a_number_that_she_took_from_her_account_herself_is_none(till, a_stand):
    old = a_person()
    Sold(till, a_stand, Buyer(old))
    at = timezone.now() - timedelta(days=3)
    SignInWay.objects.create(person=old, kind="phone", value=f"+86{NUMBER}", proved_at=at, ended_at=at)
    type(old).objects.filter(pk=old.pk).update(number_lost_at=timezone.now())
    assert Buyer(an_operator()).ask(SEEN)["office"]["parcelsToLostNumbers"] == []
