"""What holds of all that was imported: of each sale the latest statement's version, once, at any moment exactly."""

from datetime import timedelta

import pytest

from contest.models import ImportBatch
from contest.reads.outside import accepted
from core import clock
from impact.models import Entry
from tests.catalog.world import a_team
from tests.contest.outside import a_mapping, a_row, a_source, a_statement
from tests.impact.world import a_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> Entry:
    return a_round(a_team()).entries.get()


def sums(entry: Entry, until=None) -> dict[str, int]:
    found = accepted(entry.round, until or clock.now())
    return {sale.key.split("|", 1)[1]: sale.net_minor for sale in found}


def test_of_each_sale_the_version_of_the_latest_statement_holds(entry):
    source = a_source()
    a_mapping(source, entry)
    a_statement(
        source,
        entry.round,
        ("o1", 100_00),
        ("o2/1", 120_00),
        ("o2/2", 80_00),
        ("o3", 300_00),
        scope="full",
        stated=-3,
    )
    a_statement(source, entry.round, ("o2/1", 70_00), ("o4", 40_00), stated=-2)
    assert sums(entry) == {
        "o|o1|1": 100_00,
        "o|o2|1": 70_00,
        "o|o2|2": 80_00,
        "o|o3|1": 300_00,
        "o|o4|1": 40_00,
    }


def test_an_older_statement_that_is_approved_later_undoes_nothing(entry):
    source = a_source()
    a_mapping(source, entry)
    a_statement(source, entry.round, ("o2", 70_00), stated=-2)
    a_statement(source, entry.round, ("o2", 120_00), ("o5", 10_00), scope="full", stated=-3)
    assert sums(entry) == {"o|o2|1": 70_00, "o|o5|1": 10_00}


def test_what_a_later_full_statement_is_without_was_withdrawn_in_its_days_alone(entry):
    source = a_source()
    a_mapping(source, entry)
    first = a_statement(source, entry.round, ("o1", 100_00), stated=-3)
    a_row(first, "o9", 900, number=9, paid_at=clock.now() - timedelta(days=5))
    yesterday = first.rows.get(order_ref="o1").day
    a_statement(source, entry.round, ("o7", 7_00), scope="full", covers_from=yesterday, covers_to=yesterday)
    assert sums(entry) == {"o|o7|1": 7_00, "o|o9|1": 900}


def test_what_was_rolled_back_later_holds_as_of_the_moment_before(entry):
    source = a_source()
    a_mapping(source, entry)
    a_statement(source, entry.round, ("o1", 100_00), stated=-3)
    later = a_statement(source, entry.round, ("o1", 60_00), stated=-2)
    before = clock.now()
    ImportBatch.objects.filter(pk=later.pk).update(
        state="rolled_back", rolled_back_at=before + timedelta(seconds=1)
    )
    assert sums(entry, before) == {"o|o1|1": 60_00}
    assert sums(entry, before + timedelta(seconds=2)) == {"o|o1|1": 100_00}


def test_an_order_of_two_lines_is_one_support_and_what_was_refunded_is_none(entry):
    source = a_source()
    a_mapping(source, entry)
    batch = a_statement(source, entry.round, ("o1/1", 100_00), ("o1/2", 5_00))
    a_row(batch, "o2", 10_00, refund_minor=10_00, number=8)
    a_row(batch, "o3", 10_00, is_void=True, number=9)
    assert [(s.key[-4:], s.net_minor, s.supports) for s in accepted(entry.round, clock.now())] == [
        ("o1|1", 100_00, 1),
        ("o1|2", 5_00, 0),
        ("o2|1", 0, 0),
        ("o3|1", 0, 0),
    ]


def test_what_was_paid_outside_the_round_or_is_of_no_entry_of_it_does_not_count(entry):
    source = a_source()
    a_mapping(source, entry)
    batch = a_statement(source, entry.round, ("o1", 1_00))
    opens, closes = entry.round.opens_at, entry.round.closes_at
    a_row(batch, "o2", 2_00, number=3, paid_at=opens)
    a_row(batch, "o3", 4_00, number=4, paid_at=opens - timedelta(microseconds=1))
    a_row(batch, "o4", 8_00, number=5, paid_at=closes)
    a_row(batch, "o5", 16_00, number=6, project="P2")
    assert sums(entry) == {"o|o1|1": 1_00, "o|o2|1": 2_00}


def test_two_platforms_may_give_an_order_the_same_number(entry):
    for platform in ("aaa", "bbb"):
        source = a_source(platform)
        a_mapping(source, entry)
        a_statement(source, entry.round, ("o1", 1_00))
    assert [s.key for s in accepted(entry.round, clock.now())] == ["aaa|o|o1|1", "bbb|o|o1|1"]
