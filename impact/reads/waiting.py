"""What of the households waits for a person in the office."""

from collections.abc import Iterator
from typing import Any

from accounts.permissions import places_of
from accounts.waiting import Waiting, waiting
from core.language import say
from impact.models import Household, ShareCorrection
from impact.reads.correction import corrections_decided_by


def of_impact(person: Any) -> Iterator[Waiting]:
    """Households that their teams have proposed, and shares that they ask to be put right."""
    if places := places_of(person, "impact.verify_household"):
        rows = Household.objects.filter(places.rows(region="county"), state=Household.State.PROPOSED)
        words = say("等核实的农户", "Households to verify")
        path = "office/households/?state=PROPOSED"
        yield from waiting("HOUSEHOLDS", words, rows, "created_at", path)
    asked = corrections_decided_by(person).filter(state=ShareCorrection.State.ASKED)
    words = say("等核实的份额更正", "Shares to put right")
    yield from waiting("CORRECTIONS", words, asked, "asked_at", "office/households/#corrections")
