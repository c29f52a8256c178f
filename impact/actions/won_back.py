"""Follow in the ledger what a bank gives back of what its dispute had taken; the contest counts it again."""

from collections.abc import Iterable, Sequence

from django.utils import timezone

from impact.actions import support
from impact.actions.attribution import escrow
from impact.actions.gateway import turn
from impact.actions.given import unsold
from impact.actions.ledger import BUYER, GATEWAY, RESERVE, key_of
from impact.actions.posting import Posting, draws_of, locked
from impact.actions.reversal import of_team, sending_of
from impact.models import Kind, LedgerTransaction
from impact.models.kind import SET_ASIDE
from impact.reads.positions import Position, positions
from orders.events import DisputeRegained
from orders.models import Dispute, RefundLine


def regained(events: Sequence[DisputeRegained]) -> None:
    """It goes to the reserve that bore it (a held seat's: to its escrow), and to the buyer for what is owed to her.

    Where goods were called off after the bank had taken their money from the reserve, it is still set aside for
    those whose work was not sold: that is the buyer's, and the reserve has its own back.
    """
    for event in events:
        _regain(event)


def _regain(event: DisputeRegained) -> None:
    dispute = Dispute.objects.select_related("payment").get(pk=event.dispute_id)
    (order,) = locked([dispute.payment.order_id])
    undone, owed = _rows(event.undone_id), _rows(event.owed_id)
    stands = positions([order.uid])
    late = _still_set_aside(undone, owed, stands)
    posting = Posting(draws_of(row.line for row in late if row.line))
    posting.remember(stands)
    key = key_of(LedgerTransaction.Reason.REGAINED, turn(dispute))
    transaction = posting.book.open(key, order.uid, dispute.closed_at or timezone.now())
    kept = _sum(undone) - _sum(owed)
    at_once = event.owed_minor - _sum(late)
    is_held = sum(p.amount_minor for p in stands if p.place.kind == Kind.ESCROW) > 0
    posting.book.move(GATEWAY, BUYER, at_once)
    posting.book.move(GATEWAY, escrow(order) if is_held else RESERVE, kept)
    posting.book.move(GATEWAY, RESERVE, event.regained_minor - at_once - kept)
    for row in late:
        if row.line:
            posting.reverse(row.line, row.amount_minor)
        elif row.shipment:
            posting.book.move(sending_of(stands, row.shipment), BUYER, row.amount_minor)
    posting.write()
    again = of_team(undone)
    for team, minor in of_team(owed).items():
        again[team] -= minor
    support.count_again([support.Purchase(transaction, order, again)])


def _rows(refund_id: int | None) -> list[RefundLine]:
    rows = RefundLine.objects.filter(refund=refund_id).select_related("line__story", "shipment")
    return list(rows.order_by("pk")) if refund_id else []


def _sum(rows: Iterable[RefundLine]) -> int:
    return sum(row.amount_minor for row in rows)


def _still_set_aside(
    undone: Sequence[RefundLine], owed: Sequence[RefundLine], stands: Sequence[Position]
) -> list[RefundLine]:
    """What is owed and has not left the households and parts: the bank took it before its goods were called off."""
    if not any(stand.place.kind in SET_ASIDE for stand in stands):
        return []  # a seat's, that was never shared out
    gone = {(row.line_id, row.shipment_id) for row in unsold(undone)}
    return [row for row in owed if (row.line_id, row.shipment_id) not in gone]
