"""Which letters about an order went out, and which wait or were set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from core.language import Words
from core.models import Delivery
from orders.models import Claim, Dispute, Order, Payment, Refund, Shipment

# More letters are of no order; of one with so many the last are told.
MOST = 60


@dataclass(frozen=True)
class Letter:
    """A letter about an order: what it tells, whom, and whether it is sent."""

    words: Words
    recorded_at: datetime
    sent_at: datetime | None
    is_parked: bool


@lru_cache(maxsize=1)
def names() -> Mapping[str, Words]:
    """What each reaction that writes about an order is called (`settings.OFFICE_LETTERS`)."""
    found: Mapping[str, Words] = import_string(settings.OFFICE_LETTERS)
    return found


def letters_of(order: Order) -> list[Letter]:
    """The last letters about an order, the newest first; as long as the outbox keeps them."""
    payments = Payment.objects.filter(order=order).values_list("pk", flat=True)
    things = {
        "order_id": [order.pk],
        "payment_id": payments,
        "refund_id": Refund.objects.filter(payment__order=order).values_list("pk", flat=True),
        "dispute_id": Dispute.objects.filter(payment__order=order).values_list("pk", flat=True),
        "shipment_id": Shipment.objects.filter(order=order).values_list("pk", flat=True),
        "claim_id": Claim.objects.filter(line__order=order).values_list("pk", flat=True),
    }
    tells = Q(pk__in=[])
    for noun, keys in things.items():
        if keys := list(keys):
            tells |= Q(**{f"event__payload__{noun}__in": keys})
    rows = Delivery.objects.filter(tells, reaction__in=list(names())).select_related("event")
    # Nothing of an order was recorded before it was placed.
    rows = rows.filter(event__recorded_at__gte=order.placed_at).order_by("-pk")[:MOST]
    return [
        Letter(names()[row.reaction], row.event.recorded_at, row.done_at, row.parked_at is not None)
        for row in rows
    ]
