"""Draw up who goes on from a stage that another follows: by whoever keeps the round, or by the clock."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from contest.actions.result import must_decide
from contest.models import Archive, RoundPlan, Snapshot, Stage, StageList, StagePlace
from contest.reads import outcome
from contest.reads.result import published, snapshot_of
from contest.reads.stage import beside, going_on, list_of, places_in, sealed
from core import clock
from core.language import say
from core.refusals import Conflict, Invalid, Refusal, TooLate
from impact.models import Entry, Round


def draw(round_: Round, number: int, by: Person | None) -> StageList:
    """The list of a stage, from the figures at the freeze: of those in competition now the first by their scores.

    Drawn again it is for whoever has left or come back since, until the next stage has begun; by the clock (`by` None)
    once. INVALID of the last stage, TOO_LATE before the freeze or when it stays, CONFLICT while the stage before has none.
    """
    if by is not None:
        must_decide(round_, by)
    with transaction.atomic():
        RoundPlan.objects.select_for_update(of=("self",)).get(round=round_)
        stage = Stage.objects.select_related("rulebook").filter(round=round_, number=number).first()
        next_ = beside(stage, 1) if stage else None
        if stage is None or next_ is None:
            words = say("最后一个阶段由结果决定。", "Who goes on from the last stage is said by the result.")
            raise Invalid(words, field="number")
        standing = list_of(stage)
        _may_be_drawn(round_, next_, standing)
        snapshot = snapshot_of(round_)
        if snapshot is None:
            raise TooLate(say("成绩还没有冻结。", "The figures are not frozen yet."))
        entries = _before_it(stage, outcome.entries_of(round_))
        made = _write(stage, snapshot, entries, by)
        facts = {"level": round_.level, "number": number, "version": made.version, "sha256": made.sha256}
        audit.record(by, "draw_stage_list", "Edition", round_.edition.uid, **facts)
    return made


def draw_due() -> int:
    """For beat: draw up each list that is missing when the stage after it begins; how many those were."""
    now, drawn = clock.now(), 0
    frozen = Snapshot.objects.filter(round=OuterRef("round"), voided_at=None)
    told = StageList.objects.filter(stage=OuterRef("pk"), snapshot__voided_at=None)
    over = Archive.objects.filter(edition=OuterRef("round__edition"))
    rows = Stage.objects.filter(Exists(frozen), ~Exists(told), ~Exists(over), round__results=None)
    for stage in rows.select_related("round__edition").order_by("round", "number"):
        next_ = beside(stage, 1)
        if next_ is None or next_.opens_at > now:
            continue
        try:
            draw(stage.round, stage.number, None)
        except Refusal:  # it waits for the stage before
            continue
        drawn += 1
    return drawn


def _may_be_drawn(round_: Round, next_: Stage, standing: StageList | None) -> None:
    if published(round_) is not None:
        raise TooLate(say("结果已公布，名单不再变。", "The result is published; the list stays."))
    if standing is not None and (next_.opens_at <= clock.now() or list_of(next_) is not None):
        raise TooLate(say("下一阶段已经开始，名单不再变。", "The next stage has begun; the list stays."))


def _before_it(stage: Stage, entries: list[Entry]) -> list[Entry]:
    """Whom the stage before let on; all of them where it is the first."""
    feeder = beside(stage, -1)
    if feeder is None:
        return entries
    found = list_of(feeder)
    if found is None:
        raise Conflict(say("前一阶段的名单还没有定。", "The list of the stage before is not drawn up yet."))
    let_on = set(going_on(found).values_list("entry", flat=True))
    return [entry for entry in entries if entry.pk in let_on]


def _write(stage: Stage, snapshot: Snapshot, entries: list[Entry], by: Person | None) -> StageList:
    out = {entry.pk: outcome.out_of(entry)[0] for entry in entries}
    places = places_in(stage, snapshot, entries, outcome.frozen_inputs(snapshot), out)
    version = StageList.objects.filter(stage=stage).count() + 1
    made = StageList(stage=stage, version=version, snapshot=snapshot, drawn_at=timezone.now(), drawn_by=by)
    made.sha256 = sealed(made, places)
    made.save(force_insert=True)
    for place in places:
        place.list = made
    StagePlace.objects.bulk_create(places)
    return made
