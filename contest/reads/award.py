"""Awards, and what holds one back: pre-sale of its team that did not come, or a result that is looked at once more."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from contest.models import Award, ReExamination, ResultRow
from contest.reads.outcome import out_of
from contest.reads.result import published, snapshot_of
from core import clock
from core.language import Words, say
from impact.models import Entry, Round
from orders.models import Shipment

WHOLE_BPS = 10_000


@dataclass(frozen=True)
class Presale:
    """An entry's parcels that were sold in advance and are due: so many in all, and so many that have arrived."""

    due: int
    arrived: int

    def is_delivered(self, least_bps: int) -> bool:
        """Whether as large a part of them has arrived as an award asks for."""
        return self.arrived * WHOLE_BPS >= self.due * least_bps


def awards(round_: Round) -> QuerySet[Award]:
    """The round's, by rank."""
    rows = Award.objects.filter(result__round=round_)
    return rows.select_related("entry__team", "entry__round", "result__snapshot__rulebook")


def presale_of(entry: Entry, grace_days: int) -> Presale:
    """What was sold in advance in the entry's round and should have been sent `grace_days` ago; what was called off is
    not due."""
    day = clock.today() - timedelta(days=grace_days)
    supported = entry.supports.filter(amount_minor__gt=0).values("order_uid")
    parcels = Shipment.objects.filter(team=entry.team_id, order__uid__in=supported, ship_by__lt=day)
    planned = parcels.filter(lines__lots__lot__ship_by__isnull=False).exclude(state=Shipment.State.CANCELLED)
    counted = planned.aggregate(
        due=Count("pk", distinct=True),
        arrived=Count("pk", filter=Q(state__in=Shipment.ARRIVED), distinct=True),
    )
    return Presale(counted["due"], counted["arrived"])


def held_because(award: Award) -> Words | None:
    """Why the award is not handed over yet; None where nothing holds it."""
    entry = award.entry
    if ReExamination.objects.filter(entry=entry, state=ReExamination.State.OPEN).exists():
        return say("成绩正在复核。", "The entry is looked at once more.")
    standing = published(entry.round)
    row = ResultRow.objects.filter(result=standing, entry=entry).first()
    if row is None or row.rank != award.rank:
        return say(
            "新版结果里名次已变：现为{rank}。",
            "Its rank has changed in a new version: {rank}.",
            rank=row.rank if row and row.rank else say("不参加排名", "out of competition"),
        )
    state, _ = out_of(entry)
    if state:
        return say("这个项目已不参加排名。", "It is out of competition since.")
    rules = _rules(entry.round)
    presale = presale_of(entry, rules["presale_days"])
    if not presale.is_delivered(rules["delivered_bps"]):
        return say(
            "到期的预售包裹 {due} 个，已送达 {arrived} 个。",
            "Of {due} parcels that were sold in advance and are due, {arrived} have arrived.",
            due=presale.due,
            arrived=presale.arrived,
        )
    return None


def _rules(round_: Round) -> dict[str, int]:
    snapshot = snapshot_of(round_)
    assert snapshot is not None, "an award rests on a result, and that on a snapshot"
    rules: dict[str, int] = snapshot.rulebook.parameters["reexamination"]
    return rules
