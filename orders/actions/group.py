"""Buying together: opened by a coordinator, joined by link, closed once under one lock.

Nobody is invented: a seat is an order that a person has placed, and it counts once its money is in escrow.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import reads as people
from accounts.actions import audit
from accounts.models import Organisation, Person
from catalog.models import Variant
from catalog.reads.products import variants_on_sale
from core import clock, language
from core.language import say
from core.outbox import record
from core.refusals import Invalid, NotFound, TooLate
from orders.actions import checkout, refund, seat
from orders.actions.cart import checked
from orders.actions.order import lock
from orders.events import GroupFellShort, GroupOpened
from orders.models import GroupPurchase, Order, Refund, Seat
from orders.reads.shipping import rate_for
from orders.refusals import GroupFull

# What a team takes off its price for a group of at least so many units, in basis points.
TIERS = ((500, 900), (100, 600), (20, 300))
LONGEST = timedelta(days=60)
MOST_UNITS = 10_000
State = GroupPurchase.State


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
        raise NotFound()
    offered = variants_on_sale([variant.pk]).first()
    if offered is None:
        raise Invalid(say("这个规格现在不在售。", "This is not on sale now."), field="variant_id")
    told = checked({"recipient": "", "phone": "", "region_code": "", "street": "", **address}, by)
    _check_terms(title, minimum_units, maximum_units, closes_at)
    if not all(told.get(name) for name in ("recipient", "phone", "region", "street")):
        raise Invalid(say("请填写收货地址。", "Please give the delivery address."), field="street")
    if rate_for(offered.product.storage, told["region"].code) is None:
        raise Invalid(say("这件商品不送到那里。", "This is not delivered there."), field="region_code")
    group = GroupPurchase.objects.create(
        organisation=organisation,
        coordinator=by,
        variant=offered,
        story_id=offered.story_id,
        title=title.strip(),
        price_minor=group_price(offered, minimum_units),
        minimum_units=minimum_units,
        maximum_units=maximum_units,
        closes_at=closes_at,
        **{name: told[name] for name in ("recipient", "phone", "region", "street")},
    )
    audit.record(by, "open", "GroupPurchase", group.uid, variant=str(offered.uid), minimum=minimum_units)
    record(GroupOpened(group_id=group.pk))
    return group


def _check_terms(title: str, minimum: int, maximum: int, closes_at: datetime) -> None:
    now = timezone.now()
    if not title.strip() or len(title) > 80:
        raise Invalid(say("请起一个 80 字以内的标题。", "Give it a title of at most 80 characters."), field="title")
    if not 2 <= minimum <= MOST_UNITS:
        raise Invalid(say("最少份数应不少于 2。", "The minimum is at least 2 units."), field="minimum_units")
    if not minimum <= maximum <= MOST_UNITS:
        words = say("最多份数不能少于最少份数。", "The maximum cannot be below the minimum.")
        raise Invalid(words, field="maximum_units")
    if not now + timedelta(minutes=15) <= closes_at <= now + LONGEST:
        words = say("截止时间应在 15 分钟之后、60 天之内。", "It closes between 15 minutes and 60 days from now.")
        raise Invalid(words, field="closes_at")


@transaction.atomic
def join(
    group: GroupPurchase, person: Any, *, name: str, units: int, email: str = "", is_adult: bool = False
) -> Seat:
    """Take a seat: an order at the group's price, whose money will wait in escrow."""
    group = _locked(group)
    if group.state != State.OPEN or group.closes_at <= timezone.now():
        raise TooLate(say("这个团购已经结束。", "This group purchase has closed."))
    _check_room(group, units)
    purchase = _purchase(group, person, name, units, email, is_adult)
    GroupPurchase.objects.filter(pk=group.pk).update(units_reserved=F("units_reserved") + units)
    (order,) = checkout.place_many([purchase])
    return Seat.objects.create(group=group, order=order, name=purchase.recipient, units=units)


def _purchase(
    group: GroupPurchase, person: Any, name: str, units: int, email: str, is_adult: bool
) -> checkout.Purchase:
    variant = variants_on_sale([group.variant_id]).first()
    if variant is None:
        raise TooLate(say("这件商品已经下架。", "This is no longer on sale."))
    if variant.product.needs_adult and not is_adult:
        words = say("含酒精的商品需确认已成年。", "Alcohol: please confirm that you are of age.")
        raise Invalid(words, field="is_adult")
    buyer = person if person.is_authenticated else None
    told = checked({"recipient": name, "email": email or (buyer.email if buyer else "")}, person)
    for field in ("recipient", "email"):
        if not told.get(field):
            raise Invalid(field="name" if field == "recipient" else field)
    return checkout.Purchase(
        email=told["email"],
        recipient=told["recipient"],
        phone=group.phone,
        region_id=group.region_id,
        street=group.street,
        wants=[checkout.Want(variant, units, group.price_minor, group.story_id)],
        shipping={},
        person_id=buyer.pk if buyer else None,
        language=language.current(),
        organisation_id=_colleague(buyer, group),
        mobiliser_organisation_id=group.organisation_id,
        group_id=group.pk,
        traded_at=clock.now(),
    )


def _colleague(buyer: Person | None, group: GroupPurchase) -> int | None:
    """The organisation itself counts as a buyer only through its own members."""
    if buyer is not None and people.organisations_of(buyer).filter(pk=group.organisation_id).exists():
        return group.organisation_id
    return None


def _check_room(group: GroupPurchase, units: int) -> None:
    if units < 1:
        raise Invalid(field="units")
    left = group.maximum_units - group.units_held - group.units_reserved
    if units > left:
        raise GroupFull(left)


def _locked(group: GroupPurchase) -> GroupPurchase:
    return GroupPurchase.objects.select_for_update(no_key=True).get(pk=group.pk)


@transaction.atomic
def close(group: GroupPurchase) -> GroupPurchase:
    """Close it once: confirmed when the minimum is in escrow, else everyone is repaid in full."""
    group = _locked(group)
    if group.state != State.OPEN:
        return group
    if group.units_held < group.minimum_units:
        return _fall_short(group, State.FELL_SHORT)
    seat.confirm(group)
    return group


@transaction.atomic
def cancel(group: GroupPurchase, by: Person) -> GroupPurchase:
    """The coordinator calls it off; everyone is repaid in full."""
    group = _locked(group)
    if not people.is_coordinator(by, group.organisation):
        raise NotFound()
    if group.state != State.OPEN:
        raise TooLate(say("这个团购已经结束。", "This group purchase has closed."))
    audit.record(by, "cancel", "GroupPurchase", group.uid, units_held=group.units_held)
    return _fall_short(group, State.CANCELLED)


def _fall_short(group: GroupPurchase, state: str) -> GroupPurchase:
    # Closed first: a seat given back now is history, not a free seat.
    group.move_to(state, closed_at=timezone.now())
    for order in lock(list(Order.objects.filter(group=group, state=Order.State.HELD))).values():
        refund.everything(order, reason=Refund.Reason.GROUP)
    record(GroupFellShort(group_id=group.pk))
    return group


def close_due(limit: int = 50) -> int:
    """Close the groups whose deadline has passed; called every few seconds."""
    due = GroupPurchase.objects.filter(state=State.OPEN, closes_at__lte=timezone.now())
    groups = list(due.order_by("closes_at")[:limit])
    for group in groups:
        close(group)
    return len(groups)


@transaction.atomic
def collect(taken: Seat, by: Person) -> Seat:
    """The coordinator has handed a member their part."""
    if not people.is_coordinator(by, taken.group.organisation):
        raise NotFound()
    taken.move_to(Seat.State.COLLECTED)
    return taken
