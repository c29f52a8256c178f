"""A lot that is late or short, its team, and those who have bought of it."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Lot
from core import clock
from core.deliveries import drain
from orders.actions import setback, setback_follow
from orders.models import Order, Setback, SetbackChoice
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.world import Buyer, a_person, row, tell
from tests.together.world import pay_at_the_till

SECOND = timedelta(seconds=1)
HOUR, THREE_DAYS = timedelta(hours=1, seconds=1), timedelta(days=3, seconds=1)


class Harvest:
    """One team's lot of oranges, and another of the same size that is opened when a test wants it."""

    def __init__(self, till: Any, stand: Any, units: int = 50, price: int = 3690):
        self.till, self.stand = till, stand
        self.manager = a_person(language="zh")
        self.product = a_product(a_team(manager=self.manager))
        self.variant = a_variant(self.product, price_minor=price)
        self.lot = a_lot(self.variant, units=units)
        self.now = timezone.now()

    @property
    def day(self) -> date:
        return clock.today() + timedelta(days=10)

    def another(self, units: int) -> Lot:
        """A second lot of the same size, in stock."""
        return a_lot(self.variant, units=units)

    def sold(self, *quantities: int, buyers: list[Buyer] | None = None) -> list[Order]:
        """Paid orders of the lot, each later than the one before."""
        placed = []
        for n, quantity in enumerate(quantities):
            buyer = buyers[n] if buyers else Buyer()
            order = buyer.place(self.lot, quantity=quantity)
            pay_at_the_till(self.till, buyer, order)
            placed.append((buyer, order))
        tell(self.stand, "checkout.session.completed")
        drain()
        self.guests = placed
        rows = [row(order) for _, order in placed]
        for n, order in enumerate(rows):
            Order.objects.filter(pk=order.pk).update(paid_at=self.now - timedelta(hours=len(rows) - n))
        return [Order.objects.get(pk=order.pk) for order in rows]

    def mark(self, kind: str = "late", **told: Any) -> Setback:
        """Its team says so, and its buyers are asked."""
        given = {"day": self.day, "reason": "hail", **told}
        made = setback.mark(self.lot, None, kind=kind, **given)
        drain()
        return made

    def choose(self, order: Order, choice: str) -> SetbackChoice:
        """What its buyer says."""
        return setback.choose(order, self.choice(order).uid, choice)

    def choice(self, order: Order) -> SetbackChoice:
        """How it stands with her."""
        return SetbackChoice.objects.filter(line__order=order).latest("setback_id")

    def later(self, by: timedelta = THREE_DAYS) -> None:
        """So much time has passed, and all that is due is done."""
        setback_follow.follow(timezone.now() + by)
        drain()

    def arrived(self) -> None:
        """The provider tells what became of the refunds."""
        tell(self.stand, "refund.updated", "charge.refunded", "refund.created")
        drain()
