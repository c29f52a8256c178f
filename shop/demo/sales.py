"""The demo's purchases: placed, paid, sent and settled through the shop's own deeds, many at a time."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, Person, Region
from catalog.models import Lot, TeamMember
from core import clock
from orders.actions import checkout, payment, refund, review, shipment
from orders.models import Line, LineLot, Order, Payment, Refund, Review
from orders.provider.port import PaymentSeen, RefundSeen, Was
from orders.reads.shipping import parcels
from shop.demo import words
from shop.demo.people import Cast
from shop.demo.shelves import Stall

BATCH = 100
OPENED = timedelta(days=80)  # before now: when the demo's round opened
METHODS = ("alipay", "wechat_pay", "card")
CARRIERS = ("示例快运", "示例物流")


@dataclass(frozen=True)
class Plan:
    """One purchase to come: when, by whom, what."""

    at: datetime
    stall: Stall
    purchase: checkout.Purchase


def plans(cast: Cast, stalls: list[Stall], count: int, rng: random.Random) -> list[Plan]:
    """Purchases over the round so far: the top six teams sell 45 %, first and last weeks are the busiest."""
    weights = _pareto(stalls, rng)
    homes = _homes(rng)
    now = timezone.now()
    made = []
    for _ in range(count):
        at = now - timedelta(days=_days_ago(rng), seconds=rng.randrange(80_000))
        stall = rng.choices(stalls, weights)[0]
        buyer = rng.choice(cast.buyers) if rng.random() < 0.85 else None
        if rng.random() < 0.005:
            # What a team's own people buy is sold like any other, and shown beside the board's figures.
            buyer = cast.managers[stall.row["team_no"]]
        made.append(Plan(at, stall, _purchase(stall, buyer, rng.choice(homes), at, cast, rng)))
    return sorted(made, key=lambda plan: plan.at)


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


def _homes(rng: random.Random) -> list[Region]:
    """Where buyers live: half of them in Hubei, the others wherever is served."""
    counties = Region.objects.filter(level=Region.Level.COUNTY)
    near = list(counties.filter(code__startswith="42").order_by("code"))
    far = list(counties.filter(code__regex="^(11|31|44|32|33|43|41|51)").order_by("code"))
    return rng.sample(near, 60) + rng.sample(far, 60)


def _purchase(
    stall: Stall, buyer: Person | None, home: Region, at: datetime, cast: Cast, rng: random.Random
) -> checkout.Purchase:
    variant = rng.choices(stall.variants, [5, 2, 1][: len(stall.variants)])[0]
    wants = [checkout.Want(variant, rng.choices((1, 2, 3, 5), (60, 25, 10, 5))[0])]
    weights = {
        (stall.team.pk, variant.product.storage): sum(w.quantity * w.variant.weight_grams for w in wants)
    }
    (parcel,) = parcels(weights, home.code)
    mobiliser = rng.choice(cast.organisations) if rng.random() < 0.28 else None
    name = buyer.name if buyer else rng.choice(words.SURNAMES) + rng.choice(words.GIVEN)
    return checkout.Purchase(
        email=buyer.email if buyer else f"guest{rng.randrange(10_000):04d}@demo.example",
        recipient=name, phone=f"1000000{rng.randrange(10_000):04d}", region_id=home.code,
        street=f"示例路 {rng.randrange(1, 300)} 号", wants=wants, shipping={stall.team.pk: parcel.minor},
        person_id=buyer.pk if buyer else None, language="en" if rng.random() < 0.06 else "zh",
        mobiliser_organisation_id=mobiliser.pk if mobiliser else None,
        uid=UUID(int=rng.getrandbits(128), version=4), placed_at=at, traded_at=at + clock.ahead(),
    )  # fmt: skip


def sell(made: list[Plan], rng: random.Random, step: Callable[[str, int], None]) -> None:
    """Place and pay them, a hundred in a transaction."""
    for start in range(0, len(made), BATCH):
        batch = made[start : start + BATCH]
        with transaction.atomic():
            orders = checkout.place_many([plan.purchase for plan in batch])
            attempts = payment.attempts(orders)
            payment.settle_many([(a, _paid(a, rng)) for a in attempts], paid_after=timedelta(minutes=2))
        step("orders", start + len(batch))


def _paid(attempt: Payment, rng: random.Random) -> PaymentSeen:
    name = attempt.uid.hex
    return PaymentSeen(
        Was.SUCCEEDED, attempt.amount_minor, method=rng.choices(METHODS, (45, 40, 15))[0],
        session_id=f"cs_test_demo{name}", intent_id=f"pi_demo{name}",
    )  # fmt: skip


def send(rng: random.Random) -> None:
    """Parcels go out in two days, arrive in two more, and after their window are complete. A parcel that waits
    for its harvest, and the newest ones, are what a team finds on its desk."""
    now = timezone.now()
    waiting_for_harvest = LineLot.objects.filter(lot__state=Lot.State.PLANNED).values("line__order_id")
    paid = Order.objects.filter(state=Order.State.PAID, placed_at__lt=now - timedelta(days=2))
    rows = list(paid.exclude(pk__in=waiting_for_harvest).order_by("pk"))
    sent = [
        shipment.Sent(parcel, order.placed_at + timedelta(hours=40), rng.choice(CARRIERS), f"SL{rng.randrange(10**10):010d}")
        for order in rows
        for parcel in order.shipments.all()
    ]  # fmt: skip
    shipment.ship_many(sent)
    shipment.deliver_many(
        [(s.shipment, s.at + timedelta(days=2)) for s in sent if s.at + timedelta(days=2) < now]
    )
    shipment.complete_due(now)


def give_back(share: float, rng: random.Random) -> int:
    """Some are given back: a part of a line, or all of it."""
    rows = list(Order.objects.filter(state__in=[Order.State.SHIPPED, Order.State.DELIVERED]).order_by("pk"))
    chosen = rng.sample(rows, int(len(rows) * share))
    for n, order in enumerate(chosen):
        line = order.lines.all()[0]
        part = (
            refund.Part(units=line.quantity)
            if n % 3 == 0
            else refund.Part(amount_minor=max(1, line.net_minor // 4))
        )
        made = refund.request(order, {line.uid: part}, reason=Refund.Reason.TEAM, note="示例：途中压坏")
        refund.settle(
            made, RefundSeen(Was.SUCCEEDED, f"re_demo{made.uid.hex}", made.amount_minor), made.attempt
        )
    return len(chosen)


def write_reviews(rng: random.Random, count: int = 240) -> None:
    """Those who received it say a word; nobody does of what her own team sells."""
    lines = Line.objects.filter(
        shipment__state__in=("delivered", "completed"), refunded_units=0, order__person__isnull=False
    )
    own = set(TeamMember.objects.values_list("team_id", "person_id"))
    received = [
        line
        for line in lines.select_related("order__person", "shipment", "variant").order_by("pk")
        if (line.team_id, line.order.person_id) not in own
    ]
    for line in rng.sample(received, min(count, len(received))):
        stars, text = rng.choice(words.REVIEWS)
        written = review.write(line, line.order.person, stars=stars, words=text)
        assert line.shipment and line.shipment.delivered_at
        days_on = timedelta(hours=rng.randrange(2, 40))
        said_at = min(line.shipment.delivered_at + days_on, timezone.now())
        Review.objects.filter(pk=written.pk).update(written_at=said_at)


def known_elsewhere() -> list[dict]:
    """The demo's payments and refunds as the stand-in is told of them; it skips those that it knows."""
    payments = Payment.objects.filter(intent_id__startswith="pi_demo").select_related("order").order_by("pk")
    told = [
        {
            "type": "payment", "id": p.intent_id, "amount": p.received_minor, "method": p.method,
            "created": int((p.succeeded_at or p.created_at).timestamp()), "session": p.session_id,
            "client_reference_id": str(p.order.uid), "metadata": {"order": str(p.order.uid)},
        }
        for p in payments
    ]  # fmt: skip
    refunds = (
        Refund.objects.filter(provider_id__startswith="re_demo").select_related("payment").order_by("pk")
    )
    return told + [
        {
            "type": "refund", "id": r.provider_id, "payment_intent": r.payment.intent_id,
            "amount": r.amount_minor, "created": int(r.requested_at.timestamp()),
        }
        for r in refunds
    ]  # fmt: skip


def first_union(cast: Cast) -> tuple[Organisation, Person]:
    """The union whose coordinator the demo's sign-ins name."""
    organisation = cast.organisations[0]
    return organisation, cast.coordinators[organisation.pk]
