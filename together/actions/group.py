"""Buying together: opened by a coordinator, joined by link, closed once under one lock.

Nobody is invented: a seat is an order that a person has placed, and it counts once its money is in escrow.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import clean
from accounts import reads as people
from accounts.actions import audit
from accounts.models import Organisation, Person
from catalog.models import Variant
from catalog.reads import is_known_short, variants_on_sale
from catalog.refusals import InsufficientStock
from core.language import say
from core.outbox import record
from core.refusals import Invalid, NotFound, TooLate, every
from orders.actions import held, recall
from orders.actions.cart import validated
from orders.actions.under_way import Asking, is_patient
from orders.reads.closure import around, closing, of
from orders.reads.shipping import rate_for
from together.actions import seat
from together.events import GroupFellShort
from together.models import GroupPurchase, Seat
from together.reads.group import is_open, is_stopped, orders_of
from together.reads.seat import unfit_seats

log = logging.getLogger("sheaf.groups")

# What a team takes off its price for a group of at least so many units, in basis points.
TIERS = ((500, 900), (100, 600), (20, 300))
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=60)
MOST_UNITS = 10_000
State = GroupPurchase.State
ADDRESS = ("recipient", "phone", "region", "street")


def group_price(variant: Variant, minimum_units: int) -> int:
    """The one price of a group, in fen: by what its minimum reaches, whoever joins and when.

    >>> group_price(Variant(price_minor=3690), 20)
    3580
    """
    off = next((bps for units, bps in TIERS if minimum_units >= units), 0)
    return -(-variant.price_minor * (10_000 - off) // 10_000)  # a fen that rounding leaves is the team's


@transaction.atomic
def open_group(
    by: Person,
    organisation: Organisation,
    variant: Variant,
    *,
    title: str,
    minimum_units: int,
    maximum_units: int,
    closes_at: datetime,
    **address: str,
) -> GroupPurchase:
    """Open a group purchase on one variant: one price, one deadline, one address."""
    if not organisation.is_verified or not people.is_coordinator(by, organisation):
        raise NotFound(field="organisation_id")
    offered = variants_on_sale([variant.pk]).first()
    if offered is None:
        raise Invalid(say("这个规格现在不在售。", "This is not on sale now."), field="variant_id")
    told = every(
        {
            "title": lambda: clean.line(title, "title", 80),
            "minimum_units": lambda: _minimum(minimum_units),
            "maximum_units": lambda: _maximum(minimum_units, maximum_units),
            "closes_at": lambda: _deadline(closes_at),
            "address": lambda: _address(offered, address, by),
        }
    )
    place = told.pop("address")
    if is_known_short(offered.units_available, minimum_units):
        # A group that could never fill would only keep people's money for a while; where more are left than is
        # told, whoever joins beyond them is refused before she pays.
        raise InsufficientStock({offered.pk: offered.units_available}, field="minimum_units")
    group = GroupPurchase.objects.create(
        organisation=organisation,
        coordinator=by,
        variant=offered,
        story_id=offered.story_id,
        price_minor=group_price(offered, minimum_units),
        **told,
        **place,
    )
    audit.record(by, "open", "GroupPurchase", group.uid, variant=str(offered.uid), minimum=minimum_units)
    return group


def _address(variant: Variant, address: dict[str, str], by: Person) -> dict[str, Any]:
    """Where the one parcel goes: complete, and served."""
    told = validated({"recipient": "", "phone": "", "region_code": "", "street": "", **address}, by)
    place = every({name: partial(_given, told[name], name) for name in ADDRESS})
    if rate_for(variant.product.storage, place["region"].code, variant.product.team_id) is None:
        raise Invalid(say("这件商品不送到那里。", "This is not delivered there."), field="region_code")
    if found := closing(around(place["region"].code), variant.product.storage).first():
        raise of(found.pk, place["region"].code, variant.product.storage).refusal("region_code")
    return place


def _given(value: Any, name: str) -> Any:
    if not value:
        field = "region_code" if name == "region" else name
        raise Invalid(say("请填写收货地址。", "Please give the delivery address."), field=field)
    return value


def _minimum(minimum: int) -> int:
    if not 2 <= minimum <= MOST_UNITS:
        words = say("最少份数应在 2 到 {n} 之间。", "The minimum is from 2 to {n} units.", n=MOST_UNITS)
        raise Invalid(words, field="minimum_units")
    return minimum


def _maximum(minimum: int, maximum: int) -> int:
    if not minimum <= maximum <= MOST_UNITS:
        words = say("最多份数不能少于最少份数。", "The maximum cannot be below the minimum.")
        raise Invalid(words, field="maximum_units")
    return maximum


def _deadline(closes_at: datetime) -> datetime:
    now = timezone.now()
    if not now + SHORTEST <= closes_at <= now + LONGEST:
        words = say(
            "截止时间应在 15 分钟之后、60 天之内。", "It closes between 15 minutes and 60 days from now."
        )
        raise Invalid(words, field="closes_at")
    return closes_at


@transaction.atomic
def close(group: GroupPurchase) -> GroupPurchase:
    """Close it once: confirmed when the minimum is in escrow, else everyone is repaid in full."""
    group = seat.locked(group)
    if group.state != State.OPEN:
        return group
    if unfit := [each.order_id for each in unfit_seats(group)]:
        recall.refund_unfit(unfit)
        group.refresh_from_db(fields=["units_held"])
    if is_stopped(group):
        return _fall_short(group, State.CANCELLED)
    if group.units_held < group.minimum_units:
        return _fall_short(group, State.FELL_SHORT)
    held.let_go(orders_of(group))
    seat.confirm(group)
    return group


@transaction.atomic
def cancel(group: GroupPurchase, by: Person) -> GroupPurchase:
    """The coordinator calls it off; everyone is repaid in full."""
    group = seat.locked(group)
    if not people.is_coordinator(by, group.organisation):
        raise NotFound()
    if group.state == State.CANCELLED:
        return group
    if not is_open(group):
        raise TooLate(say("这个团购已经结束。", "This group purchase has closed."))
    audit.record(by, "cancel", "GroupPurchase", group.uid, units_held=group.units_held)
    return _fall_short(group, State.CANCELLED)


def _fall_short(group: GroupPurchase, state: str) -> GroupPurchase:
    held.let_go(orders_of(group))
    # Closed first: a seat given back now is history, not a free seat.
    group.move_to(state, closed_at=timezone.now())
    held.repay(orders_of(group))
    record(GroupFellShort(group_id=group.pk))
    return group


def close_due(limit: int = 50) -> int:
    """Close the groups whose deadline has passed; called every few seconds.

    A seat that was paid in time counts however late we hear of it, so the provider is asked first about every one
    that is under way. Where it is silent the group waits a while, and is then closed by what is known.
    """
    due = GroupPurchase.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    asking, closed = Asking(), 0
    for group in due.order_by("closes_at")[:limit]:
        try:
            if asking.silent_about(_unpaid(group)) and is_patient(group.closes_at):
                continue
            close(group)
            closed += 1
        except Exception:
            # One that cannot be closed must not keep all the others open; it is tried again.
            log.exception("group purchase %s was not closed", group.uid)
    return closed


def _unpaid(group: GroupPurchase) -> QuerySet:
    """The orders of seats that may have been paid without our knowing: waiting, or given up for it."""
    waiting = (Seat.State.RESERVED, Seat.State.RELEASED)
    return Seat.objects.filter(group=group, state__in=waiting).values_list("order", flat=True)
