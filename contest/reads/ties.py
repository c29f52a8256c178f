"""What ties a judge to a team, found in the facts of the floors below (domain 3.6, "Judges")."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.merging import hers
from accounts.models import Address, Membership, Organisation
from catalog.models import Team, TeamMember
from contest.models import Conflict, Judge
from core import clock
from impact.models import Entry
from impact.reads import docking
from orders.models import Line, Order, Shipment
from together.models import GroupPurchase

Kind = Conflict.Kind
MONTHS = 12
_BOUGHT = (Order.State.HELD, *Order.PAID_STATES)


def ties_of(judge: Judge, entries: Iterable[Entry], months: int = MONTHS) -> set[tuple[int, str]]:
    """(entry, kind) of each tie that the facts of this moment show; dealings of the last so many months count.

    What she declares, and a docking of her own, are told and not found: they stand as rows of `Conflict` alone.
    """
    since = timedelta(days=months * 366 // 12)
    organisations = _organisations(judge, since)
    bought, called = _dealings(judge, organisations, since)
    teams = {
        Kind.ORGANISATION: _of_the_same(judge, organisations),
        Kind.PURCHASE: bought | _groups(organisations, since),
        Kind.REFERRAL: called,
        Kind.COUNTY: _neighbours(judge, organisations),
        Kind.DOCKING: docking.docked_with(organisations, clock.now() - since),
    }
    return {(e.pk, str(kind)) for e in entries for kind, theirs in teams.items() if e.team_id in theirs}


def _organisations(judge: Judge, since: timedelta) -> set[int]:
    """Those that she belongs to, or did within that time."""
    hers = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - since)
    parts = Membership.objects.filter(hers, person=judge.person_id)
    return set(parts.values_list("organisation_id", flat=True))


def _of_the_same(judge: Judge, organisations: set[int]) -> set[int]:
    """Teams that she is or was one of, or one of whose people belongs to an organisation of hers."""
    colleagues = Membership.objects.filter(organisation__in=organisations, ended_at=None).values("person")
    either = Q(person=judge.person_id) | Q(person__in=colleagues, ended_at=None)
    return set(TeamMember.objects.filter(either).values_list("team_id", flat=True))


def _neighbours(judge: Judge, organisations: set[int]) -> set[int]:
    """Teams of the county where she lives or works: as she has declared, where things are sent to her, where her
    organisations are."""
    sent = Address.objects.filter(person=judge.person_id).values("region")
    works = Organisation.objects.filter(pk__in=organisations).values("region")
    here = Q(county=judge.county_id) | Q(county__in=sent) | Q(county__in=works)
    return set(Team.objects.filter(here).values_list("pk", flat=True))


def _dealings(judge: Judge, organisations: set[int], since: timedelta) -> tuple[set[int], set[int]]:
    """The teams whose goods she, her household or an organisation of hers has bought; and those for which one of them
    has called others to buy."""
    recent = Order.objects.filter(state__in=_BOUGHT, traded_at__gt=clock.now() - since)
    theirs = Q(organisation__in=organisations)
    calls = hers(judge.person, "mobiliser_person") | Q(mobiliser_organisation__in=organisations)
    orders = {
        "bought": recent.filter(_of_her_household(judge) | theirs),
        "called": recent.filter(calls),
    }
    teams = {
        name: set(Line.objects.filter(order__in=rows.values("pk")).values_list("team_id", flat=True))
        for name, rows in orders.items()
    }
    return teams["bought"], teams["called"]


def _of_her_household(judge: Judge) -> Q:
    """What she has ordered, or somebody who lives where she does: by her account, mailbox, telephone or address."""
    person = judge.person
    found = Q(person=person) | Q(email=person.email)
    phones, sent = {person.phone}, Q(pk__in=[])
    for home in person.addresses.all():
        phones.add(home.phone)
        sent |= Q(parcel__region=home.region_id, parcel__street=home.street)
    return found | Q(
        pk__in=Shipment.objects.filter(sent | Q(parcel__phone__in=phones - {""})).values("order")
    )


def _groups(organisations: set[int], since: timedelta) -> set[int]:
    """The teams whose goods an organisation of hers buys together, from the moment at which it asks colleagues to."""
    live = (GroupPurchase.State.OPEN, GroupPurchase.State.CONFIRMED)
    rows = GroupPurchase.objects.filter(
        organisation__in=organisations, state__in=live, opened_at__gt=timezone.now() - since
    )
    return set(rows.values_list("variant__product__team_id", flat=True))
