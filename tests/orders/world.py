"""Buyers, carts, orders and what the provider tells, in a few words; on the shelves of the catalog's world."""

import random
import uuid
from contextlib import suppress
from datetime import timedelta
from typing import Any

import graphene
from django.test import Client
from django.utils import timezone
from stripe import WebhookSignature

import accounts.api
import catalog.api
import orders.api
from catalog.models import Lot, Variant
from core import verify as core_verify
from core.api.ids import global_id, uid_of
from core.api.schema import build_schema
from core.deliveries import drain
from core.money import decimal
from core.outbox import Reactions
from core.refusals import Refusal
from local.stripe.notices import send  # noqa: F401 (named in docs of tests)
from orders import verify as orders_verify
from orders.actions import cancel
from orders.models import Cart, Line, Order, Payment
from orders.provider import provider
from orders.reads.shipping import parcels
from tests.accounts.world import Asker, a_person
from tests.catalog.world import a_lot
from together.actions import seat

WUHAN = "420106"
KASHGAR = "653101"
ADDRESS = {
    "recipient": "示例买家",
    "phone": "13800138000",
    "regionCode": WUHAN,
    "street": "示例路 1 号",
}
BUYER = {"email": "buyer@example.com", **ADDRESS}
PAID = "checkout.session.completed"

REACTIONS = {
    "OrderPaid": Reactions(afterwards=["orders.tasks.close_payments"]),
    "OrderHeld": Reactions(afterwards=["orders.tasks.close_payments"]),
    "PaymentWaits": Reactions(afterwards=["orders.tasks.open_page"]),
    "OrderLapsed": Reactions(afterwards=["orders.tasks.close_payments"]),
    "PaymentTurnedAway": Reactions(afterwards=["orders.tasks.submit_refund"]),
    "RefundRequested": Reactions(afterwards=["orders.tasks.submit_refund"]),
    "RefundTriedAgain": Reactions(afterwards=["orders.tasks.submit_refund"]),
}


class Query(accounts.api.Query, catalog.api.Query, orders.api.Query, graphene.ObjectType):
    """What may be read up to this floor."""


class Mutation(accounts.api.Mutation, catalog.api.Mutation, orders.api.Mutation, graphene.ObjectType):
    """What may be done up to this floor."""


schema = build_schema(Query, Mutation)

CART = """id email recipient phone street note mobiliserCode mobiliserName isAdult needsAdult isReady
  region { code } organisation { id }
  lines { id quantity unitPrice { minor } lineTotal { minor } variant { id } problems { code message } }
  problems { code message } goodsTotal { minor } shippingTotal { minor } total { minor }
  parcels { team { slug } storageName weightGrams amount { minor } isServed }"""
ORDER = """number state stateName allowedActions isGuest address
  goodsTotal { minor } shippingTotal { minor } total { minor } refundedTotal { minor }
  lines { id name quantity unitPrice { minor } net { minor } refunded { minor } refundedUnits shipmentId }
  payments { id state method isKept url amount { minor } } refunds { state reason amount { minor } }"""


class Buyer(Asker):
    """Somebody who buys: a guest, known by nothing but a token of her own, or a person."""

    def __init__(self, person: Any = None, language: str = "en"):
        super().__init__(person, language=language)
        if person is None:
            self.headers["X-Guest"] = uuid.uuid4().hex
        self.person = person

    def do(self, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
        """As anybody; who places something has seen what it comes to, unless a test says otherwise."""
        if act in EXPECTING and "expectedTotal" not in given:
            given["expectedTotal"] = total_of(given, self.person)
        if act in ("shipmentShip", "groupShip") and "expectedUnits" not in given:
            given["expectedUnits"] = units_in(given)
        return super().do(act, payload, **given)

    def fill(self, *lots: Lot, quantity: int = 1, **told: Any) -> dict[str, Any]:
        """A cart with these lots' variants, ready to be placed."""
        lines = [{"variantId": variant_id(lot), "quantity": quantity} for lot in lots]
        cart = self.done("cartLinesAdd", f"cart {{ {CART} }}", lines=lines)["cart"]
        return self.done("cartUpdate", f"cart {{ {CART} }}", cartId=cart["id"], **{**BUYER, **told})["cart"]

    def place(self, *lots: Lot, quantity: int = 1, **told: Any) -> dict[str, Any]:
        """An order from a cart: its number and a guest's token."""
        cart = self.fill(*lots, quantity=quantity, **told)
        placed = self.done("checkoutPlace", "order { number } token", cartId=cart["id"], idempotencyKey=key())
        return {"number": placed["order"]["number"], "token": placed["token"]}

    def begin(self, order: dict[str, Any], kind: str = "CHECKOUT") -> dict[str, Any]:
        """Where to pay it."""
        payment = "payment { id url clientSecret state }"
        return self.done("paymentBegin", payment, **order, kind=kind, idempotencyKey=key())["payment"]

    def look(self, order: dict[str, Any]) -> Any:
        """The order as she sees it."""
        document = f"query($number: String!, $token: String) {{ order(number: $number, token: $token) {{ {ORDER} }} }}"
        return self.ask(document, **order)["order"]

    def cart(self, id: str | None = None) -> Any:
        """The cart as she sees it."""
        return self.ask(f"query($id: ID) {{ cart(id: $id) {{ {CART} }} }}", id=id)["cart"]


EXPECTING = ("checkoutPlace", "buyNow")


def total_of(given: dict[str, Any], person: Any = None) -> str:
    """What a cart, or these lines sent to this region, come to; nothing, where that cannot be known."""
    grams: dict[tuple[int, str], int] = {}
    goods = 0
    for variant, units in _wanted(given, person):
        goods += units * variant.price_minor
        key_ = (variant.product.team_id, variant.product.storage)
        grams[key_] = grams.get(key_, 0) + units * variant.weight_grams
    region = given.get("regionCode")
    if "lines" not in given and (cart := _cart(given, person)):
        region = cart.region_id
    sent = parcels(grams, region) if region else []
    return decimal(goods + sum(parcel.minor for parcel in sent))


def _cart(given: dict[str, Any], person: Any) -> Cart | None:
    if given.get("cartId"):
        with suppress(Refusal):
            return Cart.objects.filter(uid=uid_of(given["cartId"], "Cart")).first()
        return None
    return Cart.objects.filter(person=person, closed_at=None).first() if person else None


def _wanted(given: dict[str, Any], person: Any) -> list[tuple[Variant, int]]:
    if "lines" not in given:
        cart = _cart(given, person)
        lines = cart.lines.select_related("variant__product") if cart else ()
        return [(line.variant, line.quantity) for line in lines]
    found = []
    for line in given["lines"]:
        with suppress(Refusal):
            uid = uid_of(line["variantId"], "Variant")
            rows = Variant.objects.filter(uid=uid).select_related("product")
            found += [(variant, line["quantity"]) for variant in rows]
    return found


def units_in(given: dict[str, Any]) -> int:
    """Units that lie in a parcel, or in a group's, as it is now."""
    with suppress(Refusal):
        if "shipmentId" in given:
            lines = Line.objects.filter(shipment__uid=uid_of(given["shipmentId"], "Shipment"))
        else:
            holder = uid_of(given["groupId"], "GroupPurchase")
            lines = Line.objects.filter(
                order__holder=holder, shipment__state="waiting", order__contested_at=None
            )
        return sum(line.units_sent for line in lines)
    return 0


def key() -> str:
    return str(uuid.uuid4())


def variant_id(lot: Lot) -> str:
    return global_id("Variant", lot.variant.uid)


def session_of(payment: dict[str, Any]) -> str:
    """The session's id in the address of its page."""
    return payment["url"].split("#")[0].rstrip("/").rsplit("/", 1)[1]


def row(order: dict[str, Any]) -> Order:
    return Order.objects.get(number=order["number"])


def events(stand: Any, *kinds: str) -> list[dict[str, Any]]:
    """What the provider would tell, oldest first."""
    found = stand.store.select("event", [], 100_000, oldest_first=True)
    return [event for event in found if not kinds or event["type"] in kinds]


def tell(stand: Any, *kinds: str, times: int = 1, shuffled: bool = False) -> list[int]:
    """Hand on what the provider tells, as HTTP posts with true signatures; the answers' codes."""
    told = [event for event in events(stand, *kinds) for _ in range(times)]
    if shuffled:
        random.shuffle(told)
    return [post(event) for event in told]


def post(event: dict[str, Any], *, at: int | None = None, secret: str = "whsec_tests", body: str = "") -> int:
    """One notice as the provider posts it."""
    import json

    text = body or json.dumps(event)
    signature = WebhookSignature.generate_signature_header(text, secret, at)
    reply = Client().post(
        "/notices/stripe/", text, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    return reply.status_code


def run_out(order: dict[str, Any]) -> None:
    """Its time to pay has passed, and it was let go."""
    Order.objects.filter(number=order["number"]).update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert cancel.expire() + seat.expire() == 1


def confirm(made: Payment) -> None:
    """Pay an intent as a client of its own would."""
    provider("stripe").client.v1.payment_intents.confirm(
        made.payment_ref, {"payment_method": "pm_card_visa", "return_url": "http://testserver/"}
    )


def settle_all() -> None:
    """Let everything that follows happen, here and now."""
    drain()


def at_rest() -> None:
    """Nothing is out of place on this floor and below."""
    drain()
    offences = [*core_verify.verify(), *orders_verify.verify()]
    assert offences == [], offences


__all__ = ["Buyer", "a_lot", "a_person"]
