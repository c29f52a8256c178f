"""Who compares the public integrity page of different days, entries and rules learns no one person's purchases."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Person
from contest.models import Case, CaseItem
from contest.reads import integrity
from core import clock
from impact.actions import disclosure, standings
from impact.models import Edition, Entry, Round
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db
ASKED = """query($e: String!) { integrityReport(edition: $e, level: PROVINCIAL) {
    isPublic excludedInWords cells { entry { number } rule decisionName reasonName excluded { minor } } errorRates { rule clearedPercent } } }"""
PRICE = 3690


@pytest.fixture
def lots() -> list:
    clock.forget()
    made = [world.a_lot((1_000_000,) * 10, units=900) for _ in range(2)]
    world.a_round(*(lot.variant.product.team for lot in made))
    return made


def entry_of(lot: Any) -> Entry:
    return Entry.objects.select_related("round").get(team=lot.variant.product.team)


def bought(lot: Any, people: int, units: int = 1) -> list:
    """Orders of so many accounts."""
    orders = []
    for _ in range(people):
        person = Person.objects.create_user(f"{uuid4().hex}@example.com")
        orders.append(world.an_order((lot, units), person=person))
        world.pay(orders[-1])
    standings.fold()
    return orders


def a_case(lot: Any, rule: str, orders: list, **fields: Any) -> Case:
    entry, now = entry_of(lot), clock.now()
    given = {"state": "final", "decision": "excluded", "reason": "confirmed", "decided_at": now} | fields
    case = Case.objects.create(
        round=entry.round,
        entry=entry,
        rule=rule,
        subject=uuid4().hex,
        effect="exclude",
        opened_at=now,
        **given,
    )
    CaseItem.objects.bulk_create(
        CaseItem(case=case, part="order", order_uid=order.uid, found_at=now) for order in orders
    )
    return case


def frozen() -> None:
    clock.stand_at(Round.objects.get().freezes_at)
    disclosure.disclose()


def told() -> list[tuple[str, str, int | None]]:
    """(entry, rule, fen) as a stranger is answered."""
    asked = {"query": ASKED, "variables": {"e": Edition.objects.get().slug}}
    answer = Client().post("/graphql", asked, "application/json").json()
    rows = answer["data"]["integrityReport"]["cells"]
    return [(r["entry"]["number"], r["rule"], r["excluded"] and r["excluded"]["minor"]) for r in rows]


def sums() -> list[int]:
    return [minor for *_, minor in told() if minor is not None]


def derived(days: list[list[int]], single: int) -> bool:
    """Whether any one sum, or the difference of any two on whichever days, is what the one person spent."""
    seen = {0, *(minor for day in days for minor in day)}
    return any(a - b == single for a in seen for b in seen)


def test_one_persons_sum_is_told_on_no_day(lots):
    (alone,) = bought(lots[0], 1, units=7)
    a_case(lots[0], "F1", [alone])
    before = sums()
    frozen()
    assert told() == [(entry_of(lots[0]).number, "F1", None)]
    assert not derived([before, sums()], 7 * PRICE)


def test_one_who_is_found_by_two_rules_is_no_difference_between_them(lots):
    ten, (alone,) = bought(lots[0], 10), bought(lots[0], 1, units=7)
    a_case(lots[0], "F3", ten)
    a_case(lots[0], "F4", [*ten, alone])
    frozen()
    assert [(rule, minor) for _, rule, minor in told()] == [("F3", 10 * PRICE), ("F4", None)]
    assert not derived([sums()], 7 * PRICE)


def test_one_case_that_is_cleared_later_is_no_difference_between_two_days(lots):
    ten, (alone,) = bought(lots[0], 10), bought(lots[0], 1, units=7)
    for order in ten:
        a_case(lots[0], "F1", [order])
    hers = a_case(lots[0], "F1", [alone], state="decided")
    frozen()
    first = sums()
    hers.move_to("appealed", appeal="x", appealed_at=clock.now(), appealed_by=alone.person)
    second = sums()
    answer = {"answer": "cleared", "answer_reason": "mistaken", "answered_at": clock.now()}
    hers.move_to("final", **answer, answered_by=Person.objects.exclude(pk=alone.person_id)[0])
    assert (first, second, sums()) == ([], [], [10 * PRICE])
    assert not derived([first, second, sums()], 7 * PRICE)


def test_nine_names_that_nobody_has_proved_do_not_make_a_tenth(lots):
    (alone,) = bought(lots[0], 1, units=7)
    guests = [world.an_order((lots[0], 1)) for _ in range(9)]
    for order in guests:
        world.pay(order)
    standings.fold()
    a_case(lots[0], "F3", [*guests, alone])
    frozen()
    assert sums() == []


def test_the_teams_own_people_are_in_the_rounds_sum_and_in_no_cell(lots):
    lot = lots[0]
    own = [Person.objects.create_user(f"{uuid4().hex}@example.com") for _ in range(10)]
    for person in own:
        shelves.works_at(lot.variant.product.team, person, "packer")
    orders = [world.an_order((lot, 1), person=person) for person in own]
    for order in orders:
        world.pay(order)
    (kin,) = bought(lot, 1, units=7)
    for order in [*orders, kin]:
        a_case(lot, "F1", [order])
    frozen()
    assert [minor for *_, minor in told()] == [None]
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get(
        f"/en/contest/{Edition.objects.get().slug}/provincial/integrity/"
    )
    assert "¥369.00" in page.content.decode()  # ten of the team's own, and nothing of hers


def test_a_page_that_tells_every_sum_gives_her_away(lots, monkeypatch):
    """The control: she is found where the floor of ten is taken out."""
    monkeypatch.setattr(integrity, "FEWEST", 1)
    ten, (alone,) = bought(lots[0], 10), bought(lots[0], 1, units=7)
    a_case(lots[0], "F3", ten)
    a_case(lots[0], "F1", [alone])
    frozen()
    assert derived([sums()], 7 * PRICE)


def test_error_rates_are_told_after_the_edition_and_of_ten_cases(lots):
    orders = bought(lots[0], 12)
    for n, order in enumerate(orders):
        a_case(lots[0], "F1", [order], **({"decision": "cleared", "reason": "mistaken"} if n < 5 else {}))
    a_case(lots[0], "F2", orders[:1])
    edition = Edition.objects.get()
    assert integrity.error_rates(edition) == []
    frozen()
    assert [(str(rule), rate) for rule, rate in integrity.error_rates(edition)] == [("F1", 40), ("F2", None)]
