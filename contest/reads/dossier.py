"""What a judge reads of an entry: its goal, story and papers without the team's names, and what is told of it in public."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from catalog.models import Certificate, Product, Team
from contest.models import Registration
from contest.reads.board import entries_of, public_count, row_of
from core import clock
from core.language import Words, localized, say
from core.money import show
from impact.models import Entry
from impact.reads.household import public_households_of_teams


@dataclass(frozen=True)
class Paper:
    """A paper that stands behind one of its products."""

    kind: Words
    issuer: str
    valid_until: date


@dataclass(frozen=True)
class Fact:
    """A figure of the ledger as everybody is told it."""

    name: Words
    value: Words | str


@dataclass(frozen=True)
class Dossier:
    """All that is laid before a judge, in the reader's language."""

    goal: str
    story: str
    papers: list[Paper]
    facts: list[Fact]


def dossier_of(entry: Entry) -> Dossier:
    """The dossier of an entry. By whom it is led, and how it stands against others, is not in it."""
    registration = Registration.objects.filter(entry=entry).first()
    goal = localized(registration, "goal") if registration else ""
    return Dossier(
        goal=without_names(goal, entry.team),
        story=without_names(localized(entry.team, "story"), entry.team),
        papers=_papers(entry.team),
        facts=_facts(entry),
    )


def without_names(text: str, team: Team) -> str:
    """The text without what the team, its leader and its village are called."""
    leader = getattr(team, "leader", None)
    names = [team.name_zh, team.name_en, team.code, team.village_zh, team.village_en]
    names += [leader.name_zh, leader.name_en] if leader else []
    return _replaced(text, (name for name in names if name and len(name) > 1))


def _replaced(text: str, names: Iterable[str]) -> str:
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    if not longest_first:
        return text
    return re.sub("|".join(longest_first), "……", text, flags=re.IGNORECASE)


def _papers(team: Team) -> list[Paper]:
    rows = Certificate.objects.filter(
        product__team=team,
        product__state=Product.State.PUBLISHED,
        expires_on__gt=clock.today(),
        is_waiting=False,
    )
    return [
        Paper(Certificate.Kind(row.kind).words, localized(row, "issuer"), row.expires_on)
        for row in rows.order_by("kind", "pk")[:40]
    ]


def _facts(entry: Entry) -> list[Fact]:
    told = row_of(entries_of(entry.round).get(pk=entry.pk)).figures
    families = public_households_of_teams([entry.team_id]).get(entry.team_id)
    return [
        Fact(say("农户", "Households"), families or public_count(None, False)),
        Fact(say("销售净额", "Sold, net"), show(told.net_minor)),
        Fact(say("人次", "Person-times"), public_count(told.person_times, told.are_times_exact)),
        Fact(say("人数", "People"), public_count(told.people, told.are_people_exact)),
        Fact(say("单位", "Organisations"), public_count(told.organisations, told.is_final)),
    ]
