"""To whom the mails of buying go, each in its reader's language; a guest's carry the key to her order."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from accounts import mail
from accounts.actions.erasure import reach
from accounts.letters import wants
from accounts.models import LetterKind, Person
from accounts.permissions import holders
from catalog.reads import managers_of
from core import language
from orders import by_text
from orders.links import desk_page, page_of, proof_for
from orders.models import Order, Shipment
from orders.reads.address import localized, parcels_of
from orders.reads.proof import is_proved

# What she may switch off; all else is of money, of what must not be eaten, or was asked for.
KINDS = {
    **dict.fromkeys(
        ("parcel_sent", "parcel_delivered", "parcel_waits", "parcel_split", "place_closed", "place_open"),
        LetterKind.PARCELS,
    ),
    "claim_answered": LetterKind.ANSWERS,
    "order_unpaid": LetterKind.REMINDERS,
}


def to_buyer(order: Order, template: str, **facts: Any) -> None:
    """Tell whoever bought, of one `parcel` or of all, by the way she chose and unless she has switched this kind off; who has
    asked to be forgotten only as long as money may come back to us that is hers."""
    if not wants(order.person, KINDS.get(template, LetterKind.MONEY)) or by_text.tell(order, template, facts):
        return
    mailbox = order.email or reach(order.person or order.reached_by)
    if not mailbox:
        return
    with language.use(order.language):
        shipment: Shipment | None = facts.get("parcel")
        sent = [shipment.parcel] if shipment else parcels_of(order)
        addresses = list(dict.fromkeys(localized(one.region, one.street) for one in sent))
    proof = "" if is_proved(order) else page_of(order, proof=proof_for(order))
    # What a held order's letter says otherwise lies with whoever holds it.
    holder = f"mail/{order.holder_kind}/{template}.{order.language}.txt" if order.holder else ""
    common = {
        "order": order,
        "link": page_of(order),
        "proof": proof,
        "addresses": addresses,
        "holder": holder,
    }
    mail.send(mailbox, order.language, template, {**common, **facts})


def to_team(team_id: int, template: str, path: str, **facts: Any) -> None:
    """Tell those who manage the team today, with a link to a page of its desk. No buyer's name leaves the desk."""
    to_people(managers_of(team_id), template, path, **facts)


def to_people(managers: Iterable[Person], template: str, path: str, **facts: Any) -> None:
    """Tell these managers, as `to_team` does."""
    for person in managers:
        link = desk_page(person.language, path)
        mail.send(person.email, person.language, template, {"link": link, **facts})


def to_operators(template: str, path: str, **facts: Any) -> None:
    """Tell those who run the shop that something waits for a person, with a link to the office's page of it."""
    for person in holders("orders.hear_of_trouble"):
        link = f"{settings.SITE_URL}/{person.language}/office/{path}"
        mail.send(person.email, person.language, template, {"link": link, **facts})
