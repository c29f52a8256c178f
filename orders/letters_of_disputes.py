"""Mails about money that does not go the way it should: refunds that fail or come back, and what banks dispute."""

from core.deliveries import reaction
from core.money import show
from orders import words
from orders.events import (
    DisputeClosed,
    DisputeOpened,
    DisputeRegained,
    DisputeUnclear,
    RefundFailed,
    RefundUnplaced,
)
from orders.letters import order_of
from orders.mail import to_buyer, to_operators, to_team
from orders.models import Dispute, Order, Payment, Refund, Shipment
from orders.reads import stopped
from orders.reads.dispute import DisputeToBuyer
from orders.reads.order import is_all_refunded


@reaction("orders.letters_of_disputes.send_refund_failed")
def send_refund_failed(event: RefundFailed) -> None:
    """To the buyer, where she was told that she had it; to the operators, where the machine tries no more."""
    refund = Refund.objects.select_related("payment").get(pk=event.refund_id)
    if refund.state != Refund.State.FAILED:
        return
    order = order_of(refund.payment.order_id)
    # Where the machine gives up what it had promised to send again, she says how she is to have it.
    if event.had_succeeded or (refund.returned_at and refund.retry_at is None):
        reason = words.refund_reason(refund)
        to_buyer(order, "refund_came_back", refund=refund, reason=reason, minor=refund.due_minor)
    if refund.retry_at is None:
        facts = {"order": order, "refund": refund, "amount_minor": refund.due_minor, "why": refund.failure}
        to_operators("operator_refund", "refunds/", **facts)


@reaction("orders.letters_of_disputes.tell_operators_of_refund")
def tell_operators_of_refund(event: RefundUnplaced) -> None:
    """More was given back at the provider's desk than an order has left."""
    paid = Payment.objects.get(pk=event.payment_id)
    facts = {"amount_minor": event.amount_minor, "why": event.provider_id}
    order = order_of(paid.order_id)
    to_operators("operator_refund", f"orders/{order.number}/", order=order, **facts)


@reaction("orders.letters_of_disputes.send_contested")
def send_contested(event: DisputeOpened) -> None:
    """A bank asks for money back: to the operators, who answer it; to the buyer and to whoever would send."""
    dispute = _dispute(event.dispute_id)
    if dispute.state in Dispute.GOES_ON:
        _to_all(dispute, "contested")


@reaction("orders.letters_of_disputes.tell_operators_of_dispute")
def tell_operators_of_dispute(event: DisputeUnclear | DisputeRegained) -> None:
    """An outcome that has no rule waits for a person; so does what came back for goods that were not sent."""
    dispute, regained_minor, owed = _dispute(event.dispute_id), 0, None
    if isinstance(event, DisputeRegained):
        regained_minor = event.regained_minor
        if event.owed_id:
            owed = Refund.objects.filter(pk=event.owed_id, state=Refund.State.FAILED).first()
    # Where a part is lost all the same, the letter of the decision says so.
    if owed or not dispute.lost_minor:
        _to_operators(dispute, regained_minor=regained_minor, owed=owed)


@reaction("orders.letters_of_disputes.send_decided")
def send_decided(event: DisputeClosed) -> None:
    """The bank has decided: all who were told that it was deciding are told how."""
    dispute = _dispute(event.dispute_id)
    if dispute.state in Dispute.ENDED:
        _to_all(dispute, "decided")


def _to_all(dispute: Dispute, letter: str) -> None:
    """To the operators; and where what it is about was bought, to the buyer and the teams that send it."""
    _to_operators(dispute)
    if dispute.payment.is_kept:
        order = order_of(dispute.payment.order_id)
        dispute_seen = DisputeToBuyer(dispute, order)
        facts = {
            "was_lost": dispute_seen.was_lost,
            "owed_minor": dispute_seen.owed_minor,
            "is_off": is_all_refunded(order),
        }
        to_buyer(order, letter, amount=_amount(dispute), dispute=dispute, **facts)
        _to_teams(order, dispute)


def _dispute(dispute_id: int) -> Dispute:
    return Dispute.objects.select_related("payment").get(pk=dispute_id)


def _amount(dispute: Dispute) -> str:
    """Of another currency the number alone would be read as fen."""
    if dispute.currency == "cny":
        return show(dispute.amount_minor)
    return f"{dispute.amount_minor} ({dispute.currency.upper()})"


def _to_operators(dispute: Dispute, owed: Refund | None = None, **more: object) -> None:
    facts = {
        "order": order_of(dispute.payment.order_id),
        "dispute": dispute,
        "amount": _amount(dispute),
        "owed": owed,
        **more,
    }
    state = Dispute.State(dispute.state).words
    to_operators("operator_dispute", "refunds/" if owed else "disputes/", state=state, **facts)


def _to_teams(order: Order, dispute: Dispute) -> None:
    """Those who have something to send, or would have had: each hears of its own parcel."""
    for parcel in order.shipments.filter(shipped_at=None, state__in=Shipment.UNSENT):
        facts = {
            "is_off": parcel.state == Shipment.State.CANCELLED,
            "is_held_back": stopped.are_held_back([parcel]),
        }
        to_team(parcel.team_id, "team_contested", "orders/", order=order, dispute=dispute, **facts)
