"""Locks and moves that every deed on orders shares."""

from collections.abc import Sequence
from typing import Any

from core.refusals import Conflict
from core.states import StateMachine
from orders.models import GroupPurchase, Order


def lock(orders: Sequence[Order]) -> dict[int, Order]:
    """These orders as they are now, locked: their groups by id first, then the orders by id.

    The house's lock order is group → order → lots → credits; whoever closes a group holds it already
    when she comes for its orders.
    """
    groups = sorted({order.group_id for order in orders if order.group_id})
    if groups:
        list(GroupPurchase.objects.filter(pk__in=groups).order_by("pk").select_for_update(no_key=True))
    rows = Order.objects.filter(pk__in=[order.pk for order in orders]).order_by("pk")
    return {order.pk: order for order in rows.select_for_update(no_key=True)}


def move_all(rows: Sequence[StateMachine], state: str, **fields: Any) -> None:
    """Move locked rows that stand in one state to another, in one statement."""
    if not rows:
        return
    model: Any = type(rows[0])
    old = rows[0].state
    assert all(row.state == old and row.can_move_to(state) for row in rows), (old, state)
    waiting = model._base_manager.filter(pk__in=[row.pk for row in rows], state=old)
    if waiting.update(state=state, **fields) != len(rows):
        raise Conflict()
    for row in rows:
        row.state = state
