"""Refunds after the time for claims: what was set aside is owed by then to those who did the work.

A team gives back as long as a parcel is not completed. Afterwards an operator does who is and was none of the team, and
says why; of goods that were recalled the team still may, however late, since what is unsafe must be able to come back
(decision 0022).
"""

from collections.abc import Collection
from typing import Any

from catalog.reads import is_related
from core.language import say
from core.refusals import Invalid, NotAllowed, TooLate
from core.texts import has_ink
from orders.models import Line, Shipment
from orders.reads.shipment import is_recalled

COMPLETED = Shipment.State.COMPLETED


def demand_right(
    lines: Collection[Line], parcels: Collection[Shipment], *, by: Any, is_operator: bool, note: str
) -> None:
    """Refuse what is asked of completed parcels: a team and whoever is of it, but for recalled goods; an operator
    without a reason. Called with the order locked, so that no parcel is completed meanwhile."""
    rows = list(lines)
    over = [at for at, line in enumerate(rows) if line.shipment and line.shipment.state == COMPLETED]
    postage = [parcel for parcel in parcels if parcel.state == COMPLETED]
    kept = [at for at in over if not is_recalled(rows[at])]
    # What sending cost goes back with recalled goods, and never by itself.
    recalled = {rows[at].shipment_id for at in over if at not in kept}
    by_itself = [parcel for parcel in postage if parcel.pk not in recalled]
    if is_operator:
        if (over or postage) and not has_ink(note):
            raise Invalid(_WHY, field="note")
        teams = {rows[at].team_id for at in kept} | {parcel.team_id for parcel in by_itself}
        if any(is_related(by, team) for team in teams):
            raise NotAllowed(_OWN_TEAM)
        return
    if kept:
        raise TooLate(_OWED, field=("lines", str(kept[0]), "line_id"))
    if by_itself:
        raise TooLate(_OWED, field="shipping")


_WHY = say(
    "售后期已过，款项已归农户和其他人所有。请写明为什么还要退。",
    "The time for claims is over and the money is owed to the households and the others. "
    "Please say why it is given back.",
)
_OWN_TEAM = say(
    "售后期已过，款项已归农户和其他人所有。自己团队的，请由另一位运营来退。",
    "The time for claims is over and the money is owed to the households and the others. Of a team of your own another "
    "operator gives it back.",
)
_OWED = say(
    "售后期已过，款项已归农户和其他人所有，团队不能再退。确有必要请联系运营方。",
    "The time for claims is over and the money is owed to the households and the others: the team gives none of it "
    "back any more. Where it must be, please write to an operator.",
)
