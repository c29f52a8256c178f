"""What people like, and what is said: F9, F15."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from contest.integrity.buying import BPS
from contest.integrity.facts import Facts
from contest.integrity.finding import Finding, detects
from contest.integrity.ports import STORIES
from contest.models import Rule
from core import clock

# Of fewer likes a rate says nothing: two friends who both like would be nine tenths.
LEAST_LIKES = 10


@detects(Rule.LIKE_FARM)
def like_farm(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """Of all who looked, or of those who first looked on one day, nearly everybody liked; and hours with many times more
    likes than purchases. Those likes count for nothing, and the others of other days and hours go on counting: a rival
    who farms on one day takes away no more than that day's."""
    days: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    liked = {person for person, _ in facts.likes}
    for person, day in _first_seen(facts).items():
        for cell in ("whole round", day):
            days[cell][0].add(person)
            days[cell][1].update({person} & liked)
    for cell, (looked, persons) in sorted(days.items()):
        if len(persons) >= LEAST_LIKES and len(persons) * BPS > rules["rate_bps"] * len(looked):
            evidence = {"looked first": cell, "likes": len(persons), "looked": len(looked)}
            yield Finding(f"looked:{cell}", evidence, engaged=tuple(sorted(persons)))
    yield from _hours(facts, rules)


def _first_seen(facts: Facts) -> dict[int, str]:
    """On which day each person first looked, or liked without having been seen to look."""
    first: dict[int, datetime] = {}
    for person, at in sorted(facts.looks + facts.likes, key=lambda given: given[1]):
        first.setdefault(person, at)
    return {person: at.astimezone(clock.SHANGHAI).date().isoformat() for person, at in first.items()}


def _hours(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """By the hour of the clock in which each like was given, beside what was bought in it; one purchase at least, so that
    the first like of a quiet hour is none too many."""
    hours: dict[datetime, list[int]] = defaultdict(list)
    for person, at in facts.likes:
        hours[_hour(at)].append(person)
    for hour, persons in sorted(hours.items()):
        bought = sum(hour <= one.traded_at < hour + timedelta(hours=1) for one in facts.purchases)
        if len(persons) > rules["times_purchases"] * max(1, bought):
            evidence = {"hour": hour.isoformat(), "likes": len(persons), "purchases": bought}
            yield Finding(f"hour:{hour.isoformat()}", evidence, engaged=tuple(sorted(persons)))


@detects(Rule.CLAIM)
def claim(facts: Facts, rules: Mapping[str, Any]) -> Iterator[Finding]:
    """A story that moves by need (unsold, rotting, illness) and that the county has not confirmed."""
    for story in STORIES.of(facts.entry):
        words = sorted(word for word in rules["words"] if word.casefold() in story.text.casefold())
        if words and not story.is_confirmed_by_county:
            yield Finding(f"story:{story.uid}", {"story": str(story.uid), "words": words})


def _hour(at: datetime) -> datetime:
    return at.astimezone(clock.SHANGHAI).replace(minute=0, second=0, microsecond=0)
