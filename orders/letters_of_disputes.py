"""Mails about money that does not go the way it should: refunds that fail or come back, and what banks dispute."""

from core.deliveries import reaction
from core.money import show
from orders import words
from orders.letters import order_of
from orders.mail import to_buyer, to_operators, to_team
from orders.models import Dispute, Order, Payment, Refund, Shipment


@reaction("orders.letters_of_disputes.send_refund_failed")
def send_refund_failed(event: dict) -> None:
    """To the buyer, where she was told that she had it; to the operators, where the machine tries no more."""
    refund = Refund.objects.select_related("payment").get(pk=event["refund_id"])
    if refund.state != Refund.State.FAILED:
        return
    order = order_of(refund.payment.order_id)
    if event["had_succeeded"]:
        reason = words.REFUND_REASONS[refund.reason]
        to_buyer(order, "refund_came_back", refund=refund, reason=reason)
    if refund.retry_at is None:
        facts = {"order": order, "refund": refund, "amount_minor": refund.due_minor, "why": refund.failure}
        to_operators("operator_refund", f"orders/refund/{refund.pk}/change/", **facts)


@reaction("orders.letters_of_disputes.tell_operators_of_refund")
def tell_operators_of_refund(event: dict) -> None:
    """More was given back at the provider's desk than an order has left."""
    paid = Payment.objects.get(pk=event["payment_id"])
    facts = {"amount_minor": event["amount_minor"], "why": event["provider_id"]}
    to_operators(
        "operator_refund", f"orders/payment/{paid.pk}/change/", order=order_of(paid.order_id), **facts
    )


@reaction("orders.letters_of_disputes.send_contested")
def send_contested(event: dict) -> None:
    """A bank asks for money back: to the operators, who answer it; to the buyer and to whoever would send."""
    dispute = _dispute(event)
    if dispute.state in Dispute.GOES_ON:
        _to_all(dispute, "contested")


@reaction("orders.letters_of_disputes.tell_operators_of_dispute")
def tell_operators_of_dispute(event: dict) -> None:
    """An outcome that has no rule waits for a person; so does what came back after it was lost."""
    _to_operators(_dispute(event), regained_minor=event.get("regained_minor", 0))


@reaction("orders.letters_of_disputes.send_decided")
def send_decided(event: dict) -> None:
    """The bank has decided: all who were told that it was deciding are told how."""
    dispute = _dispute(event)
    if dispute.state in Dispute.ENDED:
        _to_all(dispute, "decided")


def _to_all(dispute: Dispute, letter: str) -> None:
    """To the operators; and where what it is about was bought, to the buyer and the teams that send it."""
    _to_operators(dispute)
    if dispute.payment.is_kept:
        order = order_of(dispute.payment.order_id)
        to_buyer(order, letter, amount=_amount(dispute), dispute=dispute)
        _to_teams(order, dispute)


def _dispute(event: dict) -> Dispute:
    return Dispute.objects.select_related("payment").get(pk=event["dispute_id"])


def _amount(dispute: Dispute) -> str:
    """Of another currency the number alone would be read as fen."""
    if dispute.currency == "cny":
        return show(dispute.amount_minor)
    return f"{dispute.amount_minor} ({dispute.currency.upper()})"


def _to_operators(dispute: Dispute, **more: object) -> None:
    facts = {
        "order": order_of(dispute.payment.order_id),
        "dispute": dispute,
        "amount": _amount(dispute),
        **more,
    }
    state = words.DISPUTE_STATES[dispute.state]
    to_operators("operator_dispute", f"orders/dispute/{dispute.pk}/change/", state=state, **facts)


def _to_teams(order: Order, dispute: Dispute) -> None:
    """Those who have something to send, or would have had."""
    unsent = order.shipments.filter(shipped_at=None).values_list("team_id", flat=True)
    waits = Shipment.State.WAITING, Shipment.State.CANCELLED
    for team in unsent.filter(state__in=waits).distinct():
        to_team(team, "team_contested", "orders/", order=order, dispute=dispute)
