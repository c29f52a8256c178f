"""What was stopped since it was ordered: what stops a sale stops its money, its parcels and its groups."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.actions import organisation as organisations
from catalog.actions import listing, team, variant
from catalog.models import Lot, Product
from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from orders import letters
from orders.actions import payment
from orders.events import OrderPaid
from orders.models import Order, Payment, Refund, Shipment
from orders.reads import desk
from tests.catalog.world import a_lot, a_variant, an_operator
from tests.factor import awake
from tests.orders.stopped import PAID, goods_of, paid, parcel_id
from tests.orders.world import Buyer, a_person, key, row, session_of, tell
from tests.together.world import Together, at_rest
from together.actions import group
from together.models import GroupPurchase

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]


@pytest.fixture
def manager():
    return a_person()


@pytest.fixture
def lot(manager):
    return goods_of(manager)


# --- What stops a sale stops money ----------------------------------------------------------------------


def suspend(lot):
    listing.suspend(lot.variant.product, an_operator(), "证照过期")


def archive(lot):
    listing.archive(lot.variant.product, awake(lot.variant.product.team.members.get().person))


def withdraw_variant(lot):
    a_lot(a_variant(lot.variant.product))
    variant.save(lot.variant.product, None, lot.variant, is_offered=False)


def rest_team(lot):
    team.rest(lot.variant.product.team, an_operator(), "示例原因")


STOPS = {"suspended": suspend, "archived": archive, "variant": withdraw_variant, "team": rest_team}
ON_HOLD = ("suspended", "team")


@pytest.mark.parametrize("how", STOPS)
def test_what_stops_a_sale_stops_the_money_of_placed_orders(till, a_stand, lot, how):
    buyer = Buyer()
    first, second = buyer.place(lot), buyer.place(lot)
    session = session_of(buyer.begin(first))
    till.pay(session, "alipay")
    STOPS[how](lot)
    refused = buyer.do("paymentBegin", "payment { id }", **second, kind="CHECKOUT", idempotencyKey=key())
    assert refused["errors"][0]["code"] == "NOT_ON_SALE"
    tell(a_stand, PAID)
    assert row(first).state == "cancelled" and Refund.objects.get().reason == "stopped"
    at_rest()


@pytest.mark.parametrize("how", STOPS)
def test_what_cannot_be_paid_any_more_is_not_offered_for_payment(till, lot, how):
    buyer = Buyer()
    order = buyer.place(lot)
    address = f"/en/order/{order['number']}/?token={order['token']}"

    def offered():
        query = "query($n: String!, $t: String) { order(number: $n, token: $t) { allowedActions } }"
        actions = buyer.ask(query, n=order["number"], t=order["token"])["order"]["allowedActions"]
        page = Client().get(address).content.decode()
        assert ("cannot be paid now" in page) == ("Pay ¥" not in page)
        return "PAY" in actions, "Pay ¥" in page

    assert offered() == (True, True)
    STOPS[how](lot)
    assert offered() == (False, False)
    at_rest()


@pytest.mark.parametrize("how", STOPS)
def test_what_is_paid_is_sent_unless_an_operator_has_stopped_it(till, a_stand, lot, manager, how):
    order = paid(till, a_stand, Buyer(), lot)
    STOPS[how](lot)
    parcel = Shipment.objects.get(order=row(order))
    assert len(desk.packing_rows(parcel.team)) == (how not in ON_HOLD)
    send = {"shipmentId": parcel_id(parcel), "carrier": "示例速运", "trackingNumber": "SL0001"}
    sent = Buyer(manager).do("shipmentShip", "shipment { id }", **send, idempotencyKey=key())
    assert [error["code"] for error in sent["errors"]] == (["CONFLICT"] if how in ON_HOLD else [])
    drain()
    at_rest()


def sending(manager, order):
    """What comes of sending its parcel: the codes of what is refused."""
    parcel = Shipment.objects.get(order=row(order))
    send = {"shipmentId": parcel_id(parcel), "carrier": "示例速运", "trackingNumber": "SL0001"}
    told = Buyer(manager).do("shipmentShip", "shipment { id }", **send, idempotencyKey=key())
    return [error["code"] for error in told["errors"]]


def test_a_team_does_not_archive_its_way_out_of_an_operators_hold(till, a_stand, lot, manager):
    order = paid(till, a_stand, Buyer(), lot)
    suspend(lot)
    product = {"id": global_id("Product", lot.variant.product.uid)}
    assert Buyer(manager).refused("productArchive", **product) == "CONFLICT"
    asked = "query($id: ID!) { teamProduct(id: $id) { allowedActions } }"
    assert Buyer(manager).ask(asked, **product)["teamProduct"]["allowedActions"] == ["EDIT"]
    assert sending(manager, order) == ["CONFLICT"]
    at_rest()


@pytest.mark.parametrize("deeds", [(), ("productWithdraw",)])
def test_what_a_team_has_just_taken_off_the_shelf_itself_can_be_stopped_too(
    till, a_stand, lot, manager, deeds
):
    """A word changed in haste makes it wait for an operator, and what was sold would still be sent."""
    order = paid(till, a_stand, Buyer(), lot)
    product = {"id": global_id("Product", lot.variant.product.uid)}
    Buyer(manager).done("productUpdate", **product, nameZh="另一个名字")
    for deed in deeds:
        Buyer(manager).done(deed, **product)
    listing.suspend(Product.objects.get(pk=lot.variant.product_id), an_operator(), "证照过期")
    assert sending(manager, order) == ["CONFLICT"]
    drain()
    at_rest()


@pytest.mark.parametrize("how", STOPS)
def test_a_buyer_of_what_was_stopped_may_always_call_it_off(till, a_stand, lot, how):
    buyer = Buyer()
    order = paid(till, a_stand, buyer, lot)
    STOPS[how](lot)
    buyer.done("orderCancel", **order, idempotencyKey=key())
    drain()
    assert row(order).state == "refunded"
    at_rest()


@pytest.mark.parametrize("how", STOPS)
def test_a_group_of_what_was_stopped_takes_no_seat_and_no_money(till, a_stand, how):
    together = Together(till, a_stand, minimum=2, maximum=10)
    held, reserved = together.fill(2), together.join()
    session = session_of(Buyer().begin(reserved))
    till.pay(session, "alipay")
    STOPS[how](together.lot)
    assert together.ask_to_join(Buyer())["errors"][0]["code"] == "TOO_LATE"
    tell(a_stand, PAID)
    assert row(reserved).state == "cancelled" and Refund.objects.get().reason == "stopped"
    together.end()
    assert group.close_due() == 1
    drain()
    # What is paid is honoured, unless an operator has stopped it.
    assert together.row.state == ("cancelled" if how in ON_HOLD else "confirmed")
    assert {row(order).state for order in held} == ({"refunded"} if how in ON_HOLD else {"paid"})
    at_rest()


def test_a_suspended_organisation_takes_no_seat_no_money_and_is_repaid(till, a_stand):
    together = Together(till, a_stand, minimum=2, maximum=10)
    held, reserved = together.fill(2), together.join()
    till.pay(session_of(Buyer().begin(reserved)), "alipay")
    organisations.suspend(together.union, an_operator(), "示例原因")
    assert together.ask_to_join(Buyer())["errors"][0]["code"] == "TOO_LATE"
    tell(a_stand, PAID)
    assert row(reserved).state == "cancelled"
    together.end()
    assert group.close_due() == 1
    drain()
    assert together.row.state == "cancelled" and {row(order).state for order in held} == {"refunded"}
    at_rest()


def test_a_purchase_for_an_organisation_suspended_since_is_not_paid(till, a_stand, lot):
    from tests.accounts.world import an_organisation

    person = a_person()
    union = an_organisation(members=(person,))

    buyer = Buyer(person)
    order = buyer.place(lot, organisationId=global_id("Organisation", union.uid))
    till.pay(session_of(buyer.begin({"number": order["number"]})), "alipay")
    organisations.suspend(union, an_operator(), "示例原因")
    tell(a_stand, PAID)
    assert row(order).state == "cancelled" and Refund.objects.get().reason == "stopped"
    at_rest()


def test_money_that_comes_late_for_what_was_stopped_buys_nothing(till, a_stand, lot):
    from tests.orders.world import run_out

    buyer = Buyer()
    order = buyer.place(lot)
    session = session_of(buyer.begin(order))
    run_out(order)
    till.pay(session, "alipay")
    archive(lot)
    tell(a_stand, PAID)
    assert row(order).state == "expired" and Refund.objects.get().reason == "stopped"
    at_rest()


__all__ = ["GroupPurchase", "Order", "payment", "variant"]


# --- What is told to whoever waits for it ---------------------------------------------------------------


HELD = "query($number: String!, $token: String) { order(number: $number, token: $token) { shipments { isHeldBack } } }"


def past_its_date(lot):
    day = clock.today() - timedelta(days=1)
    Lot.objects.filter(pk=lot.pk).update(best_before=day, harvest_from=day - timedelta(days=30))


def told_of(order):
    """The order's page in both languages, and whether its one parcel is held back."""
    pages = [
        Client().get(f"/{lang}/order/{order['number']}/?token={order['token']}").content.decode()
        for lang in ("zh", "en")
    ]
    (parcel,) = Buyer().ask(HELD, **order)["order"]["shipments"]
    return pages, parcel["isHeldBack"]


@pytest.mark.parametrize("how", [suspend, rest_team, past_its_date])
def test_no_day_is_promised_for_a_parcel_that_must_not_be_sent(till, a_stand, lot, how):
    order = paid(till, a_stand, Buyer(), lot)
    Shipment.objects.update(ship_by=clock.today() + timedelta(days=2))
    (zh, en), is_held_back = told_of(order)
    assert "前发货" in zh and "to be sent by" in en and not is_held_back
    how(lot)
    (zh, en), is_held_back = told_of(order)
    assert "前发货" not in zh and "to be sent by" not in en and is_held_back
    assert "本店先留着，暂不发货" in zh and "held by the shop for now, not sent yet" in en


def test_once_it_may_be_sent_its_day_is_promised_again(till, a_stand, lot):
    order = paid(till, a_stand, Buyer(), lot)
    Shipment.objects.update(ship_by=clock.today() + timedelta(days=2))
    suspend(lot)
    Product.objects.update(state=Product.State.PUBLISHED)
    (zh, en), is_held_back = told_of(order)
    assert "前发货" in zh and "to be sent by" in en and not is_held_back


def test_what_is_not_to_be_sent_any_more_is_not_held_back(till, a_stand, lot):
    order = paid(till, a_stand, Buyer(), lot)
    suspend(lot)
    Buyer().done("orderCancel", **order, idempotencyKey=key())
    (zh, en), is_held_back = told_of(order)
    assert not is_held_back and "本店先留着" not in zh and "held by the shop" not in en


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_mail_of_an_order_that_was_stopped_meanwhile_promises_no_day(till, a_stand, lot, lang):
    paid(till, a_stand, Buyer(), lot)
    Order.objects.update(language=lang)
    Shipment.objects.update(ship_by=clock.today() + timedelta(days=2))
    suspend(lot)
    mail.outbox.clear()
    event = OrderPaid(order_id=Order.objects.get().pk, payment_id=Payment.objects.get().pk)
    letters.send_confirmation(event, letters._sold([event])[event])
    (told,) = mail.outbox
    assert {"zh": "前发出", "en": "sent by"}[lang] not in told.body
    assert {"zh": "本店先留着，暂不发货", "en": "held by the shop for now"}[lang] in told.body
