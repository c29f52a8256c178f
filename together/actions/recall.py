"""A lot that is recalled: those hear of it who would hand it out. Members hear of it by their orders."""

from core.outbox import record
from orders.models import Order
from orders.reads import stopped
from together.events import GroupRecalled
from together.models import GroupPurchase
from together.reads.group import KIND


def reach(lot_id: int) -> int:
    """Find each group of which a seat has or awaits units of the lot, paid or not; how many."""
    drawn = stopped.drew_on(lot_id).filter(holder_kind=KIND)
    # Also those whose seats were repaid before anybody came this far.
    marked = Order.objects.filter(holder_kind=KIND, lines__lots__lot=lot_id, lines__recalled_at__isnull=False)
    holders = {*drawn.values_list("holder", flat=True), *marked.values_list("holder", flat=True)}
    groups = list(GroupPurchase.objects.filter(uid__in=holders).order_by("pk").values_list("pk", flat=True))
    record(*(GroupRecalled(group_id, lot_id) for group_id in groups))
    return len(groups)
