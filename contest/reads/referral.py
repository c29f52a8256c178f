"""Links by which people are called: whose they are, where they lead, and what a visit by one brings."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.merging import hers
from accounts.models import Organisation, Person
from contest.models import ReferralLink


@dataclass(frozen=True)
class Visit:
    """What somebody comes by: the link, and the mobiliser code that it brings; "" where it brings none any more."""

    link: ReferralLink
    mobiliser_code: str


def live_links(person: Person) -> QuerySet[ReferralLink]:
    """Her links that work, the last first, those that she made for an organisation too."""
    return ReferralLink.objects.filter(hers(person), revoked_at=None).select_related(
        "organisation", "entry__round__edition", "entry__team", "team"
    )


def visit(code: str) -> Visit | None:
    """What a link of this code brings; None where there never was one."""
    rows = ReferralLink.objects.filter(code=code).select_related(
        "person__merged_into", "organisation", "entry__round__edition", "team"
    )
    link = rows.first()
    return Visit(link, _mobiliser_code(link)) if link else None


def _mobiliser_code(link: ReferralLink) -> str:
    person = link.person.merged_into or link.person
    if link.revoked_at is not None or not person.is_active:
        return ""
    if link.organisation is None:
        return person.mobiliser_code
    is_verified = link.organisation.state == Organisation.State.VERIFIED
    return link.organisation.mobiliser_code if is_verified else ""
