"""What each rule of integrity is to find, planted in an entry through the shop's own actions; what it comes to is
recorded beside it, in integrity.json. The demo plants it, and the tests compare."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Address, Person
from catalog.models import Lot, TeamMember, Variant
from contest.actions import related_party
from contest.integrity import ports
from contest.models import Conflict, Engagement, Judge, View
from core import clock
from impact.actions import household
from impact.actions.household import Proposal
from impact.models import Entry
from orders.actions import payment, placing, refund, settlement
from orders.models import Order, Refund
from orders.reads.shipping import parcels
from shop.demo import stand_in

EXPECTED: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text())
ACCOUNT = "6222 0000 1234 5678"
_numbers = itertools.count(1)


@dataclass
class Scene:
    """An entry, what is bought of it, and the moment (trade clock) from which on; `manager` is one of the team's own."""

    entry: Entry
    variant: Variant
    at: datetime
    manager: Person
    told: ExitStack = field(default_factory=ExitStack)

    def account(self, *, age: timedelta = timedelta(days=90)) -> Person:
        """Somebody new, whose account is so old by the wall clock when the scene begins."""
        person = Person.objects.create_user(f"planted-{uuid4().hex[:12]}@demo.example")
        joined = self.at - clock.offset() - age
        Person.objects.filter(pk=person.pk).update(joined_at=joined, email_verified_at=joined)
        person.refresh_from_db()
        return person

    def buy(self, after: timedelta = timedelta(), **fields: Any) -> Order:
        """One order, placed so long after the scene begins, and paid."""
        (order,) = self.buy_each([{"after": after, **fields}])
        return order

    def buy_each(self, wants: Sequence[Mapping[str, Any]]) -> list[Order]:
        """An order each: `after` how long, `by` whose account, how many `units` at which `price_minor`, and fields of a
        Purchase. Where nothing is said a stranger buys one, with telephone and address of her own."""
        orders = placing.place_many([self._purchase(**want) for want in wants])
        paid = [(attempt, stand_in.as_paid(attempt, "alipay")) for attempt in payment.attempts(orders)]
        settlement.settle_many(paid, paid_after=timedelta(minutes=2))
        return orders

    def _purchase(
        self,
        after: timedelta,
        by: Person | None = None,
        units: int = 1,
        price_minor: int | None = None,
        **fields: Any,
    ) -> placing.Purchase:
        n, team, at = next(_numbers), self.entry.team, self.at + after
        weights = {(team.pk, self.variant.product.storage): units * self.variant.weight_grams}
        (parcel,) = parcels(weights, team.county_id)
        values = {
            "email": by.email if by else f"planted-{uuid4().hex[:12]}@demo.example",
            "recipient": "示例买家",
            "phone": f"1000000{n % 10_000:04d}",
            "region_id": team.county_id,
            "street": f"示例巷 {n} 号",
        }
        return placing.Purchase(
            **{**values, **fields},
            wants=[placing.Want(self.variant, units, price_minor)],
            shipping={team.pk: parcel.minor},
            person_id=by.pk if by else None,
            placed_at=at - clock.offset(),
            traded_at=at,
        )

    def refund_all_of(self, order: Order) -> None:
        """All of its goods."""
        order.refresh_from_db()
        line = order.lines.get()
        made = refund.request(order, {line.uid: refund.Part(units=line.quantity)}, reason=Refund.Reason.TEAM)
        refund.settle(made, stand_in.as_refunded(made), made.attempt)

    def tell(self, port: ports.Port[Any], *facts: Any) -> None:
        """Fed to a port while the scene is looked at."""
        self.told.enter_context(port.fed(*facts, of=self.entry))


def hours(n: float) -> timedelta:
    """So many."""
    return timedelta(hours=n)


def f1(scene: Scene) -> None:
    team = scene.entry.team
    own = {"region": team.county, "street": "示例院 7 号"}
    Address.objects.create(person=scene.manager, recipient="示例", phone="10000009900", **own)
    details = {"name": "示例户", "phone": "10000009901", "bank_account": ACCOUNT}
    household.propose(Proposal(team, team.county, timezone.now(), details=details), None)
    related_party.declare(scene.entry, "phone", "027-00000002", None)
    scene.buy(by=scene.manager)
    scene.buy(hours(2), street="示例院7号")
    scene.buy(hours(4), phone="+86 100 0000 9901")
    scene.buy(hours(6), phone="027-00000002")
    paid = scene.buy(hours(8))
    scene.tell(ports.PAYER_ACCOUNTS, ports.PayerAccount(paid.uid, "6222000012345678"))
    scene.buy(hours(10))


def f2(scene: Scene) -> None:
    most, price = 500_000, scene.variant.price_minor
    units = min(30, most // price)
    patient, hasty = scene.account(), scene.account()
    days = range(most // (units * price) + 1)
    scene.buy_each([{"after": timedelta(days=n), "by": patient, "units": units} for n in days])
    scene.buy_each([{"after": hours(n), "by": hasty, "units": of_it} for n, of_it in enumerate((30, 1))])


def f3(scene: Scene) -> None:
    spelled = ["示例路 9 号", "示例路９号"]
    scene.buy_each([{"after": hours(2 * n), "street": spelled[n % 2]} for n in range(5)])
    scene.buy_each([{"after": hours(2 * n), "street": "示例路 11 号"} for n in range(4)])


def f4(scene: Scene) -> None:
    payers = [scene.account() for _ in range(3)]
    scene.buy_each([{"after": timedelta(minutes=30 + 5 * n), "by": payers[n % 3]} for n in range(12)])


def f5(scene: Scene) -> None:
    cycling = scene.account()
    orders = [scene.buy(hours(5 * n), by=cycling) for n in range(4)]
    orders[1:1] = [scene.buy(hours(5 * n + 1)) for n in range(4)]
    for order in orders[:-1]:
        scene.refund_all_of(order)


def f6(scene: Scene) -> None:
    now = clock.now()
    sent = [now - timedelta(days=days) for days in (8, 8, 6, 8)]
    uids = [scene.buy(hours(2 * n)).uid for n in range(4)]
    scene.tell(
        ports.SCANS,
        ports.Scan(uids[0], sent[0]),
        ports.Scan(uids[1], sent[1], now, grams_stated=2800, grams_weighed=1960),
        ports.Scan(uids[2], sent[2]),
        ports.Scan(uids[3], sent[3], now, grams_stated=2800, grams_weighed=2700),
    )


def f7(scene: Scene) -> None:
    price = scene.variant.price_minor
    half, third = scene.account(), scene.account()
    scene.tell(
        ports.PAYOUTS,
        ports.Payout(uuid4(), half.pk, 4 * price, scene.at),
        ports.Payout(uuid4(), third.pk, 3 * price, scene.at),
    )
    scene.buy(hours(24), by=half)
    scene.buy(hours(30), by=half)
    scene.buy(hours(24), by=third)


def f8(scene: Scene) -> None:
    midnight = scene.at.replace(hour=0, minute=0, second=0, microsecond=0)
    afters = [midnight + timedelta(hours=1, minutes=25 * n) - scene.at for n in range(50)]
    ages = [hours(1) - after if n < 21 else timedelta(days=30) for n, after in enumerate(afters)]
    scene.buy_each(
        [{"after": after, "by": scene.account(age=age)} for after, age in zip(afters, ages, strict=True)]
    )


def f9(scene: Scene) -> None:
    for n in range(13):
        person, at = scene.account(), scene.at + timedelta(minutes=n)
        View.objects.create(entry=scene.entry, person=person, at=at)
        if n:
            Engagement.objects.create(
                entry=scene.entry, person=person, kind=Engagement.Kind.LIKE, at=at, proved_at=at
            )


def f10(scene: Scene) -> None:
    scene.buy(units=5)
    lot = Lot.objects.filter(variant=scene.variant, units_sold__gte=5).order_by("pk")[0]
    grams = scene.variant.weight_grams // 2
    scene.tell(ports.ORIGINS, ports.Origin(lot.uid, 1, grams))


def f11(scene: Scene) -> None:
    ours = household.propose(Proposal(scene.entry.team, scene.entry.team.county, timezone.now()), None)
    scene.tell(ports.ENROLMENTS, ports.Enrolment(ours.uid, uuid4(), str(scene.at.year)))


def f12(scene: Scene) -> None:
    before = scene.variant.price_minor
    after = before * 115 // 100
    scene.buy()
    scene.buy(hours(3), price_minor=after)
    scene.tell(ports.COUNTY_PRICES, ports.CountyPrice(scene.variant.uid, after * 2 // 3))


def f13(scene: Scene) -> None:
    for n in range(2):
        scene.buy(hours(3 * n), mobiliser_person_id=scene.manager.pk)


def f14(scene: Scene) -> None:
    judge = Judge.objects.create(edition=scene.entry.round.edition, person=scene.account())
    Conflict.objects.create(judge=judge, entry=scene.entry, kind=Conflict.Kind.PURCHASE)


def f15(scene: Scene) -> None:
    scene.tell(
        ports.STORIES,
        ports.Story(uuid4(), "今年橙子滞销，眼看烂在地里。"),
        ports.Story(uuid4(), "去年滞销。", is_confirmed_by_county=True),
        ports.Story(uuid4(), "The first blossoms are out."),
    )


SCENES: dict[str, Callable[[Scene], None]] = {
    f"F{n}": scene
    for n, scene in enumerate((f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15), start=1)
}


@contextmanager
def planted(rule: str, entry: Entry, variant: Variant, at: datetime) -> Iterator[Scene]:
    """The rule's scene in this entry; what ports are told of it they are told inside the block. The team has a member."""
    manager = TeamMember.objects.filter(team=entry.team, ended_at=None).select_related("person")[0].person
    scene = Scene(entry, variant, at, manager)
    with scene.told:
        SCENES[rule](scene)
        yield scene
