"""What of the households waits for a person in the office."""

from collections.abc import Iterator
from typing import Any

from accounts.permissions import places_of
from accounts.waiting import Waiting, waiting
from core.language import say
from impact.models import Household


def of_impact(person: Any) -> Iterator[Waiting]:
    """Households that their teams have proposed."""
    if places := places_of(person, "impact.verify_household"):
        rows = Household.objects.filter(places.rows(region="county"), state=Household.State.PROPOSED)
        words = say("等核实的农户", "Households to verify")
        path = "office/households/?state=PROPOSED"
        yield from waiting("HOUSEHOLDS", words, rows, "created_at", path)
