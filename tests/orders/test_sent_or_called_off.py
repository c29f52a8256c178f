"""A parcel is sent, or its order is called off: of both at the same moment one is done. And what happens without the lock."""

import pytest

from core.deliveries import drain
from core.refusals import Refusal
from orders.actions import cancel, shipment, tracking
from orders.models import Order, Refund
from tests.catalog.test_stock_races import at_once
from tests.figures import figure, full, progress
from tests.orders.sold import Sold
from tests.orders.world import row, tell
from tests.together.world import at_rest, pay_at_the_till

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop", "no_rates"),
    pytest.mark.proof,
]
TRIALS = full(200, 20)


class Race:
    """Of one team's goods paid orders, one after the other; each is sent and called off at the same moment."""

    def __init__(self, till, stand):
        self.till, self.stand, self.sold = till, stand, Sold(till, stand)
        self.packer, self.n = self.sold.managers[0].person, 0
        self.order: Order | None = None

    def paid(self) -> Order:
        """One that was sent is taken back and raced for again: placing costs most."""
        if self.order is not None and self.order.shipments.filter(state="shipped").exists():
            tracking.undo(self.order.shipments.get(), self.packer)
        else:
            placed = self.sold.buyer.place(self.sold.lots[0])
            pay_at_the_till(self.till, self.sold.buyer, placed)
            tell(self.stand, "checkout.session.completed")
            self.order = row(placed)
        assert self.order is not None
        return Order.objects.get(pk=self.order.pk)

    def run(self) -> tuple[bool, bool]:
        """Whether the one that was raced for was sent, and whether its money went back."""
        order, self.n = self.paid(), self.n + 1
        parcel = order.shipments.get()
        number = tracking.Number("顺丰", f"RACE{self.n:04}")

        def send() -> None:
            shipment.ship(parcel, self.packer, number)

        for said in at_once([send, lambda: cancel.cancel(order)]):
            assert said is None or isinstance(said, Order | Refusal), said
        parcel.refresh_from_db()
        return parcel.state == "shipped", Refund.objects.filter(payment__order=order).exists()


@pytest.fixture
def race(till, a_stand):
    return Race(till, a_stand)


def test_it_is_sent_or_called_off_and_never_both(race):
    sent = 0
    for trial in range(TRIALS):
        progress(f"{trial} of {TRIALS} trials")
        was_sent, is_back = race.run()
        assert was_sent != is_back
        sent += was_sent
    drain()
    at_rest()
    figure("stock/send-or-call-off", f"one of both in {TRIALS} of {TRIALS} trials, {sent} times sent")


def test_without_the_lock_it_would_be_paid_back_and_sent(race, monkeypatch):
    """The one has looked at the parcel, and the other sends it before the first has written."""
    order = race.paid()
    number = tracking.Number("顺丰", "RACE0000")
    write = cancel.refund.restock

    def sent_meanwhile(*told):
        write(*told)
        at_once([lambda: shipment.ship(order.shipments.get(), race.packer, number)])

    monkeypatch.setattr(shipment, "lock", lambda orders: {one.pk: one for one in orders})
    monkeypatch.setattr(shipment, "_locked", _as_they_are)
    monkeypatch.setattr(cancel.refund, "restock", sent_meanwhile)
    monkeypatch.setattr(cancel, "lock", lambda orders: {one.pk: one for one in orders})
    cancel.cancel(order)
    assert order.shipments.get().state == "shipped" and Refund.objects.filter(payment__order=order).exists()


def _as_they_are(shipments):
    rows = {one.pk: one for one in shipments}
    return list(Order.objects.filter(pk__in=[one.order_id for one in shipments])), rows
