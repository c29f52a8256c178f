"""Purchases for an entry, group purchases that are handed out, and what a score would be computed from now."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Person
from catalog.models import Lot, Team
from contest.reads.inputs import inputs_of
from contest.scoring.inputs import Inputs
from core import clock
from impact.actions import standings
from impact.models import HouseholdStatus
from impact.reads.figures import LATEST
from orders.models import Order
from tests.catalog import world as shelves
from tests.impact import world
from together.actions import seat as seats
from together.models import GroupPurchase, Seat


def a_lot(*more: Team) -> Lot:
    """What an entry sells for 36.90, grown by twelve households alike: 54 % are theirs. `more` are in its round too."""
    made = world.a_lot([100_000] * 12, units=10_000)
    world.a_round(made.variant.product.team, *more)
    return made


def inputs(lot: Lot, until: datetime | None = None) -> Inputs:
    """Those of the entry that sells this."""
    standings.fold()
    entry = lot.variant.product.team.entries.get()
    return inputs_of(entry.round, LATEST, until or clock.now())[entry.pk]


def buy(lot: Lot, units: int = 1, days_ago: int = 0, **order: Any) -> Order:
    made = world.an_order((lot, units), traded_at=clock.now() - timedelta(days=days_ago), **order)
    world.pay(made)
    return made


def people(n: int) -> list[Person]:
    return [shelves.a_person() for _ in range(n)]


def ten_others(lot: Lot) -> None:
    """So that persons are counted: ten that bought once each."""
    for buyer in people(10):
        buy(lot, person=buyer)


def at_risk(team: Team, n: int) -> None:
    """So many of its households are on the list of the unstable."""
    ids = list(team.households.order_by("pk").values_list("pk", flat=True)[:n])
    HouseholdStatus.objects.filter(household__in=ids).update(kind=HouseholdStatus.Kind.UNSTABLE)


def a_group(lot: Lot, *members: Person | None, units: int = 1) -> list[Order]:
    """A group that is confirmed, with a seat of each member; None is one whom nobody knows."""
    group = world.a_group(lot)
    made = [
        world.an_order((lot, units), group=group, person=m, mobiliser_organisation=group.organisation)
        for m in members
    ]
    for order in made:
        Seat.objects.create(group=group, order=order, name="示例", units=units, state=Seat.State.CONFIRMED)
        world.pay(order, held=True)
    world.confirm(*made)
    GroupPurchase.objects.filter(pk=group.pk).update(state="confirmed", closed_at=clock.now())
    return made


def hand_out(*orders: Order) -> None:
    """Their coordinator ticks them, when their parcel is there."""
    for order in orders:
        order.refresh_from_db()
        order.move_to(Order.State.SHIPPED)
        seat = Seat.objects.select_related("group__organisation", "order").get(order=order)
        coordinator = seat.group.coordinator
        of_it = seat.group.organisation.memberships
        of_it.get_or_create(person=coordinator, defaults={"role": "coordinator"})
        seats.collect(seat, coordinator)
