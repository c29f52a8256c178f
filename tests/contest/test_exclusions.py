"""What cases keep out of the scores, as of a moment."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contest.models import Case, CaseItem, Effect
from contest.reads.exclusions import Exclusions, excluded
from core import clock
from impact.models import Entry
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db
ORDER = uuid4()
EXCLUDED, CLEARED = Case.Decision.EXCLUDED, Case.Decision.CLEARED


@pytest.fixture
def entry() -> Entry:
    team = shelves.a_team()
    world.a_round(team)
    return Entry.objects.get(team=team)


def at(hours: int) -> datetime:
    return clock.now().replace(microsecond=0, second=0) + timedelta(hours=hours)


def a_case(entry: Entry, effect: str = Effect.EXCLUDE, **fields: Any) -> Case:
    case = Case.objects.create(
        round=entry.round,
        entry=entry,
        rule="F1",
        subject=str(uuid4()),
        effect=effect,
        opened_at=at(0),
        **fields,
    )
    CaseItem.objects.create(case=case, part="order", order_uid=ORDER, found_at=at(0))
    return case


def decided(decision: str, hours: int, **fields: Any) -> dict[str, Any]:
    reason = "explained" if decision == CLEARED else "confirmed"
    return {"state": "decided", "decision": decision, "reason": reason, "decided_at": at(hours), **fields}


def orders(entry: Entry, hours: int) -> set:
    return excluded(entry.round, at(hours)).orders


def test_each_sort_of_item_keeps_out_its_own_thing_of_its_own_entry(entry):
    case = a_case(entry)
    person = shelves.a_person()
    CaseItem.objects.create(case=case, part="mobiliser", order_uid=ORDER, found_at=at(0))
    CaseItem.objects.create(case=case, part="engagement", person=person, found_at=at(0))
    CaseItem.objects.create(case=case, part="outside", outside_key="jd/1/1", found_at=at(0))
    thing = (entry.pk, ORDER)
    assert excluded(entry.round, at(1)) == Exclusions({thing}, {thing}, {(entry.pk, person.pk)}, {"jd/1/1"})
    another = world.a_round(shelves.a_team())
    assert excluded(another, at(1)) == Exclusions()


def test_what_holds_keeps_out_and_what_is_only_told_does_not(entry):
    a_case(entry, Effect.NOTIFY)
    assert orders(entry, 1) == set()
    a_case(entry, Effect.HOLD)
    assert orders(entry, 1) == {(entry.pk, ORDER)}


def test_what_was_found_or_cleared_later_changes_nothing_of_a_moment_that_has_passed(entry):
    case = a_case(entry, **decided(CLEARED, 2))
    CaseItem.objects.create(case=case, part="order", order_uid=(later := uuid4()), found_at=at(1))
    assert orders(entry, -1) == set()
    assert orders(entry, 0) == {(entry.pk, ORDER)}
    assert orders(entry, 1) == {(entry.pk, ORDER), (entry.pk, later)}
    assert orders(entry, 2) == set()


def test_the_answer_to_an_appeal_holds_from_when_it_was_given(entry):
    one, another = shelves.a_person(), shelves.a_person()
    appealed = {"appeal": "x", "appealed_at": at(2), "appealed_by": one}
    answer = {"answer": CLEARED, "answer_reason": "mistaken", "answered_at": at(3), "answered_by": another}
    a_case(entry, **decided(EXCLUDED, 1, decided_by=one) | appealed | answer | {"state": "final"})
    assert orders(entry, 2) == {(entry.pk, ORDER)}
    assert orders(entry, 3) == set()
