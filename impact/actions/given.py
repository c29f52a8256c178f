"""What was given back of an order before it was shared out, and so is nobody's part."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from orders.models import Line, Order, Refund, RefundLine

# What a refund gave back while an order was held, by ("line" or "shipment", its id): it is nobody's part.
Given = Mapping[tuple[str, int | None], int]


def reduced_of(lines: Iterable[Line]) -> list[Order]:
    """The orders of these lines of which something was given back or taken: by the lines and parcels, since an order
    counts what has arrived at the buyer alone."""
    found = {
        line.order_id: line.order
        for line in lines
        if line.refunded_minor or (line.shipment and line.shipment.refunded_minor)
    }
    return list(found.values())


def given_while_held(orders: Collection[Order]) -> Given:
    """What somebody gave back, at the provider's desk say. What a bank took the reserve brings again, but for goods
    that are on the shelf again."""
    if not orders:
        return {}
    rows = RefundLine.objects.filter(refund__payment__order__in=orders).exclude(
        refund__reason__in=Refund.TURNED_AWAY
    )
    rows = (
        rows.exclude(refund__state=Refund.State.UNDONE)
        .select_related("refund", "line")
        .order_by("refund_id", "pk")
    )
    given: dict[tuple[str, int | None], int] = defaultdict(int)
    for refund, its in groupby(rows, attrgetter("refund")):
        for row in unsold(list(its)) if refund.reason == Refund.Reason.DISPUTE else its:
            given["line" if row.line_id else "shipment", row.line_id or row.shipment_id] += row.amount_minor
    return given


def gone_of(lines: Sequence[Line], given: Given) -> int:
    """Fen of these lines, an order's, and of their parcels' sending that were given back while it was held."""
    parcels = {line.shipment_id for line in lines}
    its = {("line", line.pk) for line in lines} | {("shipment", pk) for pk in parcels if pk}
    return sum(given.get(one, 0) for one in its)


def unsold(rows: Sequence[RefundLine]) -> list[RefundLine]:
    """Of a lost dispute: the lines that are on the shelf again, and the sending of their parcels."""
    parcels = {row.line.shipment_id for row in rows if row.line and row.is_restocked}
    return [row for row in rows if row.is_restocked or row.shipment_id in parcels]
