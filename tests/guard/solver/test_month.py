"""Thirty days of an open board give away no buyer, no organisation and no household, to whoever watches and probes daily."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Lot
from core import clock
from impact.actions import disclosure
from tests.figures import a_seed, figure, full
from tests.guard.askers import undone
from tests.guard.solver import supporters
from tests.guard.solver.month import SECRETS, Month, distinct_slug
from tests.guard.solver.world import SINGLE
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.proof]


@pytest.fixture
def month(monkeypatch: pytest.MonkeyPatch, deeds_of_their_own: None) -> Month:
    """It begins at noon, by a wall clock that stands: nothing differs by when the test ran."""
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    clock.stand_at(datetime(2026, 6, 1, 12, tzinfo=clock.SHANGHAI))
    return Month(full(30, 2), a_seed(), entries=full(6, 2))


def test_a_month_is_the_same_to_whoever_watches_whoever_stands_behind_it(month):
    first = month.seen(month.cast)
    tried = full([(secret,) for secret in SECRETS], [SECRETS])
    for secrets in tried:
        cast = month.cast
        for secret in secrets:
            cast = cast.with_others(secret, month.chance)
        assert distinct_slug(first, month.seen(cast)) == [], secrets
    assert len({look[document] for look in first for document in look}) > month.days, (
        "something is told every day"
    )
    bought = sum(map(len, month.plan))
    figure(
        "leaks/month",
        f"{month.days} days, {bought} purchases, {len(first)} looks of {len(first[0])} answers, {len(SECRETS)} secrets: 0 told",
        month.seed,
    )


def tell_counts(monkeypatch: Any) -> None:
    supporters.put_back(monkeypatch)


def tell_levels(monkeypatch: Any) -> None:
    monkeypatch.setattr(Lot, "is_traced", property(lambda lot: lot.level == SINGLE))


def test_where_it_is_told_who_stands_behind_it_each_is_found(month, monkeypatch):
    """At full size each leak and secret by itself; in the suite all together."""
    apart = (((tell_counts,), ("buyers",)), ((tell_counts,), ("bodies",)), ((tell_levels,), ("levels",)))
    together = (((tell_counts, tell_levels), ("buyers", "bodies", "levels")),)
    for leaks, secrets in full(apart, together):
        with monkeypatch.context() as patched:
            for leak in leaks:
                leak(patched)
            cast = month.cast
            for secret in secrets:
                cast = cast.with_others(secret, month.chance)
            told = distinct_slug(month.seen(month.cast), month.seen(cast))
            assert any("board" in document for _, document in told) is (tell_counts in leaks), secrets
            assert any("isTraced" in document for _, document in told) is (tell_levels in leaks), secrets
    figure(
        "leaks/month-control",
        "counts that are live and lots that say whose they are: the months differ",
        month.seed,
    )


# --- By stepping ------------------------------------------------------------------------------------


BEHIND = full((True, False), (True,))


def steps() -> list[bool | None]:
    """What codes of other organisations tell of one that supports an entry, and of one that does not."""
    said = []
    for is_behind in BEHIND:
        with undone():
            clock.stand_at(datetime(2026, 6, 1, 12, tzinfo=clock.SHANGHAI))
            lot = world.a_lot(units=1000)
            world.a_round(lot.variant.product.team, days=(-1, 60, 70))
            bodies = [world.an_organisation() for _ in range(9)]
            for body in bodies[:8]:
                supporters.buy(lot, 14, organisation=body)
            others = [world.an_organisation() for _ in range(2)]
            said.append(supporters.by_stepping(lot, bodies[0 if is_behind else 8], others))
        clock.forget()
    return said


def test_no_ten_is_walked_up_to_and_back_to_find_an_organisation(monkeypatch):
    assert steps() == [None] * len(BEHIND)
    monkeypatch.setattr(disclosure, "_disclosed_bodies", lambda rows, day: {})
    assert steps() == list(BEHIND), "the control: where a ten is taken back, it is found"
