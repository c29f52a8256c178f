"""What a bank's question about an order means, to its buyer: what has happened, what waits, and what she can do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.permissions import places_of
from core.language import Words, say, speaks_english
from core.money import show
from orders.models import Dispute, Order, Refund
from orders.reads.order import is_all_refunded
from orders.reads.place import of_order

State = Dispute.State


@dataclass(frozen=True)
class DisputeToBuyer:
    """A dispute as the buyer of its order is told of it."""

    row: Dispute
    order: Order

    @property
    def answer_by(self) -> datetime | None:
        """Until when the shop answers the bank; none once it has, or where the bank has set no day."""
        return self.row.due_at if self.row.state == State.OPEN else None

    @property
    def was_lost(self) -> bool:
        """Whether the bank had taken it, and has given it back."""
        own = (self.row.payment_id, self.row.provider_id)
        return any(
            r.state == Refund.State.UNDONE and (r.payment_id, r.provider_id) == own for r in self._refunds
        )

    @property
    def owed_minor(self) -> int:
        """Fen that are hers and wait for an operator: they came back for goods that were called off."""
        waits = (
            r for r in self._refunds if r.reason == Refund.Reason.REGAINED and r.state == Refund.State.FAILED
        )
        return sum(refund.due_minor for refund in waits)

    @property
    def _refunds(self) -> list[Refund]:
        return [r for payment in self.order.payments.all() for r in payment.refunds.all()]

    @property
    def meaning(self) -> str:
        """What has happened and what waits for it, true of where dispute and order stand."""
        said = [_so_far(self.row, self.was_lost), *_consequences(self.row, self.order, self.owed_minor)]
        return (" " if speaks_english() else "").join(str(words) for words in said)

    @property
    def advice(self) -> str:
        """What she can do."""
        if self.row.state in Dispute.ENDED:
            return str(ASK_THE_BANK)
        # A recall may have ended the order meanwhile: its money then waits for the bank, and nothing goes on.
        return str(MONEY_WAITS if is_all_refunded(self.order) else CALL_IT_OFF)


def disputes_of(order: Order) -> list[DisputeToBuyer]:
    """What banks ask or asked about the payment that an order stands on, the first first."""
    rows = [d for payment in order.payments.all() if payment.is_kept for d in payment.disputes.all()]
    return [DisputeToBuyer(row, order) for row in sorted(rows, key=lambda row: row.pk)]


def dispute_by_pk(request: Any, pk: int) -> QuerySet[Dispute]:
    """A dispute that a deed of this very asker has decided, as long as she may."""
    return disputes_for(request.user).filter(pk=pk)


def disputes_for(person: Any) -> QuerySet[Dispute]:
    """Disputes about the orders that lie where she decides."""
    return Dispute.objects.filter(of_order(places_of(person, "orders.decide_dispute"), "payment__order"))


CALL_IT_OFF = say(
    "没有提出过争议，就请您的银行撤销，订单就能照常进行。提出过，等银行裁定；有结果会发邮件告诉您。",
    "If you did not dispute it, ask your bank to withdraw the dispute, and the order goes on. If you did, wait for "
    "the bank: we write to you as soon as it has decided.",
)
MONEY_WAITS = say(
    "没有提出过争议，就请您的银行撤销，钱就能早些退给您。提出过，等银行裁定；有结果会发邮件告诉您。",
    "If you did not dispute it, ask your bank to withdraw the dispute: your money can then go back to you sooner. If "
    "you did, wait for the bank: we write to you as soon as it has decided.",
)
ASK_THE_BANK = say("对裁定有疑问，请联系您的银行。", "If you have doubts about the decision, ask your bank.")


def _so_far(row: Dispute, was_lost: bool) -> Words:
    """Where the bank stands."""
    lost = show(row.lost_minor)
    if row.state == State.WON and was_lost:
        return say(
            "银行已改判：这笔付款有效，先前退给您的钱它已收回。",
            "Your bank has decided anew: the payment stands, and what it had given you it has taken back.",
        )
    if row.state == State.WON:
        return say("银行已裁定：这笔付款有效。", "Your bank has decided: the payment stands.")
    if row.state == State.PREVENTED and not row.lost_minor:
        return say(
            "争议没有开始就了结了，没有钱被退走。", "The dispute was settled before it began; no money moved."
        )
    if row.state in (State.PREVENTED, State.LOST):
        return say("银行已裁定：退给您 {a}。", "Your bank has decided and given you {a}.", a=lost)
    if row.state == State.APPEALED and row.lost_minor:
        return say(
            "银行裁定过一次，退给您 {a}；现在它在重新审。",
            "Your bank decided once and gave you {a}; it now looks at it again.",
            a=lost,
        )
    return _going_on(State(row.state))


def _going_on(state: State) -> Words:
    if state == State.OPEN:
        return say(
            "您的银行说这笔付款有争议。本店会向银行说明，然后由银行裁定。",
            "Your bank disputes this payment. We answer it; then the bank decides.",
        )
    if state == State.UNDER_REVIEW:
        return say(
            "本店已向银行说明，银行正在审；哪天有结果由银行定，常要几周。",
            "We have answered your bank, and it is looking at the payment. When it decides is up to the bank, often weeks.",
        )
    if state == State.APPEALED:
        return say(
            "银行裁定过一次，现在在重新审；哪天有结果由银行定。",
            "Your bank decided once and now looks at it again. When it decides is up to the bank.",
        )
    return say(
        "银行的答复要由运营人员核对，核对完会告诉您。",
        "The bank’s answer is being checked by an operator; you are told what it comes to.",
    )


def _consequences(row: Dispute, order: Order, owed: int) -> list[Words]:
    """What becomes of parcels and refunds."""
    if order.state in Order.OVER:
        return [say("订单已经结束，不再发货。", "The order has ended and nothing more is sent.")]
    if owed and row.state in Dispute.ENDED:
        return [
            say(
                "其中 {a} 的货已取消、没有发出，这笔钱是您的：由运营人员处理，会写信告诉您。",
                "{a} of it is for goods that were called off and not sent. That money is yours: an operator settles it, "
                "and we write to you.",
                a=show(owed),
            )
        ]
    if row.state in Dispute.ENDED:
        if is_all_refunded(order):
            return [
                say(
                    "货不再发，钱会退给您，见下面的退款。",
                    "Nothing more is sent, and the money goes back to you: see the refunds below.",
                )
            ]
        if order.contested_at:
            return [
                say("另一笔争议还在裁定，订单仍要等。", "Another dispute goes on, so the order still waits.")
            ]
        if row.lost_minor:
            return [say("其余照常进行。", "The rest goes on as usual.")]
        return [say("订单照常进行。", "The order goes on as usual.")]
    held = say("裁定之前，没有发出的包裹先不发。", "Until then nothing that is not sent yet is sent.")
    if row.is_refundable:
        return [held, say("退款仍可以办。", "Refunds are still possible.")]
    return [held, say("退款也要等裁定。", "Refunds wait for it too.")]
