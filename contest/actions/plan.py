"""What a round is planned to be, and its moves by the clock."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog import clean
from contest.actions.edition import KEEP, must_at
from contest.actions.round import FROZEN_BEFORE
from contest.events import RoundPutOff, RulebookNotFrozen
from contest.models import RoundPlan, Snapshot, Stage
from contest.reads.stage import panel_of
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, Invalid, TooLate
from impact.models import Round, Support

State = RoundPlan.State
NOT_BEGUN = (State.DRAFT, State.REGISTRATION, State.READY)
# A round that asks for scores opens by a frozen rulebook alone: whoever keeps it is told a day before, and where it is
# not frozen an hour before, the opening is put off by a day. So no purchase ever counts by rules that can still change.
TOLD_BEFORE = timedelta(days=1)
PUT_OFF_BY = timedelta(days=1)


def arrange(
    round_: Round,
    by: Person,
    registration_opens_at: datetime | None = None,
    registration_closes_at: datetime | None = None,
    judging_closes_at: datetime | None = None,
    objections_close_at: datetime | None = None,
    advances: int = 0,
    most_a_division: int | None = None,
    picks: int = 0,
    into: Round | None = None,
) -> RoundPlan:
    """Say when a round registers, judges and hears objections, and what it leads to.

    Once the round has opened only the ends of judging and objections can be moved; TOO_LATE when its result is published.
    """
    must_at(round_, by, KEEP)
    with transaction.atomic():
        plan = RoundPlan.objects.select_for_update(of=("self",)).get(round=round_)
        if plan.state in (State.PROVISIONAL, State.FINAL):
            raise TooLate(say("结果已公布，安排不能再改。", "The result is published; its plan stays."))
        plan.judging_closes_at, plan.objections_close_at = judging_closes_at, objections_close_at
        _move_panel(plan)
        if plan.state in NOT_BEGUN and round_.phase(clock.now()) == Round.Phase.COMING:
            plan.registration_opens_at, plan.registration_closes_at = (
                registration_opens_at,
                registration_closes_at,
            )
            plan.advances = clean.whole(advances, "advances", 0, 500)
            plan.picks = clean.whole(picks, "picks", 0, plan.advances)
            plan.most_a_division = most_a_division and clean.whole(most_a_division, "most_a_division", 1, 500)
            plan.into = into
        _check(round_, plan)
        plan.save()
        audit.record(by, "arrange", "Edition", round_.edition.uid, level=round_.level)
    return plan


def _move_panel(plan: RoundPlan) -> None:
    """Judging closes when the round's panel does, where it has one."""
    panel = panel_of(plan.round)
    if panel is None:
        return
    plan.judging_closes_at = plan.judging_closes_at or panel.closes_at
    if plan.judging_closes_at <= panel.opens_at:
        words = say("评审截止要晚于现场评审开始。", "Judging closes after the panel has begun.")
        raise Invalid(words, field="judging_closes_at")
    Stage.objects.filter(pk=panel.pk).update(closes_at=plan.judging_closes_at)


def _check(round_: Round, plan: RoundPlan) -> None:
    opens, closes = plan.registration_opens_at, plan.registration_closes_at
    if opens and closes and opens >= closes:
        words = say("报名截止要晚于开始。", "Registration closes after it opens.")
        raise Invalid(words, field="registration_closes_at")
    if closes and closes > round_.opens_at:
        words = say("报名不晚于赛段开始截止。", "Registration closes no later than the round opens.")
        raise Invalid(words, field="registration_closes_at")
    if plan.judging_closes_at and plan.judging_closes_at < round_.opens_at:
        words = say("评审截止要晚于赛段开始。", "Judging closes after the round has opened.")
        raise Invalid(words, field="judging_closes_at")
    if plan.objections_close_at and plan.objections_close_at < round_.freezes_at:
        words = say("异议截止不早于冻结。", "Objections close no sooner than the freeze.")
        raise Invalid(words, field="objections_close_at")
    if plan.into is not None and (plan.into.pk == round_.pk or plan.into.opens_at < round_.freezes_at):
        words = say("下一赛段在这一赛段冻结之后开始。", "The next round opens after this one is frozen.")
        raise Invalid(words, field="into")


# --- by the clock ---


def move_due() -> int:
    """Move each round on to where its moments say that it stands; how many moves that were."""
    plans = RoundPlan.objects.exclude(state__in=(State.FROZEN, State.PROVISIONAL, State.FINAL))
    return sum(_move(plan) for plan in plans.select_related("round__edition", "rulebook").order_by("pk"))


def _move(plan: RoundPlan) -> int:
    if plan.rulebook is not None and not plan.rulebook.is_frozen:
        _look_at_rulebook(plan)
    moves = 0
    while (state := _next(plan, clock.now())) is not None:
        with transaction.atomic():
            try:
                plan.move_to(state)
            except Conflict:  # another has moved it meanwhile
                break
            edition = plan.round.edition
            audit.record(None, "move_round", "Edition", edition.uid, level=plan.round.level, state=str(state))
        moves += 1
    return moves


def open_again(round_: Round) -> None:
    """The trade's clock was set back into the round: its plan follows, as its snapshot is voided (contest.actions.freeze)."""
    with transaction.atomic():
        plan = RoundPlan.objects.select_for_update(of=("self",)).get(round=round_)
        if plan.state in (State.SETTLING, State.FROZEN) and round_.phase(clock.now()) == Round.Phase.OPEN:
            plan.move_to(State.OPEN)


def _next(plan: RoundPlan, now: datetime) -> Any:
    """The state that follows by now; None where it stands as it should."""
    round_, opens = plan.round, plan.registration_opens_at
    phase = round_.phase(now)
    if plan.state == State.OPEN:
        return State.SETTLING if phase in (Round.Phase.SETTLING, Round.Phase.FROZEN) else None
    if plan.state == State.SETTLING:
        return State.FROZEN if phase == Round.Phase.FROZEN and _has_snapshot(plan) else None
    if plan.state in (State.FROZEN, State.PROVISIONAL, State.FINAL):
        return None
    if phase != Round.Phase.COMING:
        return State.OPEN if plan.rulebook is None or plan.rulebook.is_frozen else None
    if plan.state == State.DRAFT:
        return State.REGISTRATION if opens is not None and opens <= now else None
    closes = plan.registration_closes_at
    return State.READY if plan.state == State.REGISTRATION and closes is not None and closes <= now else None


def _has_snapshot(plan: RoundPlan) -> bool:
    """Whether its snapshot is there, where it is scored."""
    return plan.rulebook is None or Snapshot.objects.filter(round=plan.round_id, voided_at=None).exists()


def _look_at_rulebook(plan: RoundPlan) -> None:
    """Tell whoever keeps the round that its rulebook is not frozen, and put its opening off in time."""
    with transaction.atomic():
        round_ = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=plan.round_id)
        row = RoundPlan.objects.select_for_update(of=("self",)).select_related("rulebook").get(pk=plan.pk)
        now = clock.now()
        if row.rulebook is None or row.rulebook.is_frozen or now < round_.opens_at - TOLD_BEFORE:
            return
        if now >= round_.opens_at - FROZEN_BEFORE and _may_be_put_off(round_, now):
            _put_off(round_, now)
            plan.round = round_
            outbox.record(RoundPutOff(round_id=round_.pk, opens_at=round_.opens_at.isoformat()))
        elif row.told_at != round_.opens_at:
            row.told_at = round_.opens_at
            row.save(update_fields=["told_at"])
            outbox.record(RulebookNotFrozen(round_id=round_.pk, opens_at=round_.opens_at.isoformat()))


def _may_be_put_off(round_: Round, now: datetime) -> bool:
    """As long as it is not over, and nothing was bought in it while nobody looked."""
    return now < round_.closes_at and not Support.objects.filter(entry__round=round_).exists()


def _put_off(round_: Round, now: datetime) -> None:
    """By whole days, until its rulebook can be frozen in time; it stays open as long as it was to be, where need be."""
    lasts, settles = round_.closes_at - round_.opens_at, round_.freezes_at - round_.closes_at
    while round_.opens_at - FROZEN_BEFORE <= now:
        round_.opens_at += PUT_OFF_BY
    if round_.opens_at >= round_.closes_at:
        round_.closes_at = round_.opens_at + lasts
        round_.freezes_at = round_.closes_at + settles
    round_.save(update_fields=["opens_at", "closes_at", "freezes_at"])
    facts = {"level": round_.level, "opens_at": round_.opens_at.isoformat()}
    audit.record(None, "put_off", "Edition", round_.edition.uid, **facts)
