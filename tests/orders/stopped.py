"""Goods of a team that sells, and what follows when they are recalled or stopped."""

from django.core import mail

from accounts.models import Person
from catalog.actions.lot import recall
from catalog.models import Lot
from core.api.ids import global_id
from core.deliveries import drain
from tests.catalog.world import a_lot, a_product, a_team, a_variant, an_operator
from tests.orders.world import session_of, tell

PAID = "checkout.session.completed"


def goods_of(manager: Person) -> Lot:
    """A lot of fifty, of her team."""
    return a_lot(a_variant(a_product(a_team(manager=manager))), units=50)


def pull(lot: Lot) -> None:
    """An operator recalls it, and all that follows happens."""
    recall(Lot.objects.get(pk=lot.pk), an_operator(), "抽检不合格")
    drain()


def told(subject: str) -> list[str]:
    return [letter.to[0] for letter in mail.outbox if subject in letter.subject]


def paid(till, a_stand, buyer, *lots, quantity=1, **about):
    order = buyer.place(*lots, quantity=quantity, **about)
    till.pay(session_of(buyer.begin(order)), "alipay")
    tell(a_stand, PAID)
    drain()
    return order


def parcel_id(parcel):

    return global_id("Shipment", parcel.uid)
