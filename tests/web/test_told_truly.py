"""What the pages of an order and of a group say of money and parcels: never more than is true."""

import random
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import token
from accounts.models import Organisation
from catalog import after_sale
from catalog.models import Lot, Product
from core.api.ids import global_id
from orders.links import token_for
from orders.models import Order, Review, Shipment
from shop.templatetags.web import with_percents
from shop.web.document import HERE
from tests.accounts import world as people
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.test_pages import words
from together.models import GroupPurchase, Seat

pytestmark = pytest.mark.django_db


def page(order: Order, lang: str = "en", tail: str = "") -> str:
    """The order's page as its guest sees it."""
    answer = Client().get(f"/{lang}/order/{order.number}/{tail}?token={token_for(order)}")
    assert answer.status_code == 200
    return words(answer)


def an_order(**fields: Any) -> Order:
    return world.an_order((world.a_lot(), 2), **fields)


def a_seat(state: str, *, group: str = "open", units: int = 2, order: str = "placed") -> Seat:
    """A member's seat, with its order and group in these states."""
    lot = world.a_lot()
    of = world.a_group(lot)
    made = world.an_order((lot, units), group=of)
    seat = Seat.objects.create(group=of, order=made, name="示例", units=units)
    Seat.objects.filter(pk=seat.pk).update(state=state)
    closed = None if group == "open" else timezone.now()
    GroupPurchase.objects.filter(pk=of.pk).update(state=group, closed_at=closed, units_held=units)
    Order.objects.filter(pk=made.pk).update(state=order)
    return Seat.objects.select_related("order", "group").get(pk=seat.pk)


def left(seat: Seat) -> Any:
    """The member of a paid seat has left; the refund is on its way."""
    world.pay(seat.order, held=True)
    refund = world.refund(seat.order, (seat.order.lines.get(), seat.order.total_minor))
    Seat.objects.filter(pk=seat.pk).update(state="refunded")
    return refund


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_an_order_that_was_never_paid_promises_no_parcel(state):
    order = an_order()
    Shipment.objects.filter(order=order).update(ship_by=timezone.now() + timedelta(days=3))
    # Nor is a day promised, or a receipt offered, as long as nothing is paid.
    waiting = page(order)
    assert "to be sent by" not in waiting and "sent once it is paid" in waiting and "Receipt" not in waiting
    Order.objects.filter(pk=order.pk).update(state=state)
    shown = page(order)
    assert "to be sent by" not in shown and "To be sent" not in shown and "Not to be sent" in shown


def test_an_unpaid_seat_of_a_group_that_was_called_off_hears_that_and_of_no_goods():
    seat = a_seat("released", group="cancelled", order="expired")
    shown = page(seat.order)
    assert "has been called off" in shown and "all of it goes back" in shown
    assert "15 minutes" not in shown and "you get the goods" not in shown and "not paid in time" not in shown
    assert "团购已取消" in page(seat.order, "zh")
    ended = page(a_seat("released", group="confirmed", order="expired").order)
    assert "has ended" in ended and "you get the goods" not in ended
    # Holds are shorter for whoever let others run out: no number of minutes is told.
    assert "not paid in time" in page(an_order(state="expired"))
    assert "minutes" not in page(an_order(state="expired")).split("<main")[1].split("</main")[0]
    assert "没有按时付款" in page(an_order(state="expired"), "zh")


@pytest.mark.parametrize(
    ("state", "is_shown"),
    [("reserved", False), ("released", False), ("refunded", False), ("held", True), ("confirmed", True)],
)
def test_a_pick_up_code_is_shown_only_for_what_can_be_picked_up(state, is_shown):
    seat = a_seat(state)
    assert (seat.pickup_code in page(seat.order)) == is_shown
    seat.group.organisation.memberships.create(person=seat.group.coordinator, role="coordinator")
    co = words(signed_in(seat.group.coordinator).get(f"/en/g/{seat.group.join_code}/"))
    assert "Who has joined" in co or state == "released"
    assert (seat.pickup_code in co) == is_shown


def test_a_refund_is_due_until_it_is_given_back():
    order = an_order()
    world.pay(order)
    refund = world.refund(order, (order.lines.get(), 3690))
    for tail in ("", "receipt/"):
        assert "iven back" not in page(order, tail=tail) and "ue back to you" in page(order, tail=tail)
    assert "待退 ¥36.90" in page(order, "zh") and "已退" not in page(order, "zh")
    world.settle(refund)
    for tail in ("", "receipt/"):
        assert "iven back" in page(order, tail=tail) and "ue back to you" not in page(order, tail=tail)
    assert "¥36.90 given back" in page(order)


def test_no_steps_run_beneath_an_order_that_is_wholly_on_its_way_back():
    order = an_order()
    world.pay(order)
    assert 'class="stations"' in page(order)
    world.refund(order, (order.lines.get(), order.total_minor))
    shown = page(order)
    assert "Cancelled, being refunded" in shown and 'class="stations"' not in shown
    assert "refunded in full" not in shown and "due back to you" in shown


def test_a_seat_that_was_left_is_being_refunded_and_no_longer_waits():
    seat = a_seat("reserved")
    refund = left(seat)
    shown = page(seat.order)
    assert "Being refunded" in shown and "waiting for the group" not in shown
    assert 'class="stations"' not in shown and "only when the group is confirmed" not in shown
    assert "all that was set aside" not in shown and "None of it had been set aside" in shown
    assert "退款中" in page(seat.order, "zh")
    world.settle(refund)
    Order.objects.filter(pk=seat.order.pk).update(state="refunded")
    assert "Being refunded" not in page(seat.order) and "Refunded in full" in page(seat.order)


def test_the_coordinator_reads_of_a_seat_that_is_being_refunded():
    seat = a_seat("reserved")
    left(seat)
    seat.group.organisation.memberships.create(person=seat.group.coordinator, role="coordinator")
    co = signed_in(seat.group.coordinator)
    assert "<td>Being refunded" in words(co.get(f"/en/g/{seat.group.join_code}/"))
    Order.objects.filter(pk=seat.order.pk).update(state="refunded")
    assert "<td>Refunded" in words(co.get(f"/en/g/{seat.group.join_code}/"))


def test_a_group_that_has_closed_is_not_said_to_close_on_a_day_to_come():
    order = a_seat("confirmed", group="confirmed", order="paid").order
    told = page(order)
    assert "Confirmed" in told and "closes" not in told
    assert "closes" in page(a_seat("held").order)


def test_the_buyers_own_note_is_on_her_order():
    assert "门口有狗" in page(an_order(note="门口有狗"))


def test_one_wording_says_who_has_a_groups_money():
    seat = a_seat("reserved")
    world.pay(seat.order, held=True)
    Seat.objects.filter(pk=seat.pk).update(state="held")
    texts = [
        page(seat.order, "zh"),
        words(Client().get(f"/zh/g/{seat.group.join_code}/")),
        words(Client().get("/zh/groups/")),
    ]
    assert ["本店在支付方的账户里，单独记账" in text for text in texts] == [True] * 3
    assert not [text for text in texts if "支付方保管" in text or "平台托管" in text or "托管中" in text]
    english = [page(seat.order), words(Client().get("/en/groups/"))]
    assert all("shop’s account at the payment provider, booked apart" in text for text in english)
    assert not [text for text in english if "escrow" in text or "Held in trust" in text]


@pytest.mark.parametrize(
    ("units", "had"), [(1, "1 unit had been paid and is"), (2, "2 units had been paid and are")]
)
@pytest.mark.parametrize("state", ["cancelled", "fell_short"])
def test_a_group_that_came_to_nothing_says_what_had_been_paid_and_whether_it_is_repaid(state, units, had):
    seat = a_seat("refunded", group=state, units=units, order="held")

    def shown(lang: str) -> str:
        return words(Client().get(f"/{lang}/g/{seat.group.join_code}/"))

    assert f"{had} being repaid" in shown("en") and "units paid" not in shown("en")
    assert f"曾有 {units} 份付款，正在全额退款" in shown("zh")
    Order.objects.filter(pk=seat.order.pk).update(state="refunded")
    assert f"{had} repaid" in shown("en") and f"曾有 {units} 份付款，已全额退款" in shown("zh")


def test_one_unit_is_a_unit():
    seat = a_seat("held", units=1, order="held")
    shown = words(Client().get(f"/en/g/{seat.group.join_code}/?token={token_for(seat.order)}"))
    assert "1 unit paid" in shown and "1 unit ·" in shown and "1 units" not in shown


def test_one_of_a_thing_is_told_as_one(shelf):
    Product.objects.update(dispatch_days=1)
    line = world.an_order((shelf.lot, 1)).lines.get()
    Review.objects.create(product=shelf.product, line=line, stars=5)
    shown = words(Client().get(f"/en/p/{shelf.product.slug}/"))
    assert "Sent within a day of payment." in shown and "1 days" not in shown
    assert " 1 review<" in shown
    assert "1 team<" in words(Client().get("/en/teams/"))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("付款当天发货。", "付款当天<")),
        ("en", ("Sent on the day of payment.", "On the day of payment<")),
    ],
)
def test_what_is_sent_at_once_is_sent_on_the_day(shelf, lang, said):
    Product.objects.update(dispatch_days=0)
    shown = words(Client().get(f"/{lang}/p/{shelf.product.slug}/"))
    assert all(words in shown for words in said)


@pytest.mark.parametrize("state", ["confirmed", "fell_short", "cancelled"])
def test_no_coordinator_is_told_to_invite_to_a_group_that_is_over(state):
    seat = a_seat("held", group=state, order="paid")
    seat.group.organisation.memberships.create(person=seat.group.coordinator, role="coordinator")
    shown = words(signed_in(seat.group.coordinator).get(f"/en/g/{seat.group.join_code}/"))
    assert "nobody joins any more" in shown and "Pass this link on" not in shown


def told(amounts: list[int]) -> list[Decimal]:
    parts = [{"amount": {"minor": amount}} for amount in amounts]
    return [Decimal(part["percent"].rstrip("%")) for part in with_percents(parts)]


def test_percents_are_worked_out_once_from_the_fen():
    order = an_order()
    world.pay(order)
    shown = re.findall(r'class="num soft">([\d.]+)%</span>', page(order))
    assert len(shown) == 8 and sum(map(Decimal, shown)) == 100
    by_amount = re.findall(r'num soft">([\d.]+)%</span><span class="num">(¥[\d.]+)<', page(order))
    assert len({amount for _, amount in by_amount}) == len(set(by_amount)), "equal amounts are told alike"
    chance = random.Random(7)
    for _ in range(300):
        amounts = [chance.choice((1, 80, 160, chance.randint(1, 9000))) for _ in range(chance.randint(1, 12))]
        percents = told(amounts)
        assert sum(percents) == 100
        for amount, percent in zip(amounts, percents, strict=True):
            assert abs(percent - Decimal(100 * amount) / sum(amounts)) < Decimal("0.1")
    assert told([80, 80, 4290])[:2] == [Decimal("1.8")] * 2
    assert told([1, 1, 1]) == [Decimal("33.4"), Decimal("33.3"), Decimal("33.3")]


def test_an_orders_parts_are_never_hidden_however_small():
    assert 'include "parts/story.html"' not in (HERE / "buying/receipt.html").read_text()
    assert told([1, 99_999]) == [Decimal("0.0"), Decimal("100")]


def test_whoever_changes_her_password_is_told_that_her_tokens_end_with_it(shelf):
    shelf.buyer.set_password(shelf.password)
    shelf.buyer.save()
    token.create(shelf.buyer, "script", shelf.password)
    client = signed_in(shelf.buyer)
    written = {"currentPassword": shelf.password, "newPassword": "another long password"}
    answer = client.post("/do/change_password/", {**written, "lang": "en", "next": "/en/account/details/"})
    assert "API tokens are revoked" in words(client.get(answer.url))
    assert not shelf.buyer.api_tokens.filter(revoked_at=None).exists()


def test_whoever_mistypes_her_password_for_her_data_finds_the_form_open_again(shelf):
    client = signed_in(shelf.buyer)
    answer = client.post("/en/account/export/", {"password": "not hers"})
    assert 'action="/en/account/export/"' in words(client.get(answer["Location"]))


def test_nothing_that_is_off_the_shelf_is_said_to_be_for_sale(shelf):
    manager, path = signed_in(shelf.manager), f"/en/desk/product/{global_id('Product', shelf.product.uid)}/"
    assert "30 units for sale" in words(manager.get("/en/desk/"))
    Product.objects.filter(pk=shelf.product.pk).update(state="suspended")
    Lot.objects.filter(pk=shelf.lot.pk).update(state="closed")
    assert "30 units for sale" not in words(manager.get("/en/desk/"))
    assert "30 units in stock" in words(manager.get("/en/desk/"))
    shown = words(manager.get(path))
    assert "30 in all: 30 left" in shown and "30 for sale" not in shown


@pytest.mark.parametrize("state", list(Organisation.State))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_her_account_and_her_organisations_say_alike_where_one_stands(state, lang):
    person = people.a_person()
    people.an_organisation(members=(person,), state=state)
    client = Client()
    client.force_login(person)
    account, hers = (words(client.get(f"/{lang}/{page}/")) for page in ("account", "organisations"))
    said = {one: f">{one.words.in_language(lang)}</span>" for one in Organisation.State}
    assert [one for one in said if said[one] in hers] == [state]
    # Of one that is verified her account says nothing further.
    told = [one for one in said if said[one].lower() in account]
    assert told == ([] if state == Organisation.State.VERIFIED else [state])


def test_the_after_sale_window_is_said_in_one_place(shelf, monkeypatch):
    for name, hours in {"FRESH": 48, "OTHER": 24 * 9, "LEAST": 31, "MOST": 411}.items():
        monkeypatch.setattr(after_sale, name, hours)
    for lang, said in (
        ("en", "2 days from delivery for fresh goods, 9 days for others"),
        ("zh", "2 天，其他 9 天"),
    ):
        assert said in words(Client().get(f"/{lang}/help/"))
    manager = signed_in(shelf.manager)
    product = global_id("Product", shelf.product.uid)
    form = manager.get(f"/en/desk/product/{product}/?open=update_product").content.decode()
    field = re.search(r'<input[^>]*name="afterSaleHours"[^>]*>', form)
    assert field and 'min="31"' in field[0] and 'max="411"' in field[0], field
    change = {"id": product, "product": product, "afterSaleHours": "412"}
    assert manager.post("/do/update_product/", change).status_code == 302
    shelf.product.refresh_from_db()
    assert shelf.product.after_sale_hours == 72
