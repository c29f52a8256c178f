"""Entries to be scored, in a few words: the three of the worked check, and whole fields of clean supports."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from contest.scoring.inputs import Inputs
from contest.scoring.judging import mean_of
from contest.scoring.rulebook import default_parameters

RULES = default_parameters()
BEGUN = datetime(2019, 4, 1, tzinfo=UTC)


def mark(*marks: int, rules: dict[str, Any] = RULES) -> Decimal | None:
    """The committee's mark where each judge gives one mark for all criteria."""
    return mean_of([{c["key"]: Decimal(m) for c in rules["judging"]["criteria"]} for m in marks], rules)


def golden() -> list[Inputs]:
    """X, Y and Z of domain 3.6, as the worked check gives them."""
    named = ("judges", "households", "household_share_bps", "at_risk_share_bps", "amount_minor", "person_times",
             "mobilised_minor", "organisations", "dockings", "engaged", "viewers", "areas")  # fmt: skip
    rows = [
        (
            mark(86, 88, 84, 91, 79, 87, 90),
            96,
            5400,
            1800,
            12_843_000,
            2304,
            6_120_000,
            14,
            2,
            5120,
            21_400,
            31,
        ),
        (mark(82, 85, 80, 88, 84, 83, 81), 41, 3100, 500, 14_490_000, 1120, 4_800_000, 3, 1, 1900, 9000, 12),
        (
            mark(92, 90, 89, 93, 88, 91, 90),
            58,
            6100,
            3300,
            4_720_000,
            1506,
            1_240_000,
            9,
            4,
            3010,
            16_200,
            27,
        ),
    ]
    return [Inputs(n, **dict(zip(named, row, strict=True))) for n, row in enumerate(rows, 1)]


def approvals(inputs: Iterable[Inputs]) -> dict[int, datetime]:
    """Each was approved an hour after the one before."""
    return {one.entry_id: BEGUN + timedelta(hours=n) for n, one in enumerate(inputs)}


@dataclass(frozen=True)
class Bought:
    """A clean support: who bought for which entry, on which day, for how much, by whose call."""

    entry: int
    payer: str
    is_organisation: bool
    day: int
    minor: int
    mobiliser: str = ""


def folded(supports: Iterable[Bought], like: Iterable[Inputs], rules: dict[str, Any] = RULES) -> list[Inputs]:
    """These entries with the figures that the supports come to, by the rulebook's caps."""
    caps = rules["caps"]
    paid: dict[tuple[int, str, bool], int] = defaultdict(int)
    days: dict[tuple[int, str], set[int]] = defaultdict(set)
    called: dict[tuple[int, str], int] = defaultdict(int)
    for one in supports:
        paid[one.entry, one.payer, one.is_organisation] += one.minor
        if not one.is_organisation:
            days[one.entry, one.payer].add(one.day)
        if one.mobiliser:
            called[one.entry, one.mobiliser] += one.minor
    return [
        replace(
            entry,
            amount_minor=sum(
                min(minor, caps["organisation_minor" if is_org else "person_minor"])
                for (where, _, is_org), minor in paid.items()
                if where == entry.entry_id
            ),
            person_times=sum(
                min(len(d), caps["person_days"]) for (w, _), d in days.items() if w == entry.entry_id
            ),
            people=len({who for (where, who) in days if where == entry.entry_id}),
            mobilised_minor=sum(
                min(minor, caps["mobiliser_minor"]) for (w, _), minor in called.items() if w == entry.entry_id
            ),
            organisations=sum(
                minor >= caps["organisation_least_minor"]
                for (where, _, is_org), minor in paid.items()
                if is_org and where == entry.entry_id
            ),
        )
        for entry in like
    ]
