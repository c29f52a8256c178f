"""Open a contest: an edition with its own secret, rounds by the clock, and the teams' entries."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import Region
from catalog.models import Team
from core.language import say
from core.refusals import Invalid
from impact.actions.disclosed_households import disclose_entered
from impact.models import Edition, Entry, Household, Round, Standing
from impact.reads.household import FEWEST
from impact.sealing import seal


def open_edition(
    slug: str, ordinal: int, name: tuple[str, str], theme: tuple[str, str] = ("", "")
) -> Edition:
    """A contest; `name` and `theme` are (Chinese, English)."""
    return Edition.objects.create(
        slug=slug,
        ordinal=ordinal,
        name_zh=name[0],
        name_en=name[1],
        theme_zh=theme[0],
        theme_en=theme[1],
        # Person keys are made with it: the same person within an edition, unlinkable between two.
        sealed_key=seal(secrets.token_bytes(32)),
    )


def open_round(
    edition: Edition,
    level: str,
    region: Region | None,
    opens_at: datetime,
    closes_at: datetime,
    freezes_at: datetime,
) -> Round:
    """A level of the contest; its phases follow from the trade clock alone."""
    return Round.objects.create(
        edition=edition,
        level=level,
        region=region,
        opens_at=opens_at,
        closes_at=closes_at,
        freezes_at=freezes_at,
    )


@transaction.atomic
def enter(round_: Round, teams: Sequence[Team], approved: bool = True) -> list[Entry]:
    """Enter teams under their own codes, each with a standing of zero.

    A contest tells what each team sold to the fen, and its price stories tell the households' part of that:
    so a team enters with ten verified households or more, and no public figure is about fewer.
    """
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
    entries = Entry.objects.bulk_create(
        Entry(round=round_, team=team, number=team.code, approved_at=timezone.now() if approved else None)
        for team in teams
    )
    Standing.objects.bulk_create(Standing(entry=entry) for entry in entries)
    disclose_entered(teams)
    return entries
