"""Seats: taken by joining, paid, given up, given back, collected. Each is an order of its own, held for its group.

Whoever is called by an order that changes (`together/holding.py`) holds the group's lock and the order's.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import clean, texting
from accounts import reads as people
from accounts.actions import audit
from accounts.models import Person
from accounts.ways import number_of
from catalog.models import Variant
from catalog.reads import variants_on_sale
from catalog.refusals import InsufficientStock
from core import clock, language
from core.idempotency import UNNAMED
from core.language import say
from core.refusals import Conflict, Invalid, NotFound, TooLate, every
from core.states import move_many
from orders.actions import attempt, held, placing, unpaid
from orders.models import Order
from orders.reads import closure
from together.events import GroupConfirmed
from together.models import GroupPurchase, Seat
from together.reads.group import KIND, is_open, is_stopped
from together.reads.seat import is_collectable, unfit_seats
from together.refusals import GroupFull


@transaction.atomic
def join(
    group: GroupPurchase,
    person: Any,
    *,
    name: str,
    units: int,
    email: str = "",
    mobile: str = "",
    is_adult: bool = False,
    asker: str = UNNAMED,
) -> Seat:
    """Take a seat: an order at the group's price, whose money will wait in escrow."""
    told = every(
        {"name": lambda: clean.line(name, "name", 60), "reached": lambda: _reached(person, email, mobile)}
    )
    (mailbox, number), group = told["reached"], locked(group)
    if not is_open(group):
        raise TooLate(say("这个团购已经结束。", "This group purchase has closed."))
    _check_room(group, units)
    place = closure.around(group.region_id)
    offered = variants_on_sale([group.variant_id])
    variant = offered.annotate(closed_by=closure.closed_by(place, "product__storage")).first()
    if variant is None or is_stopped(group):
        raise TooLate(say("这件商品已经下架。", "This is no longer on sale."))
    if variant.closed_by:
        raise closure.of(variant.closed_by, group.region_id, variant.product.storage).refusal("code")
    if variant.product.needs_adult and not is_adult:
        words = say("购买酒类需确认已满 18 周岁。", "Confirm that you are 18 or older to buy alcohol.")
        raise Invalid(words, field="is_adult")
    attempt.demand_enough(units * group.price_minor, "units")
    GroupPurchase.objects.filter(pk=group.pk).update(units_reserved=F("units_reserved") + units)
    try:
        (order,) = placing.place_many(
            [_purchase(group, variant, person, units, told["name"], mailbox, number, asker)]
        )
    except InsufficientStock as short:
        raise InsufficientStock(short.short, field="units") from None
    return Seat.objects.create(group=group, order=order, name=told["name"], units=units)


def _reached(person: Any, email: str, mobile: str) -> tuple[str, str]:
    """Where a member is told of her seat: (mailbox, number), at most one of them. An account may have a number of its own."""
    own = person.email or "" if person.is_authenticated else ""
    if mobile.strip() and not (email.strip() or own) and texting.is_on():
        return "", clean.mobile_number(mobile)
    if not (email.strip() or own) and person.is_authenticated and number_of(person):
        return "", ""
    return clean.email_address(email.strip() or own), ""


def _purchase(
    group: GroupPurchase,
    variant: Variant,
    person: Any,
    units: int,
    name: str,
    email: str,
    mobile: str,
    asker: str,
) -> placing.Purchase:
    buyer = person if person.is_authenticated else None
    return placing.Purchase(
        email=email,
        mobile=mobile,
        recipient=name,
        phone="",  # the courier calls the coordinator; whoever has the link need not know her number
        region_id=group.region_id,
        street=group.street,
        wants=[placing.Want(variant, units, group.price_minor, group.story_id)],
        shipping={},  # the price of a group includes its one parcel
        person_id=buyer.pk if buyer else None,
        unproved=unpaid.asking(person, asker),
        language=language.current(),
        organisation_id=_colleague(buyer, group),
        mobiliser_organisation_id=group.organisation_id,
        channel=Order.Channel.GROUP,
        holder_kind=KIND,
        holder=group.uid,
        most_held=group.maximum_units,
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


def locked(group: GroupPurchase) -> GroupPurchase:
    """The group as it is now, locked. A test takes this away and sees the group oversell."""
    return GroupPurchase.objects.select_for_update(no_key=True).get(pk=group.pk)


def arrived(order: Order, paid_at: datetime) -> None:
    """The seat is taken for good; refused when the group has closed, or nothing is left for late money.

    What a deadline is held against is when the member paid, by the provider's clock, and not when we heard of it.
    """
    seat = Seat.objects.select_related("group").get(order=order)
    group = seat.group
    if group.state != GroupPurchase.State.OPEN:
        raise TooLate(say("团购已经结束。", "The group purchase has closed."))
    if paid_at >= group.closes_at:
        raise TooLate(say("付款时已过截止时间。", "It was paid after the deadline."))
    is_late = seat.state == Seat.State.RELEASED
    if is_late and group.units_held + group.units_reserved + seat.units > group.maximum_units:
        raise TooLate(say("团购已经满员。", "The group purchase is full."))
    seat.move_to(Seat.State.HELD)
    units = {"units_held": F("units_held") + seat.units}
    if not is_late:
        units["units_reserved"] = F("units_reserved") - seat.units
    GroupPurchase.objects.filter(pk=group.pk).update(**units)
    group.refresh_from_db(fields=["units_held", "units_reserved"])
    # A seat that cannot be sent any more is repaid first; then the group has room again, and is not full.
    if group.units_held >= group.maximum_units and not unfit_seats(group).exists():
        confirm(group)


def confirm(group: GroupPurchase) -> None:
    """The group is on: each paid seat's order leaves escrow, and only now counts."""
    now = timezone.now()
    group.move_to(GroupPurchase.State.CONFIRMED, closed_at=now)
    taken = Seat.objects.filter(group=group, state=Seat.State.HELD).order_by("pk")
    seats = list(taken.select_related("group__variant__product"))
    move_many(seats, Seat.State.CONFIRMED)
    days = seats[0].group.variant.product.dispatch_days
    held.confirm([seat.order_id for seat in seats], now, days, GroupConfirmed(group_id=group.pk))


def follow(orders: Sequence[Order]) -> None:
    """These have ended unpaid, and their seats are free again; or something of them was given back, taken by a bank, or
    won back from it: what is left of a seat is what is left of its order."""
    ended = [order for order in orders if order.state in Order.CLOSED_UNPAID]
    if ended:
        _release(ended)
    for order in orders:
        if order not in ended:
            _follow(order)


def _release(orders: Sequence[Order]) -> None:
    seats = list(Seat.objects.filter(order__in=[o.pk for o in orders], state=Seat.State.RESERVED))
    move_many(seats, Seat.State.RELEASED)
    for seat in seats:
        GroupPurchase.objects.filter(pk=seat.group_id).update(units_reserved=F("units_reserved") - seat.units)


def _follow(order: Order) -> None:
    """A seat of which all the money goes back is over: in an open group it can be taken by another. It is its member's
    again when a bank gives that back, unless nothing is sent for it."""
    seat = Seat.objects.select_related("group").get(order=order)
    lines = list(order.lines.all())
    is_over = all(line.refunded_minor == line.net_minor for line in lines)
    returned = seat.units if is_over else sum(line.refunded_units for line in lines)
    more = returned - seat.units_returned
    was = seat.state
    if is_over != (was == Seat.State.REFUNDED):
        seat.move_to(Seat.State.REFUNDED if is_over else _before(seat), units_returned=returned)
    elif more:
        Seat.objects.filter(pk=seat.pk).update(units_returned=returned)
    group = GroupPurchase.objects.filter(pk=seat.group_id)
    if seat.group.state == GroupPurchase.State.CONFIRMED:
        group.update(units_returned=F("units_returned") + more)
    elif is_over and was == Seat.State.HELD and seat.group.state == GroupPurchase.State.OPEN:
        group.update(units_held=F("units_held") - seat.units)


def _before(seat: Seat) -> str:
    """Where a seat stood that was given back: its member has it in hand, or is still to collect it."""
    return Seat.State.COLLECTED if seat.collected_at else Seat.State.CONFIRMED


def expire(limit: int = 100) -> int:
    """Let go the seats whose quarter of an hour ran out; how many. Those of a group that has reached its deadline go when
    it closes."""
    late = Order.objects.filter(holder_kind=KIND, state=Order.State.PLACED, reserved_until__lt=timezone.now())
    closing = {"seat__group__state": GroupPurchase.State.OPEN, "seat__group__closes_at__lte": timezone.now()}
    return held.expire(late.exclude(**closing), limit)


@transaction.atomic
def collect(seat: Seat, by: Person) -> Seat:
    """The coordinator has handed a member their part; telling it twice is no mistake."""
    if not people.is_coordinator(by, seat.group.organisation):
        raise NotFound()
    if seat.state == Seat.State.COLLECTED:
        return seat
    if seat.order.lines.exclude(recalled_at=None).exists():
        raise Conflict(say("这一批已召回，不能分发。", "This lot was recalled: it must not be handed out."))
    if seat.state == Seat.State.CONFIRMED and not seat.units_remaining:
        raise Conflict(say("这一份已经全部退了。", "All of this part was given back."))
    if seat.state == Seat.State.CONFIRMED and not is_collectable(seat):
        raise Conflict(say("货还没有发出。", "It has not been sent yet."))
    seat.move_to(Seat.State.COLLECTED, collected_at=clock.now())
    audit.record(by, "collect", "Seat", seat.uid)
    return seat
