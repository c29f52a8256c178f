"""Share out what an order paid, at once: in the transaction that says so.

Each deed takes a list of events and is done once by its ledger key. Orders are locked first, then the lots'
tallies in the order of their ids, and nothing else; popular teams never wait for a standing.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import failpoints
from impact.actions import support
from impact.actions.deed import Deed, by_order, draws_of, locked
from impact.actions.ledger import GATEWAY, RESERVE, Book, escrow_of, key_of, written
from impact.models import Account, LedgerTransaction
from impact.reads.positions import Place, Position, positions
from orders.events import OrderConfirmed, OrderHeld, OrderPaid, ShipmentCompleted
from orders.models import Line, Order, Shipment

Kind, Reason = Account.Kind, LedgerTransaction.Reason


def attribute_orders(events: Sequence[OrderPaid | OrderConfirmed]) -> None:
    """Set aside what each order paid: for households, for the price's other parts, for shipping."""
    confirmed = {event.order_id for event in events if isinstance(event, OrderConfirmed)}
    orders = locked(event.order_id for event in events)
    keys = {o.pk: key_of(Reason.CONFIRMED if o.pk in confirmed else Reason.PAID, o.uid) for o in orders}
    done = written(keys.values())
    orders = [order for order in orders if keys[order.pk] not in done]
    if not orders:
        return
    lines, shipments = _lines_of(orders), _shipments_of(orders)
    deed = Deed(draws_of(line for order in orders for line in lines[order.pk]))
    missing = _missing([order for order in orders if order.pk in confirmed])
    purchases = []
    for order in orders:
        source = escrow(order) if order.pk in confirmed else GATEWAY
        transaction = deed.book.open(keys[order.pk], order.uid, _paid_at(order, order.pk in confirmed))
        for line in lines[order.pk]:
            deed.set_aside(transaction, line, source)
        for shipment in shipments[order.pk]:
            place = Place(Kind.SHIPPING_EARMARKED, shipment.team_id)
            deed.book.move(source, place, shipment.shipping_minor)
        shared = deed.book.taken(source)
        assert shared == order.total_minor, f"{order.total_minor} was paid, the parts come to {shared}"
        deed.book.move(RESERVE, source, missing.get(order.uid, 0))
        purchases.append(support.Purchase(transaction, order, _net_of_team(lines[order.pk])))
    deed.write()
    support.count(purchases)
    failpoints.reach("attribution.recorded")


def _missing(orders: Iterable[Order]) -> dict[UUID, int]:
    """How many fen escrow holds too few of each seat: a bank took them while the group was open.

    A lost dispute is borne by the reserve, whether it came before the group closed or after.
    """
    taken = {order.uid: order for order in orders if order.refunded_minor}
    if not taken:
        return {}
    held: dict[UUID, int] = defaultdict(int)
    for position in positions(taken):
        if position.place.kind == Kind.ESCROW:
            held[position.order_uid] += position.amount_minor
    return {uid: order.total_minor - held[uid] for uid, order in taken.items()}


def hold_orders(events: Sequence[OrderHeld]) -> None:
    """Put what seats paid into their group's escrow, until the group closes."""
    orders = locked(event.order_id for event in events)
    done = written([key_of(Reason.HELD, order.uid) for order in orders])
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
    done = written([key_of(Reason.OWED, shipment.uid) for shipment in shipments])
    parcel_of = dict(Line.objects.filter(shipment__in=shipments).values_list("pk", "shipment_id"))
    standing = by_order(positions(order.uid for order in orders.values()))
    book = Book()
    for shipment in shipments:
        order = orders[shipment.order_id]
        waiting = [p for p in standing[order.uid] if _is_of_parcel(p, shipment, parcel_of)]
        if waiting and (key := key_of(Reason.OWED, shipment.uid)) not in done:
            book.open(key, order.uid, timezone.now())
            for p in waiting:
                book.move(p.place, p.place.owed(), p.amount_minor, p.line_id, p.lot_id)
    book.write()


def _is_of_parcel(position: Position, shipment: Shipment, parcel_of: dict[int, int]) -> bool:
    """Whether this money is set aside, and for this parcel's lines or its sending."""
    if position.place.kind not in Account.OWED_OF:
        return False
    if position.line_id:
        return parcel_of.get(position.line_id) == shipment.pk
    return position.place == Place(Kind.SHIPPING_EARMARKED, shipment.team_id)


def escrow(order: Order) -> Place:
    """Where a seat's money waits."""
    assert order.group, f"order {order.pk} is not a seat's"
    return escrow_of(order.group.uid)


def _paid_at(order: Order, confirmed: bool) -> datetime:
    when = order.group.closed_at if confirmed and order.group else order.paid_at
    return when or timezone.now()


def _lines_of(orders: Iterable[Order]) -> dict[int, list[Line]]:
    found: dict[int, list[Line]] = defaultdict(list)
    for line in Line.objects.filter(order__in=orders).select_related("story").order_by("pk"):
        found[line.order_id].append(line)
    return found


def _shipments_of(orders: Iterable[Order]) -> dict[int, list[Shipment]]:
    found: dict[int, list[Shipment]] = defaultdict(list)
    for shipment in Shipment.objects.filter(order__in=orders, shipping_minor__gt=0).order_by("pk"):
        found[shipment.order_id].append(shipment)
    return found


def _net_of_team(lines: Iterable[Line]) -> dict[int, int]:
    net: dict[int, int] = defaultdict(int)
    for line in lines:
        net[line.team_id] += line.net_minor
    return dict(net)
