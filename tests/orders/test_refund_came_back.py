"""A refund that fails after it had succeeded: state, page, mails, operators and reconciler follow the money."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from core.models import Delivery
from orders.actions import reconcile, refund
from orders.actions.refund_failed import RETRIED_AFTER
from orders.models import Refund
from tests.orders.paid import Paid
from tests.orders.test_mails import new_mails
from tests.orders.world import key, settle_all, tell
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
BUYER = "buyer@example.com"


@pytest.fixture
def paid(till, a_stand):
    made = Paid(till, a_stand)
    new_mails()
    return made


def cancelled(paid):
    """All of it is given back."""
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    settle_all()
    return Refund.objects.get()


def comes_back(paid, made, stand):
    paid.till.settle_refund(made.provider_id, "failed")
    tell(stand, "refund.failed")
    made.refresh_from_db()
    assert made.state == "failed"


def later(**time):
    Refund.objects.exclude(retry_at=None).update(retry_at=timezone.now() - timedelta(seconds=1))
    Refund.objects.update(checked_at=None)


def test_an_order_is_not_refunded_when_its_money_came_back_and_says_what_becomes_of_it(paid, a_stand):
    made = cancelled(paid)
    assert paid.seen["state"] == "REFUNDED"
    comes_back(paid, made, a_stand)
    seen = paid.seen
    assert (seen["state"], seen["stateName"]) == ("PAID", "Cancelled, being refunded")
    assert seen["refundedTotal"]["minor"] == 0 and paid.row.closed_at is None
    assert seen["allowedActions"] == []
    at_rest()


def test_the_buyer_is_told_the_truth_at_each_turn_and_never_twice_that_she_has_it(paid, a_stand):
    made = cancelled(paid)
    (first,) = [m for m in new_mails(BUYER) if "given back" in m.subject]
    comes_back(paid, made, a_stand)
    (corrected,) = new_mails(BUYER)
    assert corrected.subject.startswith("A correction: ¥164.90 has not reached you yet")
    assert "We will send it again by ourselves" in corrected.body
    assert paid.seen["refunds"][0]["state"] == "FAILED"
    later()
    assert reconcile.all_waiting()["refunds"] == 1
    settle_all()
    (again,) = new_mails(BUYER)
    assert again.subject.startswith("This time it went through: ¥164.90")
    assert "you have it once in all" in again.body
    assert paid.seen["state"] == "REFUNDED"
    at_rest()


def test_what_failed_is_tried_again_by_the_clock_and_in_the_end_by_a_person(paid, till, a_stand):
    till.refund_mode("pending", after=None)
    made = cancelled(paid)
    for attempt in range(1, len(RETRIED_AFTER) + 2):
        made.refresh_from_db()
        assert (made.attempt, made.state) == (attempt, "pending")
        till.settle_refund(made.provider_id, "failed")
        tell(a_stand, "refund.failed")
        settle_all()
        assert reconcile.refunds("stripe") == 0  # not yet
        later()
        assert reconcile.refunds("stripe") == (1 if attempt <= len(RETRIED_AFTER) else 0)
        settle_all()
    (told,) = new_mails(paid.operator.person.email)
    assert told.subject.startswith("要人处理的退款：¥164.90")
    assert "/office/refunds/" in told.body
    assert AuditEntry.objects.filter(noun="Refund", deed="retry", actor=None).count() == 5
    refund.retry(made, paid.operator.person)
    till.refund_mode("succeed")
    settle_all()
    assert paid.seen["state"] == "REFUNDED"
    at_rest()


@pytest.mark.parametrize("reached", ["shipped", "delivered", "completed"])
def test_an_order_stands_where_its_parcels_do_once_its_money_is_back(paid, a_stand, reached):
    paid.sent()
    if reached != "shipped":
        paid.row.shipments.update(state=reached, delivered_at=timezone.now(), after_sale_until=timezone.now())
        paid.row.__class__.objects.filter(pk=paid.row.pk).update(state=reached)
    paid.give(paid.operator, (0, 3, None), (1, 3, None), shipping=True, note="It came spoilt.")
    settle_all()
    assert paid.row.state == "refunded"
    comes_back(paid, Refund.objects.get(), a_stand)
    assert paid.row.state == reached


def test_a_mail_that_was_late_says_nothing_that_is_no_longer_so(paid, a_stand, till):
    paid.buyer.done("orderCancel", **paid.order, idempotencyKey=key())
    refund.submit(Refund.objects.get())
    made = Refund.objects.get()
    till.settle_refund(made.provider_id, "failed")
    tell(a_stand, "refund.failed")
    mail.outbox.clear()
    settle_all()
    subjects = [m.subject for m in mail.outbox if m.to == [BUYER]]
    assert not any("was given back" in subject for subject in subjects)


def test_verify_names_an_order_that_counts_as_refunded_with_nothing_refunded(paid):
    from orders.verify import verify

    cancelled(paid)
    paid.row.__class__.objects.update(refunded_minor=0)
    told = [offence.words for offence in verify()]
    assert any("an order counts as refunded and not all of it was given back" in words for words in told)


def test_a_refund_that_waits_under_the_name_its_reaction_had_before_is_submitted(paid):
    paid.give(paid.team, (0, 1, None))
    waiting = Delivery.objects.filter(reaction="orders.tasks.submit_refund", done_at=None)
    assert waiting.update(reaction="orders.tasks.give_back") == 1
    migration = import_module("orders.migrations.0018_submit_refund").Migration(
        "0018_submit_refund", "orders"
    )
    with connection.schema_editor() as editor:
        migration.operations[0].database_forwards("orders", editor, None, None)
    settle_all()
    assert Refund.objects.get().state == "succeeded"
