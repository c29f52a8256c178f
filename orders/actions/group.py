"""Buying together: opened by a coordinator, joined by link, closed once under one lock.

Nobody is invented: a seat is an order that a person has placed, and it counts once its money is in escrow.
"""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import reads as people
from accounts import written
from accounts.actions import audit
from accounts.models import Organisation, Person
from catalog.actions import stock
from catalog.models import Lot, Variant
from catalog.reads import is_known_short, variants_on_sale
from catalog.refusals import InsufficientStock
from core import clock, language
from core.idempotency import UNNAMED
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, NotFound, TooLate, every
from orders.actions import attempt, checkout, recall, refund, seat, unpaid
from orders.actions.cart import checked
from orders.actions.lapse import lapse
from orders.actions.order import lock
from orders.actions.under_way import Asking, is_patient
from orders.events import GroupFellShort, GroupOpened
from orders.models import GroupPurchase, Order, Refund, Seat
from orders.reads import stopped
from orders.reads.group import is_collectable, is_open
from orders.reads.shipping import rate_for
from orders.refusals import GroupFull

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
            "title": lambda: written.line(title, "title", 80),
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
    record(GroupOpened(group_id=group.pk))
    return group


def _address(variant: Variant, address: dict[str, str], by: Person) -> dict[str, Any]:
    """Where the one parcel goes: complete, and served."""
    told = checked({"recipient": "", "phone": "", "region_code": "", "street": "", **address}, by)
    place = every({name: partial(_given, told[name], name) for name in ADDRESS})
    if rate_for(variant.product.storage, place["region"].code) is None:
        raise Invalid(say("这件商品不送到那里。", "This is not delivered there."), field="region_code")
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


# --- Seats ------------------------------------------------------------------------------------------


@transaction.atomic
def join(
    group: GroupPurchase,
    person: Any,
    *,
    name: str,
    units: int,
    email: str = "",
    is_adult: bool = False,
    asker: str = UNNAMED,
) -> Seat:
    """Take a seat: an order at the group's price, whose money will wait in escrow."""
    email = email or (person.email if person.is_authenticated else "")
    told = every(
        {"name": lambda: written.line(name, "name", 60), "email": lambda: written.email_address(email)}
    )
    group = _locked(group)
    if not is_open(group):
        raise TooLate(say("这个团购已经结束。", "This group purchase has closed."))
    _check_room(group, units)
    variant = variants_on_sale([group.variant_id]).first()
    if variant is None or stopped.is_stopped(group):
        raise TooLate(say("这件商品已经下架。", "This is no longer on sale."))
    if variant.product.needs_adult and not is_adult:
        words = say("购买酒类需确认已满 18 周岁。", "Confirm that you are 18 or older to buy alcohol.")
        raise Invalid(words, field="is_adult")
    attempt.demand_enough(units * group.price_minor, "units")
    GroupPurchase.objects.filter(pk=group.pk).update(units_reserved=F("units_reserved") + units)
    try:
        (order,) = checkout.place_many([_purchase(group, variant, person, units, asker=asker, **told)])
    except InsufficientStock as short:
        raise InsufficientStock(short.short, field="units") from None
    return Seat.objects.create(group=group, order=order, name=told["name"], units=units)


def _purchase(
    group: GroupPurchase, variant: Variant, person: Any, units: int, *, name: str, email: str, asker: str
) -> checkout.Purchase:
    buyer = person if person.is_authenticated else None
    return checkout.Purchase(
        email=email,
        recipient=name,
        phone="",  # the courier calls the coordinator; whoever has the link need not know her number
        region_id=group.region_id,
        street=group.street,
        wants=[checkout.Want(variant, units, group.price_minor, group.story_id)],
        shipping={},  # the price of a group includes its one parcel
        person_id=buyer.pk if buyer else None,
        unproved=unpaid.marks_of(person, asker, email, ""),
        language=language.current(),
        organisation_id=_colleague(buyer, group),
        mobiliser_organisation_id=group.organisation_id,
        group_id=group.pk,
        holder_kind="group",
        holder=group.uid,
        group_maximum=group.maximum_units,
        pay_until=group.closes_at,
        traded_at=clock.now(),
    )


def _colleague(buyer: Person | None, group: GroupPurchase) -> int | None:
    """The organisation itself counts as a buyer only through its own members."""
    if buyer is not None and people.is_member(buyer, group.organisation):
        return group.organisation_id
    return None


def _check_room(group: GroupPurchase, units: int) -> None:
    if units < 1:
        raise Invalid(say("请填写份数。", "Please say how many."), field="units")
    left = group.maximum_units - group.units_held - group.units_reserved
    if units > left:
        raise GroupFull(left)


def _locked(group: GroupPurchase) -> GroupPurchase:
    """The group as it is now, locked. A test takes this away and sees the group oversell."""
    return GroupPurchase.objects.select_for_update(no_key=True).get(pk=group.pk)


@transaction.atomic
def collect(taken: Seat, by: Person) -> Seat:
    """The coordinator has handed a member their part; telling it twice is no mistake."""
    if not people.is_coordinator(by, taken.group.organisation):
        raise NotFound()
    if taken.state == Seat.State.COLLECTED:
        return taken
    if taken.order.lines.exclude(recalled_at=None).exists():
        raise Conflict(say("这一批已召回，不能分发。", "This lot was recalled: it must not be handed out."))
    if taken.state == Seat.State.CONFIRMED and not taken.units_kept:
        raise Conflict(say("这一份已经全部退了。", "All of this part was given back."))
    if taken.state == Seat.State.CONFIRMED and not is_collectable(taken):
        raise Conflict(say("货还没有发出。", "It has not been sent yet."))
    taken.move_to(Seat.State.COLLECTED)
    audit.record(by, "collect", "Seat", taken.uid)
    return taken


# --- Closing ----------------------------------------------------------------------------------------


@transaction.atomic
def close(group: GroupPurchase) -> GroupPurchase:
    """Close it once: confirmed when the minimum is in escrow, else everyone is repaid in full."""
    group = _locked(group)
    if group.state != State.OPEN:
        return group
    recall.give_back_unfit(group)
    if stopped.is_stopped(group):
        return _fall_short(group, State.CANCELLED)
    if group.units_held < group.minimum_units:
        return _fall_short(group, State.FELL_SHORT)
    _let_go(group)
    seat.confirm(group)
    return group


@transaction.atomic
def cancel(group: GroupPurchase, by: Person) -> GroupPurchase:
    """The coordinator calls it off; everyone is repaid in full."""
    group = _locked(group)
    if not people.is_coordinator(by, group.organisation):
        raise NotFound()
    if group.state == State.CANCELLED:
        return group
    if not is_open(group):
        raise TooLate(say("这个团购已经结束。", "This group purchase has closed."))
    audit.record(by, "cancel", "GroupPurchase", group.uid, units_held=group.units_held)
    return _fall_short(group, State.CANCELLED)


def _fall_short(group: GroupPurchase, state: str) -> GroupPurchase:
    _let_go(group)
    # Closed first: a seat given back now is history, not a free seat.
    group.move_to(state, closed_at=timezone.now())
    held = lock(list(Order.objects.filter(group=group, state=Order.State.HELD)))
    # All lots at once, in the order of their ids, before the refunds take them order by order.
    list(stock.lock(Lot.objects.filter(variant=group.variant_id)))
    for order in held.values():
        if not _is_given_back(order):
            refund.everything(order, reason=Refund.Reason.GROUP)
    record(GroupFellShort(group_id=group.pk))
    return group


def _is_given_back(order: Order) -> bool:
    """Whether its member has left already; the provider may still be giving the money back."""
    return order.seat.state == Seat.State.REFUNDED


def _let_go(group: GroupPurchase) -> None:
    """Nobody sits in a closed group unpaid; money that still comes for such a seat goes back."""
    unpaid = lock(list(Order.objects.filter(group=group, state=Order.State.PLACED)))
    # One of them may have been paid while we waited for its lock; then it is in, and held.
    waiting = [order for order in unpaid.values() if order.state == Order.State.PLACED]
    if waiting:
        lapse(waiting, Order.State.EXPIRED)


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
