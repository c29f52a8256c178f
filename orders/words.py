"""States as buyers read them."""

from core.language import Words, say
from orders import holding
from orders.models import Claim, Dispute, Order, Payment, Refund, Shipment

ORDER_STATES: dict[str, Words] = {
    Order.State.PLACED: say("待付款", "Waiting for payment"),
    Order.State.HELD: say("已付款，等待结果", "Paid, and held"),
    Order.State.PAID: say("已付款，待发货", "Paid, to be sent"),
    Order.State.SHIPPED: say("已发货", "On its way"),
    Order.State.DELIVERED: say("已签收", "Delivered"),
    Order.State.COMPLETED: say("已完成", "Completed"),
    Order.State.CANCELLED: say("已取消", "Cancelled"),
    Order.State.EXPIRED: say("未付款，已关闭", "Closed: not paid"),
    Order.State.REFUNDED: say("已全额退款", "Refunded in full"),
}
BEING_REFUNDED = say("已取消，退款中", "Cancelled, being refunded")


def order_state(order: Order) -> Words:
    """Where an order stands; of a held one in the words of what it is held for."""
    if order.state == Order.State.HELD and order.holder:
        return holding.holder_of(order).words.waits
    return ORDER_STATES[order.state]


def being_refunded(order: Order) -> Words:
    """Where it stands, of which all is on its way back."""
    return holding.holder_of(order).words.being_refunded if order.holder else BEING_REFUNDED


PAYMENT_STATES: dict[str, Words] = {
    Payment.State.CREATED: say("待付款", "Waiting"),
    Payment.State.PROCESSING: say("处理中", "Processing"),
    Payment.State.SUCCEEDED: say("已收到", "Received"),
    Payment.State.FAILED: say("未成功", "Failed"),
    Payment.State.CANCELLED: say("已关闭", "Closed"),
}
GIVEN_BACK = say("已收到，退回中", "Received, being given back")

REFUND_STATES: dict[str, Words] = {
    Refund.State.REQUESTED: say("处理中", "Requested"),
    Refund.State.PENDING: say("退款途中", "On its way"),
    Refund.State.SUCCEEDED: say("已退款", "Given back"),
    Refund.State.FAILED: say("没有退成，我们正在处理", "It did not go through; we are seeing to it"),
    Refund.State.UNDONE: say("银行改判，又收回去了", "The bank decided anew and took it back"),
}
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
        return REFUND_RETRIED if refund.retry_at else REFUND_STATES[Refund.State.FAILED]
    if refund.state == Refund.State.SUCCEEDED and refund.otherwise:
        return REFUND_OTHERWISE
    return REFUND_STATES[refund.state]


REFUND_REASONS: dict[str, Words] = {
    Refund.Reason.CANCELLED: say("订单取消", "Order cancelled"),
    Refund.Reason.TEAM: say("卖家退款", "Refunded by the team"),
    Refund.Reason.CLAIM: say("售后", "Something was wrong"),
    Refund.Reason.LATE: say("付款到账时已无货或订单已关闭", "The payment came too late"),
    Refund.Reason.TWICE: say("重复付款", "Paid twice"),
    Refund.Reason.AMOUNT: say("金额不符", "Another amount came than was asked for"),
    Refund.Reason.FELL_SHORT: say("未达成，全额退款", "It did not come about"),
    Refund.Reason.DISPUTE: say("银行争议退款", "Taken back by the bank"),
    Refund.Reason.RECALLED: say("商品已召回或过期", "The goods were recalled, or past their date"),
    Refund.Reason.STOPPED: say(
        "付款到账时商品已停售或召回", "These goods were recalled or taken off sale before you paid"
    ),
    Refund.Reason.DESK: say("支付方退款", "Refunded at the payment provider"),
    Refund.Reason.REGAINED: say(
        "银行改判后回到本店；货没有发出", "Back with us by the bank’s new decision; the goods were not sent"
    ),
}


def refund_reason(refund: Refund) -> Words:
    """Why it is given back; where what an order was held for came to nothing, in the words of that."""
    if refund.reason == Refund.Reason.FELL_SHORT and (order := refund.payment.order).holder:
        return holding.holder_of(order).words.fell_short
    return REFUND_REASONS[refund.reason]


DISPUTE_STATES: dict[str, Words] = {
    Dispute.State.OPEN: say("等本店答复", "Waits for our answer"),
    Dispute.State.UNDER_REVIEW: say("银行在审", "The bank looks at it"),
    Dispute.State.APPEALED: say("申诉中", "Appealed"),
    Dispute.State.UNCLEAR: say("要人判断", "Waits for a person"),
    Dispute.State.WON: say("赢了", "Won"),
    Dispute.State.PREVENTED: say("事先化解", "Headed off"),
    Dispute.State.LOST: say("输了", "Lost"),
}

# "Won" would be the shop's word: whom it was won from reads this.
DISPUTE_STATES_TO_BUYERS: dict[str, Words] = {
    Dispute.State.OPEN: say("等本店说明", "Waits for our answer"),
    Dispute.State.UNDER_REVIEW: say("银行在审", "The bank looks at it"),
    Dispute.State.APPEALED: say("银行重新在审", "The bank looks at it again"),
    Dispute.State.UNCLEAR: say("正在核对", "Being checked"),
    Dispute.State.WON: say("付款有效", "The payment stands"),
    Dispute.State.PREVENTED: say("事先了结", "Settled beforehand"),
    Dispute.State.LOST: say("银行已退给您", "Given back by the bank"),
}

SHIPMENT_STATES: dict[str, Words] = {
    Shipment.State.WAITING: say("待发货", "To be sent"),
    Shipment.State.SHIPPED: say("运输中", "On its way"),
    Shipment.State.DELIVERED: say("已签收", "Delivered"),
    Shipment.State.COMPLETED: say("已完成", "Completed"),
    Shipment.State.CANCELLED: say("不再发货", "Called off"),
}

TAKEN_AS_DELIVERED = say("按已签收算", "Taken as delivered")


def shipment_state(parcel: Shipment) -> Words:
    """Where a parcel is; of one that nobody has reported it is not said that it came."""
    is_delivered = parcel.state == Shipment.State.DELIVERED
    return TAKEN_AS_DELIVERED if is_delivered and parcel.is_presumed else SHIPMENT_STATES[parcel.state]


CLAIM_STATES: dict[str, Words] = {
    Claim.State.OPEN: say("等待团队答复", "Waiting for the team's answer"),
    Claim.State.REFUNDED: say("已答复，同意退款", "Answered with a refund"),
    Claim.State.DECLINED: say("已答复，不退款", "Answered without a refund"),
}

# Why a parcel must not be sent, to the team that would (orders.reads.held_back.Why).
HELD_BACK: dict[str, Words] = {
    "contested": say(
        "买家的银行正在裁定这笔付款。裁定之前先不要发；有结果会发邮件，包裹会自己回到列表。",
        "The buyer’s bank is deciding about the payment. Keep it until then: you are told by mail, and if the payment "
        "stands the parcel is back on the list by itself.",
    ),
    "recalled": say(
        "里面有已召回的批次，不能发；这一部分要退给买家。",
        "A recalled lot is in it: it must not be sent, and that part is to be given back.",
    ),
    "out_of_date": say(
        "里面有已过保质期的批次，不能发；请把这一部分退给买家，其余的就会回到列表。",
        "Something in it is past its best-before date and must not be sent: give that part back, and the rest is on the "
        "list again.",
    ),
    "suspended": say(
        "运营人员暂停了里面的商品或团队；恢复后会自己回到列表。",
        "An operator has suspended the product or the team; once that ends it is back on the list by itself.",
    ),
}
