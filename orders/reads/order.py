"""An order as its buyer may see it, and what she may do with it."""

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.ways import UNUSED_FOR
from core import fast
from core.language import Words, say
from orders import holding
from orders.links import uid_of_token
from orders.models import Order, Shipment
from orders.reads import standstill
from orders.reads.closure import closed_for
from orders.reads.stopped import unpayable

State = Order.State


# What a guest has bought under a mailbox or a number that opens an account today is its owner's; of what was bought long
# before she proved the number it may be another's who had it then. Each is found by its own index.
HER_ORDERS = """
    SELECT id FROM orders_order WHERE person_id = %s
    UNION ALL
    SELECT o.id FROM accounts_signinway w JOIN orders_order o ON o.email = w.value
    WHERE w.person_id = %s AND w.kind = 'email' AND w.ended_at IS NULL AND o.person_id IS NULL
    UNION ALL
    SELECT o.id FROM accounts_signinway w JOIN orders_order o ON o.mobile = w.value AND o.mobile <> ''
    WHERE w.person_id = %s AND w.kind = 'phone' AND w.ended_at IS NULL AND o.person_id IS NULL
          AND o.placed_at > w.proved_at - %s
"""


def orders_of(person: Any) -> QuerySet[Order]:
    """A person's own orders, and those that she has placed as a guest: what is hers wherever it is told, given along or
    forgotten. Whom it counts for is another question (`orders/reads/proof.py`)."""
    if not person.is_authenticated:
        return Order.objects.none()
    return orders_of_account(person.pk)


def orders_of_account(pk: int) -> QuerySet[Order]:
    """The same for an account that is known by its id alone."""
    return Order.objects.filter(pk__in=RawSQL(HER_ORDERS, hers(pk)))


def hers(pk: int) -> list[Any]:
    """The parameters of `HER_ORDERS`."""
    return [pk, pk, pk, UNUSED_FOR]


def orders_open_to(person: Any, number: str, token: str | None) -> QuerySet[Order]:
    """The order of this number, if it is the person's own, or a guest's and the link is good: else none."""
    rows = Order.objects.filter(number=number.strip().upper())
    uid = uid_of_token(token) if token else None
    guests = rows.filter(person=None, uid=uid) if uid else rows.none()
    return rows & orders_of(person) | guests if person.is_authenticated else guests


@lru_cache(maxsize=64)
def _guests(joins: tuple[str, ...]) -> fast.PreparedQuery[Order]:
    rows = Order.objects.select_related(*joins) if joins else Order.objects.all()
    return fast.PreparedQuery(lambda number, uid: rows.filter(number=number, uid=uid, person=None))


def order_open_to(person: Any, number: str, token: str | None, joins: tuple[str, ...] = ()) -> Order | None:
    """The order with what is joined, or None: another's sounds like none."""
    if person.is_authenticated:
        rows = orders_open_to(person, number, token)
        return (rows.select_related(*joins) if joins else rows).first()
    uid = uid_of_token(token) if token else None
    found = _guests(joins).rows(number=number.strip().upper(), uid=uid) if uid else ()
    return next(iter(found), None)


def order_by_pk(request: Any, pk: int) -> QuerySet[Order]:
    """An order that a deed of this very asker has led to."""
    return Order.objects.filter(pk=pk)


def is_cancellable(order: Order) -> bool:
    """Whether its buyer may still call it off: nothing has been sent, and not all is on its way back."""
    if order.state == State.PLACED:
        return True
    if order.contested_at:
        return False
    if order.holder is not None:
        # One may leave until the holder binds her; then all are bound by all.
        is_held = order.state == State.HELD and not is_all_refunded(order)
        return is_held and holding.holder_of(order).binds(order) is None
    return is_unsent(order)


def refundable_minor(order: Order) -> int:
    """Fen that go back if it is called off now: all that is left of what was paid for it."""
    if order.state == State.PLACED or order.paid_at is None:
        return 0
    lines = sum(line.net_minor - line.refunded_minor for line in order.lines.all())
    return lines + sum(s.shipping_minor - s.refunded_minor for s in order.shipments.all())


def is_unsent(order: Order) -> bool:
    """Whether it is paid for good, nothing of it was sent, and not all is on its way back."""
    if order.state != State.PAID:
        return False
    parcels = [s.state for s in order.shipments.all()]
    waits = all(state in Shipment.UNSENT for state in parcels)
    return waits and not is_all_refunded(order)


def why_it_stays(order: Order) -> Words:
    """Why an order that is not cancellable is not, in words that are true of where it stands."""
    if order.state == State.REFUNDED or is_all_refunded(order):
        return say("这个订单的钱已经退回或正在退回。", "All of this order has gone back, or is on its way.")
    is_bound = order.holder is not None and order.state in (State.HELD, State.PAID)
    if is_bound and (words := holding.holder_of(order).binds(order)):
        return words
    return say(
        "已经发货，不能取消；收货后可申请售后。",
        "It has been sent and cannot be cancelled any more; after delivery you can report a problem.",
    )


def is_payable(order: Order) -> bool:
    """Whether it waits for its payment, nothing in it was stopped since, and it can be delivered."""
    waits = order.state == State.PLACED and order.reserved_until > timezone.now()
    if not waits or closed_for(order) is not None:
        return False
    return not Order.objects.filter(unpayable("pk", "uid"), pk=order.pk).exists()


def is_all_refunded(order: Order) -> bool:
    """All of it is asked back; the provider may not have sent all of it yet."""
    lines = all(line.refunded_minor == line.net_minor for line in order.lines.all())
    return lines and all(s.refunded_minor == s.shipping_minor for s in order.shipments.all())


def allowed_actions(order: Order) -> list[str]:
    """What its buyer may do with the order now; needs lines, shipments and what holds it."""
    found = []
    if is_payable(order):
        found.append("PAY")
    if is_cancellable(order):
        found.append("CANCEL")
    return found + standstill.allowed_actions(order)
