"""Like, follow, share, look, and take it back."""

from collections.abc import Sequence

from accounts.events import MailboxConfirmed, WayProved
from accounts.merging import hers
from accounts.models import Person
from catalog.reads.teams import is_related
from contest.actions.edition import demand_open
from contest.models import Engagement, View
from contest.reads.engagement import live
from core import clock, rates
from impact.models import Entry

Kind = Engagement.Kind
DAY = 86_400
# In a day one person may give and take so often, and so often the same to one entry: nobody means it more often.
MOST_A_DAY, MOST_OF_ONE = 300, 10
MOST_VIEWS_AN_HOUR = 600


def give(person: Person, entry: Entry, kind: str) -> None:
    """Give an entry one's like, follow or share; given already, it stays as it was."""
    if live(person).filter(entry=entry, kind=kind).exists():
        return
    demand_open(entry.round.edition)
    _hold_up(person, entry, kind)
    now = clock.now()
    given = Engagement(
        entry=entry,
        person=person,
        kind=kind,
        at=now,
        proved_at=now if person.is_proved else None,
        is_own=is_related(person, entry.team_id),
    )
    # A twin that was faster has given it.
    Engagement.objects.bulk_create([given], ignore_conflicts=True)


def revoke(person: Person, entry: Entry, kind: str) -> None:
    """Take it back; from now on it counts for nothing, until it is given again."""
    live(person).filter(entry=entry, kind=kind).update(revoked_at=clock.now())


def look(person: Person, entry: Entry) -> None:
    """Note that she has seen an entry, once; only of accounts that somebody has confirmed, and never of the team's own."""
    if not person.is_proved or View.objects.filter(hers(person), entry=entry).exists():
        return
    if is_related(person, entry.team_id) or not rates.allow(
        "look", str(person.uid), MOST_VIEWS_AN_HOUR, seconds=3600
    ):
        return
    View.objects.bulk_create([View(entry=entry, person=person, at=clock.now())], ignore_conflicts=True)


def prove(events: Sequence[MailboxConfirmed | WayProved]) -> None:
    """Their mailboxes are known to be theirs: what they have given counts from now on."""
    persons = [event.person_id for event in events]
    Engagement.objects.filter(person__in=persons, proved_at=None).update(proved_at=clock.now())


def _hold_up(person: Person, entry: Entry, kind: str) -> None:
    who = str(person.uid)
    rates.demand("engage", who, MOST_A_DAY, DAY)
    rates.demand("engage one", f"{who}:{entry.pk}:{kind}", MOST_OF_ONE, DAY)
