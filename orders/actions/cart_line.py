"""Lines of a cart: put in, changed and taken out at today's prices."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.models import Variant
from core import fast, language, rows
from core.language import say
from core.refusals import Invalid, NotFound
from orders.actions.cart import MOST_LINES, MOST_UNITS, begin_apart, locked, named_or_own
from orders.models import Cart, CartLine
from orders.reads.closure import around, closed_by


def add(person: Any, uid: UUID | None, wanted: Iterable[tuple[UUID, int]], *, apart: bool = False) -> Cart:
    """Put variants into the cart asked for, else one's own or a new one; what is there already becomes more. Those to
    be bought at once stand in a cart apart, beside that one."""
    wanted = list(wanted)
    if apart:
        cart = begin_apart(person, uid)
        rows.insert([cart], lines_of(cart, wanted))
        return cart
    uid = named_or_own(person, uid)
    if uid:
        try:
            return _add(person, uid, wanted)
        except NotFound:
            # What a guest's browser remembers may be closed by now: she begins anew. What never was hers is no cart.
            if person.is_authenticated or not Cart.objects.filter(uid=uid, person=None).exclude(
                closed_at=None
            ):
                raise
    cart = Cart(language=language.current())
    rows.insert([cart], lines_of(cart, wanted))
    return cart


@transaction.atomic
def _add(person: Any, uid: UUID | None, wanted: list[tuple[UUID, int]]) -> Cart:
    cart = locked(person, uid)
    there_already = list(cart.lines.all())
    there = {line.variant_id: line for line in there_already if line.address_id is None}
    lines = lines_of(cart, wanted)
    new = [line for line in lines if line.variant_id not in there]
    if new and len(there_already) + len(new) > MOST_LINES:
        raise _too_many()
    for line in lines:
        if line.variant_id in there:
            line.quantity = _fitting(cart, line.quantity + there[line.variant_id].quantity)
    CartLine.objects.bulk_create(
        lines,
        update_conflicts=True,
        unique_fields=["cart", "variant", "address"],
        update_fields=["quantity", "price_seen_minor"],
    )
    return cart


def lines_of(cart: Cart, wanted: Iterable[tuple[UUID, int]]) -> list[CartLine]:
    """Unsaved lines for what is wanted, one a variant, at today's prices; their variants come with their team."""
    wanted = list(wanted)
    for index, (_, quantity) in enumerate(wanted):
        _check_quantity(quantity, ("lines", str(index), "quantity"))
    variants = on_sale([uid for uid, _ in wanted], cart.region_id or "")
    for index, (uid, _) in enumerate(wanted):
        if uid not in variants:
            words = say("这件商品已下架。", "This is not offered any more.")
            raise NotFound(words, field=("lines", str(index), "variant_id"))
    sums: dict[UUID, int] = {}
    for uid, quantity in wanted:
        sums[uid] = _fitting(cart, sums.get(uid, 0) + quantity)
    if len(sums) > MOST_LINES:
        raise _too_many()
    return [_line(cart, variants[uid], quantity) for uid, quantity in sums.items()]


def _line(cart: Cart, variant: Variant, quantity: int) -> CartLine:
    line = CartLine(cart=cart, variant=variant, quantity=quantity, price_seen_minor=variant.price_minor)
    line.closed_by = variant.closed_by  # type: ignore[attr-defined]
    return line


def lines_to_buy(cart: Cart, wanted: Iterable[tuple[UUID, int]]) -> list[CartLine]:
    """The same, of what is bought at once: nobody gets fewer than she asked for."""
    lines = lines_of(cart, wanted)
    if cart.left_out:
        words = say("每样最多买 {n} 份。", "At most {n} of each can be bought.", n=MOST_UNITS)
        raise Invalid(words, field="lines")
    return lines


def _fitting(cart: Cart, units: int) -> int:
    """As many of them as a line may hold; the cart remembers how many are left out."""
    cart.left_out += max(0, units - MOST_UNITS)
    return min(units, MOST_UNITS)


def _too_many() -> Invalid:
    words = say("购物车最多放 {n} 种商品。", "A cart holds at most {n} kinds.", n=MOST_LINES)
    return Invalid(words, field="lines")


# With what closes the place that they would go to: it is asked in the statement that is made anyway.
_ON_SALE = fast.PreparedQuery(
    lambda uids, codes: (
        Variant.objects.filter(
            uid__in=uids,
            is_offered=True,
            story__isnull=False,
            product__state="published",
            product__team__is_active=True,
        )
        .select_related("product__team")
        .annotate(closed_by=closed_by(codes, "product__storage"))
    )
)


def on_sale(uids: list[UUID], region: str = "") -> dict[UUID, Variant]:
    """Those of these variants that can be put into a cart today, with their team."""
    return {variant.uid: variant for variant in _ON_SALE.rows(uids=uids, codes=around(region))}


def _check_quantity(quantity: int, field: Any) -> None:
    if not 0 < quantity <= MOST_UNITS:
        words = say("数量须在 1 到 {n} 之间。", "The quantity must be from 1 to {n}.", n=MOST_UNITS)
        raise Invalid(words, field=field)


@transaction.atomic
def change_line(person: Any, uid: UUID | None, line: UUID, quantity: int) -> Cart:
    """Ask for more or fewer of a line, at today's price; 0 takes it out."""
    if quantity == 0:
        return remove_line(person, uid, line)
    _check_quantity(quantity, "quantity")
    cart = locked(person, uid)
    row = cart.lines.filter(uid=line).select_related("variant").first()
    if row is None:
        raise NotFound(field="line_id")
    CartLine.objects.filter(pk=row.pk).update(quantity=quantity, price_seen_minor=row.variant.price_minor)
    return cart


@transaction.atomic
def remove_line(person: Any, uid: UUID | None, line: UUID) -> Cart:
    """Take a line out; taking it out twice is no mistake."""
    cart = locked(person, uid)
    cart.lines.filter(uid=line).delete()
    return cart
