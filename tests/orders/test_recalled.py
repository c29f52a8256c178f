"""What was recalled since it was ordered: no money, no confirmation, no parcel; and everybody is told."""

from importlib import import_module

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from catalog.actions.lot import recall
from catalog.models import Lot
from core.deliveries import drain
from core.models import Delivery
from orders.models import Payment, Refund, Shipment
from orders.reads import desk
from orders.reads.stopped import recall_refunds
from tests.catalog.world import a_lot, a_product, a_team, a_variant, an_operator
from tests.orders.sold import Sold
from tests.orders.stopped import PAID, goods_of, paid, parcel_id, pull, told
from tests.orders.world import Buyer, a_person, key, row, session_of, tell
from tests.together.world import Together, at_rest
from together.actions import group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]


@pytest.fixture
def manager():
    return a_person()


@pytest.fixture
def lot(manager):
    return goods_of(manager)


def test_an_order_placed_before_a_recall_and_paid_after_it_is_turned_away_and_told(till, a_stand, lot):
    buyer = Buyer()
    order = buyer.place(lot)
    session = session_of(buyer.begin(order))
    till.pay(session, "alipay")
    # The money is there; the shop hears of it only after the recall, and before anything followed from that.
    recall(Lot.objects.get(pk=lot.pk), an_operator(), "抽检不合格")
    tell(a_stand, PAID)
    assert row(order).state == "cancelled" and not Shipment.objects.filter(order__state="paid").exists()
    drain()
    tell(a_stand, "refund.updated", "charge.refunded", "refund.created")
    drain()
    refund = Refund.objects.get(payment__order=row(order))
    assert (refund.reason, refund.amount_minor, refund.state) == (
        "stopped",
        row(order).total_minor,
        "succeeded",
    )
    assert told("goes back to you") == ["buyer@example.com"]
    assert any("recalled" in letter.body for letter in mail.outbox)
    at_rest()


def test_an_unpaid_order_of_a_recalled_lot_ends_is_told_and_cannot_be_paid(till, a_stand, lot):
    buyer = Buyer()
    order = buyer.place(lot)
    pull(lot)
    assert row(order).state == "cancelled"
    assert told("is recalled and is not sent") == ["buyer@example.com"]
    (letter,) = [one for one in mail.outbox if "is recalled" in one.subject and "buyer@" in one.to[0]]
    assert "please do not pay" in letter.body and "抽检不合格" in letter.body
    refused = buyer.do("paymentBegin", "payment { id }", **order, kind="CHECKOUT", idempotencyKey=key())
    assert refused["errors"][0]["code"] == "TOO_LATE"
    at_rest()


def test_a_recall_that_nobody_has_acted_on_yet_lets_no_payment_begin(till, lot):
    buyer = Buyer()
    order = buyer.place(lot)
    recall(Lot.objects.get(pk=lot.pk), an_operator(), "抽检不合格")
    refused = buyer.do("paymentBegin", "payment { id }", **order, kind="CHECKOUT", idempotencyKey=key())
    assert refused["errors"][0]["code"] == "NOT_ON_SALE"
    assert Payment.objects.count() == 0
    drain()
    at_rest()


def test_what_is_paid_and_not_sent_of_a_recalled_lot_is_given_back_and_leaves_the_packing_list(
    till, a_stand, lot, manager
):
    bad = a_lot(a_variant(lot.variant.product, price_minor=5000), units=50)
    buyer = Buyer()
    order = paid(till, a_stand, buyer, lot, bad, quantity=2)
    recall(Lot.objects.get(pk=bad.pk), an_operator(), "抽检不合格")
    parcel = Shipment.objects.get(order=row(order))
    team_ = lot.variant.product.team
    assert desk.packing_rows(team_) == [] and desk.counts(team_).held_back == 1
    send = {"shipmentId": parcel_id(parcel), "carrier": "示例速运", "trackingNumber": "SL0001"}
    refused = Buyer(manager).do("shipmentShip", "shipment { id }", **send, idempotencyKey=key())
    assert refused["errors"][0]["code"] == "CONFLICT"
    drain()
    refund = Refund.objects.get(payment__order=row(order))
    assert (refund.reason, refund.amount_minor) == ("recalled", 2 * 5000)
    (packed,) = desk.packing_rows(team_)
    assert (
        packed.contents == [f"{lot.variant.product.name_en} {lot.variant.name_en} × 2"]
        or len(packed.contents) == 1
    )
    Buyer(manager).done("shipmentShip", "shipment { id }", **send, idempotencyKey=key())
    drain()
    (letter,) = [one for one in mail.outbox if "is recalled and is not sent" in one.subject]
    assert "¥100.00 is on its way back" in letter.body
    assert manager.email in told("请立即停止装箱")
    at_rest()


def test_the_sum_shown_before_a_recall_covers_the_sending_that_goes_back_too(till, a_stand, lot):
    bad = a_lot(a_variant(lot.variant.product, price_minor=5000), units=50)
    alone = paid(till, a_stand, Buyer(), bad, quantity=2)
    paid(till, a_stand, Buyer(), lot, bad, quantity=1)
    assert row(alone).shipping_minor > 0
    shown = recall_refunds(bad.pk)
    pull(bad)
    given = [refund.amount_minor for refund in Refund.objects.all()]
    assert sorted(given) == sorted([row(alone).total_minor, 5000])
    assert shown == sum(given)
    assert recall_refunds(bad.pk) == 0
    at_rest()


def test_units_of_a_line_that_draws_on_two_lots_go_back_to_the_recalled_one(till, a_stand, manager):
    variant_ = a_variant(a_product(a_team(manager=manager)))
    bad, good = a_lot(variant_, units=2), a_lot(variant_, units=10)
    buyer = Buyer()
    order = paid(till, a_stand, buyer, bad, quantity=5)
    pull(bad)
    refund = Refund.objects.get(payment__order=row(order))
    assert refund.amount_minor == 2 * 3690
    bad.refresh_from_db(), good.refresh_from_db()
    assert (bad.units_available, good.units_available) == (2, 7)
    (packed,) = desk.packing_rows(variant_.product.team)
    assert packed.contents[0].endswith("× 3")
    at_rest()


def test_recalled_goods_can_be_claimed_long_after_their_after_sale_time(till, a_stand):
    from django.utils import timezone

    from orders.actions import shipment

    sold = Sold(till, a_stand)
    sold.arrive(0)
    shipment.complete_due(timezone.now() + timezone.timedelta(days=90))
    line = row(sold.order).lines.order_by("pk").first()
    before = sold.buyer.look(sold.order)["lines"]
    pull(line.lots.get().lot)
    order = sold.buyer.ask(
        "query($number: String!, $token: String) { order(number: $number, token: $token) { lines { id isClaimable } } }",
        **sold.order,
    )["order"]
    assert [one["isClaimable"] for one in order["lines"]].count(True) == 1 and len(before) == len(
        order["lines"]
    )
    claim = sold.claim("召回的，没有吃")["claim"]
    answer = {"claimId": claim["id"], "words": "抱歉", "amount": "3.5", "idempotencyKey": key()}
    sold.managers[0].done("claimAnswer", **answer)
    drain()
    assert Refund.objects.get().amount_minor == 350
    at_rest()


def test_what_was_sent_before_its_recall_is_told_so_and_what_was_taken_out_is_not(till, a_stand, lot):
    asked = "query($number: String!, $token: String) { order(number: $number, token: $token) { lines { isRecalled } } }"

    def told(sold):
        return [line["isRecalled"] for line in sold.buyer.ask(asked, **sold.order)["order"]["lines"]]

    sent, waiting = Sold(till, a_stand), Sold(till, a_stand)
    sent.ship(0)
    assert not any(told(sent))
    for sold in (sent, waiting):
        pull(row(sold.order).lines.order_by("pk").first().lots.get().lot)
    assert told(sent) == [True, False] and not any(told(waiting))
    shown = Client().get("/zh/order/{number}/?token={token}".format(**sent.order)).content.decode()
    assert shown.count("这一批已召回：收到的请先放着，不要食用。") == 1 and "过了售后期也可以" in shown


# --- Groups -------------------------------------------------------------------------------------------


def test_seats_on_a_recalled_lot_are_repaid_and_their_group_is_not_confirmed_on_them(till, a_stand):
    together = Together(till, a_stand, minimum=2, maximum=10)
    held = together.fill(3)
    waiting = together.join()
    recall(Lot.objects.get(pk=together.lot.pk), an_operator(), "抽检不合格")
    together.end()
    # The clock closes it before anybody has acted on the recall.
    assert group.close_due() == 1
    assert together.row.state == "fell_short"
    drain()
    assert {refund.reason for refund in Refund.objects.all()} == {"recalled"}
    assert Refund.objects.count() == 3 and row(waiting).state in ("cancelled", "expired")
    drain()
    assert {row(order).state for order in held} == {"refunded"}
    assert told("请不要分发") == [together.coordinator.person.email]
    assert len([one for one in mail.outbox if "is recalled and is not sent" in one.subject]) >= 3
    assert together.escrow() == 0
    at_rest()


@pytest.mark.parametrize("is_parked", [False, True])
def test_a_recall_that_waits_for_its_orders_alone_reaches_its_groups_as_well(till, a_stand, is_parked):
    """As it was written down when one reaction found both."""
    together = Together(till, a_stand)
    together.fill(2)
    recall(Lot.objects.get(pk=together.lot.pk), an_operator(), "抽检不合格")
    Delivery.objects.filter(reaction="together.tasks.find_recalled").delete()
    if is_parked:
        Delivery.objects.filter(reaction="orders.tasks.find_recalled").update(parked_at=timezone.now())
    migration = import_module("together.migrations.0002_recalls_that_wait")
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(migration.BESIDE)
    drain()
    assert told("请不要分发") == [together.coordinator.person.email]
    assert Delivery.objects.filter(reaction="together.tasks.find_recalled").count() == 1


def test_the_last_seat_does_not_confirm_a_group_whose_first_seats_were_recalled(till, a_stand):
    variant_ = a_variant()
    bad = a_lot(variant_, units=2)
    together = Together(till, a_stand, minimum=2, maximum=3, lot=bad)
    together.fill(1, units=2)
    good = a_lot(variant_, units=10)
    recall(Lot.objects.get(pk=bad.pk), an_operator(), "抽检不合格")
    together.pay(together.join())
    assert together.row.state == "open"
    drain()
    assert (together.row.units_held, together.row.units_reserved) == (1, 0)
    together.pay(together.join(units=2))
    assert together.row.state == "confirmed"
    drain()
    good.refresh_from_db()
    assert good.units_sold == 3
    at_rest()


def test_a_confirmed_groups_recalled_units_are_not_sent_and_not_handed_out(till, a_stand):
    together = Together(till, a_stand, minimum=2, maximum=2)
    seats = together.fill(2)
    drain()
    assert together.row.state == "confirmed"
    send = {
        "groupId": together.id,
        "carrier": "示例速运",
        "trackingNumber": "SL0002",
        "idempotencyKey": key(),
    }
    recall(Lot.objects.get(pk=together.lot.pk), an_operator(), "抽检不合格")
    refused = together.manager.do("groupShip", "group { id }", **send)
    assert refused["errors"]
    drain()
    assert {row(order).state for order in seats} == {"refunded"}
    assert desk.packing_rows(together.team) == []
    at_rest()
