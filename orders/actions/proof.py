"""A guest says that an order is hers, by what only her mailbox, or her telephone, was sent."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Person
from accounts.ways import UNUSED_FOR
from core.language import say
from core.outbox import record
from core.refusals import Invalid
from orders.actions.order import lock
from orders.events import BuyerProved
from orders.links import is_proof
from orders.models import Order
from orders.reads.proof import is_proved, owner_of

NOT_SENT = say(
    "这个链接证明不了邮箱或手机号。请从我们发的信或短信里的链接打开。",
    "This proves neither mailbox nor number. Please open the link in our mail or text.",
)


_PROOFS = 7_302_020  # any number, as long as nobody else uses it


@transaction.atomic
def prove(order: Order, proof: str, by: Any = None) -> Order:
    """Know the buyer of a guest's order: by the mail's proof, or signed in with that very address, confirmed.

    Said twice it is known since the first time; an account's order has been its owner's all along.
    """
    _alone(order.reached_at)
    order = lock([order])[order.pk]
    if is_proved(order):
        return order
    if not (_owns(by, order) or (order.reached_at and is_proof(order, proof))):
        raise Invalid(NOT_SENT, field="proof")
    order.buyer_proved_at = timezone.now()
    order.save(update_fields=["buyer_proved_at"])
    record(BuyerProved(order_id=order.pk))
    return order


@transaction.atomic
def join(person: Person) -> int:
    """Her account's mailbox or number is proved: whoever proved it before as a guest was she. How many orders were."""
    ways = list(person.ways.filter(kind__in=["email", "phone"], ended_at=None).order_by("value"))
    for way in ways:
        _alone(way.value)
    hers = Q(email__in=[way.value for way in ways if way.kind == "email"])
    for way in ways:
        if way.kind == "phone":
            hers |= Q(mobile=way.value, placed_at__gt=way.proved_at - UNUSED_FOR)
    proved = Order.objects.filter(hers, person=None, buyer_proved_at__isnull=False)
    rows = lock(list(proved))
    record(*(BuyerProved(order_id=pk) for pk in rows))
    return len(rows)


def _alone(reached_at: str) -> None:
    """One at a time who proves what was bought under a mailbox or a number: an order that is being proved before its
    account is confirmed is found by whoever follows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PROOFS, reached_at.strip().lower()]
        )


def _owns(person: Any, order: Order) -> bool:
    """Whether somebody is signed in whose proved mailbox or number the order carries."""
    if person is None or not person.is_authenticated:
        return False
    return owner_of(order).filter(pk=person.pk).exists()
