"""The oracle sees what is out of place."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalog.models import Lot, Reservation
from orders import verify
from orders.models import Line, LineLot, Notice, Order, Parcel, ParcelNumber, Payment, Refund, Shipment
from tests.orders.paid import Paid
from tests.orders.world import a_lot, at_rest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(till, a_stand):
    paid = Paid(till, a_stand)
    paid.give(paid.team, (0, 1, None), shipping=True)
    at_rest()
    return paid


def whose(parcel):
    return {"team": parcel.team, "region": parcel.region}


BREAKS = [
    ("I2", "Payment", lambda: Payment.objects.update(is_kept=False)),
    ("I2", "Payment", lambda: Payment.objects.update(received_minor=F("received_minor") - 1)),
    ("I2", "Payment", lambda: Order.objects.update(state="expired")),
    ("I2", "Payment", lambda: Payment.objects.update(state="failed")),
    ("I2", "Order", lambda: Payment.objects.update(is_kept=False)),
    ("I3", "Order", lambda: Order.objects.update(refunded_minor=F("refunded_minor") + 1)),
    ("I3", "Order", lambda: Shipment.objects.update(shipping_minor=F("shipping_minor") + 1)),
    ("I3", "Order", lambda: Order.objects.update(state="refunded")),
    ("I3", "Refund", lambda: Refund.objects.update(amount_minor=F("amount_minor") + 1)),
    ("I3", "Line", lambda: Line.objects.update(refunded_minor=F("refunded_minor") + 1)),
    ("I3", "Line", lambda: Line.objects.update(refunded_units=F("refunded_units") + 1)),
    ("I3", "Shipment", lambda: Shipment.objects.filter(refunded_minor__gt=0).update(refunded_minor=0)),
    ("I3", "Shipment", lambda: Shipment.objects.filter(refunded_minor__gt=0).update(state="cancelled")),
    ("ORDER", "Parcel", lambda: Parcel.objects.update(team=a_lot().variant.product.team)),
    ("ORDER", "Parcel", lambda: Parcel.objects.create(**whose(Parcel.objects.first()))),
    (
        "PARCEL",
        "Parcel",
        lambda: ParcelNumber.objects.create(parcel=Parcel.objects.first(), tracking_number="SL9"),
    ),
    ("PARCEL", "Shipment", lambda: Parcel.objects.update(tracking_number="SL9")),
    ("PARCEL", "Shipment", lambda: Shipment.objects.update(lost_at=timezone.now())),
    ("PARCEL", "Shipment", lambda: Line.objects.update(shipment=None)),
    ("I1", "Line", lambda: LineLot.objects.update(units=F("units") + 1)),
    ("I1", "Order", lambda: Reservation.objects.update(state="held")),
    ("I1", "Order", lambda: LineLot.objects.all().delete()),
    ("ORDER", "Order", lambda: Order.objects.update(state="shipped")),
    (
        "I9",
        "Notice",
        lambda: Notice.objects.update(handled_at=None, received_at="2026-01-01T00:00Z"),
    ),
]


def test_a_row_that_breaks_a_rule_is_named(paid):
    """One shop is broken in each way, and whole again before the next."""
    silent = []
    for n, (rule, noun, break_it) in enumerate(BREAKS):
        with transaction.atomic():
            break_it()
            named = {(offence.rule, offence.noun) for offence in verify.verify()}
            silent += [] if (rule, noun) in named else [(n, rule, noun, named)]
            transaction.set_rollback(True)
        assert (rule, noun) not in {(offence.rule, offence.noun) for offence in verify.verify()}
    assert silent == []


def recalled(moment):
    """The lots had been recalled at that moment, and nobody has acted on it."""
    Lot.objects.update(state="recalled", recalled_at=moment)
    return {o.noun for o in verify.verify() if o.rule == "RECALL"}


def test_what_was_paid_or_sent_after_its_lot_was_recalled_is_named(paid):
    second = timedelta(seconds=1)
    bought = Payment.objects.get().succeeded_at
    sent = bought + timedelta(hours=1)
    Shipment.objects.update(state="shipped", shipped_at=sent)
    assert recalled(sent + second) == set(), "sent before: no fault of anybody's"
    assert recalled(sent - second) == {"Shipment"}
    assert recalled(bought - second) == {"Shipment", "Payment"}
    Reservation.objects.update(units_returned=F("units"))
    assert recalled(bought - second) == set(), "all of it went back"
