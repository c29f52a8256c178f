"""Place: a cart, or what is bought at once past it, becomes an order at the total its buyer has seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from catalog.refusals import InsufficientStock
from core import fast, language
from core.refusals import IdempotencyConflict, NotFound, Refusal
from orders.actions import attempt, cart_line, invoice_wish, unpaid
from orders.actions import cart as carts
from orders.actions.coupon import Use
from orders.actions.placing import Gift, Placed, Purchase, Want, place_all
from orders.models import Cart, CartAddress, CartLine, Order
from orders.reads import cart as cart_reads
from orders.reads.address import parcels_of
from orders.reads.closure import around, closed_by
from orders.refusals import CartProblem, TotalChanged

_LINES = fast.PreparedQuery(
    lambda cart, codes: (
        CartLine.objects.filter(cart=cart)
        .select_related("variant__product__team", "address")
        .annotate(closed_by=closed_by(codes, "variant__product__storage"))
    )
)


@transaction.atomic(savepoint=False)
def place(
    person: Any,
    uid: UUID | None,
    expected_minor: int,
    asker: str,
    is_hers: Callable[[Order], bool] = lambda order: False,
) -> Order:
    """Turn the cart into an order, if it comes to what its buyer has seen; placing it twice leads to the same.

    A guest's order is not told by her cart's id alone, which others may hold: `is_hers` says whether she who asks
    has placed it.
    """
    cart = carts.closed(person, uid)
    if cart is None:
        return _placed_before(carts.to_place(person, uid), person, is_hers)
    lines = _LINES.rows(cart=cart.pk, codes=around(cart.region_id or ""))
    return _place_cart(cart, person, asker, lines, expected_minor).order


def buy_now(
    person: Any,
    asker: str,
    uid: UUID,
    wanted: Iterable[tuple[UUID, int]],
    kind: str,
    expected_minor: int,
    typed_here: Callable[[], bool] | None = None,
    **details: Any,
) -> Placed:
    """Place variants at once, past the cart, with an attempt to pay; with the same uid it leads to the same order.
    `typed_here` says whether too many buyers were typed where she is (`coupon.is_too_many`)."""
    buyer = person if person.is_authenticated else None
    wanted = list(wanted)
    try:
        with transaction.atomic():
            fields = {"email": (buyer.email or "") if buyer else "", **carts.validated(details, person)}
            cart = Cart(uid=uid, person=buyer, language=language.current(), **fields)
            cart.typed_here = typed_here
            return _place_cart(
                cart,
                person,
                asker,
                cart_line.lines_to_buy(cart, wanted),
                expected_minor,
                uid=uid,
                pay_by=kind,
            )
    except (IntegrityError, Refusal):
        # Asked again after a crash: what it led to is there, and keeps the stock that is missing now.
        before = Order.objects.filter(uid=uid).first()
        if before is None:
            raise
        said = carts.validated({name: details[name] for name in _SAID if name in details}, person)
        if not _is_same_request(before, wanted, expected_minor, said):
            raise IdempotencyConflict(field="idempotencyKey") from None
        return Placed(before, None)


# What of a call its order and its parcel say again.
_SAID = ("email", "note", "recipient", "phone", "region_code", "street")


def _is_same_request(
    order: Order, wanted: Sequence[tuple[UUID, int]], expected_minor: int, said: Mapping[str, Any]
) -> bool:
    """Whether an order is that of this call: a payment that was refused leaves it, and its key free for any other."""
    units: dict[UUID, int] = {}
    for variant, quantity in wanted:
        units[variant] = units.get(variant, 0) + quantity
    bought = {line.variant.uid: line.quantity for line in order.lines.select_related("variant")}
    parcel = parcels_of(order)[0]
    said_again = {name: getattr(order if name in ("email", "note") else parcel, name) for name in said}
    return units == bought and expected_minor == order.total_minor and said_again == dict(said)


def _placed_before(cart: Cart, person: Any, is_hers: Callable[[Order], bool]) -> Order:
    order = Order.objects.filter(cart=cart).first()
    owns = cart.person_id is not None and cart.person_id == person.pk
    if order is None or not (owns or (order.person_id is None and is_hers(order))):
        raise NotFound(carts.NO_CART, field="cart_id")
    return order


def _place_cart(
    cart: Cart, buyer: Any, asker: str, lines: Iterable[CartLine], expected_minor: int, **how: Any
) -> Placed:
    seen = cart_reads.seen(cart, lines)
    _refuse(seen)
    if (total := seen.total_minor) != expected_minor:
        raise TotalChanged(total)
    attempt.demand_enough(total)
    organisation, person = seen.mobilisers
    purchase = Purchase(
        email=cart.email,
        mobile=cart_reads.mobile_of(cart),
        recipient=cart.recipient,
        phone=cart.phone,
        region_id=cart.region_id or "",
        street=cart.street,
        note=cart.note,
        language=cart.language,
        wants=_wants(seen),
        coupon=_use(seen),
        invoice=invoice_wish.of_cart(cart),
        shipping=_shipping(seen),
        person_id=cart.person_id,
        cart_id=cart.pk,
        organisation_id=cart.organisation_id,
        mobiliser_organisation_id=organisation.pk if organisation else None,
        mobiliser_person_id=person.pk if person else None,
        unproved=unpaid.asking(buyer, asker),
        **how,
    )
    try:
        return place_all([purchase])[0]
    except InsufficientStock as short:
        fewest = min(short.short, key=short.short.__getitem__)  # what is said is said of this one
        index = next(i for i, line in enumerate(seen.lines) if line.line.variant_id == fewest)
        raise InsufficientStock(short.short, field=("lines", str(index), "quantity")) from None


def _wants(seen: cart_reads.CartSeen) -> list[Want]:
    """Each line with its own part of the coupon, whoever pays for that."""
    best = seen.offered.best
    if best is None:
        return [_want(line) for line in seen.lines]
    whose = "subsidy_minor" if best.coupon.is_by_shop else "discount_minor"
    rows = zip(seen.lines, best.of_lines, strict=True)
    return [_want(line, **{whose: minor}) for line, minor in rows]


def _want(line: cart_reads.LineSeen, **parts: int) -> Want:
    return Want(line.line.variant, line.line.quantity, to=_gift(line.line.address), **parts)


def _use(seen: cart_reads.CartSeen) -> Use | None:
    best = seen.offered.best
    return Use(best.coupon.pk, best.minor, cart_reads.buyer_of_cart(seen.cart)) if best else None


def _gift(address: CartAddress | None) -> Gift | None:
    if address is None:
        return None
    names = ("pk", "recipient", "phone", "region_id", "street", "gift_note", "sender")
    return Gift(*(getattr(address, name) for name in names))


def _shipping(seen: cart_reads.CartSeen) -> dict[Any, int]:
    """Fen of each parcel, by the team that sends it, or by gift and team."""
    gifts = {line.line.address_id: _gift(line.line.address) for line in seen.lines}
    shipping: dict[Any, int] = {}
    for parcel in seen.parcels or ():
        key = (gifts[parcel.address_id], parcel.team_id) if parcel.address_id else parcel.team_id
        shipping[key] = shipping.get(key, 0) + parcel.minor
    return shipping


def _refuse(seen: cart_reads.CartSeen) -> None:
    for index, line in enumerate(seen.lines):
        for problem in line.problems:
            if problem.closed:
                is_own = line.line.address is None
                raise problem.closed.refusal("region_code" if is_own else ("lines", str(index)))
            raise CartProblem(problem.code, problem.message, field=("lines", str(index)))
    for problem in seen.problems:
        raise CartProblem(problem.code, problem.message, field=_FIELDS.get(problem.code, ()))


_FIELDS = {
    "NO_EMAIL": "email",
    "NO_ADDRESS": "street",
    "UNKNOWN_MOBILISER": "mobiliser_code",
    "OWN_MOBILISER": "mobiliser_code",
    "NOT_YOUR_ORGANISATION": "organisation_id",
}
