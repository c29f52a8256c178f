"""What is kept of a buyer: told when she asks, forgotten when she goes."""

import json
from datetime import timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.actions import export
from accounts.actions import membership as memberships
from accounts.actions import operator as operators
from accounts.actions import person as people
from catalog.actions import team as teams
from core.api.ids import uid_of
from core.refusals import Conflict
from orders.models import Cart, Notice, Order, Review
from orders.people import forget_old
from tests.accounts.world import PASSWORD, a_person
from tests.orders.together import Together
from tests.orders.world import Buyer, a_lot, at_rest, key

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_is_told_all_that_her_orders_hold_and_nothing_of_others():
    person = a_person()
    order = Buyer(person).place(a_lot(), note="ring twice")
    Buyer(a_person()).place(a_lot(), recipient="另一位")
    Buyer(person).fill(a_lot())
    told = export.export(person)
    (only,) = told["orders"]
    assert (
        only["number"] == order["number"] and only["street"] == "示例路 1 号" and only["note"] == "ring twice"
    )
    assert only["lines"] == [{"name": "秭归夏橙 5 斤装", "quantity": 1, "net_minor": 3690}]
    assert told["cart"][0]["lines"] == [{"name": "秭归夏橙", "quantity": 1}]
    assert "另一位" not in json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)


def test_who_goes_leaves_sums_and_goods_behind_and_neither_name_nor_address():
    person = a_person()
    buyer = Buyer(person)
    order = buyer.place(a_lot(), email="mine@example.com")
    buyer.done("orderCancel", number=order["number"], idempotencyKey=key())
    buyer.fill(a_lot())
    made = Order.objects.get()
    Review.objects.create(
        product=made.lines.get().variant.product,
        line=made.lines.get(),
        person=person,
        nickname="示例",
        stars=5,
    )
    people.erase(person, PASSWORD, "")
    made = Order.objects.get()
    assert (made.recipient, made.phone, made.street, made.email, made.note) == ("—", "", "", "", "")
    assert made.total_minor == 3690 + 600 and made.lines.count() == 1
    assert Review.objects.get().nickname == "" and Review.objects.get().person is None
    assert not Cart.objects.filter(closed_at=None).exists()
    kept = json.dumps(list(Cart.objects.values()), cls=DjangoJSONEncoder, ensure_ascii=False)
    assert "mine@example.com" not in kept and "示例买家" not in kept
    at_rest()


def test_an_order_that_is_still_going_on_is_ended_first():
    person = a_person()
    Buyer(person).place(a_lot())
    with pytest.raises(Conflict):
        people.erase(person, PASSWORD, "")
    assert Order.objects.get().recipient == "示例买家" and person.is_active
    Order.objects.update(state="completed", closed_at=timezone.now())
    people.erase(person, PASSWORD, "")


def test_what_nobody_needs_any_more_is_forgotten_and_nothing_else():
    buyer = Buyer()
    order = buyer.place(a_lot())
    left, fresh = buyer.fill(a_lot()), buyer.fill(a_lot())
    hers = Buyer(a_person())
    hers.fill(a_lot())
    long_ago = timezone.now() - timedelta(days=31)
    Cart.objects.exclude(uid=uid_of(fresh["id"], "Cart")).update(changed_at=long_ago)
    buyer.done("orderCancel", number=order["number"], token=order["token"], idempotencyKey=key())
    notice = Notice.objects.create(event_id="evt_1", kind="x", body=b"a name", handled_at=timezone.now())
    assert forget_old() > 0
    kept = {str(cart.uid) for cart in Cart.objects.all()}
    assert str(uid_of(left["id"], "Cart")) not in kept and len(kept) == 2
    assert Order.objects.get().recipient == "示例买家"
    Order.objects.update(closed_at=timezone.now() - timedelta(days=3 * 366 + 1))
    Notice.objects.update(received_at=timezone.now() - timedelta(days=3 * 366 + 1))
    forget_old()
    made = Order.objects.get()
    assert (made.recipient, made.phone, made.street, made.email) == ("—", "", "", "")
    notice.refresh_from_db()
    assert bytes(notice.body) == b"" and made.total_minor > 0
    assert forget_old() == 0
    at_rest()


@pytest.mark.usefixtures("whole_shop")
def test_a_group_that_only_she_looks_after_is_handed_over_before_her_account_is_closed():
    made = Together()
    group, mei = made.row, made.coordinator.person
    ada, sun = a_person(is_staff=True), a_person()
    with pytest.raises(Conflict) as said:
        operators.close(mei, ada)
    assert group.title in str(said.value)
    memberships.appoint(group.organisation, sun, ada)
    operators.close(mei, ada)
    assert made.look(Buyer(sun))["isCoordinator"] and not mei.memberships.filter(role="member").exists()


def test_a_team_at_rest_whose_parcels_are_on_their_way_keeps_its_last_manager():
    mei, ada = a_person(), a_person(is_staff=True)
    lot = a_lot()
    team = lot.variant.product.team
    team.members.all().delete()
    team.members.create(person=mei)
    made = Buyer().place(lot)
    Order.objects.filter(number=made["number"]).update(state="paid", paid_at=timezone.now())
    teams.rest(team, ada)
    with pytest.raises(Conflict):
        operators.close(mei, ada)
    Order.objects.update(state="completed", closed_at=timezone.now())
    operators.close(mei, ada)
