"""How many units are left, exactly? Taken twice, that is how many were sold: of a lot, its households' income.

Each way asks for more than there can be and listens to what is answered, or halves what it does not know yet. Nothing
is placed: a wish that is placed and granted holds units, costs an attempt each and is seen.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalog.models import Lot
from core.api.ids import global_id
from orders.actions.cart import MOST_UNITS
from tests.accounts.world import a_person, an_organisation
from tests.guard.solver.stranger import Stranger
from together.actions.group import MOST_UNITS as MOST_IN_A_GROUP

CART = "cart { id isReady lines { id quantity problems { code message } } }"
TOLD = "query S($slug: String!) { product(slug: $slug) { unitsAvailable isPlenty variants { unitsAvailable isPlenty } } }"


def least_refused(is_refused: Callable[[int], bool], most: int) -> int | None:
    """By halving: the smallest wish that is refused; None when the greatest is not, or the smallest is."""
    if not is_refused(most) or is_refused(1):
        return None
    low, high = 1, most  # low is granted, high refused
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_refused(middle) else (middle, high)
    return high


def by_signing_in(lot: Lot) -> int | None:
    """A guest's cart with more than there can be, poured into one's own."""
    guests = _cart(Stranger(), lot, MOST_UNITS)
    cart = Stranger(a_person()).done("cartMerge", CART, cartId=guests["id"])["cart"]
    (line,) = cart["lines"]
    return line["quantity"] if line["quantity"] < MOST_UNITS else None


def by_a_line(lot: Lot) -> int | None:
    """What a line of a cart says of a quantity, halved."""
    stranger = Stranger()
    cart = _cart(stranger, lot, 1)
    line = cart["lines"][0]["id"]

    def is_refused(wish: int) -> bool:
        given = {"cartId": cart["id"], "lineId": line, "quantity": wish}
        answer = stranger.do("cartLineUpdate", CART, **given)
        return bool(answer["errors"]) or not _is_quiet(answer["cart"])

    found = least_refused(is_refused, MOST_UNITS)
    return found and found - 1


def by_a_full_cart(lot: Lot) -> int | None:
    """The same, put into a new cart each time."""

    def is_refused(wish: int) -> bool:
        lines = [{"variantId": global_id("Variant", lot.variant.uid), "quantity": wish}]
        answer = Stranger().do("cartLinesAdd", CART, lines=lines)
        return bool(answer["errors"]) or not _is_quiet(answer["cart"])

    found = least_refused(is_refused, MOST_UNITS)
    return found and found - 1


def by_a_group(lot: Lot) -> int | None:
    """The least number of units that an organisation of hers may not open a group for, halved."""
    herself = a_person()
    union = an_organisation(coordinator=herself)
    stranger = Stranger(herself)

    def is_refused(wish: int) -> bool:
        terms = {
            "organisationId": global_id("Organisation", union.uid),
            "variantId": global_id("Variant", lot.variant.uid),
            "title": "示例团购",
            "minimumUnits": wish,
            "maximumUnits": MOST_IN_A_GROUP,
            "closesAt": (timezone.now() + timedelta(days=2)).isoformat(),
            "recipient": "示例工会收发室",
            "phone": "13900139000",
            "regionCode": lot.variant.product.team.county_id,
            "street": "示例大道 1 号",
        }
        return wish > 1 and bool(stranger.do("groupPurchaseOpen", **terms)["errors"])

    found = least_refused(is_refused, MOST_IN_A_GROUP)
    return found and found - 1


def by_reading(lot: Lot) -> int | None:
    """What is simply said of a product and its variants."""
    told = Stranger().ask(TOLD, slug=lot.variant.product.slug)["product"]
    counts = [one["unitsAvailable"] for one in (told, *told["variants"])]
    return max(counts) if max(counts) > 5 else None


WAYS: dict[str, Callable[[Lot], int | None]] = {
    "signing in": by_signing_in,
    "a line": by_a_line,
    "a full cart": by_a_full_cart,
    "a group": by_a_group,
    "reading": by_reading,
}


def derived(lots: list[Lot], ways: dict[str, Callable[[Lot], int | None]]) -> Iterator[tuple[str, Lot, int]]:
    """(way, lot, units) wherever a way leads to a number."""
    for name, way in ways.items():
        for lot in lots:
            if (units := way(lot)) is not None:
                yield name, lot, units


def _cart(stranger: Stranger, lot: Lot, quantity: int) -> dict[str, Any]:
    lines = [{"variantId": global_id("Variant", lot.variant.uid), "quantity": quantity}]
    return stranger.done("cartLinesAdd", CART, lines=lines)["cart"]


def _is_quiet(cart: dict[str, Any]) -> bool:
    return not any(line["problems"] for line in cart["lines"])


# --- The controls: each leak as it was --------------------------------------------------------------


def put_back(monkeypatch: Any) -> None:
    """Carts are cut to what is left, lines and groups compare every wish, and variants tell all they know."""
    from catalog import reads
    from orders.actions import cart
    from orders.models import CartLine
    from orders.reads import cart as cart_reads
    from together.actions import group

    pour = cart._pour

    def cut(guests: Any, own: Any) -> None:
        pour(guests, own)
        for line in CartLine.objects.filter(cart=own).select_related("variant"):
            left = max(1, min(line.quantity, line.variant.units_available))
            CartLine.objects.filter(pk=line.pk).update(quantity=left)

    monkeypatch.setattr(cart, "_pour", cut)
    for module in (cart_reads, group):
        monkeypatch.setattr(module, "is_known_short", lambda units, wanted: units < wanted)
    monkeypatch.setattr(reads, "public_units", lambda units: units)
