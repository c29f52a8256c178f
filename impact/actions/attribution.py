"""Share out what an order paid, at once: in the transaction that says so.

Each reaction takes a list of events and is posted once by its ledger key. Orders are locked first, then the lots'
tallies in the order of their ids, and nothing else; popular teams never wait for a standing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core import failpoints, fast
from impact.actions import support
from impact.actions.given import given_while_held, gone_of, reduced_of
from impact.actions.ledger import GATEWAY, RESERVE, Book, escrow_of, key_of, keys_posted
from impact.actions.posting import Posting, by_order, drawn, locked, weighed
from impact.models import Kind, LedgerTransaction
from impact.models.kind import OWED_OF
from impact.reads.positions import AccountKey, Position, positions
from orders.events import OrderConfirmed, OrderHeld, OrderPaid, ShipmentCompleted
from orders.models import Line, LineLot, Order, Shipment

Reason = LedgerTransaction.Reason


def attribute_orders(events: Sequence[OrderPaid | OrderConfirmed]) -> None:
    """Set aside what each order paid: for households, for the price's other parts, for shipping.

    The events are all of one kind, and whoever records one has just moved its order and so holds its lock.
    """
    is_confirmed = isinstance(events[0], OrderConfirmed)
    reason = Reason.CONFIRMED if is_confirmed else Reason.PAID
    draws = _DRAWS[reason].rows(orders=[event.order_id for event in events])
    if not draws:
        return
    lines = {draw.line_id: draw.line for draw in draws}.values()
    orders = {line.order_id: line.order for line in lines}.values()
    posting = Posting(weighed(draws))
    reduced = reduced_of(lines) if is_confirmed else []
    given, missing = given_while_held(reduced), _missing(reduced)
    purchases = []
    for order in orders:
        mine = [line for line in lines if line.order_id == order.pk]
        source = escrow(order) if is_confirmed else GATEWAY
        transaction = posting.book.open(key_of(reason, order.uid), order.uid, _paid_at(order, is_confirmed))
        for line in mine:
            posting.post(line, source, given.get(("line", line.pk), 0))
        for shipment in {line.shipment_id: line.shipment for line in mine if line.shipment}.values():
            place = AccountKey(Kind.SHIPPING_EARMARKED, shipment.team_id)
            sending = shipment.shipping_minor - given.get(("shipment", shipment.pk), 0)
            posting.book.move(source, place, sending)
        shared, gone = posting.book.net_from(source), gone_of(mine, given)
        assert shared == order.total_minor - gone, (
            f"{order.total_minor} − {gone} is left, the parts come to {shared}"
        )
        posting.book.move(RESERVE, source, missing.get(order.uid, gone) - gone)
        purchases.append(support.Purchase(transaction, order, _net_of_team(mine)))
    supports = support.counted(purchases)
    posting.write(supports, support.waiting(supports))
    failpoints.reach("attribution.recorded")


def _lines_and_lots(reason: str, orders: Iterable[int]) -> QuerySet[LineLot]:
    """What orders draw on lots, with all that is known of their lines; none of what was attributed before."""
    done = LedgerTransaction.objects.filter(reason=reason, order_uid=OuterRef("line__order__uid"))
    rows = drawn().filter(~Exists(done), line__order__in=orders)
    return rows.select_related("line__order", "line__story", "line__shipment").order_by(
        "line__order", "line", "lot"
    )


# One for each reason: told it each time, PostgreSQL would plan anew each time, which takes longer than the reading.
_DRAWS = {
    reason: fast.PreparedQuery(partial(_lines_and_lots, reason)) for reason in (Reason.PAID, Reason.CONFIRMED)
}


def _missing(orders: Iterable[Order]) -> dict[UUID, int]:
    """How many fen escrow holds too few of each of these orders: a bank took them while it was held.

    A lost dispute is borne by the reserve, whether it came before the order was confirmed or after.
    """
    of_uid = {order.uid: order for order in orders}
    if not of_uid:
        return {}
    held: dict[UUID, int] = defaultdict(int)
    for position in positions(of_uid):
        if position.place.kind == Kind.ESCROW:
            held[position.order_uid] += position.amount_minor
    return {uid: order.total_minor - held[uid] for uid, order in of_uid.items()}


def hold_orders(events: Sequence[OrderHeld]) -> None:
    """Put what held orders paid into escrow, until they are confirmed or repaid."""
    orders = locked(event.order_id for event in events)
    done = keys_posted([key_of(Reason.HELD, order.uid) for order in orders])
    book = Book()
    for order in orders:
        if (key := key_of(Reason.HELD, order.uid)) not in done:
            book.open(key, order.uid, order.paid_at or timezone.now())
            book.move(GATEWAY, escrow(order), order.total_minor)
    book.write()


def owe(events: Sequence[ShipmentCompleted]) -> None:
    """The after-sale window has passed: what is still set aside for a parcel's lines is owed from now on."""
    shipments = list(Shipment.objects.filter(pk__in=[event.shipment_id for event in events]).order_by("pk"))
    orders = {order.pk: order for order in locked(shipment.order_id for shipment in shipments)}
    done = keys_posted([key_of(Reason.OWED, shipment.uid) for shipment in shipments])
    parcel_of = dict(Line.objects.filter(shipment__in=shipments).values_list("pk", "shipment_id"))
    standing = by_order(positions(order.uid for order in orders.values()))
    beside = _set_aside_beside(shipments)
    book = Book()
    for shipment in shipments:
        order = orders[shipment.order_id]
        waiting = [p for p in standing[order.uid] if _is_of_parcel(p, shipment, parcel_of)]
        if waiting and (key := key_of(Reason.OWED, shipment.uid)) not in done:
            book.open(key, order.uid, timezone.now())
            for p in waiting:
                others = 0 if p.line_id else beside[shipment.pk]
                book.move(p.place, p.place.owed(), p.amount_minor - others, p.line_id)
    book.write()


def _set_aside_beside(shipments: Sequence[Shipment]) -> dict[int, int]:
    """Fen that are set aside for sending what the same team sends of the same order in other parcels: they stand in one
    account, and each is owed when its own parcel is complete."""
    now = {one.pk for one in shipments}
    of_these = Shipment.objects.filter(order__in={one.order_id for one in shipments})
    rows = list(of_these.select_related("order"))
    theirs = [one for one in rows if one.pk in now or one.state != Shipment.State.COMPLETED]
    several = len({(one.order_id, one.team_id) for one in theirs}) < len(theirs)
    given = given_while_held({one.order for one in theirs}) if several else {}
    left = {one.pk: one.shipping_minor - given.get(("shipment", one.pk), 0) for one in theirs}
    return {
        one.pk: sum(
            left[other.pk]
            for other in theirs
            if (other.order_id, other.team_id) == (one.order_id, one.team_id) and other.pk != one.pk
        )
        for one in shipments
    }


def _is_of_parcel(position: Position, shipment: Shipment, parcel_of: dict[int, int]) -> bool:
    """Whether this money is set aside, and for this parcel's lines or its sending."""
    if position.place.kind not in OWED_OF:
        return False
    if position.line_id:
        return parcel_of.get(position.line_id) == shipment.pk
    return position.place == AccountKey(Kind.SHIPPING_EARMARKED, shipment.team_id)


def escrow(order: Order) -> AccountKey:
    """Where a held order's money waits."""
    assert order.holder, f"order {order.pk} is held for nothing"
    return escrow_of(order.holder)


def _paid_at(order: Order, confirmed: bool) -> datetime:
    when = order.confirmed_at if confirmed else order.paid_at
    return when or timezone.now()


def _net_of_team(lines: Iterable[Line]) -> dict[int, int]:
    """What counts for the contest: banks may have taken a part back while an order was held."""
    net: dict[int, int] = defaultdict(int)
    for line in lines:
        net[line.team_id] += line.net_minor - line.refunded_minor
    return dict(net)
