"""The mails of buying together: open an event, look at what it tells of, tell whom it concerns."""

from catalog.models import Lot
from core.deliveries import reaction
from orders.events import HolderResumed, HolderStopped, OrderHeld, RefundRequested
from orders.letters import order_of, why_recalled
from orders.mail import to_buyer, to_team
from orders.models import Refund, Shipment
from orders.reads.closure import closed_for
from together.events import GroupConfirmed, GroupFellShort, GroupRecalled, GroupSent
from together.mail import to_coordinators
from together.models import GroupPurchase
from together.reads.group import KIND, presale_ship_by
from together.reads.seat import packing_list


@reaction("together.letters.send_held")
def send_held(event: OrderHeld) -> None:
    """To a member: the money waits in escrow for the group."""
    order = order_of(event.order_id)
    if order.holder_kind == KIND:
        to_buyer(order, "order_held", group=order.seat.group, seat=order.seat)


@reaction("together.letters.send_refund_promised")
def send_refund_promised(event: RefundRequested) -> None:
    """To a member of a group that came to nothing: everything is on its way back."""
    refund = Refund.objects.select_related("payment").get(pk=event.refund_id)
    if refund.reason == Refund.Reason.FELL_SHORT:
        order = order_of(refund.payment.order_id)
        if order.holder_kind == KIND:
            to_buyer(order, "seat_repaid", refund=refund, group=order.seat.group)


def _group(pk: int) -> GroupPurchase:
    return GroupPurchase.objects.select_related("organisation", "variant__product").get(pk=pk)


@reaction("together.letters.send_group_confirmed")
def send_group_confirmed(event: GroupConfirmed) -> None:
    """To the coordinators: it is on, and where the packing list is. Members are told by their orders."""
    group = _group(event.group_id)
    to_coordinators(
        group, "group_confirmed", members=packing_list(group).count(), presale_ship_by=presale_ship_by(group)
    )


@reaction("together.letters.tell_team_of_group")
def tell_team_of_group(event: GroupConfirmed) -> None:
    """To the team's managers: a group's order, sent as one parcel."""
    group = _group(event.group_id)
    facts = {"group": group, "product": group.variant.product, "presale_ship_by": presale_ship_by(group)}
    to_team(group.variant.product.team_id, "team_group", "orders/", **facts)


@reaction("together.letters.send_group_sent")
def send_group_sent(event: GroupSent) -> None:
    """To the coordinators: the parcel is on its way to them, and under which number."""
    parcels = Shipment.objects.filter(order__seat__group=event.group_id, state=Shipment.State.SHIPPED)
    if parcel := parcels.select_related("parcel").order_by("pk").last():
        to_coordinators(_group(event.group_id), "group_sent", parcel=parcel)


@reaction("together.letters.send_group_fell_short")
def send_group_fell_short(event: GroupFellShort) -> None:
    """To the coordinators: it came to nothing and everyone is repaid. Members are told by their refunds."""
    group = _group(event.group_id)
    to_coordinators(group, "group_fell_short")


@reaction("together.letters.send_group_stopped")
def send_group_stopped(event: HolderStopped) -> None:
    """To the coordinators: nothing is delivered to their address for now. Members are told by their orders."""
    order = order_of(event.order_id)
    if order.holder_kind == KIND and (closed := closed_for(order)):
        to_coordinators(_group(order.seat.group_id), "group_stopped", closed=closed)


@reaction("together.letters.send_group_resumed")
def send_group_resumed(event: HolderResumed) -> None:
    """To the coordinators: it is open again, unless it was closed anew."""
    order = order_of(event.order_id)
    if order.holder_kind == KIND and closed_for(order) is None:
        to_coordinators(_group(order.seat.group_id), "group_resumed")


@reaction("together.letters.send_group_recalled")
def send_group_recalled(event: GroupRecalled) -> None:
    """To the coordinators: do not hand it out. Members are told by their orders."""
    lot = Lot.objects.get(pk=event.lot_id)
    to_coordinators(_group(event.group_id), "group_recalled", lot=lot, reason=why_recalled(lot))
