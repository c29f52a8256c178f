"""States as buyers read them: their words, or others where the state alone would say too much or too little."""

from core.language import Words, say
from orders import holding
from orders.models import Order, Refund, Shipment

BEING_REFUNDED = say("已取消，退款中", "Cancelled, being refunded")


def order_state(order: Order) -> Words:
    """Where an order stands; of a held one in the words of what it is held for."""
    if order.state == Order.State.HELD and order.holder:
        return holding.holder_of(order).words.waits
    return Order.State(order.state).words


def being_refunded(order: Order) -> Words:
    """Where it stands, of which all is on its way back."""
    return holding.holder_of(order).words.being_refunded if order.holder else BEING_REFUNDED


GIVEN_BACK = say("已收到，退回中", "Received, being given back")

REFUND_UNDECIDED = say("等运营人员处理，会写信告诉您", "An operator settles it, and we write to you")
REFUND_RETRIED = say("没有退成，我们会再试", "It did not go through; we will try again")
REFUND_CAME_BACK = say(
    "退到后又被退回，我们会再退给您", "It came back to us after it had arrived; we will send it again"
)
REFUND_OTHERWISE = say("已用别的方式退还", "Given back in another way")


def refund_state(refund: Refund) -> Words:
    """How far a refund is; one that failed says what becomes of it."""
    if refund.state == Refund.State.FAILED:
        if refund.returned_at:
            return REFUND_CAME_BACK
        if refund.reason == Refund.Reason.REGAINED and refund.retry_at is None:
            return REFUND_UNDECIDED
        return REFUND_RETRIED if refund.retry_at else Refund.State.FAILED.words
    if refund.state == Refund.State.SUCCEEDED and refund.otherwise:
        return REFUND_OTHERWISE
    return Refund.State(refund.state).words


def refund_reason(refund: Refund) -> Words:
    """Why it is given back; where what an order was held for came to nothing, in the words of that."""
    if refund.reason == Refund.Reason.FELL_SHORT and (order := refund.payment.order).holder:
        return holding.holder_of(order).words.fell_short
    return Refund.Reason(refund.reason).words


TAKEN_AS_DELIVERED = say("按已签收算", "Taken as delivered")


def shipment_state(parcel: Shipment) -> Words:
    """Where a parcel is; of one that nobody has reported it is not said that it came."""
    is_delivered = parcel.state == Shipment.State.DELIVERED
    return TAKEN_AS_DELIVERED if is_delivered and parcel.is_presumed else Shipment.State(parcel.state).words
