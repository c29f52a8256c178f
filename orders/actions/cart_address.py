"""Where a cart goes, by the addresses that its buyer keeps: the usual one beforehand, a new one kept where she says so."""

from typing import Any

from accounts.actions import address as addresses
from accounts.models import Person
from accounts.reads import addresses_of
from core.refusals import Refusal
from orders.models import Cart

# An address is told as a whole: a street of one place is none of another.
_WHO = ("recipient", "phone")
FIELDS = ("recipient", "phone", "region_id", "street")


def usual_of(person: Any) -> dict[str, Any]:
    """Her usual address as fields of a cart; none for a guest, and for whoever keeps none."""
    usual = addresses_of(person).filter(is_default=True).first() if person.is_authenticated else None
    return {name: getattr(usual, name) for name in FIELDS} if usual else {}


def is_untold(cart: Cart) -> bool:
    """Whether nothing was said of where it goes."""
    return not (cart.region_id or cart.street)


def send_to_usual(person: Any, cart: Cart) -> Cart:
    """Where nothing was said of where it goes, it goes to the usual address; what was said stays."""
    usual = usual_of(person) if is_untold(cart) else {}
    if usual and Cart.objects.filter(pk=cart.pk, region=None, street="").update(**usual):
        cart.refresh_from_db()
    return cart


def poured(guests: Cart, own: Cart, person: Person) -> dict[str, Any]:
    """The address that two carts have as one: what she has just said as a guest, unless she had said another before."""
    said, before = _of(guests), _of(own)
    is_another = not is_untold(own) and before != usual_of(person)
    if is_untold(guests) or is_another:
        return {name: value for name, value in said.items() if value and not before[name] and name in _WHO}
    return {name: value for name, value in said.items() if value or name not in _WHO}


def keep(person: Any, cart: Cart) -> None:
    """Keep where the cart goes among her addresses; one that is kept already is not kept twice."""
    told = _of(cart)
    if not person.is_authenticated or not all(told.values()) or addresses_of(person).filter(**told).exists():
        return
    region = told.pop("region_id")
    try:
        addresses.save(person, region=str(region), **told)
    except Refusal as refused:
        refused.field = ("keep_address",)
        raise


def _of(cart: Cart) -> dict[str, Any]:
    return {name: getattr(cart, name) for name in FIELDS}
