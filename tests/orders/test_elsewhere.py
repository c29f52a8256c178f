"""What happens at the provider's own desk, and notices that come before what they are about."""

import pytest
from django.utils import timezone

from orders.actions import reconcile
from orders.models import Dispute, Notice, Payment, Refund
from tests.orders.paid import Paid
from tests.orders.test_dispute import offences
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer, a_lot, events, key, post, row, session_of, settle_all, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def paid(till, a_stand):
    made = Paid(till, a_stand)
    settle_all()
    return made


def intent(paid=None):
    return Payment.objects.get(is_kept=True).payment_ref


@pytest.mark.parametrize("way", ["notice", "round"])
def test_a_refund_made_at_the_providers_desk_ends_the_order_and_packs_nothing(paid, till, a_stand, way):
    new_mails()
    till.refund_at_the_desk(intent())
    if way == "notice":
        tell(a_stand, "refund.created", "charge.refunded", times=2, shuffled=True)
    else:
        assert reconcile.all_waiting()["notices"] == 1
    settle_all()
    made = Refund.objects.get()
    assert (made.reason, made.state, made.amount_minor) == ("desk", "succeeded", 16490)
    assert paid.seen["state"] == "REFUNDED"
    assert set(paid.row.shipments.values_list("state", flat=True)) == {"cancelled"}
    assert "was given back" in new_mails("buyer@example.com")[0].subject
    assert reconcile.all_waiting()["notices"] == 0
    assert offences() == []


def test_of_a_part_given_back_at_the_desk_the_rest_can_still_be_given_by_us(paid, till, a_stand):
    till.refund_at_the_desk(intent(), 1000)
    tell(a_stand, "refund.created")
    settle_all()
    assert paid.seen["refundedTotal"]["minor"] == 1000 and paid.seen["state"] == "PAID"
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    settle_all()
    assert sorted(Refund.objects.values_list("reason", "amount_minor")) == [
        ("cancelled", 15490),
        ("desk", 1000),
    ]
    assert paid.seen["state"] == "REFUNDED" and offences() == []


def test_what_we_could_not_give_and_somebody_gave_at_the_desk_is_given(paid, till, a_stand):
    till.refund_mode("pending", after=None)
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    settle_all()
    till.settle_refund(Refund.objects.get().provider_id, "failed")
    tell(a_stand, "refund.failed")
    till.refund_mode("succeed")
    till.refund_at_the_desk(intent())
    assert reconcile.all_waiting()["notices"] == 1
    settle_all()
    assert Refund.objects.get().state == "succeeded" and paid.seen["state"] == "REFUNDED"
    assert offences() == []


def test_a_refund_asked_of_us_while_the_desk_gave_it_is_given_once(paid, till, a_stand):
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    till.refund_at_the_desk(intent())
    settle_all()
    assert len(a_stand.store.select("refund", [], 10)) == 1
    assert Refund.objects.get().state == "succeeded" and paid.seen["state"] == "REFUNDED"
    assert offences() == []


@pytest.mark.parametrize("kinds", [("charge.dispute.created",), ("charge.refunded", "refund.created")])
def test_a_notice_ahead_of_its_payments_own_finds_the_payment(till, a_stand, kinds):
    buyer = Buyer()
    order = buyer.place(a_lot())
    till.pay(session_of(buyer.begin(order)), "alipay")
    (paid,) = a_stand.store.select("payment_intent", [], 1)
    if "charge.dispute.created" in kinds:
        till.dispute(payment_intent=paid["id"])
    else:
        till.refund_at_the_desk(paid["id"])
    tell(a_stand, *kinds)
    settle_all()
    tell(a_stand, "checkout.session.completed")
    settle_all()
    assert Dispute.objects.count() + Refund.objects.count() == 1
    assert row(order).state == ("paid" if Dispute.objects.exists() else "refunded")
    assert offences() == []


def test_a_notice_of_what_the_provider_does_not_tell_yet_is_kept_until_it_does(paid, till, a_stand):
    made = till.dispute(payment_intent=intent())
    body = a_stand.store.find(made["id"])
    (event,) = events(a_stand, "charge.dispute.created")
    a_stand.store.remove(made["id"])
    assert post(event) == 200
    assert (Notice.objects.latest("pk").effect, Notice.objects.latest("pk").handled_at) == ("waits", None)
    assert offences() == []
    a_stand.store.put(body)
    reconcile.all_waiting()
    settle_all()
    assert Dispute.objects.get().state == "open" and Notice.objects.filter(handled_at=None).count() == 0


def test_a_payment_made_for_our_order_by_a_way_we_did_not_open_is_found(till, a_stand):
    buyer = Buyer()
    order = buyer.place(a_lot())
    page = buyer.begin(order)
    till.pay(session_of(page), "alipay")
    Payment.objects.all().delete()  # as after a restore
    assert reconcile.all_waiting()["notices"] == 1
    settle_all()
    assert row(order).state == "paid" and offences() == []


def test_more_than_an_order_has_left_goes_to_a_person_once(paid, till, a_stand):
    paid.give(paid.team, (0, None, 100))
    settle_all()
    new_mails()
    Refund.objects.filter(reason="team").update(provider_id="re_other")
    till.refund_at_the_desk(intent())
    for _ in range(2):
        reconcile.all_waiting()
        settle_all()
    assert paid.seen["state"] == "REFUNDED"
    assert timezone.now() and offences() == []
