"""Whoever works through a list comes to its end: nobody is left out because she is the hundred and first."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership
from catalog.models import Lot
from core import clock
from core.api.ids import global_id
from orders.actions import refund
from orders.models import Order, Shipment
from tests.catalog.world import a_lot, a_person
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.test_pages import words
from together.models import GroupPurchase, Seat

pytestmark = pytest.mark.django_db


def read_through(client: Client, path: str, mark: str) -> list[str]:
    """What the mark finds on the page and on all that follow it."""
    found: list[str] = []
    address: str | None = path
    while address:
        html = words(client.get(address))
        found += re.findall(mark, html)
        onward = re.search(r'<nav class="pager".*?href="(\?[^"#]*after=[^"#]*)', html, re.DOTALL)
        address = path.split("?")[0] + onward[1].replace("&amp;", "&") if onward else None
    return found


def a_seat_in(group: GroupPurchase, lot: Lot, name: str) -> Order:
    order = world.an_order((lot, 1), group=group)
    Seat.objects.create(group=group, order=order, name=name, units=1, state=Seat.State.HELD)
    Order.objects.filter(pk=order.pk).update(state="paid", paid_at=timezone.now())
    return order


def test_every_verified_household_can_be_named_when_a_lot_is_shared_out(shelf):
    world.households(shelf.team, 110)
    gone = shelf.team.households.order_by("pk").first()
    shelf.team.households.filter(pk=gone.pk).update(state="withdrawn")
    lot = a_lot(shelf.lot.variant, level=Lot.Level.SHARED, units=30)
    product = global_id("Product", shelf.product.uid)
    html = signed_in(shelf.manager).get(f"/en/desk/product/{product}/lot/{global_id('Lot', lot.uid)}/")
    named = set(re.findall(r'name="kg\.([^"]+)"', html.content.decode()))
    verified = shelf.team.households.filter(state="verified").values_list("uid", flat=True)
    assert len(verified) == 121
    assert named == {global_id("Household", uid) for uid in verified}


def test_a_coordinator_reaches_every_member_and_can_let_her_go():
    coordinator = a_person()
    members = [a_person() for _ in range(34)]
    union = world.an_organisation()
    union.memberships.create(person=coordinator, role="coordinator")
    for person in members:
        union.memberships.create(person=person, role="member")
    path = f"/en/organisations/?o={global_id('Organisation', union.uid)}"
    offered = read_through(
        signed_in(coordinator), path, r'action="/do/end_membership/".*?name="id" value="([^"]+)"'
    )
    of_others = Membership.objects.filter(organisation=union).exclude(person=coordinator)
    assert {global_id("Membership", one.uid) for one in of_others} <= set(offered)


def test_a_coordinator_hands_out_to_the_last_of_a_hundred_and_more():
    lot = world.a_lot()
    group = world.a_group(lot)
    group.organisation.memberships.create(person=group.coordinator, role="coordinator")
    names = [f"示例{n:03}" for n in range(103)]
    for name in names:
        a_seat_in(group, lot, name)
    GroupPurchase.objects.filter(pk=group.pk).update(state="confirmed", closed_at=timezone.now())
    told = read_through(signed_in(group.coordinator), f"/en/g/{group.join_code}/", r"<td>(示例\d+)</td>")
    assert sorted(told) == names


def test_the_groups_that_have_waited_longest_to_be_sent_are_on_the_desk(shelf):
    now = timezone.now()
    titles = [f"团购{n:02}" for n in range(22)]
    for n, title in enumerate(titles):
        group = world.a_group(shelf.lot)
        order = a_seat_in(group, shelf.lot, "示例")
        Shipment.objects.filter(order=order).update(state="waiting", ship_by=clock.today() + timedelta(n))
        closed = {"state": "confirmed", "closed_at": now + timedelta(seconds=n), "units_held": 1}
        GroupPurchase.objects.filter(pk=group.pk).update(title=title, **closed)
    # What was sent since stands in nobody's way.
    sent = GroupPurchase.objects.get(title=titles[5])
    Shipment.objects.filter(order__holder=sent.uid).update(state="shipped")
    html = words(signed_in(shelf.manager).get("/en/desk/orders/"))
    assert re.findall(r"Group: (团购\d+)", html) == [title for title in titles if title != titles[5]]
    # Of them one is promised for today.
    assert re.search(
        r'class="urgent"><dt>To send today</dt><dd class="num"><a [^>]*>1</a>',
        words(signed_in(shelf.manager).get("/en/desk/")),
    )
    for page in ("", "orders/", "claims/", "households/", "new/"):
        seen = words(signed_in(shelf.manager).get(f"/en/desk/{page}"))
        assert '<b class="count">21</b>' in seen, page


def test_whatever_was_called_off_since_the_packing_list_is_taken_out_of_the_boxes(shelf):
    made = [world.an_order((shelf.lot, 1)) for _ in range(53)]
    for order in made:
        world.pay(order)
    manager = signed_in(shelf.manager)
    assert manager.get(f"/en/desk/packing.csv?team={shelf.team.code}").status_code == 200
    for order in made:
        refund.request(order, {order.lines.get().uid: refund.Part(1)}, reason="recalled")
    html = words(manager.get("/en/desk/orders/"))
    assert [order.number for order in made if order.number not in html] == []


def test_a_lot_that_is_still_for_sale_stays_on_its_page_whatever_came_after_it(shelf):
    for _ in range(55):
        a_lot(shelf.lot.variant, state=Lot.State.CLOSED)
    path = f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    html = words(signed_in(shelf.manager).get(path))
    assert shelf.lot.code in re.findall(r'<b class="code">(L\d+)</b>', html)


def test_a_lots_units_add_up_on_its_page_when_some_have_come_back(shelf):
    # Three were sold, and one of them came back.
    Lot.objects.filter(pk=shelf.lot.pk).update(units_available=28, units_sold=3, units_restocked=1)
    path = f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    html = words(signed_in(shelf.manager).get(path))
    told = re.search(r"(\d+) in all: (\d+) left, (\d+) being paid, (\d+) sold", html)
    whole, *parts = map(int, told.groups())
    assert whole == sum(parts) and parts[-1] == 2


def test_all_the_groups_one_has_been_in_are_found():
    lot = world.a_lot()
    coordinator = a_person()
    union = world.an_organisation()
    union.memberships.create(person=coordinator, role="coordinator")
    for n in range(23):
        group = world.a_group(lot, union)
        GroupPurchase.objects.filter(pk=group.pk).update(title=f"团购{n:02}", coordinator=coordinator)
    found = read_through(signed_in(coordinator), "/en/groups/", r">(团购\d+)</a>")
    assert sorted(found) == [f"团购{n:02}" for n in range(23)]
