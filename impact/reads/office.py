"""Households as those who verify them see them: under their pseudonyms, where they verify."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Person, Region
from accounts.permissions import may_anywhere, places_of
from catalog.reads import is_related
from core.refusals import NotFound
from impact.models import Household

VERIFY = "impact.verify_household"


def verifies_households(person: Any) -> bool:
    """Whether there is any place whose households she verifies."""
    return may_anywhere(person, VERIFY)


def households_verified_by(person: Any) -> QuerySet[Household]:
    """The households that live where she verifies."""
    return Household.objects.filter(places_of(person, VERIFY).rows(region="county"))


def counties_verified_by(person: Any) -> QuerySet[Region]:
    """The counties of these."""
    return Region.objects.filter(pk__in=households_verified_by(person).values("county")).order_by("code")


def household_to_verify(person: Person, uid: UUID, field: str = "id") -> Household:
    """One of these; any other does not exist."""
    found = households_verified_by(person).filter(uid=uid).select_related("team", "county").first()
    if found is None:
        raise NotFound(field=field)
    return found


def may_decide(person: Person, household: Household) -> bool:
    """Whether it is hers to verify: neither proposed by her nor of a team that is or was her own."""
    return household.proposed_by_id != person.pk and not is_related(person, household.team_id)
