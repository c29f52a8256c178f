"""Whether a buyer's mailbox is proved: an order opens with what its placer was handed, so that alone proves nothing."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Person, SignInWay
from accounts.ways import UNUSED_FOR
from orders.models import Order


def is_proved(order: Order) -> bool:
    """Whether the buyer is known to read the order's mailbox: an account's owner, or a guest who has said so.

    It is told of one order alone. Another order under the same address may be anybody's.
    """
    return order.person_id is not None or order.buyer_proved_at is not None


def is_hers(person: Any, order: Order) -> bool:
    """Whether an order is somebody's own: by her account, or a guest's under her address, whether proved or not. An
    operator decides about neither; that a stranger wrote her address costs another operator a minute."""
    if order.person_id is not None:
        return order.person_id == person.pk
    if order.mobile:
        return owner_of(order).filter(pk=person.pk).exists()
    return bool(order.email) and order.email.strip().lower() == person.email


def owner_of(order: Order) -> QuerySet[Person]:
    """The account that has proved the mailbox, or the number, under which a guest has bought; none where nobody has."""
    if order.email:
        return Person.objects.with_mailbox(order.email.strip().lower())
    ways = SignInWay.objects.filter(kind=SignInWay.Kind.PHONE, value=order.mobile, ended_at=None)
    # Of what was bought long before she proved the number it may be another's who had it then.
    return Person.objects.filter(
        pk__in=ways.filter(proved_at__lt=order.placed_at + UNUSED_FOR).values("person")
    )
