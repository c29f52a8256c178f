"""The mails about paid goods whose place is closed for delivery: once when that begins, and once when it is over."""

from core.deliveries import reaction
from orders.events import DeliveryResumed, DeliveryStopped
from orders.letters import order_of
from orders.links import incident_page
from orders.mail import to_buyer
from orders.models import Shipment
from orders.reads.closure import closed_for
from orders.reads.standstill import standing_of


@reaction("orders.letters_of_closures.send_stopped")
def send_stopped(event: DeliveryStopped) -> None:
    """To the buyer: what waits, why and until when, and that she may have it back; nothing if it is open by now."""
    order = order_of(event.order_id)
    if standing := standing_of(order):
        facts = {
            "standing": standing,
            "closed": standing.closed,
            "lines": [line for parcel in standing.parcels for line in parcel.lines.all() if line.units_sent],
            "incident": incident_page(order.language, standing.closed.incident),
        }
        to_buyer(order, "place_closed", **facts)


@reaction("orders.letters_of_closures.send_resumed")
def send_resumed(event: DeliveryResumed) -> None:
    """To the buyer: it is open again, and by when her goods are sent; nothing if it was closed anew."""
    order = order_of(event.order_id)
    if closed_for(order) is None:
        parcels = [parcel for parcel in order.shipments.all() if parcel.state == Shipment.State.WAITING]
        if parcels:
            to_buyer(order, "place_open", parcels=parcels)
