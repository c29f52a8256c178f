"""What is placed: orders with their lines and parcels, their stock reserved, any number by the same few statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import DateField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import Organisation
from catalog.actions import stock
from catalog.models import Variant
from core import clock, failpoints, rows
from orders.actions import attempt, unpaid, webhook_note
from orders.actions import coupon as coupons
from orders.models import CouponUse, InvoiceWish, Line, LineLot, Order, Parcel, Payment, Shipment

RESERVED = unpaid.HELD_FOR


@dataclass(frozen=True)
class Gift:
    """Somebody else than the buyer to whom a part is sent; `key` tells two that are alike apart."""

    key: int
    recipient: str
    phone: str
    region_id: str
    street: str
    gift_note: str = ""
    sender: str = ""


# Of what one parcel is: for whom (None: where the buyer has it sent), and of which team.
Box = tuple[Gift | None, int]


@dataclass(frozen=True)
class Want:
    """So many units of a variant; the price and its story are today's unless they are told."""

    variant: Variant
    quantity: int
    unit_price_minor: int | None = None
    story_id: int | None = None
    discount_minor: int = 0  # its part of a team's coupon
    subsidy_minor: int = 0  # its part of the shop's
    to: Gift | None = None

    @property
    def box(self) -> Box:
        """The parcel that it lies in."""
        return self.to, self.variant.product.team_id

    @property
    def price_minor(self) -> int:
        return self.variant.price_minor if self.unit_price_minor is None else self.unit_price_minor

    @property
    def list_minor(self) -> int:
        """What it comes to at its price, before any coupon."""
        return self.quantity * self.price_minor

    @property
    def off_minor(self) -> int:
        """What a coupon takes off it, whoever pays for that."""
        return self.discount_minor + self.subsidy_minor


@dataclass(frozen=True)
class Purchase:
    """What is to be placed: who buys, what, and where it goes. Variants come with product and team."""

    email: str
    recipient: str
    phone: str
    region_id: str
    street: str
    wants: Sequence[Want]
    shipping: Mapping[int | Box, int]  # fen by team, of what goes to somebody else by gift and team
    person_id: int | None = None
    cart_id: int | None = None
    language: str = "zh"
    note: str = ""
    coupon: coupons.Use | None = None
    invoice: InvoiceWish | None = None  # what is wanted on one
    organisation_id: int | None = None
    mobiliser_organisation_id: int | None = None
    mobiliser_person_id: int | None = None
    channel: str = Order.Channel.SHOP
    holder_kind: str = ""
    holder: UUID | None = None
    most_held: int = 0  # units, by the holder
    mobile: str = ""  # E.164, of whoever gives no mailbox
    uid: UUID = field(default_factory=uuid4)
    pay_until: datetime | None = None  # no later than this, though reservations last longer
    unproved: unpaid.Asking | None = None  # how a buyer whom nobody knows is counted
    pay_by: str = ""  # the kind of an attempt to pay that is written down with the order
    placed_at: datetime | None = None
    traded_at: datetime | None = None

    @property
    def within(self) -> tuple[UUID, int] | None:
        """Its holder's uid and most units."""
        return None if self.holder is None else (self.holder, self.most_held)


@dataclass(frozen=True)
class Placed:
    """An order, and the attempt to pay it that was written down with it."""

    order: Order
    attempt: Payment | None


@transaction.atomic(savepoint=False)
def place_many(purchases: Sequence[Purchase]) -> list[Order]:
    """Place all of these, or none: stock reserved, prices and stories frozen, a parcel for each team."""
    return [placed.order for placed in place_all(purchases)]


def place_all(purchases: Sequence[Purchase]) -> list[Placed]:
    """The same, each with its attempt to pay; within a transaction."""
    now, traded, supporters = timezone.now(), clock.now(), _supporters(purchases)
    allowed = {
        p.uid: unpaid.allowance(p.unproved, sum(_units(p).values()), _total(p), p.within) for p in purchases
    }
    ends = {p.uid: _until(p, now + (one.lasts if (one := allowed[p.uid]) else RESERVED)) for p in purchases}
    reserved = stock.reserve_many(
        [
            stock.Wanted(
                p.uid, _units(p), ends[p.uid], of_lot=one.of_lot if (one := allowed[p.uid]) else None
            )
            for p in purchases
        ]
    )
    made: list[Placed] = []
    boxes: list[Parcel] = []
    shipments: list[Shipment] = []
    lines: list[Line] = []
    lots: list[LineLot] = []
    used: list[CouponUse] = []
    wishes: list[InvoiceWish] = []
    for purchase in purchases:
        drawn = reserved.draws[purchase.uid]
        order = _order(purchase, now, traded, ends[purchase.uid], allowed[purchase.uid] is not None)
        order.supporter = supporters[purchase.organisation_id]
        parcels = {
            box: Shipment(
                order=order,
                parcel=_parcel(purchase, *box),
                team_id=box[1],
                shipping_minor=purchase.shipping.get(box if box[0] else box[1], 0),
                ship_by=ship_by,
            )
            for box, ship_by in _boxes(purchase, order, drawn, reserved.ship_by).items()
        }
        wanted = [
            _line(order, want, parcels, _promised(want, drawn, reserved.ship_by)) for want in purchase.wants
        ]
        order._sent_to = {shipment.parcel.region_id for shipment in parcels.values()}  # type: ignore[attr-defined]
        made.append(Placed(order, attempt.unsaved(order, purchase.pay_by, now) if purchase.pay_by else None))
        boxes += [shipment.parcel for shipment in parcels.values()]
        shipments += parcels.values()
        if purchase.coupon:
            use = coupons.take(purchase.coupon)
            use.order = order
            used.append(use)
        if purchase.invoice:
            purchase.invoice.order = order
            wishes.append(purchase.invoice)
        lines += wanted
        lots += dealt(wanted, drawn)
    orders = [placed.order for placed in made]
    attempts = [placed.attempt for placed in made if placed.attempt]
    rows.insert(orders, boxes, shipments, lines, lots, attempts, used, wishes)
    if attempts:
        failpoints.reach("attempt.recorded")
    webhook_note.placed(orders)
    failpoints.reach("place.recorded")
    return made


def dealt(lines: Sequence[Line], draws: stock.Draws) -> list[LineLot]:
    """What each line draws on, of what its order draws on: the lots whose turn comes first go to the first line."""
    left = {variant: list(lots) for variant, lots in draws.items()}
    rows = []
    for line in lines:
        missing, lots = line.quantity, left[line.variant_id]
        while missing:
            lot, units = lots.pop(0)
            if units > missing:
                lots.insert(0, (lot, units - missing))
            rows.append(LineLot(line=line, lot_id=lot, units=min(units, missing)))
            missing -= rows[-1].units
    return rows


def _until(purchase: Purchase, until: datetime) -> datetime:
    return min(until, purchase.pay_until or until)


def _total(purchase: Purchase) -> int:
    return sum(want.list_minor - want.off_minor for want in purchase.wants) + sum(purchase.shipping.values())


def _units(purchase: Purchase) -> dict[int, int]:
    # Lines of several parcels that draw on one variant are summed before anything is reserved.
    assert len({(want.to, want.variant.pk) for want in purchase.wants}) == len(purchase.wants), (
        "one line a variant and address"
    )
    wants: dict[int, int] = defaultdict(int)
    for want in purchase.wants:
        wants[want.variant.pk] += want.quantity
    return dict(wants)


def _supporters(purchases: Sequence[Purchase]) -> dict[int | None, str]:
    """What each organisation that is bought for is; most are bought for by a person alone, and nothing is asked."""
    bought_for = {p.organisation_id for p in purchases} - {None}
    kinds = Organisation.objects.filter(pk__in=bought_for).values_list("pk", "kind") if bought_for else ()
    return {None: Order.A_PERSON, **dict(kinds)}


def _order(purchase: Purchase, now: datetime, traded: datetime, until: datetime, is_bounded: bool) -> Order:
    goods = sum(want.list_minor for want in purchase.wants)
    off = sum(want.off_minor for want in purchase.wants)
    assert off == (purchase.coupon.minor if purchase.coupon else 0), "what is off is a coupon's"
    shipping = sum(purchase.shipping.values())
    return Order(
        uid=purchase.uid,
        cart_id=purchase.cart_id,
        person_id=purchase.person_id,
        email=purchase.email,
        mobile=purchase.mobile,
        language=purchase.language,
        organisation_id=purchase.organisation_id,
        mobiliser_organisation_id=purchase.mobiliser_organisation_id,
        mobiliser_person_id=purchase.mobiliser_person_id,
        # What a proved buyer holds is not counted.
        unproved_cookie=purchase.unproved.number if purchase.unproved and is_bounded else None,
        channel=purchase.channel,
        holder_kind=purchase.holder_kind,
        holder=purchase.holder,
        note=purchase.note,
        goods_minor=goods,
        shipping_minor=shipping,
        discount_minor=off,
        total_minor=goods + shipping - off,
        placed_at=purchase.placed_at or now,
        traded_at=purchase.traded_at or traded,
        reserved_until=until,
    )


def _parcel(purchase: Purchase, gift: Gift | None, team_id: int) -> Parcel:
    if gift is not None:
        return Parcel(
            team_id=team_id,
            recipient=gift.recipient,
            phone=gift.phone,
            region_id=gift.region_id,
            street=gift.street,
            is_gift=True,
            gift_note=gift.gift_note,
            sender=gift.sender,
        )
    return Parcel(
        team_id=team_id,
        recipient=purchase.recipient,
        phone=purchase.phone,
        region_id=purchase.region_id,
        street=purchase.street,
    )


def _boxes(
    purchase: Purchase, order: Order, drawn: stock.Draws, promised: Mapping[int, Any]
) -> dict[Box, Any]:
    """The parcels that are sent, one a team and address, and the day by which: the slowest of what lies in each.

    What is held is promised for no day before it is confirmed: `promise` sets it then.
    """
    if purchase.holder is not None:
        return {want.box: None for want in purchase.wants}
    days: dict[Box, Any] = {}
    placed_on = order.traded_at.astimezone(clock.SHANGHAI).date()
    for want in purchase.wants:
        product = want.variant.product
        latest = max([*_promised(want, drawn, promised), placed_on + timedelta(days=product.dispatch_days)])
        days[want.box] = max(latest, days.get(want.box, latest))
    return days


def _promised(
    want: Want, drawn: Mapping[int, Sequence[tuple[int, int]]], promised: Mapping[int, date]
) -> list[date]:
    """By when planned lots are sent that this is taken from; none where all of it is in."""
    return [promised[lot] for lot, _ in drawn[want.variant.pk] if lot in promised]


def promise(orders: Sequence[Order], dispatch_days: int) -> None:
    """They are confirmed: each parcel is sent so many days from now, or by the day of its planned lot."""
    drawn = LineLot.objects.filter(line__shipment=OuterRef("pk")).order_by().values("line__shipment")
    ready = Subquery(drawn.annotate(ready=Max("lot__ship_by")).values("ready"), output_field=DateField())
    counted = Value(clock.today() + timedelta(days=dispatch_days), output_field=DateField())
    # Of days of which some are not known, PostgreSQL takes the latest that is.
    Shipment.objects.filter(order__in=[o.pk for o in orders]).update(ship_by=Greatest(counted, ready))


def _line(order: Order, want: Want, parcels: Mapping[Box, Shipment], promised: Sequence[date]) -> Line:
    variant = want.variant
    product = variant.product
    story_id = want.story_id or variant.story_id
    assert story_id, "what is on sale has a price story"
    return Line(
        order=order,
        variant=variant,
        team_id=product.team_id,
        shipment=parcels[want.box],
        story_id=story_id,
        name_zh=f"{product.name_zh} {variant.name_zh}".strip(),
        name_en=f"{product.name_en or product.name_zh} {variant.name_en or variant.name_zh}".strip(),
        quantity=want.quantity,
        unit_price_minor=want.price_minor,
        discount_minor=want.discount_minor,
        subsidy_minor=want.subsidy_minor,
        net_minor=want.list_minor - want.off_minor,
        after_sale_hours=24 * product.after_sale_days,
        is_returnable=product.is_returnable,
        presale_ship_by=max(promised, default=None),
    )
