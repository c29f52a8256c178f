"""A guest says that an order is hers, by what only her mailbox was sent."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Person
from core.language import say
from core.outbox import record
from core.refusals import Invalid
from orders.actions.order import lock
from orders.events import BuyerProved
from orders.links import is_proof
from orders.models import Order
from orders.reads.proof import is_proved

NOT_SENT = say(
    "这个链接证明不了邮箱。请从确认邮件里的链接打开。",
    "This does not prove the mailbox. Please open the link in our mail.",
)


_PROOFS = 7_302_020  # any number, as long as nobody else uses it


@transaction.atomic
def prove(order: Order, proof: str, by: Any = None) -> Order:
    """Know the buyer of a guest's order: by the mail's proof, or signed in with that very address, confirmed.

    Said twice it is known since the first time; an account's order has been its owner's all along.
    """
    _alone(order.email)
    order = lock([order])[order.pk]
    if is_proved(order):
        return order
    if not (_owns(by, order) or (order.email and is_proof(order, proof))):
        raise Invalid(NOT_SENT, field="proof")
    order.buyer_proved_at = timezone.now()
    order.save(update_fields=["buyer_proved_at"])
    record(BuyerProved(order_id=order.pk))
    return order


@transaction.atomic
def join(person: Person) -> int:
    """Her account's mailbox is confirmed: whoever proved it before as a guest was she. How many orders were."""
    mailboxes = sorted(person.ways.filter(kind="email", ended_at=None).values_list("value", flat=True))
    for mailbox in mailboxes:
        _alone(mailbox)
    proved = Order.objects.filter(person=None, email__in=mailboxes, buyer_proved_at__isnull=False)
    rows = lock(list(proved))
    record(*(BuyerProved(order_id=pk) for pk in rows))
    return len(rows)


def _alone(email: str) -> None:
    """One at a time who proves what a mailbox has bought: an order that is being proved before its account is
    confirmed is found by whoever follows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PROOFS, email.strip().lower()])


def _owns(person: Any, order: Order) -> bool:
    """Whether somebody is signed in whose confirmed address the order carries."""
    if person is None or not person.is_authenticated:
        return False
    return Person.objects.with_mailbox(order.email.strip().lower()).filter(pk=person.pk).exists()
