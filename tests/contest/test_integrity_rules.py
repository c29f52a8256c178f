"""Each rule finds what is planted for it, as recorded beside the seed, and nothing where there is nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contest.actions import examination
from contest.integrity import ports
from contest.models import Case, CaseItem, RoundPlan, Rule, Rulebook
from contest.scoring.rulebook import default_parameters
from core import clock
from impact.models import Entry
from orders.reads import shipping
from shop.demo import integrity
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clocks() -> Iterator[None]:
    clock.forget()
    shipping.forget()
    yield
    clock.forget()


@pytest.fixture
def stall() -> tuple[Entry, Any]:
    """An entry and what it sells, with a manager."""
    lot = world.a_lot((1_000_000,) * 10, units=4_000)
    team = lot.variant.product.team
    shelves.works_at(team, shelves.a_person())
    world.a_round(team)
    return Entry.objects.get(team=team), lot.variant


def noon() -> Any:
    return clock.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=9)


def rows(model: Any) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


def outcome(case: Case) -> dict[str, Any]:
    counts = [case.items.filter(part=part).count() for part in ("order", "mobiliser", "engagement")]
    said = {"effect": case.effect, "state": case.state}
    return said | dict(zip(("orders", "mobilised", "engaged"), counts, strict=True))


def agrees(case: Case, expected: dict[str, Any]) -> bool:
    found = outcome(case) | {"by": case.evidence.get("by"), "subject": case.subject.partition(":")[0]}
    bare = {"orders": 0, "mobilised": 0, "engaged": 0}
    return all(found[name] == value for name, value in (bare | expected).items())


def test_every_rule_has_a_fixture_with_its_outcome():
    assert list(integrity.EXPECTED) == [str(rule) for rule in Rule] == list(integrity.SCENES)
    assert Path(integrity.__file__).with_suffix(".json").exists()


def test_where_nothing_is_planted_nothing_is_found(stall):
    entry, variant = stall
    scene = integrity.Scene(entry, variant, noon(), entry.team.members.get().person)
    for n in range(4):
        scene.buy(after=timedelta(hours=7 * n))
    assert examination.examine(entry.round) == 0
    assert not Case.objects.exists()


@pytest.mark.parametrize("rule", list(integrity.EXPECTED))
def test_each_rule_finds_what_is_planted_and_twice_the_same(stall, rule):
    entry, variant = stall
    with integrity.planted(rule, entry, variant, noon()):
        assert examination.examine(entry.round) > 0
        found, items = rows(Case), rows(CaseItem)
        cases = list(Case.objects.filter(rule=rule))
        expected = integrity.EXPECTED[rule]["expected"]
        assert len(cases) == len(expected), [outcome(case) for case in cases]
        assert all(any(agrees(case, one) for case in cases) for one in expected), [
            (outcome(case), case.evidence) for case in cases
        ]
        assert {case.rule for case in Case.objects.all()} == {rule}
        assert examination.examine(entry.round) == 0
        assert (rows(Case), rows(CaseItem)) == (found, items)
    kept = json.dumps([(case["subject"], case["evidence"]) for case in found], ensure_ascii=False)
    for whose in ("@", "10000009", "10000000", "02700000002", "示例", "6222000012345678"):
        assert whose not in kept, kept
    # What a port no longer tells is no reason to take a case back.
    assert examination.examine(entry.round) == 0 and rows(Case) == found


def test_a_parcel_that_is_scanned_after_all_counts_again(stall):
    entry, variant = stall
    scene = integrity.Scene(entry, variant, noon(), entry.team.members.get().person)
    order = scene.buy()
    sent = clock.now() - timedelta(days=8)
    with ports.SCANS.fed(ports.Scan(order.uid, sent)):
        assert examination.examine(entry.round) == 1
    with ports.SCANS.fed(ports.Scan(order.uid, sent, clock.now())):
        assert examination.examine(entry.round) == 1
        assert examination.examine(entry.round) == 0
    case = Case.objects.get()
    assert (case.state, case.decision, case.reason, case.decided_by) == ("decided", "cleared", "mended", None)


def test_the_rulebook_says_what_is_too_much_and_which_rules_are_used(stall):
    entry, variant = stall
    parameters = default_parameters()
    parameters["integrity"]["F3"]["least_accounts"] = 4
    parameters["integrity"]["F2"]["effect"] = "off"
    book = Rulebook.objects.create(edition=entry.round.edition, version=1, parameters=parameters)
    RoundPlan.objects.filter(round=entry.round).update(rulebook=book)
    with integrity.planted("F3", entry, variant, noon()), integrity.planted("F2", entry, variant, noon()):
        examination.examine(entry.round)
    assert sorted(case.items.count() for case in Case.objects.filter(rule="F3")) == [4, 5]
    assert not Case.objects.exclude(rule="F3").exists()
