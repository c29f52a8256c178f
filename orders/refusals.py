"""The noes of buying."""

from collections.abc import Sequence
from datetime import datetime

from core.language import Words, say
from core.money import show
from core.refusals import Refusal


class CartProblem(Refusal):
    """The cart cannot be placed as it is: see its problems and those of its lines."""

    code = "CART_PROBLEM"

    def __init__(self, problem: str, words: Words, *, field: str | Sequence[str] = ()):
        super().__init__(words, field=field, problem=problem)


class RefundTooLarge(Refusal):
    """More was to be given back than is left."""

    code = "REFUND_TOO_LARGE"

    def __init__(self, amount_left: int, units_left: int | None = None, *, field: str | Sequence[str] = ()):
        words = say("超过可退的数额。", "This is more than can still be refunded.")
        super().__init__(words, field=field, amount_left=amount_left, units_left=units_left)


class PaymentAway(Refusal):
    """The payment service cannot be reached; the order waits."""

    code = "PAYMENT_AWAY"
    words = Words(
        "暂时连不上支付服务，订单已为您保留，请稍后再付。",
        "The payment service cannot be reached. Your order is kept; please try to pay again in a moment.",
    )


class TotalChanged(Refusal):
    """It costs another sum than the buyer has seen; nothing was placed."""

    code = "TOTAL_CHANGED"

    def __init__(self, total_minor: int):
        words = say(
            "现在的总额是 {total}，和您看到的不一样。请看一下再下单。",
            "It now comes to {total}, not what you have seen. Please look again, then place it.",
            total=show(total_minor),
        )
        super().__init__(words, field="expected_total", total_minor=total_minor)


class CouponRefused(Refusal):
    """A coupon cannot be used: `reason` says why; nothing was placed."""

    code = "COUPON_REFUSED"

    def __init__(self, reason: str, words: Words, *, field: str | Sequence[str] = "coupon_code"):
        super().__init__(words, field=field, reason=reason)


class InvoiceDiffers(Refusal):
    """An invoice says another sum than is owed; nothing was kept."""

    code = "INVOICE_DIFFERS"

    def __init__(self, said_minor: int, owed_minor: int, *, field: str | Sequence[str] = ()):
        words = say(
            "发票上是 {a}，应开 {b}，对不上，没有收下。",
            "The invoice says {a}, and {b} is owed: they differ, and it was not kept.",
            a=show(said_minor),
            b=show(owed_minor),
        )
        super().__init__(words, field=field, said_minor=said_minor, owed_minor=owed_minor)


class TooMuchUnpaid(Refusal):
    """A buyer whom the shop does not know yet would hold more than it keeps for her unpaid."""

    code = "TOO_MUCH_UNPAID"

    def __init__(self, orders: int, units: int, minor: int):
        words = say(
            "未付款的订单最多为您保留 {n} 单、共 {units} 份、{sum}。请先付款或取消已有的订单；用已验证邮箱的账户登录后不受此限。",
            "Unpaid we keep {n} orders for you, {units} units and {sum} in all. Please pay or cancel one first, or sign in "
            "with a confirmed address: then there is no such limit.",
            single="Unpaid we keep one order for you, of {units} units and {sum} at most. Please pay or cancel it first, or "
            "sign in with a confirmed address: then there is no such limit.",
            n=orders,
            units=units,
            sum=show(minor),
        )
        super().__init__(words)


class NotOnSale(Refusal):
    """What was ordered is not sold any more: recalled, suspended or archived since it was placed."""

    code = "NOT_ON_SALE"
    words = Words(
        "这个订单里的商品已停售或召回，不能再付款。没有扣款，订单到时会自动关闭。",
        "Something in this order was recalled or taken off sale, so it cannot be paid any more. "
        "Nothing was charged; the order closes by itself.",
    )


class PlaceClosed(Refusal):
    """Nothing of this is delivered there for now; nothing was charged."""

    code = "PLACE_CLOSED"

    def __init__(
        self,
        words: Words,
        *,
        place: Words,
        reason: Words,
        until: datetime | None,
        incident: str,
        field: str | Sequence[str] = (),
    ):
        super().__init__(words, field=field, place=place, reason=reason, until=until, incident=incident)


class PaymentRefused(Refusal):
    """The payment service will not take this payment; what it said is written down, and the order waits."""

    code = "PAYMENT_REFUSED"

    def __init__(self, number: str, token: str, reserved_until: datetime):
        words = say(
            "支付服务没有接受这笔付款，原因我们已经记下，没有扣款。订单 {number} 还为您保留着：请稍后再付，或取消它、联系我们。",
            "The payment service did not accept this payment; we have noted why, and nothing was charged. Order {number} is "
            "still kept for you: please try to pay again in a moment, or cancel it, or write to us.",
            number=number,
        )
        super().__init__(words, number=number, token=token or None, reserved_until=reserved_until)


class CodeRequired(Refusal):
    """A code was sent to the order's mailbox: it is to come along."""

    code = "CODE_REQUIRED"

    def __init__(self) -> None:
        words = say(
            "为确认是您本人，验证码已寄到订单的邮箱，十五分钟内有效。请填上再提交。",
            "A code was sent to the order’s mailbox, good for fifteen minutes. Please fill it in and send this again.",
        )
        super().__init__(words, field="code")


class NumberTwice(Refusal):
    """The team has this number on another parcel, or took it back from this one: is it meant?"""

    code = "NUMBER_TWICE"

    def __init__(
        self, tracking_number: str, order: str, field: str | Sequence[str] = "tracking_number"
    ) -> None:
        words = say(
            "运单号 {n} 已用在订单 {o} 上。真是同一个包裹，请勾选“同一单号”再提交；否则请核对。",
            "Number {n} is on order {o} already. If they do travel together, tick “the same number is meant” and send this "
            "again; else please check it.",
            n=tracking_number,
            o=order,
        )
        if not order:
            words = say(
                "运单号 {n} 是这个包裹以前用过、后来改掉的。确实又改回来，请勾选“同一单号”再提交。",
                "This parcel had number {n} before, and it was put right. If it is that one after all, tick “the same number "
                "is meant” and send this again.",
                n=tracking_number,
            )
        super().__init__(words, field=field)
