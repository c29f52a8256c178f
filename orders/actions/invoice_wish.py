"""That a buyer wants invoices, and to whom they are to be: told at checkout, or on the order's page."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.clean import line
from core import texts
from core.language import say
from core.refusals import Conflict, Invalid, Refusal, every
from orders.actions.order import lock
from orders.models import Cart, InvoiceWish, Order
from orders.models.invoice import TITLE_LENGTH
from orders.reads.invoice import owed_of

# GB 32100: a unified social credit code's letters, and what each place weighs.
_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def clean_tax_number(text: str | None, field: str = "tax_number") -> str:
    """A company's unified social credit code, whose last place is reckoned from the others."""
    code = texts.code(text or "").upper()
    known = len(code) == 18 and all(letter in _LETTERS for letter in code)
    if (
        not known
        or _LETTERS[-sum(_LETTERS.index(c) * w for c, w in zip(code, _WEIGHTS, strict=False)) % 31]
        != code[17]
    ):
        words = say(
            "税号不对：应为 18 位统一社会信用代码，请核对。",
            "This is no tax number: a unified social credit code has 18 places, please check it.",
        )
        raise Invalid(words, field=field)
    return code


def clean(title: str | None, tax_number: str | None, kind: str | None) -> dict[str, str]:
    """The columns of a wish; whatever is wrong is told of all three at once."""
    chosen = kind or InvoiceWish.Kind.ORDINARY

    def of_company() -> str:
        if (tax_number or "").strip():
            return clean_tax_number(tax_number)
        if chosen == InvoiceWish.Kind.SPECIAL:
            words = say(
                "专用发票只开给单位，请填税号。",
                "A special invoice is a company's: please give its tax number.",
            )
            raise Invalid(words, field="tax_number")
        return ""

    plain = every({"title": lambda: line(title, "title", TITLE_LENGTH), "tax_number": of_company})
    return {**plain, "kind": str(chosen)}


def clean_for_cart(given: Mapping[str, Any] | None) -> dict[str, str]:
    """The same as columns of a cart, where nothing told means that none is wanted."""
    given = given or {}
    names = ("title", "tax_number", "kind")
    if not any((given.get(name) or "").strip() for name in ("title", "tax_number")):
        return {f"invoice_{name}": "" for name in names}
    try:
        plain = clean(*(given.get(name) for name in names))
    except Refusal as refused:
        for one in (refused, *refused.beside):
            one.field = ("invoice", *one.field)
        raise
    return {f"invoice_{name}": plain[name] for name in names}


def of_cart(cart: Cart) -> InvoiceWish | None:
    """What is wanted on an invoice of what a cart becomes, not saved; None where none is wanted."""
    if not cart.invoice_kind:
        return None
    return InvoiceWish(kind=cart.invoice_kind, title=cart.invoice_title, tax_number=cart.invoice_tax_number)


def poured(other: Cart, own: Cart) -> dict[str, str]:
    """Two carts become one: a title is told with its number, never one of each."""
    if own.invoice_kind:
        return {}
    return {name: getattr(other, name) for name in ("invoice_title", "invoice_tax_number", "invoice_kind")}


@transaction.atomic
def wish(
    order: Order, *, title: str, tax_number: str = "", kind: str = InvoiceWish.Kind.ORDINARY
) -> InvoiceWish:
    """Say that invoices are wanted for an order, and to whom. Once one is issued its title stays: another takes a red one
    first, which is the team's to issue."""
    validated = clean(title, tax_number, kind)
    order = lock([order])[order.pk]
    if order.state in Order.CLOSED_UNPAID:
        raise Conflict(
            say("这个订单没有付款，不能开票。", "This order was not paid: there is nothing to invoice.")
        )
    if any(one.invoiced_minor for one in owed_of([order.pk])):
        words = say(
            "已经开了发票。要换抬头，请先联系团队红冲。",
            "An invoice is issued already. For another title the team must first take it back by a red one.",
        )
        raise Conflict(words, field="title")
    made, _ = InvoiceWish.objects.update_or_create(order=order, defaults=validated)
    return made
