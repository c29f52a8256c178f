"""Open a contest: an edition with its own secret, rounds by the clock, and the teams' entries."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person, Region
from accounts.permissions import must
from accounts.places import Place
from catalog import clean
from catalog.models import Team
from catalog.reads import is_related
from core import clock
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed, TooLate, every
from impact.actions.disclosed_households import disclose_entered
from impact.models import Edition, Entry, Household, Round, Standing
from impact.reads.household import FEWEST
from impact.sealing import seal

KEEP = "impact.keep_contest"
SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def open_edition(
    slug: str,
    ordinal: int,
    name: tuple[str, str],
    theme: tuple[str, str] = ("", ""),
    by: Person | None = None,
) -> Edition:
    """A contest; `name` and `theme` are (Chinese, English). INVALID on the field for a slug that is taken or none."""
    must(by, KEEP)
    told = every(
        {
            "slug": lambda: _free_slug(slug),
            "ordinal": lambda: clean.whole(ordinal, "ordinal", 1, 999),
            "name_zh": lambda: clean.text_for(Edition, "name_zh", name[0], required=True),
            "name_en": lambda: clean.text_for(Edition, "name_en", name[1], required=True),
            "theme_zh": lambda: clean.text_for(Edition, "theme_zh", theme[0]),
            "theme_en": lambda: clean.text_for(Edition, "theme_en", theme[1]),
        }
    )
    with transaction.atomic():
        # Person keys are made with it: the same person within an edition, unlinkable between two.
        edition = Edition.objects.create(**told, sealed_key=seal(secrets.token_bytes(32)))
        audit.record(by, "create", "Edition", edition.uid)
    return edition


def _free_slug(slug: str) -> str:
    if not SLUG.fullmatch(slug):
        words = say("只能用小写字母、数字和连字符。", "Small letters, digits and hyphens only.")
        raise Invalid(words, field="slug")
    if Edition.objects.filter(slug=slug).exists():
        raise Invalid(say("这个地址已被使用。", "This address is taken."), field="slug")
    return slug


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
    must(by, KEEP, at=_place(edition, region))
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
        audit.record(by, "open_round", "Edition", edition.uid, level=level, **_times(round_))
    return round_


def set_times(
    round_: Round, opens_at: datetime, closes_at: datetime, freezes_at: datetime, by: Person
) -> Round:
    """Give a round other times, before it opens: who has begun to buy in it was told until when it counts."""
    must(by, KEEP, at=_place(round_.edition, round_.region))
    _check_times(opens_at, closes_at, freezes_at)
    with transaction.atomic():
        row = Round.objects.select_for_update(of=("self",)).select_related("edition").get(pk=round_.pk)
        if row.phase(clock.now()) != Round.Phase.COMING:
            raise TooLate(say("赛段已经开始，时间不能再改。", "The round has begun; its times stay."))
        row.opens_at, row.closes_at, row.freezes_at = opens_at, closes_at, freezes_at
        row.save(update_fields=["opens_at", "closes_at", "freezes_at"])
        audit.record(by, "set_times", "Edition", row.edition.uid, level=row.level, **_times(row))
    return row


def _check_times(opens_at: datetime, closes_at: datetime, freezes_at: datetime) -> None:
    if opens_at >= closes_at:
        raise Invalid(say("截止要晚于开始。", "It closes after it opens."), field="closes_at")
    if closes_at > freezes_at:
        raise Invalid(say("冻结不早于截止。", "It freezes no sooner than it closes."), field="freezes_at")


def _times(round_: Round) -> dict[str, str]:
    return {name: getattr(round_, name).isoformat() for name in ("opens_at", "closes_at", "freezes_at")}


def _place(edition: Edition, region: Region | None) -> Place:
    return Place(region=region.code if region else None, subject=edition.uid)


def _must_decide(by: Person, round_: Round, team: Team) -> None:
    must(by, KEEP, at=_place(round_.edition, round_.region))
    if is_related(by, team.pk):
        raise NotAllowed(say("不能决定自己团队参赛。", "Nobody decides about a team of their own."))


def let_in(round_: Round, team: Team, by: Person) -> Entry:
    """A team takes part from now on, for the first time or again; whoever decides is none of it."""
    _must_decide(by, round_, team)
    if round_.phase(clock.now()) not in (Round.Phase.COMING, Round.Phase.OPEN):
        raise TooLate(say("赛段已经截止。", "The round has closed."))
    if not team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))
    with transaction.atomic():
        entry = Entry.objects.select_for_update().filter(round=round_, team=team).first()
        if entry is None:
            (entry,) = enter(round_, [team])
        elif entry.approved_at is None:
            _check_households([team])
            entry.approved_at, entry.out_reason = timezone.now(), ""
            entry.save(update_fields=["approved_at", "out_reason"])
            disclose_entered([team])
        else:
            raise Conflict(say("团队已经在这一赛段里。", "The team is in this round already."))
        audit.record(by, "let_in", "Entry", entry.uid, team=team.code)
    return entry


def take_out(entry: Entry, by: Person, reason: str) -> Entry:
    """A team takes no part, and hears why; refused once something was bought for it, which counts until the freeze."""
    _must_decide(by, entry.round, entry.team)
    reason = line(reason, "reason", 200)
    with transaction.atomic():
        # Whoever records a support holds its entry: here either waits for the other.
        row = Entry.objects.select_for_update(of=("self",)).select_related("team").get(pk=entry.pk)
        if row.approved_at is None:
            raise Conflict()
        if row.supports.exists():
            words = say("已有人为它购买，不能再退出。", "Something was bought for it: it stays in.")
            raise Conflict(words)
        row.approved_at, row.out_reason = None, reason
        row.save(update_fields=["approved_at", "out_reason"])
        audit.record(by, "take_out", "Entry", row.uid, team=row.team.code)
    return row


@transaction.atomic
def enter(round_: Round, teams: Sequence[Team], approved: bool = True) -> list[Entry]:
    """Enter teams under their own codes, each with a standing of zero.

    A contest tells what each team sold to the fen, and its price stories tell the households' part of that:
    so a team enters with ten verified households or more, and no public figure is about fewer.
    """
    _check_households(teams)
    entries = Entry.objects.bulk_create(
        Entry(round=round_, team=team, number=team.code, approved_at=timezone.now() if approved else None)
        for team in teams
    )
    Standing.objects.bulk_create(Standing(entry=entry) for entry in entries)
    disclose_entered(teams)
    return entries


def _check_households(teams: Sequence[Team]) -> None:
    counted = Household.objects.filter(team__in=teams, state=Household.State.VERIFIED)
    counts = dict(counted.values_list("team_id").annotate(Count("pk")).order_by())
    if few := [team.code for team in teams if counts.get(team.pk, 0) < FEWEST]:
        words = say(
            "参赛团队须有至少 {n} 户经核实的农户：{teams}",
            "A team enters with at least {n} verified households: {teams}",
            n=FEWEST,
            teams=", ".join(few),
        )
        raise Invalid(words, field="teams")
