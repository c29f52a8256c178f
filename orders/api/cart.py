"""The cart: what a buyer is asking for, what it costs with sending, and what stands in its way."""

from typing import Any
from uuid import UUID

import graphene

from catalog.models import Product, Team
from core.api.access import PUBLIC, Access
from core.api.act import Act
from core.api.facts import guarded, needs
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.nodes import Door
from core.api.types import ModelType, Money, PlainType, list_of, money, type_of
from orders.actions import cart as carts
from orders.actions import cart_address, invoice_wish
from orders.api.checkout_details import CHECKOUT_DETAILS, clean_details, typed_by
from orders.api.closure import ClosedPlaceType, closed_place
from orders.api.coupon import CartDiscount, CouponNote
from orders.api.invoice import InvoiceWishType
from orders.models import Cart, CartLine
from orders.reads import cart as reads

# A guest's cart is open to whoever knows its id, which is random and told to nobody else.
CART_HOLDER = Access("whoever holds the cart", pii=2)
EVERYTHING = ("lines__variant__product__team", "lines__address__region")


class CartProblemCode(graphene.Enum):
    """Why a line, or the cart, cannot be bought as it stands."""

    SOLD_OUT = "SOLD_OUT"
    ONLY_N_LEFT = "ONLY_N_LEFT"
    PRICE_CHANGED = "PRICE_CHANGED"
    NOT_OFFERED = "NOT_OFFERED"
    NOT_DELIVERED_HERE = "NOT_DELIVERED_HERE"
    PLACE_CLOSED = "PLACE_CLOSED"
    NEEDS_ADULT = "NEEDS_ADULT"
    EMPTY = "EMPTY"
    NO_EMAIL = "NO_EMAIL"
    NO_ADDRESS = "NO_ADDRESS"
    UNKNOWN_MOBILISER = "UNKNOWN_MOBILISER"
    OWN_MOBILISER = "OWN_MOBILISER"
    NOT_YOUR_ORGANISATION = "NOT_YOUR_ORGANISATION"

    @property
    def description(self) -> str:
        """The code in plain words, for the schema."""
        return f"{self.value.replace('_', ' ').capitalize()}."


class ProblemType(PlainType):
    """What stands in the way of buying; the cart stays readable."""

    class Meta:
        access = CART_HOLDER

    code = graphene.Field(CartProblemCode, required=True, description="What it is, for programs.")
    message = graphene.String(required=True, description="What it is, in the reader's language.")
    closed = graphene.Field(
        ClosedPlaceType,
        description="Of PLACE_CLOSED, what is told of it: place, reason, until when; else null.",
    )

    def resolve_closed(root, info):
        """For programs, what the sentence says for people."""
        return closed_place(root.closed)


def _problems(most: int, text: str) -> Any:
    return list_of(ProblemType, most=most, description=text)


class CartLineType(ModelType):
    """A variant and how much of it."""

    class Meta:
        model = CartLine
        fields = ("variant", "quantity", "address")
        access = CART_HOLDER
        about = {
            "variant": "What is wanted.",
            "quantity": "Units.",
            "address": "To whom else it is sent; null for the cart's own address.",
        }

    unit_price = graphene.Field(Money, required=True, description="Today's price of one unit.")
    line_total = graphene.Field(Money, required=True, description="Quantity times price.")
    problems = _problems(4, "What stands in the way of this line.")

    @needs("variant")
    def resolve_unit_price(root, info):
        """Today's price of one unit of the variant, which may differ from the one the buyer has seen."""
        return money(root.variant.price_minor)

    @needs("variant")
    def resolve_line_total(root, info):
        """Whole fen times whole units."""
        return money(root.quantity * root.variant.price_minor)

    @needs("variant__product__team", "address")
    def resolve_problems(root, info):
        """As the whole cart sees them."""
        lines = reads.seen(root.cart).lines
        return next((line.problems for line in lines if line.line.pk == root.pk), [])


class CartParcelType(PlainType):
    """What one team sends in one storage class."""

    class Meta:
        access = CART_HOLDER

    team = graphene.Field(lambda: type_of(Team), required=True, description="Who sends it.")
    storage_name = graphene.String(required=True, description="How it travels.")
    weight_grams = graphene.Int(required=True, description="Its weight in grams.")
    amount = graphene.Field(Money, required=True, description="What sending it costs.")
    is_served = graphene.Boolean(required=True, description="Whether it is sent to this region at all.")
    recipient = graphene.String(
        required=True, description="To whom else it is sent; empty: to the buyer's own."
    )


def _parcel(seen: reads.CartSeen, parcel: Any) -> dict[str, Any]:
    return {
        "team": seen.team(parcel.team_id),
        "storage_name": str(Product.Storage(parcel.storage).parcel),
        "weight_grams": parcel.grams,
        "amount": money(parcel.minor),
        "is_served": parcel.is_served,
        "recipient": seen.recipient(parcel.address_id),
    }


class CartType(ModelType):
    """What a buyer is asking for, before it is an order."""

    class Meta:
        door = Door("cart", lambda request, uids: reads.carts_by_id(request.user, uids))
        model = Cart
        fields = (
            "email",
            "recipient",
            "phone",
            "region",
            "street",
            "note",
            "mobiliser_code",
            "coupon_code",
            "is_without_coupon",
            "is_adult",
            "organisation",
            "lines",
            "addresses",
        )
        access = CART_HOLDER
        most = {"lines": carts.MOST_LINES, "addresses": carts.MOST_ADDRESSES}
        about = {
            "email": "Where the confirmation goes.",
            "recipient": "Who takes the parcels.",
            "phone": "Whom the courier calls.",
            "region": "The county or district it is sent to.",
            "street": "Street, house, flat.",
            "note": "A word for the teams.",
            "mobiliser_code": "By whose call it is bought; may be changed or emptied until it is placed.",
            "coupon_code": "The coupon's code that was given, whether it is the one used or not.",
            "is_without_coupon": "Whether she has taken the coupon off: none is used.",
            "organisation": "On whose behalf it is bought.",
            "lines": "What is wanted.",
            "addresses": "To whom else a part of it is sent.",
        }

    goods_total = graphene.Field(Money, required=True, description="All lines.")
    shipping_total = graphene.Field(
        Money, description="Sending; null until a region is told, and while something is not delivered there."
    )
    discount = graphene.Field(CartDiscount, description="The best coupon for it; null where none counts.")
    coupon_note = graphene.Field(
        CouponNote, description="Why the one whose code was given is not used; null for most."
    )
    total = graphene.Field(
        Money, required=True, description="Goods less the coupon, and sending as far as it is known."
    )
    parcels = list_of(
        CartParcelType, most=carts.MOST_LINES, description="What each team sends; empty without a region."
    )
    problems = _problems(5, "What stands in the way of the cart as a whole.")
    is_ready = graphene.Boolean(required=True, description="Whether it can be placed as it is.")
    is_for_others_only = graphene.Boolean(
        required=True, description="Whether all of it goes to others: then its own address is not asked for."
    )
    needs_adult = graphene.Boolean(required=True, description="Whether it holds alcohol.")
    invoice = graphene.Field(
        InvoiceWishType, description="To whom invoices are to be; null where none is wanted."
    )
    mobiliser_name = graphene.String(required=True, description="Whose code it is; empty without one.")

    @needs(*EVERYTHING)
    def resolve_goods_total(root, info):
        """All lines at today's prices, without sending."""
        return money(reads.seen(root).goods_minor)

    @needs(*EVERYTHING)
    def resolve_shipping_total(root, info):
        """By storage class, province and weight."""
        minor = reads.seen(root).shipping_minor
        return None if minor is None else money(minor)

    @needs(*EVERYTHING)
    def resolve_total(root, info):
        """Goods and sending; the goods alone while it is not known where it goes."""
        return money(reads.seen(root).total_minor)

    @needs(*EVERYTHING)
    def resolve_discount(root, info):
        """Chosen anew each time: what is cheapest for these lines and this buyer."""
        return reads.seen(root).offered.best

    @needs(*EVERYTHING)
    def resolve_coupon_note(root, info):
        """Of a code that was given and is not the best, or does not count."""
        return reads.seen(root).offered.why_not

    @needs(*EVERYTHING)
    def resolve_parcels(root, info):
        """One a team and storage class."""
        seen = reads.seen(root)
        return [_parcel(seen, parcel) for parcel in seen.parcels or ()]

    @needs(*EVERYTHING)
    def resolve_problems(root, info):
        """Why the cart as a whole cannot be placed (the address, the mobiliser); a line tells its own."""
        return reads.seen(root).problems

    @needs(*EVERYTHING)
    def resolve_is_ready(root, info):
        """Whether it could be placed now: neither the cart nor a line has a problem."""
        return reads.seen(root).is_ready

    @needs(*EVERYTHING)
    def resolve_is_for_others_only(root, info):
        """False of an empty one."""
        return reads.seen(root).is_for_others_only

    @needs(*EVERYTHING)
    def resolve_needs_adult(root, info):
        """Whether something in it may be sold to adults only."""
        return reads.seen(root).needs_adult

    def resolve_invoice(root, info):
        """As it was told; the order has it once it is placed."""
        return invoice_wish.of_cart(root)

    @needs(*EVERYTHING)
    def resolve_mobiliser_name(root, info):
        """An organisation's name, a person's nickname."""
        return reads.seen(root).mobiliser_name


def cart_uid(id: str | None) -> UUID | None:
    """The uid inside a cart's id; none without one."""
    return uid_of(id, "Cart", field="cart_id") if id else None


CART = "The cart; without it one's own, or a new one."


class CartAct(Act):
    """A deed on a cart, answered with the cart."""

    class Meta:
        abstract = True

    cart = graphene.Field(CartType, description="The cart as it is now.")


class CartUpdate(CartAct):
    """Tell where it goes, who pays, by whose call; or accept prices that have changed."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        accept_prices = graphene.Boolean(description="The new prices have been seen and are accepted.")
        to_usual = graphene.Boolean(
            description="Where nothing was said of where it goes, it goes to the asker's usual address."
        )
        keep_address = graphene.Boolean(description="Keep where it goes among the asker's own addresses.")
        locals().update(CHECKOUT_DETAILS)

    @classmethod
    def act(
        cls,
        request: Any,
        cart_id: str | None = None,
        accept_prices: bool = False,
        to_usual: bool = False,
        keep_address: bool = False,
        **given: Any,
    ) -> Any:
        """The cart with what was said of it, begun where there is none."""
        told = clean_details(given)
        if given.get("email") or given.get("phone"):
            told["is_unjudged"] = typed_by(request, given)()
        cart = carts.update(request.user, cart_uid(cart_id), accept_prices=bool(accept_prices), **told)
        if to_usual:
            cart = cart_address.send_to_usual(request.user, cart)
        if keep_address:
            cart_address.keep(request.user, cart)
        return {"cart": cart}


def _cart(root: Any, info: Any, id: str | None = None) -> Cart | None:
    return prefetched(reads.carts_of(info.context.user, cart_uid(id)), info).first()


class Query:
    cart = guarded(
        graphene.Field(
            CartType,
            args={"id": graphene.Argument(graphene.ID, description="The cart's id; without it one's own.")},
            resolver=_cart,
            description="An open cart: one's own, or a guest's by its id; null for any other.",
        ),
        PUBLIC,
    )


class Mutation:
    cart_update = CartUpdate.Field()
