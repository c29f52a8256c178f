"""An order to four people with a coupon: paid, sent, given back, lost to a bank and completed in any order, exact to the fen."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from core.refusals import Refusal
from orders.actions import dispute, refund, shipment
from orders.provider.port import DisputeSeen
from tests.figures import full
from tests.orders.coupons import a_coupon
from tests.orders.test_several_addresses import FAR, NEAR, PEOPLE, Gifts, zones
from tests.orders.world import PAID, row, settle_all, tell
from tests.together.world import at_rest, pay_at_the_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
TERMS = ({"percent": 37}, {"amount_minor": 2333, "least_minor": 5000}, {"percent": 1})
STEPS = 8
__all__ = ["zones"]


class Play:
    """What may befall a paid order, chosen by chance."""

    def __init__(self, order, chance):
        self.order, self.chance = order, chance

    def units(self):
        refund.request(self.order, {self._line().uid: refund.Part(units=1)})

    def amount(self):
        refund.request(self.order, {self._line().uid: refund.Part(amount_minor=self.chance.randint(1, 3000))})

    def sum(self):
        refund.request(self.order, {}, sum_minor=self.chance.randint(1, 5000))

    def send(self):
        for one in self.order.shipments.filter(state="waiting")[:1]:
            shipment.ship_many([shipment.Sent(one, timezone.now(), "示例速运", f"SL{one.pk:06}")])

    def arrive(self):
        shipment.deliver_many(
            [(one, timezone.now()) for one in self.order.shipments.filter(state="shipped")[:1]]
        )

    def complete(self):
        shipment.complete_due(timezone.now() + timedelta(days=60))

    def lose(self):
        kept = self.order.payments.get(is_kept=True)
        name, minor = f"dp_{self.chance.random()}", self.chance.randint(1, 9000)
        dispute.settle("stripe", DisputeSeen(name, "lost", minor, "fraudulent", kept.payment_ref))

    def _line(self):
        return self.chance.choice(list(self.order.lines.all()))


DEEDS = (Play.units, Play.amount, Play.sum, Play.send, Play.arrive, Play.complete, Play.lose)


@pytest.mark.parametrize("seed", range(full(40, 2)))
def test_whatever_befalls_an_order_to_several_people_its_books_are_exact(zones, till, a_stand, seed):
    chance, gifts = random.Random(seed), Gifts()
    a_coupon(None if seed % 2 else gifts.oranges.variant.product.team, **chance.choice(TERMS))
    assert gifts.send("甲", NEAR, gifts.oranges, gifts.tea)["errors"] == []
    for name in PEOPLE[1:4]:
        lots = chance.choice([(gifts.oranges,), (gifts.tea,), (gifts.oranges, gifts.tea)])
        assert gifts.send(name, chance.choice([NEAR, FAR]), *lots)["errors"] == []
    order = gifts.place()
    pay_at_the_till(till, gifts.buyer, order)
    tell(a_stand, PAID)
    settle_all()
    for _ in range(STEPS):
        with suppress(Refusal):
            chance.choice(DEEDS)(Play(row(order), chance))
        settle_all()
    made = row(order)
    assert made.discount_minor > 0 and made.refunded_minor <= made.total_minor
    at_rest()
