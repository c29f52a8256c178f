"""What of an order is told by text, to whoever chose it or has given no mailbox: money, parcels, and the codes that she asks for.

A house fills in templates of its own, of a few characters each: so a text carries facts, and of its link the last part.
"""

from typing import Any

from accounts import texting
from accounts.actions import text_code
from accounts.letters import number_for_letters
from core.money import show
from orders.links import key_of
from orders.models import Order

# A house takes so many characters of one fact.
MOST = 30


def texted_number(order: Order) -> str:
    """Where its buyer is told by text, by her choice or because there is no mailbox; nothing of whoever is told by mail."""
    if order.person and (number := number_for_letters(order.person)):
        return number
    return "" if order.email else order.mobile


def tell(order: Order, template: str, facts: dict[str, Any]) -> bool:
    """Send it, if it is of what is told by text, and the house has a template for it; whether it was."""
    number, told = texted_number(order), _facts(order, template, facts)
    if not number or told is None or not texting.carries(template):
        return False
    texting.send(number, template, order.language, {"order": order.number, **told})
    text_code.count_letter()
    return True


def _facts(order: Order, template: str, facts: dict[str, Any]) -> dict[str, str] | None:
    if template == "address_code":
        return {"code": facts["code"]}
    key = {"key": key_of(order)}
    if template == "order_paid":
        return {"amount": show(order.total_minor), **key}
    if template == "refunded":
        return {"amount": show(facts["minor"]), **key}
    if template == "refund_came_back":
        return {"amount": show(facts["minor"]), **key}
    if template == "payment_turned_away":
        return {"amount": show(facts["refund"].amount_minor), **key}
    if template == "parcel_sent":
        parcel = facts["parcel"]
        return {"carrier": parcel.carrier[:MOST], "tracking": parcel.tracking_number[:MOST], **key}
    if template == "recalled":
        return {"goods": facts["lines"][0].name_zh[:MOST], **key}
    return key if template in ("address_changed", "claim_answered", "order_link") else None
