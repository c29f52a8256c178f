"""The mails about what a parcel meets on its way: another number, not sent after all, brought back, lost, in two parts."""

from core.deliveries import reaction
from orders.events_of_parcels import NumberCorrected, ParcelCameBack, ParcelLost, ParcelSplit, SendingUndone
from orders.letters import lies_in, order_of, parcel_of
from orders.mail import to_buyer
from orders.models import Shipment
from orders.reads.tracking import tells_the_truth

State = Shipment.State


@reaction("orders.letters_of_parcels.send_corrected")
def send_corrected(event: NumberCorrected) -> None:
    """To the buyer: the number that is true now; nothing of one that was put right again before this was sent."""
    parcel = parcel_of(event.shipment_id)
    if tells_the_truth(parcel, event.number_id):
        told = {"parcel": parcel, "lines": lies_in(parcel), "is_corrected": True}
        to_buyer(order_of(parcel.order_id), "parcel_sent", **told)


@reaction("orders.letters_of_parcels.send_waits")
def send_waits(event: SendingUndone | ParcelCameBack) -> None:
    """To the buyer: it is with its team, because it was not sent or has come back; nothing where it is on its way anew."""
    parcel = parcel_of(event.shipment_id)
    if parcel.state == State.WAITING:
        is_back = isinstance(event, ParcelCameBack)
        told = {"parcel": parcel, "lines": lies_in(parcel), "is_back": is_back}
        to_buyer(order_of(parcel.order_id), "parcel_waits", **told)


@reaction("orders.letters_of_parcels.send_lost")
def send_lost(event: ParcelLost) -> None:
    """To the buyer: it is lost, her team answers within its days with money or goods, and she need do nothing."""
    parcel = parcel_of(event.shipment_id)
    if parcel.state == State.SHIPPED:
        to_buyer(order_of(parcel.order_id), "parcel_lost", parcel=parcel, lines=lies_in(parcel))


@reaction("orders.letters_of_parcels.send_split")
def send_split(event: ParcelSplit) -> None:
    """To the buyer: what goes now, and what later, by which day; nothing of what was called off meanwhile."""
    parcel, rest = parcel_of(event.shipment_id), parcel_of(event.rest_id)
    if rest.state == State.WAITING:
        told = {"parcel": parcel, "lines": lies_in(parcel), "rest": rest, "later": lies_in(rest)}
        to_buyer(order_of(parcel.order_id), "parcel_split", **told)
