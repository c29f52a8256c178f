"""What a round's scores are computed from, once and for everyone: domain 3.6, as it may be told (3.6b)."""

from datetime import datetime

from contest.reads.counted import Caps, Counted, Scope, counted, home_of
from contest.reads.welfare import Welfare, welfare
from contest.scoring.inputs import Inputs
from impact.models import Round
from impact.reads import docking
from impact.reads.figures import LEAST_OF_AN_ORGANISATION
from impact.reads.household import FEWEST

SUPPORTERS_OF_AN_AREA = 3


def inputs_of(round_: Round, number: int, until: datetime) -> dict[int, Inputs]:
    """The inputs of each entry of the round, by its id: from supports numbered up to `number`, and whatever else was told
    by `until`, in the trade's clock. Asked twice for the same moment it says the same."""
    entries = dict(round_.entries.order_by("pk").values_list("pk", "team_id"))
    scope = Scope(entries, number, until, home=home_of(round_))
    caps = Caps(days_a_person=round_.days_a_person)
    gathered = counted(scope, caps)
    shared = welfare(scope, {entry: c.net_minor for entry, c in gathered.items()})
    docked = docking.delivered(entries.values(), round_.opens_at, until)
    return {
        entry: _inputs(
            entry, gathered.get(entry, Counted()), shared.get(entry, Welfare()), docked[team], caps
        )
        for entry, team in entries.items()
    }


def _inputs(entry: int, of: Counted, shared: Welfare, dockings: int, caps: Caps) -> Inputs:
    # What stands on persons is told, and scored, where ten of them stand behind it.
    is_told = of.people >= FEWEST
    return Inputs(
        entry_id=entry,
        households=shared.households,
        household_share_bps=shared.household_share_bps,
        at_risk_share_bps=shared.at_risk_share_bps,
        amount_minor=of.amount_minor,
        net_minor=of.net_minor,
        person_times=of.days + of.seats if is_told else 0,
        mobilised_minor=sum(min(minor, caps.mobiliser_minor) for minor in of.callers.values()),
        organisations=sum(minor >= LEAST_OF_AN_ORGANISATION for minor in of.bodies.values()),
        dockings=dockings,
        areas=sum(persons >= SUPPORTERS_OF_AN_AREA for persons in of.areas.values()),
        people=of.people if is_told else 0,
    )
