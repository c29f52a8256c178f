"""A paid order of two lines by two teams, of which something is given back."""

from django.utils import timezone

from core.api.ids import global_id
from orders.models import Order, Shipment
from tests.catalog.world import a_product, a_team, a_variant, an_operator
from tests.orders.world import Buyer, a_lot, a_person, key, row, session_of, tell


class Paid:
    """A paid order of two lines by two teams, and the people around it."""

    def __init__(self, till, a_stand, quantity=3, method="alipay", buyer=None):
        self.till, self.stand = till, a_stand
        self.managers = [a_person(), a_person()]
        teams = [a_team(manager=manager) for manager in self.managers]
        self.lots = [
            a_lot(a_variant(a_product(teams[0])), units=10),
            a_lot(a_variant(a_product(teams[1], storage="dry"), price_minor=1000), units=10),
        ]
        self.buyer = buyer or Buyer()
        self.order = self.buyer.place(*self.lots, quantity=quantity)
        page = self.buyer.begin(self.order)
        till.pay(session_of(page), method)
        tell(a_stand, "checkout.session.completed")
        assert self.row.state == "paid"
        self.team = Buyer(self.managers[0])
        self.operator = Buyer(an_operator())

    @property
    def row(self) -> Order:
        return row(self.order)

    @property
    def seen(self):
        return self.buyer.look(self.order)

    def line(self, number=0):
        return global_id("Line", list(self.row.lines.all())[number].uid)

    def ask(self, by, *lines, **more):
        """What comes of asking for a refund: lines are (number, units or None, fen or None)."""
        asked = []
        for number, units, minor in lines:
            one = {"lineId": self.line(number), "units": units, "amountMinor": minor}
            asked.append({name: value for name, value in one.items() if value is not None})
        given = {"number": self.order["number"], "lines": asked, "idempotencyKey": key(), **more}
        return by.do("refundRequest", "refund { amount { minor } state reason }", **given)

    def give(self, by, *lines, **more) -> int:
        """The fen that are given back, by what is not refused."""
        answer = self.ask(by, *lines, **more)
        assert answer["errors"] == [], answer
        return answer["refund"]["amount"]["minor"]

    def sent(self):
        """Both parcels are on their way."""
        self.row.shipments.update(state=Shipment.State.SHIPPED, shipped_at=timezone.now())
        Order.objects.filter(pk=self.row.pk).update(state=Order.State.SHIPPED)
