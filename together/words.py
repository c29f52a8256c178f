"""Group purchases and seats as their members read them."""

from core.language import Words, say
from orders.models import Order
from together.models import GroupPurchase, Seat
from together.reads.group import is_closing

BEING_REFUNDED = say("退款中", "Being refunded")

GROUP_STATES: dict[str, Words] = {
    GroupPurchase.State.OPEN: say("进行中", "Open"),
    GroupPurchase.State.CONFIRMED: say("已成团", "Confirmed"),
    GroupPurchase.State.FELL_SHORT: say("未成团，全额退款", "Fell short, everyone is repaid"),
    GroupPurchase.State.CANCELLED: say("已取消，全额退款", "Called off, everyone is repaid"),
}

GROUP_CLOSING = say("已截止，正在核对最后的付款", "Closing: the last payments are being checked")

SEAT_STATES: dict[str, Words] = {
    Seat.State.RESERVED: say("待付款", "Waiting for payment"),
    Seat.State.HELD: say("已付款，等待成团", "Paid, waiting for the group"),
    Seat.State.CONFIRMED: say("已成团", "Confirmed"),
    Seat.State.RELEASED: say("未付款，已放弃", "Not paid, given up"),
    Seat.State.REFUNDED: say("已退款", "Refunded"),
    Seat.State.COLLECTED: say("已取货", "Collected"),
}


def group_state(group: GroupPurchase) -> Words:
    """Where a group stands; between its deadline and its closing nobody comes or goes."""
    return GROUP_CLOSING if is_closing(group) else GROUP_STATES[group.state]


def seat_state(seat: Seat) -> Words:
    """How far a seat is; its money is given back only when the provider says so."""
    if seat.state == Seat.State.REFUNDED and seat.order.state != Order.State.REFUNDED:
        return BEING_REFUNDED
    return SEAT_STATES[seat.state]
