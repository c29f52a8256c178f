"""Households, lots with shares and paid orders, in a few words; on the shelves of the catalog's world."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Organisation, Person
from catalog.models import Lot, Team, Variant
from contest.actions.edition import open_edition
from contest.actions.entry import enter
from contest.actions.round import open_round
from core import clock, outbox
from impact.actions import disclosure, household, shares, standings
from impact.actions.household import Proposal
from impact.models import Attribution, Edition, Household, Round, Standing
from impact.reads.positions import positions
from orders import events
from orders.actions import dispute, proof
from orders.links import proof_for
from orders.models import (
    Line,
    LineLot,
    Order,
    Parcel,
    Payment,
    Refund,
    RefundLine,
    Shipment,
)
from orders.provider import of_new_payments
from orders.provider.port import DisputeSeen
from tests.catalog import world as shelves
from together.models import GroupPurchase, Seat

_count = itertools.count(1)
WORKED_GRAMS = (420_000, 300_000, 180_000, 60_000, 40_000)
WORKED_SHARES = [1674, 1196, 717, 239, 159]
LOT = Coalesce("transfer__target__lot", "transfer__source__lot")  # of an attribution


def households(team: Team, n: int) -> list[Household]:
    """Verified households of a team."""
    if not n:
        return []
    made = household.propose_many([Proposal(team, team.county, timezone.now())] * n, None)
    return household.verify_many(made, shelves.an_operator())


def a_lot(
    grams: Sequence[int] = WORKED_GRAMS, *, units: int = 400, variant: Variant | None = None, **fields: Any
) -> Lot:
    """An open lot that households of its team grew, each so many grams; none makes it the team's pool."""
    variant = variant or shelves.a_variant()
    level = Lot.Level(min(len(grams), 1) + (len(grams) == 1))
    lot = shelves.a_lot(variant, units=units, level=level, **fields)
    grown = households(variant.product.team, len(grams))
    if grams:
        shares.share_out(lot, {h.pk: g for h, g in zip(grown, grams, strict=True)}, None)
    return lot


def an_order(
    *wants: tuple[Lot, int] | list[tuple[Lot, int]],
    person: Person | None = None,
    shipping: int = 0,
    group: GroupPurchase | None = None,
    traded_at: datetime | None = None,
    **fields: Any,
) -> Order:
    """A placed order; each want is one line: a lot and units, or a list of them for a line over several."""
    lines = [want if isinstance(want, list) else [want] for want in wants]
    goods = sum(units * lot.variant.price_minor for draws in lines for lot, units in draws)
    team = lines[0][0][0].variant.product.team
    values = {
        "person": person,
        "email": person.email if person else f"guest{next(_count)}@example.com",
        "goods_minor": goods,
        "shipping_minor": 0,
        "total_minor": goods,
        "placed_at": timezone.now(),
        "traded_at": traded_at or clock.now(),
        "reserved_until": timezone.now() + timedelta(minutes=15),
        "holder_kind": "group" if group else "",
        "holder": group.uid if group else None,
    }
    address = {
        "recipient": "王示例",
        "phone": "100-0000-0001",
        "region": team.county,
        # Of many who share an address a rule of integrity takes notice.
        "street": f"示例路 {next(_count)} 号",
    }
    address |= {name: fields.pop(name) for name in address if name in fields}
    order = Order.objects.create(**{**values, **fields})
    for draws in lines:
        _a_line(order, draws, shipping, address)
    sent = sum(order.shipments.values_list("shipping_minor", flat=True))
    Order.objects.filter(pk=order.pk).update(shipping_minor=sent, total_minor=goods + sent)
    order.refresh_from_db()
    return order


def _a_line(order: Order, draws: list[tuple[Lot, int]], shipping: int, address: dict[str, Any]) -> None:
    variant = draws[0][0].variant
    units = sum(n for _, n in draws)
    team = variant.product.team
    parcel = Shipment.objects.filter(order=order, team=team).first() or Shipment.objects.create(
        order=order, team=team, parcel=Parcel.objects.create(team=team, **address), shipping_minor=shipping
    )
    line = Line.objects.create(
        order=order,
        variant=variant,
        team=variant.product.team,
        shipment=parcel,
        story=variant.story,
        name_zh=variant.product.name_zh,
        name_en=variant.product.name_en,
        quantity=units,
        unit_price_minor=variant.price_minor,
        net_minor=units * variant.price_minor,
    )
    LineLot.objects.bulk_create(LineLot(line=line, lot=lot, units=n) for lot, n in draws)


def pay(order: Order, *, held: bool = False) -> Payment:
    """What settling a payment does: the order is paid (or held) and says so, in one transaction."""
    with transaction.atomic():
        payment = Payment.objects.create(
            order=order,
            provider=of_new_payments(),
            state=Payment.State.SUCCEEDED,
            amount_minor=order.total_minor,
            received_minor=order.total_minor,
            is_kept=True,
            payment_ref=f"pi_{next(_count)}",
            ends_at=timezone.now(),
            succeeded_at=timezone.now(),
        )
        order.move_to(Order.State.HELD if held else Order.State.PAID, paid_at=timezone.now())
        event = events.OrderHeld if held else events.OrderPaid
        outbox.record(event(order.pk, payment.pk))
    return payment


def confirm(*orders: Order) -> None:
    """What a group's closing does for its seats' orders."""
    with transaction.atomic():
        for order in orders:
            order.move_to(Order.State.PAID)
        outbox.record(*(events.OrderConfirmed(o.pk, o.payments.get(is_kept=True).pk) for o in orders))


def refund(order: Order, *parts: tuple[Line | Shipment, int], reason: str = Refund.Reason.TEAM) -> Refund:
    """What asking for a refund does: rows, the lines' own sums, and the event."""
    payment = order.payments.get(is_kept=True)
    with transaction.atomic():
        made = Refund.objects.create(
            payment=payment, reason=reason, amount_minor=sum(amount for _, amount in parts)
        )
        for thing, amount in parts:
            of = {"line": thing} if isinstance(thing, Line) else {"shipment": thing}
            RefundLine.objects.create(refund=made, amount_minor=amount, **of)
            type(thing).objects.filter(pk=thing.pk).update(
                refunded_minor=type(thing).objects.get(pk=thing.pk).refunded_minor + amount
            )
        outbox.record(events.RefundRequested(made.pk))
    return made


def settle(made: Refund) -> None:
    """The provider has given a refund back."""
    with transaction.atomic():
        made.move_to(Refund.State.SUCCEEDED, settled_at=timezone.now())
        Order.objects.filter(pk=made.payment.order_id).update(
            refunded_minor=made.payment.order.refunded_minor + made.amount_minor
        )
        outbox.record(events.RefundSucceeded(made.pk))


def complete(parcel: Shipment) -> None:
    """A parcel's after-sale window has passed."""
    with transaction.atomic():
        outbox.record(events.ShipmentCompleted(parcel.pk))


def a_group(lot: Lot, organisation: Organisation | None = None) -> GroupPurchase:
    return GroupPurchase.objects.create(
        organisation=organisation or an_organisation(),
        coordinator=shelves.a_person(),
        variant=lot.variant,
        story=lot.variant.story,
        title="示例团购",
        price_minor=lot.variant.price_minor,
        minimum_units=2,
        maximum_units=20,
        closes_at=timezone.now() + timedelta(days=1),
        recipient="示例工会",
        phone="100-0000-0002",
        region=lot.variant.product.team.county,
        street="示例路 2 号",
    )


def a_held_seat(lot: Lot, units: int = 2) -> Order:
    """The order of a seat that is paid; its money waits in its group's escrow."""
    group = a_group(lot)
    order = an_order((lot, units), group=group)
    pay(order, held=True)
    Seat.objects.create(group=group, order=order, name="示例", units=units, state=Seat.State.HELD)
    GroupPurchase.objects.filter(pk=group.pk).update(units_held=units)
    return order


def an_organisation(**fields: Any) -> Organisation:
    values = {
        "kind": Organisation.Kind.UNION,
        "name_zh": f"示例工会{next(_count)}",
        "region": shelves.a_county(),
        "state": Organisation.State.VERIFIED,
    }
    return Organisation.objects.create(**{**values, **fields})


def an_edition() -> Edition:
    return open_edition(f"edition-{next(_count)}", 2, ("示例大赛", "Demo contest"))


def a_round(
    *teams: Team, days: tuple[int, int, int] = (-10, 10, 17), edition: Edition | None = None
) -> Round:
    """A provincial round that opens, closes and freezes so many days from now, with these teams in it."""
    now = clock.now()
    for team in teams:
        households(team, max(0, 10 - team.households.count()))
    moments = [now + timedelta(days=n) for n in days]
    made = open_round(edition or an_edition(), Round.Level.PROVINCIAL, None, *moments)
    enter(made, teams)
    return made


def prove(order: Order) -> None:
    """Its mailbox says that a guest's order is hers."""
    proof.prove(order, proof_for(order))


def tomorrow() -> None:
    """The next boundary of a day comes, and what is told of counts is made."""
    clock.move(timedelta(days=1))
    disclosure.disclose()


def standing(team: Team) -> Standing:
    """The team's standing, folded now."""
    standings.fold()
    return Standing.objects.get(entry__team=team)


def figures(team: Team) -> tuple[int, int, int, int, int, int]:
    """(net, person-times, people, organisations, mobilised, excluded) of a team, folded now."""
    s = standing(team)
    return (
        s.net_minor,
        s.person_times,
        s.people,
        s.organisations,
        s.mobilised_minor,
        s.excluded_minor,
    )


def shares_of(order: Order) -> list[int]:
    """What each household has of an order, by household id."""
    sums: dict[int | None, int] = {}
    for row in Attribution.objects.filter(transfer__line__order=order):
        sums[row.household_id] = sums.get(row.household_id, 0) + row.amount_minor
    return [sums[key] for key in sorted(sums, key=lambda k: k or 0)]


def balances(order: Order) -> dict[str, int]:
    """Where an order's money stands, by kind of account."""
    sums: dict[str, int] = {}
    for p in positions([order.uid]):
        sums[p.place.kind] = sums.get(p.place.kind, 0) + p.amount_minor
    return {kind: amount for kind, amount in sums.items() if amount}


def turn_away(order: Order, reason: str = Refund.Reason.TWICE) -> Refund:
    """Money that buys nothing comes, and its refund is asked for."""
    with transaction.atomic():
        payment = Payment.objects.create(
            order=order,
            provider=of_new_payments(),
            state=Payment.State.SUCCEEDED,
            amount_minor=order.total_minor,
            received_minor=order.total_minor,
            ends_at=timezone.now(),
            succeeded_at=timezone.now(),
        )
        made = Refund.objects.create(payment=payment, reason=reason, amount_minor=order.total_minor)
        outbox.record(events.PaymentTurnedAway(payment.pk, made.pk))
    return made


def fail(made: Refund) -> None:
    """A refund that had succeeded comes back."""
    with transaction.atomic():
        had_succeeded = made.state == Refund.State.SUCCEEDED
        made.move_to(Refund.State.FAILED)
        if had_succeeded:
            Order.objects.filter(pk=made.payment.order_id).update(refunded_minor=0)
        outbox.record(events.RefundFailed(made.pk, had_succeeded))


def lose_dispute(order: Order) -> None:
    """The buyer's bank takes all of it back."""
    paid = order.payments.get(is_kept=True)
    seen = DisputeSeen(
        id=f"dp_{next(_count)}",
        payment_ref=paid.payment_ref,
        state="lost",
        amount_minor=order.total_minor,
        reason="fraudulent",
    )
    dispute.settle(paid.provider, seen)
