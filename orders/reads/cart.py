"""A cart as its buyer sees it: what it costs with sending, and what stands in its way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, QuerySet, Sum

from accounts.models import Membership, Organisation, Person
from accounts.reads import mobiliser
from accounts.ways import number_of, texted
from catalog.models import Team
from catalog.reads import is_known_short
from core.language import Words, localized, say
from core.money import show
from orders.models import Cart, CartLine
from orders.reads import closure, coupon
from orders.reads.closure import Closed
from orders.reads.shipping import Parcel, parcels


@dataclass(frozen=True)
class Problem:
    """Why a line, or the whole cart, cannot be bought as it stands."""

    code: str
    message: Words
    closed: Closed | None = None  # what closes the place, of one that is closed


NOT_OFFERED = Problem("NOT_OFFERED", say("这件商品已下架。", "This is not offered any more."))
SOLD_OUT = Problem("SOLD_OUT", say("已经售完了。", "Sold out."))
NOT_DELIVERED = Problem(
    "NOT_DELIVERED_HERE", say("这件商品不发往您的地区。", "This is not delivered to your region.")
)
NEEDS_ADULT = Problem(
    "NEEDS_ADULT", say("购买酒类需确认已满 18 周岁。", "Confirm that you are 18 or older to buy alcohol.")
)
EMPTY = Problem("EMPTY", say("购物车是空的。", "The cart is empty."))
NO_EMAIL = Problem(
    "NO_EMAIL",
    say(
        "请填写邮箱，或能收短信的手机号。",
        "Please give an e-mail address, or a mobile number that we can text.",
    ),
)
NO_ADDRESS = Problem(
    "NO_ADDRESS", say("请填写收货人、电话和地址。", "Please give a name, a phone number and an address.")
)
NO_MOBILISER = Problem("UNKNOWN_MOBILISER", say("没有这个动员码。", "There is no such mobiliser code."))
OWN_MOBILISER = Problem(
    "OWN_MOBILISER", say("不能填自己的动员码。", "You cannot give your own mobiliser code.")
)
NO_ORGANISATION = Problem(
    "NOT_YOUR_ORGANISATION",
    say("您不能以这个单位的名义购买。", "You cannot buy on behalf of this organisation."),
)


@dataclass
class LineSeen:
    """A line with today's price and what stands in its way."""

    line: CartLine
    problems: list[Problem] = field(default_factory=list)

    @property
    def minor(self) -> int:
        return self.line.quantity * self.line.variant.price_minor


@dataclass
class CartSeen:
    """The whole cart, computed once from its lines."""

    cart: Cart
    lines: list[LineSeen]
    parcels: list[Parcel] | None
    problems: list[Problem]
    mobilisers: tuple[Organisation | None, Person | None]
    offered: coupon.Offered

    @property
    def goods_minor(self) -> int:
        return sum(line.minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        """What the best coupon takes off."""
        return self.offered.best.minor if self.offered.best else 0

    @property
    def total_minor(self) -> int:
        """Goods less the coupon, and sending as far as it is known."""
        return self.goods_minor - self.discount_minor + (self.shipping_minor or 0)

    @property
    def shipping_minor(self) -> int | None:
        """Fen; None as long as nobody has said where to, or something in the cart is not sent there."""
        if self.parcels is None or not all(parcel.is_served for parcel in self.parcels):
            return None
        return sum(parcel.minor for parcel in self.parcels)

    @property
    def is_for_others_only(self) -> bool:
        """Whether nothing of it goes to the buyer's own door, which then nobody asks for."""
        return bool(self.lines) and all(line.line.address_id for line in self.lines)

    @property
    def needs_adult(self) -> bool:
        return any(line.line.variant.product.needs_adult for line in self.lines)

    def team(self, pk: int) -> Team:
        """The team that sends a parcel."""
        teams = (line.line.variant.product.team for line in self.lines)
        return next(team for team in teams if team.pk == pk)

    def recipient(self, address_id: int | None) -> str:
        """To whom else a parcel is sent; empty of the cart's own address."""
        there = (line.line.address for line in self.lines)
        return next((one.recipient for one in there if one and one.pk == address_id), "")

    @property
    def mobiliser_name(self) -> str:
        """Whose call it is, as far as it may be told: a person is known by her nickname alone."""
        organisation, person = self.mobilisers
        if organisation is not None:
            return localized(organisation, "name")
        return (person.nickname or str(say("一位朋友", "a friend"))) if person is not None else ""

    @property
    def is_ready(self) -> bool:
        return not self.problems and not any(line.problems for line in self.lines)


def open_carts() -> QuerySet[Cart]:
    """Carts that have become neither an order nor a part of another cart."""
    return Cart.objects.filter(closed_at=None)


def carts_of(person: Any, uid: UUID | None) -> QuerySet[Cart]:
    """The cart that is asked for, if it is the asker's: a guest's is whoever's who knows its uid."""
    if uid is None:
        return (
            open_carts().filter(person=person, is_apart=False)
            if person.is_authenticated
            else Cart.objects.none()
        )
    return carts_by_id(person, [uid])


def carts_by_id(person: Any, uids: list[UUID]) -> QuerySet[Cart]:
    """Of these carts those that are the asker's."""
    mine = open_carts().filter(uid__in=uids)
    guests = mine.filter(person=None)
    return guests | mine.filter(person=person) if person.is_authenticated else guests


def seen(cart: Cart, to_place: Iterable[CartLine] | None = None) -> CartSeen:
    """The cart with its totals and problems; of lines that are to be placed the stock will be reserved anyway."""
    with_stock = to_place is None
    known = getattr(cart, "_seen", None)
    if known is not None and with_stock:
        return known
    lines = [LineSeen(line) for line in (cart.lines.all() if to_place is None else to_place)]
    sent = _parcels(cart, lines)
    unserved = {(one.address_id, one.team_id, one.storage) for one in sent or () if not one.is_served}
    for line in lines:
        line.problems = _line_problems(cart, line.line, unserved, with_stock)
    mobilisers = mobiliser(cart.mobiliser_code) if cart.mobiliser_code else (None, None)
    found = CartSeen(cart, lines, sent, _problems(cart, lines, mobilisers), mobilisers, _offered(cart, lines))
    if with_stock:
        cart._seen = found  # type: ignore[attr-defined]
    return found


def buyer_of_cart(cart: Cart) -> coupon.Buyer:
    """By what the buyer of a cart is known who has used coupons before."""
    is_unjudged = cart.is_unjudged or bool(cart.typed_here and cart.typed_here())
    return coupon.buyer_of(cart.person, cart.email, cart.phone, is_unjudged)


def _offered(cart: Cart, lines: list[LineSeen]) -> coupon.Offered:
    goods = [
        coupon.Goods(product.team_id, product.category_id, line.minor if is_offered(line.line) else 0)
        for line in lines
        for product in (line.line.variant.product,)
    ]
    return coupon.offered(goods, lambda: buyer_of_cart(cart), cart.coupon_code, cart.is_without_coupon)


def is_offered(line: CartLine) -> bool:
    """Whether the line's variant is on sale at all."""
    variant = line.variant
    product = variant.product
    return bool(variant.is_offered and variant.story_id and product.is_published and product.team.is_active)


def _parcels(cart: Cart, lines: list[LineSeen]) -> list[Parcel] | None:
    if not cart.region_id and any(seen_line.line.address_id is None for seen_line in lines):
        return None
    grams: dict[int | None, dict[tuple[int, str], int]] = {}
    regions: dict[int | None, str] = {}
    for seen_line in lines:
        line = seen_line.line
        if is_offered(line):
            key = (line.variant.product.team_id, line.variant.product.storage)
            there = grams.setdefault(line.address_id, {})
            there[key] = there.get(key, 0) + line.quantity * line.variant.weight_grams
            regions[line.address_id] = region_of(cart, line)
    return [parcel for to, weights in grams.items() for parcel in parcels(weights, regions[to], to)]


def region_of(cart: Cart, line: CartLine) -> str:
    """The code of where a line goes; empty as long as nobody has said."""
    return (line.address.region_id if line.address else cart.region_id) or ""


def _line_problems(
    cart: Cart, line: CartLine, unserved: set[tuple[int | None, int, str]], with_stock: bool
) -> list[Problem]:
    product = line.variant.product
    if not is_offered(line):
        return [NOT_OFFERED]
    found = []
    if with_stock and is_known_short(line.variant.units_available, line.quantity):
        found.append(_short(line.variant.units_available))
    if line.price_seen_minor != line.variant.price_minor:
        found.append(_price_changed(line.price_seen_minor, line.variant.price_minor))
    if (line.address_id, product.team_id, product.storage) in unserved:
        found.append(NOT_DELIVERED)
    elif closed := _closed(cart, line, with_stock):
        found.append(Problem("PLACE_CLOSED", closed.words, closed))
    if product.needs_adult and not cart.is_adult:
        found.append(NEEDS_ADULT)
    return found


def _closed(cart: Cart, line: CartLine, with_stock: bool) -> Closed | None:
    """What closes the cart's place for a line; of what is to be placed by the statement that has read it."""
    storage = line.variant.product.storage
    if with_stock or line.address:
        return closure.over(region_of(cart, line), storage)
    found: int | None = line.closed_by  # type: ignore[attr-defined]
    return None if found is None else closure.of(found, cart.region_id or "", storage)


def _price_changed(was: int, now: int) -> Problem:
    words = say(
        "价格从 {was} 变成了 {now}，请确认新价格。",
        "The price has changed from {was} to {now}; please accept the new one.",
        was=show(was),
        now=show(now),
    )
    return Problem("PRICE_CHANGED", words)


def _short(stock: int) -> Problem:
    return Problem("ONLY_N_LEFT", say("只剩 {n} 份了。", "Only {n} left.", n=stock)) if stock else SOLD_OUT


def _problems(
    cart: Cart, lines: list[LineSeen], mobilisers: tuple[Organisation | None, Person | None]
) -> list[Problem]:
    found = []
    if not lines:
        found.append(EMPTY)
    if not is_reached(cart):
        found.append(NO_EMAIL)
    to_others = bool(lines) and all(line.line.address_id for line in lines)
    if not to_others and not (cart.region_id and cart.recipient and cart.phone and cart.street):
        found.append(NO_ADDRESS)
    if cart.mobiliser_code and mobilisers == (None, None):
        found.append(NO_MOBILISER)
    if mobilisers[1] is not None and mobilisers[1].pk == cart.person_id:
        found.append(OWN_MOBILISER)
    if cart.organisation_id and not _may_buy_for(cart):
        found.append(NO_ORGANISATION)
    return found


def is_reached(cart: Cart) -> bool:
    """Whether its buyer can be told of the order: by mail, or by text to the number she signs in with or has typed."""
    return bool(cart.email or (cart.person and number_of(cart.person)) or texted(cart.phone))


def mobile_of(cart: Cart) -> str:
    """Where the buyer of this cart is told by text because she has given no mailbox; nothing where her account has a
    number, which may change."""
    if cart.email or (cart.person and number_of(cart.person)):
        return ""
    return texted(cart.phone)


def _may_buy_for(cart: Cart) -> bool:
    """Asked again at the last moment: the buyer may have left it since, or it may be verified no more."""
    return Membership.objects.filter(
        person=cart.person_id,
        organisation=cart.organisation_id,
        organisation__state=Organisation.State.VERIFIED,
        ended_at=None,
    ).exists()


_INSIDE = """
    SELECT coalesce(sum(l.quantity), 0), coalesce(max(c.region_id), '')
    FROM orders_cart c LEFT JOIN orders_cartline l ON l.cart_id = c.id
    WHERE c.uid = %s AND c.person_id IS NULL AND c.closed_at IS NULL
"""


def inside(person: Any, uid: UUID | None) -> tuple[int, str]:
    """How many units are in the asker's cart, and the code of the region that it goes to; written out for guests, as
    each page of theirs asks it."""
    if uid is None or person.is_authenticated:
        mine = carts_of(person, uid).aggregate(units=Sum("lines__quantity"), region=Max("region"))
        return mine["units"] or 0, mine["region"] or ""
    with connection.cursor() as cursor:
        cursor.execute(_INSIDE, [uid])
        units, region = cursor.fetchone()
    return int(units), region
