"""What orders ask of a group purchase that holds them: the port `orders.holding.Holder`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from core.language import Words, say
from orders.holding import HolderWords
from orders.models import Order
from together import words
from together.actions import seat
from together.models import GroupPurchase, Seat
from together.reads.group import is_open

_CLOSING = say(
    "团购已到截止时间，正在核对最后的付款，现在不能退出；不成团会全额退款。",
    "The deadline of the group has passed and its last payments are being checked: nobody leaves now. "
    "If it falls short, everyone gets all of it back.",
)
_CONFIRMED = say(
    "已经成团，不能再退出；收到货后有问题可申请售后。",
    "The group is confirmed, so you cannot leave any more; once it has arrived you can report a problem.",
)


def _part(title: str) -> Words:
    return say("团购“{title}”里的一份", "a part of the group purchase “{title}”", title=title)


class Groups:
    """Group purchases as holders of orders (`settings.ORDER_HOLDERS`)."""

    row = "seat__group"
    words = HolderWords(
        called=say("团购", "Group purchase"),
        part=_part,
        waits=Seat.State.HELD.words,
        being_refunded=words.BEING_REFUNDED,
        undecided=say("团购还没有结束。", "The group purchase has not closed yet."),
        fell_short=say("团购未成", "The group purchase fell short"),
    )

    def lock(self, uids: Collection[UUID]) -> None:
        """In the order of their ids."""
        list(GroupPurchase.objects.filter(uid__in=uids).order_by("pk").select_for_update(no_key=True))

    def arrived(self, order: Order, paid_at: datetime) -> None:
        """The seat is taken for good; the last one confirms the group."""
        seat.arrived(order, paid_at)

    def follow(self, orders: Sequence[Order]) -> None:
        """Seats have as many units as their orders."""
        seat.follow(orders)

    def binds(self, order: Order) -> Words | None:
        """One may leave until the deadline, or until the group is on before that; then all are bound by all."""
        if order.state != Order.State.HELD:
            return _CONFIRMED
        return None if is_open(order.seat.group) else _CLOSING
