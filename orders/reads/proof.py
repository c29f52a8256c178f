"""Whether a buyer's mailbox is proved: an order opens with what its placer was handed, so that alone proves nothing."""

from typing import Any

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
    return bool(order.email) and order.email.strip().lower() == person.email
