"""Group purchases and seats as their members read them."""

from core.language import Words, say
from orders.models import Order
from together.models import GroupPurchase, Seat
from together.reads.group import is_closing

BEING_REFUNDED = say("退款中", "Being refunded")

GROUP_CLOSING = say("已截止，正在核对最后的付款", "Closing: the last payments are being checked")


def group_state(group: GroupPurchase) -> Words:
    """Where a group stands; between its deadline and its closing nobody comes or goes."""
    return GROUP_CLOSING if is_closing(group) else GroupPurchase.State(group.state).words


def seat_state(seat: Seat) -> Words:
    """How far a seat is; its money is given back only when the provider says so."""
    if seat.state == Seat.State.REFUNDED and seat.order.state != Order.State.REFUNDED:
        return BEING_REFUNDED
    return Seat.State(seat.state).words
