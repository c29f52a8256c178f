"""Mirror in the ledger what the provider does with buyers' money, beside what is set aside of it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from impact.actions import support
from impact.actions.ledger import BUYER, GATEWAY, PURSE, RESERVE, Book, key_of, keys_posted
from impact.models import Kind, LedgerTransaction
from impact.reads.positions import AccountKey, positions
from orders.events import (
    DisputeClosed,
    PaymentTurnedAway,
    RefundCovered,
    RefundFailed,
    RefundSucceeded,
)
from orders.models import Dispute, Order, Payment, Refund, RefundLine

Reason = LedgerTransaction.Reason
# What a bank calls it (Dispute.reason), as the contest codes a refund.
BECAUSE = {"fraudulent": "fraud", "product_unacceptable": "quality", "product_not_received": "quality"}


class Movement(NamedTuple):
    """One transfer; those of one key are one transaction."""

    key: str
    order_uid: UUID
    at: datetime | None
    source: AccountKey
    target: AccountKey
    amount_minor: int


def turned_away(events: Sequence[PaymentTurnedAway]) -> None:
    """Money that buys nothing (late, or paid twice) is owed back to the buyer from the moment it came."""
    payments = Payment.objects.filter(pk__in=[event.payment_id for event in events]).select_related("order")
    _write(
        Movement(key_of(Reason.TURNED_AWAY, p.uid), p.order.uid, p.succeeded_at, GATEWAY, BUYER, _came(p))
        for p in payments
    )


def _came(payment: Payment) -> int:
    return payment.amount_minor if payment.received_minor is None else payment.received_minor


def refunded(events: Sequence[RefundSucceeded]) -> None:
    """The provider has moved a refund to the buyer; or the shop itself has, where the provider could not."""
    _write(
        Movement(
            _attempt(Reason.GIVEN_BACK, r),
            _order(r),
            r.settled_at,
            BUYER,
            PURSE if r.otherwise else GATEWAY,
            r.moved_minor,
        )
        for r in _refunds(event.refund_id for event in events)
    )


def returned(events: Sequence[RefundFailed]) -> None:
    """A refund that had succeeded came back: it is owed to the buyer again. One that never did, still is."""
    of = {event.refund_id: event for event in events if event.had_succeeded}
    _write(_returned(r, of[r.pk]) for r in _refunds(of))


def _returned(refund: Refund, event: RefundFailed) -> Movement:
    minor = refund.due_minor if event.returned_minor is None else event.returned_minor
    key = _attempt(Reason.RETURNED, refund, event.attempt)
    return Movement(key, _order(refund), None, GATEWAY, BUYER, minor)


def disputed(events: Sequence[DisputeClosed]) -> None:
    """A dispute that is lost takes from the reserve, never from households; a seat's from its escrow.

    What failed refunds owe the buyer it takes from there: those have left the households, or never came to them.
    For the contest it is a refund: the lines it was for count as much less. One that is won, nothing.
    """
    owed = {event.dispute_id: event.covered_minor for event in events}
    lost = Dispute.objects.filter(pk__in=[event.dispute_id for event in events], lost_minor__gt=0)
    disputes = list(lost.select_related("payment__order").order_by("pk"))
    # Of what nothing left the order by, escrow holds nothing and no entry has counted it.
    placed = {event.dispute_id for event in events if event.is_placed}
    held = _held([dispute.payment.order for dispute in disputes if dispute.pk in placed])
    keys = {d.pk: key_of(Reason.DISPUTED, turn(d)) for d in disputes}
    opened = _write(
        Movement(keys[d.pk], d.payment.order.uid, d.closed_at, place, GATEWAY, amount)
        for d in disputes
        for place, amount in ((BUYER, owed[d.pk]), *_bearers(d, d.lost_minor - owed[d.pk], held))
    )
    _uncount({opened[keys[d.pk]]: d for d in disputes if keys[d.pk] in opened and d.pk in placed})


def turn(dispute: Dispute) -> str:
    """Which time it is that a bank decides so, for a key: what was won on appeal may be lost once more."""
    of_order = LedgerTransaction.objects.filter(order_uid=dispute.payment.order.uid)
    before = of_order.filter(key__startswith=key_of(Reason.REGAINED, dispute.uid)).count()
    return f"{dispute.uid}:{before}" if before else str(dispute.uid)


def covered(events: Sequence[RefundCovered]) -> None:
    """A refund failed whose money a dispute had taken: what the buyer is owed no more, the reserve has back."""
    of = {event.refund_id: event.covered_minor for event in events}
    _write(
        Movement(_attempt(Reason.DISPUTED, r), _order(r), None, BUYER, RESERVE, of[r.pk])
        for r in _refunds(of)
    )


def _bearers(
    dispute: Dispute, minor: int, held: dict[UUID, tuple[AccountKey, int]]
) -> Iterator[tuple[AccountKey, int]]:
    """Who bears so much: the escrow as far as it still holds what paid, else the reserve."""
    place, left = held.get(dispute.payment.order.uid, (RESERVE, 0))
    of_escrow = min(minor, left) if dispute.payment.is_kept else 0
    yield place, of_escrow
    yield RESERVE, minor - of_escrow


def _held(orders: Sequence[Order]) -> dict[UUID, tuple[AccountKey, int]]:
    """The escrow of those whose money still waits there, and how much: what came out again is no longer held."""
    places: dict[UUID, AccountKey] = {}
    left: dict[UUID, int] = {}
    for stand in positions(order.uid for order in orders):
        if stand.place.kind == Kind.ESCROW:
            places[stand.order_uid] = stand.place
            left[stand.order_uid] = left.get(stand.order_uid, 0) + stand.amount_minor
    return {order: (place, left[order]) for order, place in places.items() if left[order] > 0}


def _uncount(disputes: dict[LedgerTransaction, Dispute]) -> None:
    # A dispute's id is its own at its provider alone, so it is known by its payment too.
    names = {(each.payment_id, each.provider_id): (made, each) for made, each in disputes.items()}
    rows = RefundLine.objects.filter(
        refund__payment__in={payment for payment, _ in names},
        refund__provider_id__in={name for _, name in names},
        refund__reason=Refund.Reason.DISPUTE,
    )
    rows = rows.exclude(refund__state=Refund.State.UNDONE)
    taken: dict[tuple[int, str], dict[int, int]] = {}
    for row in rows.exclude(line=None).select_related("refund", "line"):
        assert row.line
        name = (row.refund.payment_id, row.refund.provider_id)
        if name not in names:
            continue
        of_team = taken.setdefault(name, {})
        of_team[row.line.team_id] = of_team.get(row.line.team_id, 0) + row.amount_minor
    support.reverse(
        support.Purchase(
            names[name][0],
            names[name][1].payment.order,
            of_team,
            BECAUSE.get(names[name][1].reason, "refund"),
        )
        for name, of_team in taken.items()
    )


def _refunds(pks: Iterable[int]) -> QuerySet[Refund]:
    # What a bank takes back is in the ledger as its dispute.
    refunds = Refund.objects.filter(pk__in=list(pks)).exclude(reason=Refund.Reason.DISPUTE)
    return refunds.select_related("payment__order").order_by("pk")


def _order(refund: Refund) -> UUID:
    return refund.payment.order.uid


def _attempt(reason: str, refund: Refund, attempt: int | None = None) -> str:
    # A refund that failed is tried again: each attempt moves money once.
    return key_of(reason, f"{refund.uid}:{attempt or refund.attempt}")


def _write(movements: Iterable[Movement]) -> dict[str, LedgerTransaction]:
    """Write those that are new; their transactions by key. Movements of one key follow each other."""
    movements = [movement for movement in movements if movement.amount_minor]
    done = keys_posted([movement.key for movement in movements])
    book = Book()
    opened: dict[str, LedgerTransaction] = {}
    for m in movements:
        if m.key in done:
            continue
        if m.key not in opened:
            opened[m.key] = book.open(m.key, m.order_uid, m.at or timezone.now())
        book.move(m.source, m.target, m.amount_minor)
    book.write()
    return opened
