"""The operators' rooms of orders: everything to look at, little to change, all of it through the actions."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db.models import Model
from django.test import Client

from accounts.models import AuditEntry
from accounts.operators import OperatorAdmin
from accounts.shown import in_yuan
from core.language import use
from core.money import show
from core.refusals import NotAllowed
from orders.actions import dispute, elsewhere, refund_left
from orders.actions import shipping as rates
from orders.models import Dispute, Notice, Order, Payment, Refund, ShippingRate
from orders.reads import shipping
from shop.permissions import OWNER, PERMISSIONS
from tests.accounts.world import a_person
from tests.orders.world import at_rest, settle_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(paid):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(paid.operator.person)
    return client


def choose(client, model, action, *rows, **said):
    """Tick rows of a list and choose a deed; the messages."""
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **said}
    reply = client.post(f"/operators/orders/{model}/", chosen, follow=True)
    return [str(message) for message in reply.context["messages"]]


def test_every_room_opens_and_shows_no_raw_notice(paid, desk):
    paid.give(paid.team, (0, 1, None))
    rooms = [model for model in apps.get_app_config("orders").get_models() if admin.site.is_registered(model)]
    assert {Order, Payment, Refund, Notice, ShippingRate} <= set(rooms)
    for model in rooms:
        assert isinstance(admin.site.get_model_admin(model), OperatorAdmin)
        name = model._meta.model_name
        assert desk.get(f"/operators/orders/{name}/").status_code == 200, name
        if first := model._default_manager.first():
            page = desk.get(f"/operators/orders/{name}/{first.pk}/change/")
            assert page.status_code == 200, name
            assert "payment_intent_data" not in page.content.decode()


def test_each_filter_of_each_room_opens_and_what_waits_for_a_person_is_found(paid, desk):
    refund = paid.give(paid.team, (0, 1, None)) and Refund.objects.get()
    for model, room in admin.site._registry.items():
        at = f"/operators/{model._meta.app_label}/{model._meta.model_name}/"
        lists = desk.get(at).content.decode().partition('id="changelist-filter"')[2]
        for link in set(re.findall(r'href="(\?[^"]+)"', lists)):
            assert desk.get(at + link.replace("&amp;", "&")).status_code == 200, at + link
        if room.search_fields:
            assert desk.get(at, {"q": "示例"}).status_code == 200, at
    waiting = "/operators/orders/refund/?waits=1"
    assert str(refund.uid) not in desk.get(waiting).content.decode()
    Refund.objects.filter(pk=refund.pk).update(state="failed", retry_at=None)
    assert str(refund.uid) in desk.get(waiting).content.decode()
    assert desk.get("/operators/accounts/person/?password__startswith=a").status_code == 400


def test_an_operator_calls_an_order_off_after_a_second_look_with_sum_and_reason(paid, desk):
    chosen = {"action": "cancel", "_selected_action": [paid.row.pk]}
    once = desk.post("/operators/orders/order/", chosen)
    assert once.status_code == 200 and show(paid.row.total_minor) in once.content.decode()
    assert paid.row.state == "paid" and Refund.objects.count() == 0
    # Without a reason it is asked for again, and nothing is done.
    again = desk.post("/operators/orders/order/", {**chosen, "confirmed": "yes", "why": " "})
    assert "请写明原因" in again.content.decode() and Refund.objects.count() == 0
    (said,) = choose(desk, "order", "cancel", paid.row, confirmed="yes", why="买家来电")
    assert said.endswith(": 1")
    assert AuditEntry.objects.get(noun="Order", deed="cancel").facts["reason"] == "买家来电"
    settle_all()
    assert paid.row.state == "refunded"
    (said,) = choose(desk, "order", "cancel", paid.row, confirmed="yes", why="再来一次")
    assert "has gone back" in said
    at_rest()


def test_a_failed_refund_is_tried_again_from_its_room(paid, desk, till, a_stand):
    till.dispute(payment_intent=Payment.objects.get().payment_ref)
    paid.give(paid.team, (0, 1, None))
    settle_all()
    refund = Refund.objects.get()
    assert refund.state == "failed"
    till.close_dispute("won", charge=a_stand.store.select("charge", [], 1)[0]["id"])
    choose(desk, "refund", "retry", refund, confirmed="yes")
    settle_all()
    assert Refund.objects.get().state == "succeeded"
    assert AuditEntry.objects.filter(deed="retry", noun="Refund", actor=paid.operator.person).exists()


def test_a_shipping_rate_is_changed_by_its_action_and_the_next_cart_costs_accordingly(paid, desk):
    rate = ShippingRate.objects.get(storage="dry", region="420000")
    form = {"first_grams": 3000, "first_minor": 700, "step_grams": 1000, "step_minor": 100, "is_served": "on"}
    assert desk.post(f"/operators/orders/shippingrate/{rate.pk}/change/", form).status_code == 302
    assert shipping.parcels({(1, "dry"): 1000}, "420106")[0].minor == 700
    assert AuditEntry.objects.get(noun="ShippingRate", deed="change").facts == {"first_minor": 700}
    ShippingRate.objects.filter(pk=rate.pk).update(first_minor=500)


@pytest.mark.parametrize("written", ["1_0", "1,5", "1.5", "1e9999999", "9" * 5000, "1٣", "NaN"])
def test_a_number_in_a_room_of_the_operators_is_read_in_one_way(paid, desk, written):
    rate = ShippingRate.objects.get(storage="dry", region="420000")
    form = {name: getattr(rate, name) for name in rates.FIGURES} | {"step_minor": written}
    page = desk.post(f"/operators/orders/shippingrate/{rate.pk}/change/", form)
    assert page.status_code == 200 and "step_minor" in page.context["adminform"].form.errors
    assert ShippingRate.objects.get(pk=rate.pk).step_minor == rate.step_minor


def a_decision(paid):
    unclear = {"amount_minor": 1000, "reason": "general", "state": "unclear"}
    asked = Dispute.objects.create(payment=Payment.objects.get(), provider_id="dp_1", **unclear)
    return lambda by: dispute.decide(asked, by, 0, "示例：支付方后台")


def given_otherwise(paid):
    paid.give(paid.team, (0, 1, None))
    Refund.objects.update(state="failed")
    return lambda by: elsewhere.settle_otherwise(Refund.objects.get(), by, "示例：银行转账")


def what_is_left(paid):
    return lambda by: refund_left.request_remaining(paid.row, by, "整批变质")


def a_rate(paid):
    rate = ShippingRate.objects.get(storage="dry", region="420000")
    return lambda by: rates.change_rate(rate, by, first_minor=rate.first_minor)


@pytest.mark.parametrize(
    ("prepare", "permission"),
    [
        (a_decision, "orders.decide_dispute"),
        (given_otherwise, "orders.refund"),
        (what_is_left, "orders.refund"),
        (a_rate, "orders.keep_shipping_rates"),
    ],
)
def test_the_deed_itself_asks_for_its_permission_whatever_room_it_is_done_in(
    paid, monkeypatch, prepare, permission
):
    deed, operator = prepare(paid), paid.operator.person
    before = AuditEntry.objects.count()
    with pytest.raises(NotAllowed):
        deed(a_person())
    with monkeypatch.context() as table, pytest.raises(NotAllowed):
        table.setitem(PERMISSIONS, permission, OWNER)
        deed(operator)
    assert AuditEntry.objects.count() == before, "nothing was done"
    deed(operator)
    assert AuditEntry.objects.filter(actor=operator).count() == 1


def test_a_payment_and_a_notice_say_whose_they_are_since_ids_repeat(paid, desk, settings):
    providers = settings.PAYMENT_PROVIDERS
    settings.PAYMENT_PROVIDERS = providers | dict.fromkeys(("north", "south"), providers["stripe"])
    Payment.objects.update(provider="north")
    Notice.objects.exclude(pk=Notice.objects.latest("pk").pk).delete()
    Notice.objects.update(provider="south")
    for name, model, provider in (("payment", Payment, "north"), ("notice", Notice, "south")):
        rows = desk.get(f"/operators/orders/{name}/").content.decode()
        assert f'<td class="field-provider">{provider}</td>' in rows, name
        page = desk.get(f"/operators/orders/{name}/{model.objects.get().pk}/change/").content.decode()
        assert f'<div class="readonly">{provider}</div>' in page, name


HAN = re.compile("[\u4e00-\u9fff]")


def test_every_room_and_column_has_a_name_in_both_languages():
    for model, room in admin.site._registry.items():
        assert isinstance(room, OperatorAdmin), model
        names = {}
        for spoken in ("zh", "en"):
            with use(spoken):
                names[spoken] = str(model._meta.verbose_name), str(model._meta.verbose_name_plural)
        assert all(HAN.search(name) for name in names["zh"]), model
        assert not any(HAN.search(name) or "ys" in name[-2:] for name in names["en"]), model
        shown = [
            *room.list_display,
            *(room.fields or [f.name for f in model._meta.fields if not f.auto_created]),
        ]
        # The others say themselves what they are called.
        fields = {field.name for field in model._meta.fields}
        own = [name for name in shown if name in fields]
        tables = [(model, own), *((inline.model, inline.fields) for inline in room.inlines)]
        for table, columns in tables:
            assert table.__str__ is not Model.__str__, f"{table} has no name for a row"
            for column in columns:
                with use("zh"):
                    assert HAN.search(str(label_for_field(column, table, room))), (table, column)


@pytest.mark.usefixtures("whole_shop")
def test_operators_read_yuan_and_never_bare_fen(paid, desk):
    paid.give(paid.team, (0, 1, None))
    order = paid.row
    for page in ("order/", f"order/{order.pk}/change/", "payment/", "refund/", "shippingrate/"):
        seen = desk.get(f"/operators/orders/{page}").content.decode()
        assert "minor" not in re.sub(r"<(input|a|th|tr|td|div|option|link)[^>]*>", "", seen).lower(), page
        if page != "shippingrate/":
            assert show(order.total_minor) in seen or "refund" in page, page
    assert show(3690) in desk.get("/operators/orders/refund/").content.decode()
    for model, room in admin.site._registry.items():
        listed = desk.get(f"/operators/{model._meta.app_label}/{model._meta.model_name}/")
        assert listed.status_code == 200, model
        for row in model._default_manager.all()[:1]:
            at = f"/operators/{model._meta.app_label}/{model._meta.model_name}/{row.pk}/change/"
            assert desk.get(at).status_code == 200, at
            assert " object (" not in desk.get(at).content.decode(), at
        assert " object (" not in listed.content.decode(), model
        assert room.model is model
    # Sorted by what it is kept in.
    assert desk.get("/operators/orders/order/?o=4").status_code == 200


def test_what_a_bank_asks_in_another_money_is_no_yuan():
    tell = in_yuan("amount_minor")
    assert tell(Dispute(amount_minor=2300, currency="usd")) == "2300 USD (/100)"
    assert (
        tell(Dispute(amount_minor=2300)) == "¥23.00"
        and in_yuan("lost_minor")(Dispute(lost_minor=5, currency="usd")) == "¥0.05"
    )
