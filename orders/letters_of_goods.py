"""The mails about paid goods that have kept too long and are not sent."""

from core.deliveries import reaction
from orders.events import GoodsOutOfDate, TeamHoldsOutOfDate
from orders.letters import order_of
from orders.mail import to_buyer, to_team
from orders.models import Shipment
from orders.reads import stopped
from orders.reads.order import is_cancellable


@reaction("orders.letters_of_goods.send_out_of_date")
def send_out_of_date(event: GoodsOutOfDate) -> None:
    """To the buyer: what is not sent, and how she has her money back; nothing if it was given back meanwhile."""
    parcel = Shipment.objects.get(pk=event.shipment_id)
    late = parcel.lines.filter(stopped.out_of_date_in("variant", "order__uid"))
    lines = list(late) if parcel.state == Shipment.State.WAITING else []
    if lines:
        order = order_of(parcel.order_id)
        to_buyer(order, "out_of_date", lines=lines, may_cancel=is_cancellable(order))


@reaction("orders.letters_of_goods.tell_team_out_of_date")
def tell_team_out_of_date(event: TeamHoldsOutOfDate) -> None:
    """To the team's managers: which parcels are off the list, and what to do with them."""
    numbers = event.numbers
    to_team(event.team_id, "team_out_of_date", "orders/", numbers=numbers, count=len(numbers))
