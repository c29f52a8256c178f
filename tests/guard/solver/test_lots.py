"""The income of a single household cannot be derived from labels, board and shares."""

import pytest
from django.db.models import Sum
from django.db.models.functions import Coalesce

from catalog.models import Lot
from impact.models import Attribution, Household
from tests.figures import a_seed, figure, full
from tests.guard.solver import lots
from tests.guard.solver.world import ROUNDS, SINGLE, Fair

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

PAIRS, HOUSEHOLDS = full((36, 50), (2, 12))


def earned() -> dict[str, int]:
    """What each single-household lot really brought its family."""
    code = Coalesce("transfer__target__lot__code", "transfer__source__lot__code")
    households = Attribution.objects.filter(household__isnull=False).annotate(code=code)
    single = households.filter(code__in=Lot.objects.filter(level=SINGLE).values("code"))
    return dict(single.values_list("code").annotate(Sum("amount_minor")).order_by())


def test_no_households_income_is_derived(deeds_of_their_own):
    seed = a_seed()
    fair = Fair(PAIRS, HOUSEHOLDS, seed)
    notes = lots.watch(fair, ROUNDS)
    assert len(earned()) >= PAIRS, "single households did earn"
    assert lots.incomes(notes) == {}
    assert lots.tell_apart(fair, notes) == []
    count = Household.objects.filter(team__in=[stall.team for stall in fair.stalls]).count()
    figure("leaks/lots", f"0 of {count:,} households derived, {Lot.objects.count()} lots watched", seed)


def test_where_the_level_decides_the_order_the_solver_finds_it_to_the_fen(deeds_of_their_own, monkeypatch):
    lots.put_back(monkeypatch)
    seed = a_seed()
    fair = Fair(PAIRS, HOUSEHOLDS, seed)
    notes = lots.watch(fair, ROUNDS)
    derived, true = lots.incomes(notes), earned()
    assert derived and {code: true[code] for code in derived} == derived
    assert lots.tell_apart(fair, notes)
    figure("leaks/lots-control", f"{len(derived)} of {len(true)} incomes derived, each to the fen", seed)
