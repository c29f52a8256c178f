"""What is asked to be put right of lots' shares: by its team, and where somebody verifies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, When

from accounts.models import Person
from accounts.permissions import may_anywhere, places_of
from catalog.models import Team
from catalog.reads import is_related
from core.refusals import NotFound
from impact.models import CorrectionOpening, ShareCorrection

ASK, DECIDE = "impact.ask_correction", "impact.decide_correction"


def decides_corrections(person: Any) -> bool:
    """Whether there is any place whose corrections she decides."""
    return may_anywhere(person, DECIDE)


def corrections_of(team: Team) -> QuerySet[ShareCorrection]:
    """A team's, the last first."""
    return ShareCorrection.objects.filter(lot__variant__product__team=team).select_related("lot")


def corrections_decided_by(person: Any) -> QuerySet[ShareCorrection]:
    """Those of teams where she verifies."""
    places = places_of(person, DECIDE).rows(region="lot__variant__product__team__county")
    return ShareCorrection.objects.filter(places).select_related("lot__variant__product__team__county")


def waiting_first(person: Any) -> QuerySet[ShareCorrection]:
    """The same, those that wait first, in the order in which they were asked for."""
    stage = Case(When(state=ShareCorrection.State.ASKED, then=0), default=1)
    return corrections_decided_by(person).order_by(stage, "pk")


def correction_to_decide(person: Person, uid: UUID, field: str = "id") -> ShareCorrection:
    """One of these; any other does not exist."""
    found = corrections_decided_by(person).filter(uid=uid).first()
    if found is None:
        raise NotFound(field=field)
    return found


def may_decide(person: Person, correction: ShareCorrection) -> bool:
    """Whether it waits and is hers to decide: not asked for by her, nor of a team that is or was her own."""
    is_hers = correction.asked_by_id == person.pk or is_related(
        person, correction.lot.variant.product.team_id
    )
    return correction.state == ShareCorrection.State.ASKED and not is_hers


def openings_of(
    corrections: list[ShareCorrection], person: Any, now: datetime
) -> dict[int, CorrectionOpening]:
    """By correction, her opening of it that runs then, the newest; none for a program of hers."""
    if not corrections or person.is_lent:
        return {}
    running = CorrectionOpening.objects.filter(correction__in=corrections, reader=person, until__gt=now)
    return {opening.correction_id: opening for opening in running.order_by("pk")}
