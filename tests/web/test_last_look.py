"""Whatever cannot be undone asks once more, with what comes of it and the sum: each act of the pages, each deed of the
operators' rooms. One that has not been thought of is found here."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.operators import OperatorAdmin
from catalog.models import Lot
from core.api.ids import global_id
from impact.models import Household
from orders.models import Order, Refund, Shipment
from shop.web.acts import acts
from tests.catalog.world import a_planned_lot, an_operator
from tests.impact import world
from tests.orders.world import Buyer
from tests.web.conftest import signed_in
from tests.web.test_desk import fill, sure
from tests.web.test_documents import templates
from tests.web.test_pages import fields, unfolded, words
from tests.web.test_told_truly import a_seat
from together.models import GroupPurchase

pytestmark = pytest.mark.django_db


def test_of_each_act_it_is_said_what_undoes_it_or_that_it_asks_once_more():
    said = {name: [bool(one.undone_by), bool(one.look), bool(one.as_written)] for name, one in acts().items()}
    assert {name: which for name, which in said.items() if sum(which) != 1} == {}, "one of the three"
    named = {name: re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", one.undone_by) for name, one in acts().items()}
    assert [(name, one) for name, all in named.items() for one in all if one not in acts()] == []


def test_each_form_of_a_final_act_has_a_place_for_the_last_look():
    forms = [
        form
        for page in templates().values()
        for form in re.findall(r'\{% form "(\w+)"(.*?)\{% endform %\}', page, re.S)
    ]
    final = {name for name, one in acts().items() if one.look}
    shown = [(act, content) for act, content in forms if act in final]
    assert {act for act, _ in shown} == final
    assert [act for act, content in shown if "{% last_look %}" not in content] == []


def rooms() -> list[OperatorAdmin]:
    return [room for room in admin.site._registry.values() if isinstance(room, OperatorAdmin)]


# A deed that is none of accounts/operators.py, and why it is done as it is.
OF_THEIR_OWN = {
    "approve": "undone by Suspend; done only to the version that the list has shown",
    "return_to_team": "asks for its comment on a page of its own",
}


def test_of_each_deed_of_an_operator_it_is_said_what_undoes_it_or_that_it_asks_once_more():
    request = RequestFactory().get("/operators/")
    request.user = an_operator()
    deeds = [(name, deed[0]) for room in rooms() for name, deed in room.get_actions(request).items()]
    unsaid = [
        name for name, run in deeds if not (getattr(run, "is_final", 0) or getattr(run, "undone_by", ""))
    ]
    assert sorted(unsaid) == sorted(OF_THEIR_OWN)
    assert {"cancel", "recall", "retry", "hide", "withdraw"} <= {
        name for name, run in deeds if getattr(run, "is_final", False)
    }
    # These stop others at once, so they are looked at first; they can be undone, and say by what.
    warned = [run for _, run in deeds if getattr(run, "warns", "")]
    assert sorted(run.__name__ for run in warned) == ["close", "suspend"]
    assert [run.__name__ for run in warned if run.is_final or not run.undone_by] == []
    saved = [room for room in rooms() if room.editable]
    for_good = [room for room in saved if type(room).saves_for_good is not OperatorAdmin.saves_for_good]
    assert {room.model.__name__ for room in for_good} == {"Claim", "Refund", "Dispute"}
    assert [room for room in saved if not (room.undone_by or room in for_good)] == []


def test_each_final_deed_of_an_operator_shows_its_rows_first_and_does_nothing():
    desk, order = signed_in(an_operator()), world.an_order((world.a_lot(), 2))
    world.pay(order)
    refund = world.refund(order, (order.lines.get(), 500))
    Refund.objects.filter(pk=refund.pk).update(state="failed", failure="示例")
    tried = 0
    for room in rooms():
        at = f"/operators/{room.opts.app_label}/{room.opts.model_name}/"
        row = room.model._default_manager.order_by("pk").first()
        for run in room.actions:
            if row is None or not (getattr(run, "is_final", False) or getattr(run, "warns", "")):
                continue
            before = type(row)._default_manager.filter(pk=row.pk).values().get()
            asked = desk.post(at, {"action": run.__name__, "_selected_action": [row.pk]})
            says_so = "cannot be undone" in words(asked) and "不能撤回" in words(asked)
            assert asked.status_code == 200 and says_so == run.is_final, run.__name__
            assert "Please look once more" in words(asked)
            assert f'name="_selected_action" value="{row.pk}"' in words(asked)
            assert type(row)._default_manager.filter(pk=row.pk).values().get() == before
            tried += 1
    assert tried >= 8
    again = desk.post("/operators/orders/refund/", {"action": "retry", "_selected_action": [refund.pk]})
    assert "¥5.00" in words(again)
    # An order that nobody has paid gives nothing back, whatever it would have cost.
    unpaid = world.an_order((world.a_lot(), 1))
    asked = desk.post("/operators/orders/order/", {"action": "cancel", "_selected_action": [unpaid.pk]})
    assert "¥0.00" in words(asked)
    lot = world.a_lot()
    held = Order.objects.get(number=Buyer().place(lot)["number"])
    world.pay(held)
    asked = desk.post("/operators/catalog/lot/", {"action": "recall", "_selected_action": [lot.pk]})
    assert f"¥{held.total_minor / 100:,.2f}" in words(asked)


def test_a_suspension_says_by_what_it_is_undone_and_asks_why(shelf):
    desk, at, row = (
        signed_in(an_operator()),
        "/operators/catalog/product/",
        {"_selected_action": [shelf.product.pk]},
    )
    asked = words(desk.post(at, {**row, "action": "suspend"}))
    assert "用“恢复上架”放回去" in asked and "Resume puts it back" in asked
    sure = {**row, "action": "suspend", "confirmed": "yes"}
    assert "请写明原因" in words(desk.post(at, sure))
    shelf.product.refresh_from_db()
    assert shelf.product.state == "published"
    assert desk.post(at, {**sure, "why": "抽检不合格"}).status_code == 302
    shelf.product.refresh_from_db()
    assert shelf.product.state == "suspended"
    assert AuditEntry.objects.get(deed="suspend").facts["reason"] == "抽检不合格"


def test_money_given_in_another_way_is_looked_at_once_more_with_its_sum():
    desk, order = signed_in(an_operator()), world.an_order((world.a_lot(), 2))
    world.pay(order)
    refund = world.refund(order, (order.lines.get(), 500))
    Refund.objects.filter(pk=refund.pk).update(state="failed", failure="示例")
    at = f"/operators/orders/refund/{refund.pk}/change/"
    asked = desk.post(at, {"otherwise": "银行转账 0001", "_save": "1"})
    assert asked.status_code == 200 and "¥5.00" in words(asked) and "银行转账 0001" in words(asked)
    assert Refund.objects.get(pk=refund.pk).state == "failed"
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', words(asked).split("<ul>")[-1]))
    assert desk.post(at, sent).status_code == 302
    assert Refund.objects.get(pk=refund.pk).state == "succeeded"


def test_a_buyer_sees_what_goes_back_before_she_calls_her_order_off(shelf):
    placed = Buyer().place(shelf.lot)
    path = f"/en/order/{placed['number']}/?token={placed['token']}"
    buyer, order = Client(), Order.objects.get(number=placed["number"])
    looked = words(fill(buyer, path, "cancel_order"))
    assert "nothing was charged" in looked and 'id="look"' in looked
    world.pay(order)
    order.refresh_from_db()
    # The sum is another one since: it is shown again, and nothing is done by what was seen before.
    form = fields(looked, "cancel_order")
    told = words(buyer.get(buyer.post("/do/cancel_order/", {**form, "lang": "en"}).url))
    assert f"¥{order.total_minor / 100:,.2f}" in told.split('id="look"')[1].split("</ul>")[0]
    assert Refund.objects.count() == 0 and Order.objects.get(pk=order.pk).state == "paid"
    assert "is cancelled" in sure(buyer, path, "cancel_order")
    assert Refund.objects.get().amount_minor == order.total_minor


def test_a_coordinator_sees_how_many_are_repaid_and_how_much():
    seat = a_seat("held", order="placed")
    world.pay(seat.order, held=True)
    seat.group.organisation.memberships.create(person=seat.group.coordinator, role="coordinator")
    co, path = signed_in(seat.group.coordinator), f"/en/g/{seat.group.join_code}/"
    looked = words(fill(co, path, "cancel_group")).split('id="look"')[1].split("</ul>")[0]
    assert f"¥{seat.order.total_minor / 100:,.2f}" in looked and '<b class="num">1</b>' in looked
    assert GroupPurchase.objects.get().state == "open"
    stranger = Client()
    asked = stranger.post(
        "/do/cancel_group/", {"group": global_id("GroupPurchase", seat.group.uid), "back": path}
    )
    assert 'id="look"' not in words(stranger.get(asked.url)), "no sum for whoever does not lead it"


def test_a_lot_that_is_recalled_from_the_desk_shows_what_goes_back_at_most(shelf):
    order = Order.objects.get(number=Buyer().place(shelf.lot)["number"])
    world.pay(order)
    desk, lot = signed_in(shelf.manager), global_id("Lot", shelf.lot.uid)
    path = f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    looked = words(fill(desk, path, "recall_lot", reason="mould")).split('id="look"')[1]
    # Nothing else lies in its parcel: what was paid for sending goes back as well.
    assert order.shipping_minor and shelf.lot.code in looked
    assert f"¥{order.total_minor / 100:,.2f}" in looked.split("</ul>")[0]
    assert Lot.objects.get(pk=shelf.lot.pk).recalled_at is None
    assert fields(unfolded(desk, path, "recall_lot"), "recall_lot")["id"] == lot
    assert "is recalled" in sure(desk, path, "recall_lot", reason="mould")


@pytest.mark.parametrize("act", ["close_lot", "open_lot", "archive_product"])
def test_one_press_changes_nothing_on_the_desk_and_two_do(shelf, act):
    planned = a_planned_lot(shelf.lot.variant)
    desk, path = signed_in(shelf.manager), f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    rows = [(Lot, planned.pk), (Lot, shelf.lot.pk), (type(shelf.product), shelf.product.pk)]

    def states():
        return [model.objects.get(pk=pk).state for model, pk in rows]

    before = states()
    assert 'name="seen"' in words(fill(desk, path, act)) and states() == before
    sure(desk, path, act)
    assert states() != before


@pytest.mark.parametrize(("amount", "words_of_it"), [("99999", "no"), ("-5", "no"), ("", " ")])
def test_no_sum_is_promised_that_would_be_refused(shelf, amount, words_of_it):
    order = Order.objects.get(number=Buyer().place(shelf.lot)["number"])
    world.pay(order)
    Shipment.objects.filter(order=order).update(
        state="delivered", after_sale_until=timezone.now() + timedelta(1)
    )
    claim = order.lines.get().claims.create(words="bad")
    desk = signed_in(shelf.manager)
    said = words(fill(desk, "/en/desk/claims/", "answer_claim", amount=amount, words=words_of_it))
    assert "press again" not in said and "Given back to the buyer" not in said
    claim.refresh_from_db()
    assert claim.state == "open"


def test_what_lies_in_ones_own_account_is_deleted_on_the_second_press(shelf):
    shelf.buyer.addresses.create(recipient="示例", phone="13800138000", region_id="420106", street="示例路")
    client, path = signed_in(shelf.buyer), "/en/account/addresses/"
    assert "deleted for good" in words(fill(client, path, "delete_address"))
    assert shelf.buyer.addresses.count() == 1
    sure(client, path, "delete_address")
    assert shelf.buyer.addresses.count() == 0
    manager, households = signed_in(shelf.manager), "/en/desk/households/"
    assert "erased for good" in words(fill(manager, households, "withdraw_household"))
    assert not Household.objects.filter(state="withdrawn").exists()
    sure(manager, households, "withdraw_household")
    assert Household.objects.filter(state="withdrawn").count() == 1


def test_who_coordinates_alone_is_told_at_once_that_she_cannot_leave_yet(shelf):
    union = world.an_organisation()
    union.memberships.create(person=shelf.buyer, role="coordinator")
    client, path = signed_in(shelf.buyer), "/en/organisations/"
    told = words(fill(client, path, "end_membership"))
    assert "needs a coordinator" in told and "press again" not in told
    union.memberships.create(person=shelf.manager, role="coordinator")
    assert "No member from now on" in words(fill(client, path, "end_membership"))
    assert "No member from now on" not in sure(client, path, "end_membership")
    assert union.memberships.filter(ended_at=None).count() == 1


def test_a_parcel_has_arrived_on_the_second_press(shelf):
    placed = Buyer().place(shelf.lot)
    order = Order.objects.get(number=placed["number"])
    world.pay(order)
    Shipment.objects.filter(order=order).update(state="shipped", shipped_at=order.placed_at)
    Order.objects.filter(pk=order.pk).update(state="shipped")
    path = f"/en/order/{placed['number']}/?token={placed['token']}"
    assert "begins now" in words(fill(Client(), path, "confirm_delivery"))
    assert Shipment.objects.get(order=order).state == "shipped"
    sure(Client(), path, "confirm_delivery")
    assert Shipment.objects.get(order=order).state == "delivered"
