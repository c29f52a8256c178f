"""What becomes of many payments at the provider, the same from one seed: tests/orders/test_storm.py tells of it."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum
from django.utils import timezone

from catalog.models import Lot
from core.deliveries import drain
from impact.models import Attribution, Kind, Standing
from impact.reads.positions import positions
from local.stripe.control import Control
from orders.actions import cancel, payment, placing
from orders.models import Dispute, Order, Payment, Refund
from tests.catalog import world as shelves
from tests.figures import full
from tests.impact import world
from together.actions import group, seat
from together.models import GroupPurchase

PAYMENTS = full(1_000, 24)
DECLINED = "4000000000000002"
# How the story of each payment goes on, by share; a seat's money is held until its group is confirmed.
FATES = (
    (["paid"] * 3)
    + (["declined first"] * 2)
    + (["given back"] * 2)
    + (["back fails"] * 2)
    + (["back, then failed"] * 2)
    + (["at the desk"] * 1)
    + (["at the desk at once"] * 1)
    + (["a part at the desk"] * 1)
    + (["lost"] * 1)
    + (["lost at once"] * 1)
    + (["won"] * 1)
    + (["regained"] * 1)
    + (["seat"] * 2)
    + (["seat, a part lost"] * 1)
    + (["seat, lost"] * 1)
    + (["seat, won"] * 1)
    + (["seat, regained"] * 1)
)
DISPUTED = ("lost", "won", "regained", "seat, lost", "seat, won", "seat, regained")
SEATS_OF_A_GROUP = 20


@dataclass
class Shop:
    """Orders that wait for their money, and what becomes of each: the same from one seed."""

    till: Control
    stand: Any
    seed: int
    fates: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    told: int = 0

    def __post_init__(self) -> None:
        chance = Random(self.seed)
        lots = [world.a_lot(units=4 * PAYMENTS) for _ in range(3)]
        world.a_round(*[lot.variant.product.team for lot in lots])
        self.fates = [FATES[n % len(FATES)] for n in range(PAYMENTS)]
        chance.shuffle(self.fates)
        purchases = [_purchase(chance.choice(lots), chance.randint(1, 3)) for _ in range(PAYMENTS)]
        alone = [bought for bought, fate in zip(purchases, self.fates, strict=True) if "seat" not in fate]
        placed = [
            order
            for first in range(0, len(alone), 100)
            for order in placing.place_many(alone[first : first + 100])
        ]
        seats = _seats(PAYMENTS - len(alone), lots[0])
        self.orders = [seats.pop() if "seat" in fate else placed.pop() for fate in self.fates]
        for order in self.orders:
            payment.begin(order)
        self.till.refund_mode("pending", after=None)

    def of(self, *fates: str) -> list[Payment]:
        """The payments of these fates, in the order of their orders."""
        chosen = [order.pk for order, fate in zip(self.orders, self.fates, strict=True) if fate in fates]
        return list(Payment.objects.filter(order__in=chosen).select_related("order").order_by("pk"))

    def stages(self) -> Iterator[Callable[[], None]]:
        """What happens at the provider, one stage after the other; between two halves the shop comes to rest."""
        yield lambda: self._pay("declined first", number=DECLINED)
        yield lambda: self._pay(*FATES)
        # Of these the shop may hear before it hears that they were paid.
        yield lambda: self._dispute("lost at once")
        yield lambda: self._close("lost", "lost at once")
        yield lambda: self._give_at_the_desk("at the desk at once")
        yield drain
        yield self._cancel
        yield lambda: self._settle("given back", "succeeded")
        yield lambda: self._settle("back fails", "failed")
        yield lambda: self._settle("back, then failed", "succeeded")
        yield lambda: self._give_at_the_desk("at the desk")
        yield lambda: self._give_at_the_desk("a part at the desk", share=3)
        yield lambda: self._dispute(*DISPUTED)
        yield lambda: self._dispute("seat, a part lost", share=3)
        yield lambda: self._close(
            "lost", "lost", "regained", "seat, lost", "seat, a part lost", "seat, regained"
        )
        yield drain
        yield self._confirm
        yield lambda: self._settle("back, then failed", "failed")
        yield lambda: self._close("won", "won", "regained", "seat, won", "seat, regained")
        yield drain

    def _pay(self, *fates: str, **card: str) -> None:
        for row in self.of(*fates):
            self.till.pay(row.page_ref, "card", **card)

    def _cancel(self) -> None:
        for row in self.of("given back", "back fails", "back, then failed"):
            cancel.cancel(row.order)
        drain()

    def _settle(self, fate: str, status: str) -> None:
        for row in Refund.objects.filter(payment__in=self.of(fate)).order_by("pk"):
            self.till.settle_refund(row.provider_id, status)

    def _give_at_the_desk(self, fate: str, share: int = 1) -> None:
        for row in self.of(fate):
            made = self.till.refund_at_the_desk(self._intent(row), row.amount_minor // share)
            self.till.settle_refund(made["id"])

    def _dispute(self, *fates: str, share: int = 1) -> None:
        for row in self.of(*fates):
            self.till.dispute(payment_intent=self._intent(row), amount=row.amount_minor // share)

    def _close(self, status: str, *fates: str) -> None:
        """The buyer's bank decides, in the end or on appeal."""
        intents = {self._intent(row) for row in self.of(*fates)}
        for dispute in self.stand.store.select("dispute", [], 10_000, oldest_first=True):
            if dispute["payment_intent"] in intents:
                self.till.move_dispute(dispute["id"], status)

    def _confirm(self) -> None:
        """The groups' deadline comes."""
        GroupPurchase.objects.update(closes_at=timezone.now())
        while group.close_due():
            pass
        drain()

    def _intent(self, row: Payment) -> str:
        """As the provider calls it, whether we have heard of it or not."""
        (session,) = self.stand.store.where("checkout.session", "id", row.page_ref)
        return str(session["payment_intent"])

    def news(self) -> list[dict[str, Any]]:
        """What the provider has to tell since it was last asked, oldest first."""
        found = self.stand.store.select("event", [], 1_000_000, oldest_first=True)
        fresh, self.told = found[self.told :], len(found)
        return fresh

    def end(self) -> str:
        """All that a buyer, a team or an auditor could see of it, as text."""
        told = {
            "orders": [self._of_order(pk) for pk in [order.pk for order in self.orders]],
            "lots": list(
                Lot.objects.order_by("pk").values_list("units_available", "units_reserved", "units_sold")
            ),
            "standings": list(
                Standing.objects.order_by("entry__team").values_list(
                    "net_minor",
                    "person_times",
                    "people",
                    "organisations",
                    "mobilised_minor",
                    "excluded_minor",
                )
            ),
            "books": sorted(_books([order.uid for order in self.orders]).items()),
        }
        return json.dumps(told, indent=1)

    def _of_order(self, pk: int) -> list[Any]:
        order = Order.objects.get(pk=pk)
        own = {"payment__order": pk}
        return [
            order.state,
            order.total_minor,
            order.refunded_minor,
            sorted(order.payments.values_list("state", "is_kept", "received_minor", "method")),
            sorted(
                Refund.objects.filter(**own).values_list("reason", "state", "amount_minor", "disputed_minor")
            ),
            sorted(Dispute.objects.filter(**own).values_list("state", "amount_minor", "lost_minor")),
            Attribution.objects.filter(transfer__line__order=pk).aggregate(minor=Sum("amount_minor"))[
                "minor"
            ],
        ]


def _purchase(lot: Lot, units: int) -> placing.Purchase:
    return placing.Purchase(
        email="storm@example.com", recipient="示例", phone="13800138000", region_id="420106", street="示例路 1 号",
        wants=[placing.Want(lot.variant, units)], shipping={lot.variant.product.team_id: 800},
    )  # fmt: skip


def _seats(many: int, lot: Lot) -> list[Order]:
    """Seats of groups that their deadline finds full enough, each of another guest."""
    coordinator, seats = shelves.a_person(), list[Order]()
    union = world.an_organisation()
    union.memberships.create(person=coordinator, role="coordinator")
    for n in range(many):
        if not n % SEATS_OF_A_GROUP:
            open_ = group.open_group(
                coordinator, union, lot.variant, title="示例团购", minimum_units=2, maximum_units=100,
                closes_at=timezone.now() + timedelta(days=2), recipient="示例", phone="13800138000",
                region_code="420106", street="示例路 1 号",
            )  # fmt: skip
        guest = {"name": f"示例{n}", "email": f"storm{n}@example.com"}
        seats.append(seat.join(open_, AnonymousUser(), units=1 + n % 2, **guest).order)
    return seats


def _books(orders: Sequence[Any]) -> dict[str, int]:
    sums: dict[str, int] = dict.fromkeys(Kind.values, 0)
    for found in positions(orders):
        sums[found.place.kind] += found.amount_minor
    return sums
