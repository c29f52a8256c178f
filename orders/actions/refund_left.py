"""All that is left of an order goes back, sent or not: the operators' way when a whole order was no good."""

from typing import Any

from core.refusals import NotFound
from orders.actions import refund
from orders.models import Order, Refund
from orders.reads.place import must_about
from orders.reads.proof import is_hers


def request_remaining(order: Order, by: Any, reason: str) -> Refund:
    """Give back what remains of every line and of its sending; of an order of her own an operator is none."""
    must_about(by, "orders.refund", order)
    if is_hers(by, order):
        raise NotFound()
    lines = {
        line.uid: refund.Part(line.quantity - line.refunded_units, line.net_minor - line.refunded_minor)
        for line in order.lines.all()
        if line.refunded_minor < line.net_minor or line.refunded_units < line.quantity
    }
    return refund.request(order, lines, shipping=True, by=by, note=reason)
