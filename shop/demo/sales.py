"""The demo's purchases: placed, paid, sent and settled through the shop's own deeds, many at a time."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from accounts.models import Organisation, Person, Region
from catalog.models import Lot, TeamMember
from core import clock
from orders.actions import payment, placing, refund, review, settlement, shipment
from orders.models import Line, LineLot, Order, Refund, Review, Shipment
from orders.reads.shipping import parcels
from shop.demo import stand_in, words
from shop.demo.people import Cast
from shop.demo.shelves import Stall

OPENED = timedelta(days=80)  # before now: when the demo's round opened
METHODS = ("alipay", "wechat_pay", "card")
CARRIERS = ("示例快运", "示例物流")
REFUNDED, REVIEWED = 0.12, 0.22  # of what is on its way or just arrived; of what was received


class Slot(NamedTuple):
    """One purchase to come: when, and from which stall."""

    at: datetime
    stall: Stall


def slots(stalls: list[Stall], count: int, now: datetime, rng: random.Random) -> list[Slot]:
    """Purchases over the round so far: the top six teams sell 45 %, first and last weeks are the busiest."""
    found = rng.choices(stalls, _pareto(stalls, rng), k=count)
    days = (timedelta(days=_days_ago(rng), seconds=rng.randrange(80_000)) for _ in range(count))
    return sorted((Slot(now - ago, stall) for ago, stall in zip(days, found, strict=True)), key=_by_time)


def _by_time(slot: Slot) -> datetime:
    return slot.at


def _pareto(stalls: list[Stall], rng: random.Random) -> list[float]:
    order = stalls[:]
    rng.shuffle(order)
    # The demo's manager has something to pack.
    order.sort(key=lambda stall: stall.row["team_no"] not in ("HB22", "HB20", "HB45"))
    weight = {}
    for place, stall in enumerate(order):
        weight[stall.row["team_no"]] = (
            0.45 / 6 if place < 6 else 0.55 / (len(stalls) - 6) * (1.6 - place / len(stalls))
        )
    return [weight[stall.row["team_no"]] for stall in stalls]


def _days_ago(rng: random.Random) -> int:
    busy = rng.random()
    if busy < 0.22:
        return OPENED.days - rng.randrange(1, 8)
    if busy < 0.42:
        return rng.randrange(0, 8)
    return rng.randrange(0, OPENED.days - 1)


def homes(rng: random.Random) -> list[Region]:
    """Where buyers live: half of them in Hubei, the others wherever is served."""
    counties = Region.objects.filter(level=Region.Level.COUNTY)
    near = list(counties.filter(code__startswith="42").order_by("code"))
    far = list(counties.filter(code__regex="^(11|31|44|32|33|43|41|51)").order_by("code"))
    return rng.sample(near, 60) + rng.sample(far, 60)


def uids(count: int, rng: random.Random) -> list[UUID]:
    """The orders' own ids, drawn before anything else: they tell whether these were sold before."""
    return [UUID(int=rng.getrandbits(128), version=4) for _ in range(count)]


def _buyer(slot: Slot, cast: Cast, rng: random.Random) -> Person | None:
    if rng.random() < 0.005:
        # What a team's own people buy is sold like any other, and shown beside the board's figures.
        return cast.managers[slot.stall.row["team_no"]]
    return rng.choice(cast.buyers) if rng.random() < 0.85 else None


def _purchase(
    slot: Slot, uid: UUID, buyer: Person | None, home: Region, cast: Cast, rng: random.Random
) -> placing.Purchase:
    at, stall = slot
    variant = rng.choices(stall.variants, [5, 2, 1][: len(stall.variants)])[0]
    wants = [placing.Want(variant, rng.choices((1, 2, 3, 5), (60, 25, 10, 5))[0])]
    weights = {
        (stall.team.pk, variant.product.storage): sum(w.quantity * w.variant.weight_grams for w in wants)
    }
    (parcel,) = parcels(weights, home.code)
    mobiliser = rng.choice(cast.organisations) if rng.random() < 0.28 else None
    name = buyer.name if buyer else rng.choice(words.SURNAMES) + rng.choice(words.GIVEN)
    return placing.Purchase(
        email=(buyer.email or "") if buyer else f"guest{rng.randrange(10_000):04d}@demo.example",
        recipient=name, phone=f"1000000{rng.randrange(10_000):04d}", region_id=home.code,
        street=f"示例路 {rng.randrange(1, 300)} 号", wants=wants, shipping={stall.team.pk: parcel.minor},
        person_id=buyer.pk if buyer else None, language="en" if rng.random() < 0.06 else "zh",
        mobiliser_organisation_id=mobiliser.pk if mobiliser else None,
        uid=uid, placed_at=at, traded_at=at + clock.offset(),
    )  # fmt: skip


def sell(
    batch: Sequence[Slot], ids: Sequence[UUID], cast: Cast, where: Sequence[Region], rng: random.Random
) -> list[Order]:
    """Place and pay these, all at once."""
    asked = [
        _purchase(slot, uid, _buyer(slot, cast, rng), rng.choice(where), cast, rng)
        for slot, uid in zip(batch, ids, strict=True)
    ]
    orders = placing.place_many(asked)
    attempts = payment.attempts(orders)
    settlement.settle_many(
        [(a, stand_in.as_paid(a, rng.choices(METHODS, (45, 40, 15))[0])) for a in attempts],
        paid_after=timedelta(minutes=2),
    )
    return orders


def send(orders: Sequence[Order], now: datetime, rng: random.Random) -> None:
    """Parcels go out in two days, arrive in two more, and after their window are complete. A parcel that waits
    for its harvest, and the newest ones, are what a team finds on its desk."""
    of_these = Shipment.objects.filter(order__in=orders, order__placed_at__lt=now - timedelta(days=2))
    waiting_for_harvest = LineLot.objects.filter(line__order__in=orders, lot__state=Lot.State.PLANNED)
    ready = of_these.exclude(order__in=waiting_for_harvest.values("line__order_id"))
    sent = [
        shipment.Sent(parcel, parcel.order.placed_at + timedelta(hours=40), rng.choice(CARRIERS), f"SL{rng.randrange(10**10):010d}")
        for parcel in ready.select_related("order").order_by("pk")
    ]  # fmt: skip
    if not sent:
        return
    shipment.ship_many(sent)
    arrived = [(s.shipment, s.at + timedelta(days=2)) for s in sent if s.at + timedelta(days=2) < now]
    if arrived:
        parcels_ = shipment.deliver_many(arrived)
        over = [p for p in parcels_ if p.after_sale_until and p.after_sale_until < now]
        shipment.complete_many(over)


def refund_some(orders: Sequence[Order], rng: random.Random) -> None:
    """Some are given back: a part of a line, or all of it."""
    on_the_way = Order.objects.filter(
        pk__in=[order.pk for order in orders], state__in=[Order.State.SHIPPED, Order.State.DELIVERED]
    )
    rows = list(on_the_way.order_by("pk"))
    for n, order in enumerate(rng.sample(rows, round(len(rows) * REFUNDED))):
        line = order.lines.all()[0]
        part = (
            refund.Part(units=line.quantity)
            if n % 3 == 0
            else refund.Part(amount_minor=max(1, line.net_minor // 4))
        )
        made = refund.request(order, {line.uid: part}, reason=Refund.Reason.TEAM, note="示例：途中压坏")
        refund.settle(made, stand_in.as_refunded(made), made.attempt)


def write_reviews(orders: Sequence[Order], now: datetime, rng: random.Random) -> None:
    """Some who received it say a word; nobody does of what her own team sells."""
    lines = Line.objects.filter(
        order__in=orders, shipment__state__in=("delivered", "completed"), refunded_units=0, order__person__isnull=False
    )  # fmt: skip
    own = set(TeamMember.objects.values_list("team_id", "person_id"))
    received = [
        line
        for line in lines.select_related("order__person", "shipment", "variant").order_by("pk")
        if (line.team_id, line.order.person_id) not in own
    ]
    for line in rng.sample(received, round(len(received) * REVIEWED)):
        stars, text = rng.choice(words.REVIEWS)
        written = review.write(line, line.order.person, stars=stars, words=text)
        assert line.shipment and line.shipment.delivered_at
        days_on = timedelta(hours=rng.randrange(2, 40))
        said_at = min(line.shipment.delivered_at + days_on, now)
        Review.objects.filter(pk=written.pk).update(written_at=said_at)


def first_union(cast: Cast) -> tuple[Organisation, Person]:
    """The union whose coordinator the demo's sign-ins name."""
    organisation = cast.organisations[0]
    return organisation, cast.coordinators[organisation.pk]
