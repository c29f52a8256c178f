"""What a buyer does with a cart. Each deed locks the cart first; a closed cart is no cart."""

from contextlib import nullcontext
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Model, OuterRef, Subquery
from django.utils import timezone

from accounts import clean
from accounts.models import Person, Region
from accounts.reads import is_member, mobiliser, organisation_seen_by, region_to_send_to
from catalog.models import Variant
from core import language, texts
from core.language import say
from core.refusals import Invalid, NotFound, every
from orders.actions import cart_address, invoice_wish
from orders.actions.coupon import clean_code
from orders.models import Cart, CartAddress, CartLine, Coupon
from orders.reads import cart as reads
from orders.reads.coupon import UNKNOWN, why_nobody_may
from orders.refusals import CouponRefused

# Lines in all, whoever gets them: the cart page of a guest must stay within what a stranger may ask for.
MOST_LINES, MOST_ADDRESSES = 20, 10
MOST_UNITS = 999
NO_CART = say(
    "没有这个购物车，或者它已经下单。订单的链接在我们发给买家的邮件里。",
    "There is no such cart, or it has been placed. The link to its order is in our mail to the buyer.",
)


def create(person: Any = None) -> Cart:
    """A new cart for a guest, or the one open cart of a person; a new one goes to her usual address, if she keeps one."""
    if person is None or not person.is_authenticated:
        return Cart.objects.create(language=language.current())
    if there := Cart.objects.filter(person=person, closed_at=None, is_apart=False).first():
        return there
    told = {"email": person.email or "", "language": language.current(), **cart_address.usual_of(person)}
    try:
        with transaction.atomic():
            cart, _ = Cart.objects.get_or_create(person=person, closed_at=None, is_apart=False, defaults=told)
    except IntegrityError:  # a twin was faster
        cart = Cart.objects.get(person=person, closed_at=None, is_apart=False)
    return cart


def held(person: Any, uid: UUID | None) -> Cart:
    """The cart to act on; a guest's cart becomes the cart of whoever has signed in."""
    cart = reads.carts_of(person, uid).first()
    if cart is None:
        raise NotFound(NO_CART, field="cart_id")
    if person.is_authenticated and cart.person_id is None:
        return adopt(person, cart.uid)
    return cart


def to_place(person: Any, uid: UUID | None) -> Cart:
    """The cart to place; one that was placed before leads to its order again."""
    cart = Cart.objects.filter(uid=uid).first() if uid else None
    if cart is None or cart.person_id not in (None, person.pk):
        return held(person, uid)
    if cart.closed_at is None and cart.person_id is None and person.is_authenticated:
        return adopt(person, cart.uid)
    return cart


@transaction.atomic
def adopt(person: Person, uid: UUID) -> Cart:
    """Merge a guest's cart into the person's at sign-in: quantities are summed. What she buys at once stays apart."""
    if Cart.objects.filter(uid=uid, person=None, closed_at=None, is_apart=True).update(person=person):
        return Cart.objects.get(uid=uid)
    own = create(person)
    # Both in the order of their ids: two tabs that sign in at once must not wait for each other.
    carts = {c.uid: c for c in Cart.objects.filter(uid__in=[own.uid, uid]).order_by("id").select_for_update()}
    guests = carts.get(uid)
    if guests is None or guests.closed_at or guests.person_id is not None or guests.pk == own.pk:
        return carts[own.uid]
    own.left_out = _unite(guests, own, person)
    return own


def pour_into(lasting: Person, gone: Person) -> None:
    """Her other account's cart, which has gone into this one: one cart is left, with what was in both."""
    rows = Cart.objects.filter(person__in=[lasting, gone], closed_at=None).order_by("id").select_for_update()
    found = {cart.person_id: cart for cart in rows}
    theirs, own = found.get(gone.pk), found.get(lasting.pk)
    if theirs and own:
        _unite(theirs, own, lasting)
    elif theirs:
        Cart.objects.filter(pk=theirs.pk).update(person=lasting)


def _unite(other: Cart, own: Cart, person: Person) -> int:
    left_out = _pour(other, own)
    Cart.objects.filter(pk=other.pk).update(closed_at=timezone.now())
    kept = {name: value for name in _DETAILS if (value := getattr(other, name)) and not getattr(own, name)}
    kept |= cart_address.poured(other, own, person) | invoice_wish.poured(other, own)
    Cart.objects.filter(pk=own.pk).update(changed_at=timezone.now(), **kept)
    own.refresh_from_db()
    return left_out


_DETAILS = ("note", "mobiliser_code", "coupon_code", "is_adult")


def begin_apart(person: Any, beside: UUID | None) -> Cart:
    """A cart for what is bought at once, not saved yet. It knows where her own, which stays as it is, goes to."""
    buyer = person if person.is_authenticated else None
    cart = Cart(
        person=buyer, is_apart=True, email=(buyer.email or "") if buyer else "", language=language.current()
    )
    if own := reads.carts_of(person, beside).first():
        for name in (*cart_address.FIELDS, *_DETAILS, "email", "organisation_id", "is_unjudged"):
            setattr(cart, name, getattr(own, name) or getattr(cart, name))
    if cart_address.is_untold(cart):
        for name, value in cart_address.usual_of(person).items():
            setattr(cart, name, value)
    return cart


def _pour(guests: Cart, own: Cart) -> int:
    """Fill the own cart; how many units find no place in it."""
    theirs, there_already = list(guests.lines.all()), list(own.lines.all())
    gifts = [line for line in theirs if line.address_id]
    room, left_out = MOST_LINES - len(there_already), 0
    if gifts:
        room, left_out = _pour_gifts(gifts, own, room)
    mine = {line.variant_id: line for line in there_already if line.address_id is None}
    for line in theirs:
        if line.address_id:
            continue
        # Not cut to what is left, which would tell it: what cannot be had stays, and the line says so.
        if there := mine.get(line.variant_id):
            wanted = line.quantity + there.quantity
            left_out += max(0, wanted - MOST_UNITS)
            CartLine.objects.filter(pk=there.pk).update(quantity=min(wanted, MOST_UNITS))
        elif room > 0:
            room -= 1
            mine[line.variant_id] = own.lines.create(
                variant_id=line.variant_id,
                quantity=line.quantity,
                price_seen_minor=line.price_seen_minor,
            )
        else:
            left_out += line.quantity
    return left_out


def _pour_gifts(gifts: list[CartLine], own: Cart, room: int) -> tuple[int, int]:
    """What goes to others goes to them from her own cart as well, as many of them as one may hold: for how many lines there
    is room then, and how many units find none."""
    of: dict[int, list[CartLine]] = {}
    for line in gifts:
        of.setdefault(line.address_id or 0, []).append(line)
    people, left_out = MOST_ADDRESSES - own.addresses.count(), 0
    for address, lines in sorted(of.items()):
        if people > 0 and len(lines) <= room:
            CartLine.objects.filter(address=address).update(cart=own)
            CartAddress.objects.filter(pk=address).update(cart=own)
            people, room = people - 1, room - len(lines)
        else:
            left_out += sum(line.quantity for line in lines)
    return room, left_out


def locked(person: Any, uid: UUID | None, **fields: Any) -> Cart:
    """The cart to act on, locked and written in one statement; of two deeds the second sees the first's."""
    which: str
    given: Any
    if person.is_authenticated:
        which, given = "id = %s", held(person, uid).pk
    else:
        # A guest's cart is open to whoever knows its uid.
        which, given = "uid = %s AND person_id IS NULL", uid
    values = {"changed_at": timezone.now(), **fields}
    columns: dict[Any, Any] = {Cart._meta.get_field(name): value for name, value in values.items()}
    sets = ", ".join(f"{field.column} = %s" for field in columns)
    written = [field.get_db_prep_save(_pk(value), connection) for field, value in columns.items()]
    names, returned = _columns()
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orders_cart SET {sets} WHERE {which} AND closed_at IS NULL RETURNING {returned}",
            [*written, given],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound(NO_CART, field="cart_id")
    return Cart.from_db(connection.alias, names, row)


@cache
def _columns() -> tuple[list[str], str]:
    fields = Cart._meta.concrete_fields
    return [field.attname for field in fields], ", ".join(field.column for field in fields)


def _pk(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def named_or_own(person: Any, uid: UUID | None) -> UUID | None:
    """The cart that is named, else a person's own; None for a guest who names none. One that is named and is not
    hers is no cart: her own is never changed in its place."""
    if not person.is_authenticated:
        return uid
    return (held(person, uid) if uid else create(person)).uid


def update(person: Any, uid: UUID | None, *, accept_prices: bool = False, **details: Any) -> Cart:
    """Write down what the buyer tells: address, e-mail, mobiliser, age, organisation; accept new prices.

    Without a cart it begins a new one.
    """
    fields = {**validated(details, person), "language": language.current()}
    uid = named_or_own(person, uid)
    if uid is None:
        return Cart.objects.create(**fields)
    with transaction.atomic() if accept_prices else nullcontext():
        cart = locked(person, uid, **fields)
        if accept_prices:
            today = Variant.objects.filter(pk=OuterRef("variant")).values("price_minor")
            cart.lines.update(price_seen_minor=Subquery(today))
    return cart


def use_coupon(person: Any, uid: UUID | None, code: str) -> Cart:
    """Use the coupon with this code, if it is the best; one that nobody could use is refused, one that only this cart
    lacks something for stays, and the cart says what it lacks. Of a cart that is not the asker's no code is judged."""
    if uid and not reads.carts_of(person, uid).exists():
        raise NotFound(NO_CART, field="cart_id")
    plain = clean_code(code)
    known = Coupon.objects.filter(code=plain).exclude(code="").first()
    if known is None:
        raise CouponRefused(UNKNOWN.code, UNKNOWN.message, field="code")
    if why := why_nobody_may(known):
        raise CouponRefused(why.code, why.message, field="code")
    return _with_coupon(person, uid, coupon_code=plain, is_without_coupon=False)


def leave_coupon(person: Any, uid: UUID | None, is_left: bool = True) -> Cart:
    """Use none, not even the best one; or (`is_left` False) the best one again."""
    return _with_coupon(person, uid, coupon_code="", is_without_coupon=is_left)


def _with_coupon(person: Any, uid: UUID | None, **fields: Any) -> Cart:
    uid = named_or_own(person, uid)
    return (
        locked(person, uid, **fields) if uid else Cart.objects.create(language=language.current(), **fields)
    )


def validated(details: dict[str, Any], person: Any) -> dict[str, Any]:
    """What the buyer tells as fields of a cart, each made plain or refused under its name."""
    checks = {name: partial(_CLEAN[name], value) for name, value in details.items() if name in _CLEAN}
    if "region_code" in details:
        checks["region"] = partial(_region, details["region_code"])
    if "mobiliser_code" in details:
        checks["mobiliser_code"] = partial(_mobiliser, details["mobiliser_code"], person)
    if "organisation_uid" in details:
        checks["organisation"] = partial(_organisation, details["organisation_uid"], person)
    if "invoice" in details:
        checks["invoice"] = partial(invoice_wish.clean_for_cart, details["invoice"])
    plain = every(checks)
    return plain | plain.pop("invoice", {})


_CLEAN: dict[str, Any] = {
    "email": lambda text: clean.email_address(text) if text.strip() else "",
    "recipient": lambda text: clean.line(text, "recipient", 60, required=False),
    "phone": lambda text: clean.phone_number(text) if text.strip() else "",
    "street": lambda text: clean.line(text, "street", 200, required=False),
    "note": lambda text: clean.line(text, "note", 200, required=False),
    "is_adult": bool,
    "coupon_code": clean_code,
    "is_unjudged": bool,
}


def _region(code: str | None) -> Region | None:
    return region_to_send_to(code, "region_code") if code else None


def _mobiliser(code: str, person: Any) -> str:
    """A code that stands for somebody, and not for the buyer herself; shown and editable till the end."""
    code = texts.code(code).upper()
    if not code:
        return ""
    organisation, mobilised_by = mobiliser(code)
    if organisation is None and mobilised_by is None:
        raise Invalid(reads.NO_MOBILISER.message, field="mobiliser_code")
    if mobilised_by is not None and mobilised_by == person:
        raise Invalid(reads.OWN_MOBILISER.message, field="mobiliser_code")
    return code


def _organisation(uid: UUID | None, person: Any) -> Any:
    if uid is None:
        return None
    if not person.is_authenticated:
        raise NotFound(field="organisation_id")
    organisation = organisation_seen_by(person, uid)
    if not organisation.is_verified or not is_member(person, organisation):
        raise NotFound(field="organisation_id")
    return organisation


def closed(person: Any, uid: UUID | None) -> Cart | None:
    """The cart, closed because it becomes an order; None where it has been closed before."""
    try:
        return locked(person, uid, closed_at=timezone.now())
    except NotFound:
        return None
