"""Who else is sent a part of a cart: up to ten people, each with her own goods, her own parcel, and words to go with it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import clean
from accounts.actions import address as addresses
from core.language import Words, say
from core.refusals import Invalid, NotFound, every
from orders.actions.cart import MOST_ADDRESSES, MOST_LINES, MOST_UNITS, locked, named_or_own
from orders.actions.cart_line import lines_of
from orders.models import Cart, CartAddress, CartLine
from orders.reads import closure
from orders.reads.shipping import rate_for


@transaction.atomic
def save(
    person: Any,
    uid: UUID | None,
    wanted: Sequence[tuple[UUID, int]],
    *,
    address: UUID | None = None,
    gift_note: str = "",
    sender: str = "",
    **where: str,
) -> Cart:
    """Send these goods of the cart to somebody else, or change what she is sent. What lies in the cart for its own address
    goes to her as far as it reaches; what she gets no more lies there again."""
    fields = validated(gift_note=gift_note, sender=sender, **where)
    cart = locked(person, named_or_own(person, uid))
    row = _of(cart, address) if address else CartAddress(cart=cart)
    if address is None and cart.addresses.count() >= MOST_ADDRESSES:
        raise Invalid(say("最多寄给 {n} 个人。", "At most {n} people.", n=MOST_ADDRESSES))
    for name, value in fields.items():
        setattr(row, name, value)
    lines = lines_of(cart, [(variant, quantity) for variant, quantity in wanted if quantity])
    if not lines:
        raise Invalid(say("请写明寄给她什么。", "Say what she is sent."), field="lines")
    _check_served(row, lines)
    row.save()
    _gather(cart, row)
    _give(cart, row, lines)
    return cart


def validated(*, gift_note: str, sender: str, **where: str) -> dict[str, Any]:
    """Who is sent something and what is written to her, each made plain or refused under its name."""
    plain = every(
        {
            "where": lambda: addresses.validated(**where),
            "gift_note": lambda: clean.line(gift_note, "gift_note", 200, required=False),
            "sender": lambda: clean.line(sender, "sender", 60, required=False),
        }
    )
    return {**plain.pop("where"), **plain}


@transaction.atomic
def remove(person: Any, uid: UUID | None, address: UUID) -> Cart:
    """Send her nothing: what she was to get lies in the cart again. Taking her out twice is no mistake."""
    cart = locked(person, named_or_own(person, uid))
    if row := cart.addresses.filter(uid=address).first():
        _gather(cart, row)
        row.delete()
    return cart


def _of(cart: Cart, address: UUID) -> CartAddress:
    row = cart.addresses.filter(uid=address).first()
    if row is None:
        raise NotFound(field="address_id")
    return row


def _check_served(row: CartAddress, lines: Sequence[CartLine]) -> None:
    """What is not sent to her place is said at once, by its region: she who types ten addresses learns which it is."""
    for line in lines:
        product = line.variant.product
        if found := closure.over(row.region_id, product.storage):
            raise found.refusal("region")
        if rate_for(product.storage, row.region_id, product.team_id) is None:
            what = Words(product.name_zh, product.name_en or product.name_zh)
            words = say("{x}不发往这个地区。", "{x} is not delivered to this region.", x=what)
            raise Invalid(words, field="region")


def _gather(cart: Cart, row: CartAddress) -> None:
    own = {line.variant_id: line for line in cart.lines.filter(address=None)}
    for line in row.lines.all() if row.pk else ():
        if there := own.get(line.variant_id):
            units = min(MOST_UNITS, there.quantity + line.quantity)
            CartLine.objects.filter(pk=there.pk).update(quantity=units)
            line.delete()
        else:
            CartLine.objects.filter(pk=line.pk).update(address=None)


def _give(cart: Cart, row: CartAddress, lines: Sequence[CartLine]) -> None:
    own = {line.variant_id: line for line in cart.lines.filter(address=None)}
    for line in lines:
        if there := own.get(line.variant_id):
            if there.quantity > line.quantity:
                CartLine.objects.filter(pk=there.pk).update(quantity=there.quantity - line.quantity)
            else:
                there.delete()
        line.address = row
    CartLine.objects.bulk_create(lines)
    if cart.lines.count() > MOST_LINES:
        raise Invalid(
            say("一次最多 {n} 行商品。", "At most {n} lines of goods at a time.", n=MOST_LINES), field="lines"
        )
