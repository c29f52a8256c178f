"""Colleagues who buy together, in the whole house: their union, their group, their seats, and the team that sends."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from catalog.models import Lot
from core.api.ids import global_id
from core.deliveries import drain
from impact.reads.positions import positions
from orders.actions import under_way
from orders.models import Order
from orders.provider.port import Away
from tests.accounts.world import an_organisation
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.world import WUHAN, Buyer, a_person, key, row, session_of, tell, variant_id
from together.actions import seat
from together.models import GroupPurchase, Seat

GROUP = """id joinCode title state stateName price { minor } fullPrice { minor } minimumUnits maximumUnits unitsHeld
  unitsLeft unitsNeeded ifItFallsShort isCoordinator allowedActions variant { id } product { slug }
  organisation { name } mySeat { units state pickupCode order { number } }
  coordination { link recipient phone address unitsUnpaid seats(first: 50) { nodes { id name units state pickupCode
    isCollectable } } }"""
LOOK = f"query($code: String!, $token: String) {{ groupPurchase(code: $code, token: $token) {{ {GROUP} }} }}"
_count = itertools.count(1)


class Together:
    """A group purchase opened by a union's coordinator, on a lot of a team with a manager."""

    def __init__(
        self,
        till: Any = None,
        stand: Any = None,
        *,
        minimum: int = 2,
        maximum: int = 4,
        lot: Lot | None = None,
        members: int = 0,
        **terms: Any,
    ):
        self.till, self.stand = till, stand
        manager = a_person()
        self.lot = lot or a_lot(a_variant(a_product(a_team(manager=manager))), units=100)
        self.manager = Buyer(manager)
        self.team = self.lot.variant.product.team
        people = [a_person(name=f"示例成员{n}") for n in range(members)]
        self.coordinator = Buyer(a_person())
        self.union = an_organisation(coordinator=self.coordinator.person, members=tuple(people))
        self.members = [Buyer(person) for person in people]
        self.terms = {**terms_of(self.lot, self.union, minimum, maximum), **terms}
        opened = self.coordinator.done("groupPurchaseOpen", "group { joinCode }", **self.terms)
        self.code = opened["group"]["joinCode"]

    @property
    def row(self) -> GroupPurchase:
        return GroupPurchase.objects.get(join_code=self.code)

    @property
    def id(self) -> str:
        return global_id("GroupPurchase", self.row.uid)

    def look(self, asker: Buyer | None = None, token: str | None = None) -> Any:
        """The group as this asker sees it; by default a stranger with the link."""
        return (asker or Buyer()).ask(LOOK, code=self.code, token=token)["groupPurchase"]

    def ask_to_join(self, asker: Buyer, units: int = 1, **told: Any) -> Any:
        """What comes of asking for a seat."""
        given = {"name": f"示例{next(_count)}", "email": "" if asker.person else "guest@example.com", **told}
        return asker.do(
            "groupPurchaseJoin",
            "order { number state total { minor } } token",
            code=self.code,
            units=units,
            idempotencyKey=key(),
            **given,
        )

    def join(self, asker: Buyer | None = None, units: int = 1, **told: Any) -> dict[str, Any]:
        """A seat that waits for its payment: the order's number and a guest's token."""
        answer = self.ask_to_join(asker or Buyer(), units, **told)
        assert answer["errors"] == [], answer
        return {"number": answer["order"]["number"], "token": answer["token"]}

    def pay(self, *orders: dict[str, Any], by: Buyer | None = None, method: str = "alipay") -> None:
        """Pay these at the provider, which then tells."""
        for order in orders:
            pay_at_the_till(self.till, by or Buyer(), order, method)
        tell(self.stand, "checkout.session.completed")

    def fill(self, seats: int, units: int = 1) -> list[dict[str, Any]]:
        """So many guests join and pay."""
        orders = []
        for _ in range(seats):
            orders.append(self.join(units=units))
            self.pay(orders[-1])
        return orders

    def end(self) -> None:
        """The deadline has passed; whoever closes groups has not come yet."""
        GroupPurchase.objects.filter(join_code=self.code).update(
            closes_at=timezone.now() - timedelta(seconds=1)
        )

    def seat(self, order: dict[str, Any]) -> Seat:
        return Seat.objects.get(order__number=order["number"])

    def escrow(self) -> int:
        """Fen that stand in the group's escrow account."""
        return money_in("escrow", *Order.objects.filter(holder=self.row.uid))


def terms_of(lot: Lot, union: Any, minimum: int = 2, maximum: int = 4) -> dict[str, Any]:
    """What a coordinator fills in."""
    return {
        "organisationId": global_id("Organisation", union.uid),
        "variantId": variant_id(lot),
        "title": "示例工会:脐橙一起买",
        "minimumUnits": minimum,
        "maximumUnits": maximum,
        "closesAt": (timezone.now() + timedelta(days=2)).isoformat(),
        "recipient": "示例工会收发室",
        "phone": "13900139000",
        "regionCode": WUHAN,
        "street": "示例大道 1 号",
    }


def pay_at_the_till(till: Any, buyer: Buyer, order: dict[str, Any], method: str = "alipay") -> None:
    till.pay(session_of(buyer.begin(order)), method)


def money_in(kind: str, *orders: Order) -> int:
    """Fen of these orders that stand in accounts of a kind."""
    found = positions([order.uid for order in orders])
    return sum(p.amount_minor for p in found if p.place.kind == kind)


@contextmanager
def silence() -> Iterator[None]:
    """The provider answers nobody who asks how a payment stands."""

    def away(*_: Any) -> None:
        raise Away("silent")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("orders.actions.payment.close", away)
        yield


def give_up(order: dict[str, Any]) -> None:
    """A seat whose time ran out so long ago that nobody waits for the silent provider any more."""
    past = timezone.now() - under_way.PATIENCE - timedelta(seconds=1)
    Order.objects.filter(number=order["number"]).update(reserved_until=past)
    with silence():
        assert seat.expire() == 1


def state(order: dict[str, Any]) -> str:
    return row(order).state


def at_rest() -> None:
    """All that follows has happened, and nothing is out of place on any floor."""
    drain()
    offences = [offence for name in settings.VERIFIERS for offence in import_string(name)()]
    assert offences == [], offences
