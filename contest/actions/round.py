"""The levels of a contest by the clock."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person, Region
from accounts.permissions import must
from catalog import clean
from contest.actions.edition import KEEP, demand_open, must_at
from contest.actions.edition import place_of_round as place_of_round
from contest.models import RoundPlan, Rulebook
from core import clock
from core.language import say
from core.refusals import Invalid, TooLate
from impact.models import Edition, Round

# Before a round that asks for scores opens its rulebook is frozen, so long ahead (contest.actions.plan).
FROZEN_BEFORE = timedelta(hours=1)
NOT_FROZEN = say(
    "规则要在开赛前至少一小时冻结：先冻结，或把开始往后推。",
    "The rulebook is frozen an hour before the round opens at the latest: freeze it, or open later.",
)


def open_round(
    edition: Edition,
    level: str,
    region: Region | None,
    opens_at: datetime,
    closes_at: datetime,
    freezes_at: datetime,
    by: Person | None = None,
) -> Round:
    """A level of the contest; its phases follow from the trade clock alone. A provincial round may be of one province, a
    national one is of none."""
    must(by, KEEP, at=place_of_round(edition, region))
    demand_open(edition)
    clean.one_of(level, "level", Round.Level.values)
    if region is not None and (level == Round.Level.NATIONAL or region.level != Region.Level.PROVINCE):
        words = say(
            "省级赛写省，全国赛不写。", "A province for a provincial round, nothing for a national one."
        )
        raise Invalid(words, field="region")
    if edition.rounds.filter(level=level, region=region).exists():
        raise Invalid(say("这一级已经有赛段了。", "There is a round of this level already."), field="level")
    _check_times(opens_at, closes_at, freezes_at)
    with transaction.atomic():
        round_ = Round.objects.create(
            edition=edition,
            level=level,
            region=region,
            opens_at=opens_at,
            closes_at=closes_at,
            freezes_at=freezes_at,
        )
        RoundPlan.objects.create(round=round_)
        audit.record(by, "open_round", "Edition", edition.uid, level=level, **_times(round_))
    return round_


def set_times(
    round_: Round, opens_at: datetime, closes_at: datetime, freezes_at: datetime, by: Person
) -> Round:
    """Give a round other times, before it opens: who has begun to buy in it was told until when it counts."""
    must_at(round_, by, KEEP)
    _check_times(opens_at, closes_at, freezes_at)
    _check_plan(round_, opens_at)
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_.pk)
        if row.phase(clock.now()) != Round.Phase.COMING:
            raise TooLate(say("赛段已经开始，时间不能再改。", "The round has begun; its times stay."))
        row.opens_at, row.closes_at, row.freezes_at = opens_at, closes_at, freezes_at
        _check_rules(row)
        check_order(row)
        row.save(update_fields=["opens_at", "closes_at", "freezes_at"])
        audit.record(by, "set_times", "Edition", row.edition.uid, level=row.level, **_times(row))
    return row


def _check_times(opens_at: datetime, closes_at: datetime, freezes_at: datetime) -> None:
    if opens_at >= closes_at:
        raise Invalid(say("截止要晚于开始。", "It closes after it opens."), field="closes_at")
    if closes_at > freezes_at:
        raise Invalid(say("冻结不早于截止。", "It freezes no sooner than it closes."), field="freezes_at")


def _check_plan(round_: Round, opens_at: datetime) -> None:
    plan = RoundPlan.objects.select_related("rulebook").filter(round=round_).first()
    if plan is None:
        return
    if plan.rulebook and not plan.rulebook.is_frozen and opens_at < clock.now() + FROZEN_BEFORE:
        raise Invalid(NOT_FROZEN, field="opens_at")
    if plan.registration_closes_at and opens_at < plan.registration_closes_at:
        words = say("报名还没截止。", "Registration closes later than that.")
        raise Invalid(words, field="opens_at")


def _check_rules(row: Round) -> None:
    """The rules that were frozen for a round were so before it opens, and say how long it settles at least."""
    book = Rulebook.objects.filter(plans__round=row, frozen_at__isnull=False).first()
    if book is None or book.frozen_at is None:
        return
    if row.opens_at < book.frozen_at:
        words = say("开始不早于规则冻结的时间。", "It opens no sooner than its rules were frozen.")
        raise Invalid(words, field="opens_at")
    days = book.parameters["settling_days"]
    if row.freezes_at - row.closes_at < timedelta(days=days):
        words = say(
            "规则写明至少结算 {n} 天。", "Its rules say that it settles for {n} days at least.", n=days
        )
        raise Invalid(words, field="freezes_at")


def check_order(row: Round) -> None:
    """A round opens once those that lead to it are frozen: who goes on is known by then, and nothing counts in both."""
    words = say("下一赛段在这一赛段冻结之后开始。", "The next round opens after this one is frozen.")
    if Round.objects.filter(plan__into=row, freezes_at__gt=row.opens_at).exists():
        raise Invalid(words, field="opens_at")
    if Round.objects.filter(feeders__round=row, opens_at__lt=row.freezes_at).exists():
        raise Invalid(words, field="freezes_at")


def _times(round_: Round) -> dict[str, str]:
    return {name: getattr(round_, name).isoformat() for name in ("opens_at", "closes_at", "freezes_at")}
