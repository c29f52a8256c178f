"""What is kept of people who buy together, and what becomes of it."""

import pytest
from django.contrib import admin
from django.test import Client

from accounts.actions import erasure
from accounts.actions import membership as memberships
from accounts.operators import OperatorAdmin
from orders.models import Order, Parcel
from orders.people import FORGOTTEN, UNKNOWN
from tests.accounts.world import PASSWORD
from tests.orders.world import Buyer, a_person, key, settle_all
from tests.together.world import at_rest
from together import people
from together.models import GroupPurchase, Seat

pytestmark = pytest.mark.django_db(transaction=True)


def test_where_a_groups_parcel_went_is_forgotten_with_its_coordinator(together):
    """She had it sent to her own door: neither her group nor her colleagues' orders keep the street."""
    made = together(street="示例小区 3 栋 501")
    made.join(Buyer())
    memberships.appoint(made.union, a_person(), a_person(("operator",)))
    made.coordinator.done("groupPurchaseCancel", groupId=made.id, idempotencyKey=key())
    settle_all()
    assert made.row.street and Parcel.objects.get().street
    erasure.erase(made.coordinator.person, PASSWORD)
    assert (made.row.recipient, made.row.phone, made.row.street) == ("—", "", "")
    assert Parcel.objects.get().street == ""


def test_the_name_in_a_seat_goes_with_that_of_its_order(together):
    made = together()
    made.fill(2)
    assert people.forget_old() == 0
    first, second = Order.objects.order_by("pk")
    Order.objects.filter(pk=first.pk).update(**UNKNOWN)
    # Whom a member calls herself says nothing: she may write a dash where her seat has her name.
    Parcel.objects.filter(shipments__order=second.pk).update(recipient=FORGOTTEN)
    assert people.forget_old() == 1 and people.forget_old() == 0
    first, second = Seat.objects.order_by("pk")
    assert first.name == FORGOTTEN and second.name != FORGOTTEN
    at_rest()


def test_operators_look_a_group_up_and_never_see_its_link(together):
    made, room = together(), admin.site.get_model_admin(GroupPurchase)
    assert isinstance(room, OperatorAdmin)
    desk = Client()
    desk.force_login(a_person(("operator", "owner")))
    assert made.row.title in desk.get("/operators/together/grouppurchase/").content.decode()
    page = desk.get(f"/operators/together/grouppurchase/{made.row.pk}/change/").content.decode()
    assert made.row.street in page and made.code not in page
    order = Order.objects.get(number=made.join()["number"])
    assert made.row.title in desk.get(f"/operators/orders/order/{order.pk}/change/").content.decode()
