"""A buyer without her link has it sent again: by the order's number, and where she is told of it.

What is told, what is counted and what is written are alike whether there is such an order or not. The link goes where the
order is told anyway, so whoever asks for another's learns nothing and brings her one letter.
"""

import re
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import clean
from accounts.actions import text_code
from accounts.models import SignInWay
from accounts.reads import hashed
from core import rates
from core.language import say
from core.middleware import address_of
from core.outbox import record
from core.refusals import Invalid
from orders.events import OrderLinkRequested
from orders.models import Order, Shipment

MOST_AN_ADDRESS, MOST_A_MAILBOX, HOUR, DAY = 20, 5, 3600, 24 * 3600
_LETTERS = 12
NO_NUMBER = say("订单号是 12 位字母和数字。", "An order’s number has twelve letters and digits.")
NOWHERE = say(
    "请填写下单时的邮箱或手机号。", "Enter the e-mail address or mobile number that you bought with."
)


def ask(request: Any, number: str, contact: str) -> None:
    """Have the link sent to whoever bought this, if she is told of it there. Invalid for what is no number or no address;
    TooMany, and Invalid as a code is, once so many were asked for."""
    number = _number(number)
    rates.demand("order links", address_of(request), MOST_AN_ADDRESS, HOUR)
    if "@" in (contact or ""):
        mailbox = clean.email_address(contact, "contact")
        rates.demand("order links to", hashed(mailbox), MOST_A_MAILBOX, DAY)
        found = _by_mailbox(mailbox)
    else:
        found = _by_number(_counted(request, contact))
    order = found.filter(number=number).values_list("pk", flat=True).first()
    with transaction.atomic():
        record(OrderLinkRequested(order_id=order or 0))


def _number(text: str) -> str:
    letters = re.sub(r"[\s-]", "", clean.line(text, "number", 40)).upper()
    if len(letters) != _LETTERS or not letters.isalnum():
        raise Invalid(NO_NUMBER, field="number")
    return "-".join(letters[at : at + 4] for at in range(0, _LETTERS, 4))


def _counted(request: Any, contact: str) -> str:
    if not (contact or "").strip():
        raise Invalid(NOWHERE, field="contact")
    number = clean.mobile_number(contact, "contact")
    text_code.demand_address(request, "contact")
    text_code.count(number, "contact")
    return number


def _by_mailbox(mailbox: str) -> QuerySet[Order]:
    return Order.objects.filter(email=mailbox)


def _by_number(number: str) -> QuerySet[Order]:
    """By the number that is texted, a guest's or an account's; or the one that she gave the courier, whose link goes to her
    mailbox all the same. A gift's is somebody else's."""
    hers = SignInWay.objects.filter(kind=SignInWay.Kind.PHONE, value=number, ended_at=None).values("person")
    called = Shipment.objects.filter(
        parcel__phone=clean.phone_number(number, "contact"), parcel__is_gift=False, order__holder=None
    )
    by_person = Q(email="", person__in=hers)
    return Order.objects.filter(Q(mobile=number) | by_person | Q(pk__in=called.values("order")))
