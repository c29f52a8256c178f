"""The mail about numbers that have a new owner."""

from accounts.events import NumberLost
from accounts.models import SignInWay
from core.deliveries import reaction
from orders.mail import to_operators
from orders.models import Order
from orders.reads.lost_number import parcels_telling, spellings


@reaction("orders.letters_of_numbers.tell_operators")
def tell_operators(event: NumberLost) -> None:
    """To those who run the shop: which parcels on their way still tell the number, of which only its end is said."""
    way = SignInWay.objects.get(pk=event.way_id)
    if way.ended_at is None:
        return
    numbers = dict.fromkeys(spellings(way.value), way.ended_at)
    if parcels := parcels_telling(numbers, Order.objects.all()):
        to_operators("operator_number_lost", "orders/", parcels=parcels, last_four=way.value[-4:])
