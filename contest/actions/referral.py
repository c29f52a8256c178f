"""Make a link by which one calls others, and take it back."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation, Person
from catalog.models import Team
from contest.actions.edition import demand_open
from contest.models import ReferralLink
from contest.reads.referral import live_links
from core import rates
from core.language import say
from core.refusals import Conflict, NotFound
from impact.models import Entry

# One person has so many that work, and makes so many in a day.
MOST_LINKS, MOST_A_DAY, DAY = 100, 60, 86_400


def make(
    person: Person,
    *,
    entry: Entry | None = None,
    team: Team | None = None,
    organisation: Organisation | None = None,
) -> ReferralLink:
    """Her link to an entry, a team or the shop, or her organisation's; the one that she has where it works still.

    Whose organisation it is, the caller has seen to.
    """
    where = {"entry": entry, "team": team, "organisation": organisation}
    if found := live_links(person).filter(**where).first():
        return found
    if entry is not None:
        demand_open(entry.round.edition)
    rates.demand("link", str(person.uid), MOST_A_DAY, DAY)
    if live_links(person).count() >= MOST_LINKS:
        words = say(
            "您已有 {n} 个链接，请先收回不用的。",
            "You have {n} links: end those you do not use.",
            n=MOST_LINKS,
        )
        raise Conflict(words)
    try:
        with transaction.atomic():
            return ReferralLink.objects.create(person=person, **where)
    except IntegrityError:  # a twin was faster
        return live_links(person).get(**where)


def revoke(person: Person, code: str) -> None:
    """It leads on, and brings nobody's code any more."""
    if not live_links(person).filter(code=code).update(revoked_at=timezone.now()):
        raise NotFound(field="code")
