"""To whom the mails of buying together go beside the members, who are told as buyers (`orders/mail.py`)."""

from typing import Any

from accounts import mail
from accounts.models import Membership
from accounts.reads import members_of
from together.links import group_page
from together.models import GroupPurchase


def to_coordinators(group: GroupPurchase, template: str, **facts: Any) -> None:
    """Tell those who coordinate the group's organisation today, with a link to the group."""
    current = members_of(group.organisation).filter(role=Membership.Role.COORDINATOR, person__is_active=True)
    for part in current.select_related("person").order_by("id"):
        person = part.person
        link = group_page(person.language, group.join_code)
        mail.send(person.email, person.language, template, {"link": link, "group": group, **facts})
