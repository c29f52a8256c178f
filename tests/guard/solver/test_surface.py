"""Two shops that differ in secrets alone are the same shop to everybody outside, to the byte."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import F

from catalog import search
from catalog.actions import card
from catalog.models import Lot
from core.fast import responses
from core.language import Words
from impact.actions import standings
from impact.models import Household
from impact.reads import provenance
from tests.figures import figure, full
from tests.guard.solver import surface
from tests.guard.solver.world import SHARED, SINGLE, Fair
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.proof]


@pytest.fixture
def fair(deeds_of_their_own: None) -> Fair:
    """A pair of teams in the contest that have sold something, with lots of each level on the shelf."""
    made = Fair(1, 12, 1)
    for _ in range(3):
        made.trade()
    standings.fold()
    search.index([stall.variant.product_id for stall in made.stalls])
    return made


def other_levels(fair: Fair) -> None:
    """What one household grew was grown by several, and the other way round."""
    for one, other in ((SINGLE, 9), (SHARED, SINGLE), (9, SHARED)):
        Lot.objects.filter(level=one).update(level=other)


def other_stock(fair: Fair) -> None:
    """A hundred more of each, of which some were sold and some came back."""
    more = {"units_available": F("units_available") + 40, "units_sold": F("units_sold") + 63}
    restocked = {"units_restocked": F("units_restocked") + 3, "units_declared": F("units_declared") + 100}
    Lot.objects.filter(units_available__gt=5).update(**more, **restocked)
    card.refresh(variants=[stall.variant.pk for stall in fair.stalls])


def other_households(fair: Fair) -> None:
    """Up to the next ten."""
    for stall in fair.stalls:
        world.households(stall.team, 7)


SECRETS: dict[str, Callable[[Fair], None]] = {
    "levels": other_levels,
    "stock": other_stock,
    "households": other_households,
}


def test_no_secret_moves_anything_that_anybody_sees(fair):
    first = surface.seen()
    for secrets in full([(secret,) for secret in SECRETS], [tuple(SECRETS)]):
        for secret in secrets:
            SECRETS[secret](fair)
        assert surface.moved(first, surface.seen()) == set(), secrets
    figure("leaks/surface", f"{len(first)} pages and answers, {len(SECRETS)} secrets, 0 bytes moved")


def tell_levels(monkeypatch: Any) -> None:
    monkeypatch.setattr(Lot, "is_traced", property(lambda lot: lot.level == SINGLE))


def tell_stock(monkeypatch: Any) -> None:
    from catalog import reads

    monkeypatch.setattr(reads, "public_units", lambda units: units)


def tell_households(monkeypatch: Any) -> None:
    def counted(teams: Iterable[int]) -> dict[int, Words]:
        counts = {pk: str(Household.objects.filter(team=pk).count()) for pk in teams}
        return {pk: Words(n, n) for pk, n in counts.items()}

    monkeypatch.setattr(provenance, "public_households_of_teams", counted)


def test_where_secrets_are_told_each_is_seen_to_move(fair, monkeypatch):
    for leak in (tell_levels, tell_stock, tell_households):
        leak(monkeypatch)
    look = full(surface.seen, surface.of_programs)
    seen = [look()]
    for change in SECRETS.values():
        change(fair)
        seen.append(look())
    assert all(surface.moved(before, after) for before, after in pairwise(seen))
    monkeypatch.setattr(responses, "etag_of", lambda body: '"another"')
    responses.responses.forget()
    assert surface.moved(seen[-1], look()), "an ETag that knows of more than the answer"
    figure("leaks/surface-control", "levels, stock, households and an ETag that are told: seen to move")
