"""What a round's scores are computed from, once and for everyone: domain 3.6, as it may be told (3.6b)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from contest.models import Opening, RoundPlan
from contest.reads import outside
from contest.reads.counted import Caps, Counted, Reversal, Scope, counted, home_of
from contest.reads.counted_outside import add_outside
from contest.reads.engagement import Popularity, popularity_of
from contest.reads.exclusions import Exclusions, excluded
from contest.reads.judging import means_of
from contest.reads.welfare import Welfare, welfare
from contest.scoring.inputs import Inputs
from contest.scoring.rulebook import default_parameters
from impact.models import Round
from impact.reads import docking
from impact.reads.household import FEWEST


def inputs_of(
    round_: Round,
    number: int,
    until: datetime,
    reversals: Sequence[Reversal] = (),
    decided_by: datetime | None = None,
) -> dict[int, Inputs]:
    """The inputs of each entry of the round, by its id: from supports numbered up to `number`, and whatever else was told
    by `until`, in the trade's clock. Asked twice for the same moment it says the same.

    A result that supersedes asks for less what was reversed later, and for what integrity has `decided_by` a later moment.
    """
    entries = dict(round_.entries.order_by("pk").values_list("pk", "team_id"))
    out, caps = excluded(round_, decided_by or until), Caps.of(parameters_of(round_))
    scope = Scope(
        entries,
        number,
        until,
        out.orders | outside.counted_outside(round_, until),
        out.mobilised,
        home_of(round_),
        reversals,
    )
    of_entries = counted(scope, caps)
    shared = welfare(scope, {entry: c.net_minor for entry, c in of_entries.items()})
    _add_outside(of_entries, round_, until, out, caps)
    docked = docking.delivered(entries.values(), round_.opens_at, until)
    popular = popularity_of(round_, until, out.engagements)
    judged = means_of(round_) if Opening.objects.filter(round=round_, opened_at__lte=until).exists() else {}
    return {
        entry: _inputs(
            entry,
            judged.get(entry),
            of_entries.get(entry, Counted()),
            shared.get(entry, Welfare()),
            popular.get(entry, Popularity()),
            docked[team],
            caps,
        )
        for entry, team in entries.items()
    }


def parameters_of(round_: Round) -> Mapping[str, Any]:
    """Those of the round's rulebook; the defaults while it has none."""
    plan = RoundPlan.objects.filter(round=round_).select_related("rulebook").first()
    return plan.rulebook.parameters if plan and plan.rulebook else default_parameters()


def _add_outside(
    of_entries: dict[int, Counted], round_: Round, until: datetime, out: Exclusions, caps: Caps
) -> None:
    sales = (sale for sale in outside.accepted(round_, until) if sale.key not in out.outside)
    add_outside(of_entries, sales, caps, home_of(round_), until)


def _inputs(
    entry: int,
    judges: Decimal | None,
    of: Counted,
    shared: Welfare,
    popular: Popularity,
    dockings: int,
    caps: Caps,
) -> Inputs:
    # What stands on persons is told, and scored, where ten of them stand behind it.
    is_told = of.people >= FEWEST
    return Inputs(
        entry_id=entry,
        judges=judges,
        households=shared.households,
        household_share_bps=shared.household_share_bps,
        at_risk_share_bps=shared.at_risk_share_bps,
        amount_minor=of.amount_minor,
        net_minor=of.net_minor,
        person_times=of.days + of.seats if is_told else 0,
        mobilised_minor=sum(min(minor, caps.mobiliser_minor) for minor in of.callers.values()),
        organisations=sum(minor >= caps.organisation_least_minor for minor in of.bodies.values()),
        dockings=dockings,
        engaged=popular.engaged if popular.engaged >= FEWEST else 0,
        viewers=popular.viewers if popular.viewers >= FEWEST else 0,
        areas=sum(persons >= caps.area_least for persons in of.areas.values()),
        people=of.people if is_told else 0,
        further={"people_most": of.people_most} if is_told else {},
    )
