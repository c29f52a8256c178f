"""Reverse what was posted of what is refunded, in the transaction that asks for the refund.

Lines, ledger and standings go back at once; the money stands with the buyers until the provider has given it.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from impact.actions import support
from impact.actions.attribution import escrow
from impact.actions.given import unsold
from impact.actions.ledger import BUYER, RESERVE, key_of, keys_posted
from impact.actions.posting import Posting, by_order, draws_of, locked
from impact.models import Kind, LedgerTransaction
from impact.reads.positions import AccountKey, Position, positions
from orders.events import RefundRequested
from orders.models import Payment, Refund, RefundLine, Shipment

Reason = LedgerTransaction.Reason
# Money turned away was never shared out.
TURNED_AWAY = Refund.TURNED_AWAY
# Something was wrong with what was sold.
OF_QUALITY = (Refund.Reason.CLAIM, Refund.Reason.RECALLED)


def reverse(events: Sequence[RefundRequested]) -> None:
    """Move refunds to the buyers: each line is shared anew on what remains of it; a held seat leaves escrow.

    What a lost dispute takes is borne by the reserve (impact.actions.gateway), unless the goods are on the shelf
    again: what was set aside for those goes to the reserve, as nobody's work was sold.
    """
    refund_ids = [event.refund_id for event in events]
    payments = Payment.objects.filter(refunds__in=refund_ids)
    orders = {order.pk: order for order in locked(payments.values_list("order_id", flat=True))}
    refunds = list(_shared(refund_ids).select_related("payment").order_by("pk"))
    done = keys_posted([key_of(Reason.REFUNDED, refund.uid) for refund in refunds])
    refunds = [refund for refund in refunds if key_of(Reason.REFUNDED, refund.uid) not in done]
    if not refunds:
        return
    rows = _rows_of(refunds)
    standing = by_order(positions(order.uid for order in orders.values()))
    held = {uid for uid, stands in standing.items() if _in_escrow(stands) > 0}
    lines = (row.line for r in refunds for row in rows[r.pk] if row.line)
    posting = Posting(draws_of(lines) if len(held) < len(orders) else {})
    posting.remember(position for stands in standing.values() for position in stands)
    purchases = []
    for refund in refunds:
        order = orders[refund.payment.order_id]
        is_disputed = refund.reason == Refund.Reason.DISPUTE
        if is_disputed and order.uid in held:
            continue  # The bank takes it out of escrow.
        transaction = posting.book.open(key_of(Reason.REFUNDED, refund.uid), order.uid, refund.requested_at)
        if order.uid in held:
            posting.book.move(escrow(order), BUYER, refund.amount_minor)
            continue
        for row in rows[refund.pk]:
            if row.line and (row.amount_minor or row.is_restocked):
                posting.reverse(row.line, row.amount_minor)
            elif row.shipment:
                place = sending_of(standing[order.uid], row.shipment)
                posting.book.move(place, BUYER, row.amount_minor)
        taken = -posting.book.net_from(BUYER)
        if is_disputed:
            # The bank has paid the buyer; the reserve has paid the bank, and the contest heard of it there.
            posting.book.move(BUYER, RESERVE, taken)
            continue
        assert taken == refund.amount_minor, f"refund {refund.uid} gives {refund.amount_minor}, not {taken}"
        because = "quality" if refund.reason in OF_QUALITY else "refund"
        purchases.append(support.Purchase(transaction, order, of_team(rows[refund.pk]), because))
    posting.write()
    support.reverse(purchases)


def _shared(refund_ids: Sequence[int]) -> QuerySet[Refund]:
    """Those of these refunds that take from what was set aside."""
    restocked = RefundLine.objects.filter(refund=OuterRef("pk"), is_restocked=True, amount_minor__gt=0)
    refunds = Refund.objects.filter(pk__in=refund_ids).exclude(reason__in=TURNED_AWAY)
    return refunds.filter(~Q(reason=Refund.Reason.DISPUTE) | Exists(restocked))


def _in_escrow(stands: Sequence[Position]) -> int:
    """What of an order is still in escrow: what came in less what left it, line by line, when its group closed."""
    return sum(p.amount_minor for p in stands if p.place.kind == Kind.ESCROW)


def _rows_of(refunds: Sequence[Refund]) -> dict[int, list[RefundLine]]:
    found: dict[int, list[RefundLine]] = defaultdict(list)
    rows = RefundLine.objects.filter(refund__in=refunds).select_related("line__story", "shipment")
    for row in rows.order_by("refund_id", "pk"):
        found[row.refund_id].append(row)
    return {
        refund.pk: unsold(found[refund.pk]) if refund.reason == Refund.Reason.DISPUTE else found[refund.pk]
        for refund in refunds
    }


def sending_of(stands: Sequence[Position], shipment: Shipment) -> AccountKey:
    """Where what was paid for sending a team's parcel stands: set aside, or owed already."""
    earmarked = AccountKey(Kind.SHIPPING_EARMARKED, shipment.team_id)
    places = {position.place for position in stands}
    # Of several parcels that a team sends of an order some may be complete, and others not.
    is_owed = shipment.state == Shipment.State.COMPLETED or earmarked not in places
    return earmarked.owed() if is_owed and earmarked.owed() in places else earmarked


def of_team(rows: Sequence[RefundLine]) -> dict[int, int]:
    """What goes back of each team's goods; sending is outside attribution and contest."""
    taken: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.line:
            taken[row.line.team_id] += row.amount_minor
    return dict(taken)
