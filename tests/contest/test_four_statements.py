"""The demo's four statements, each in its state; a file of 10,000 rows, and one of 100,000."""

import resource
import time
from io import BytesIO

import pytest
from openpyxl import Workbook

from contest.actions import approval, batch
from contest.actions.reading import read
from contest.models import ImportBatch, OutsideTally
from contest.reads.outside import accepted
from contest.verify import outside
from core import clock
from core.refusals import Conflict
from shop.demo import statements
from tests.accounts.world import a_person
from tests.catalog.world import a_team
from tests.contest.outside import HEADS, a_file, a_mapping, a_source, at, said, sent
from tests.figures import FULL, figure, full
from tests.impact.world import a_round

pytestmark = pytest.mark.django_db
State = ImportBatch.State


def test_the_four_statements_of_the_demo_stand_each_in_its_state():
    round_ = a_round(a_team(), a_team(), a_team(), days=(-60, 30, 40))
    entries = list(round_.entries.all())
    importer, approver = a_person(("importer",)), a_person(("import_approver",))
    first, second, third, fourth = statements.load(round_, entries, importer, approver)
    assert [one.state for one in (first, second, third, fourth)] == [
        State.APPLIED,
        State.BALANCED,
        State.MATCHED,
        State.APPLIED,
    ]
    assert second.quarantined.count() == statements.DUPLICATES
    assert [row.faults[0]["column"] for row in third.quarantined.all()] == ["F"]
    before = sum(sale.net_minor for sale in accepted(round_, clock.now()))
    assert before == first.control_amount_minor + fourth.control_amount_minor
    approval.approve(second, approver)
    refunds = second.control_refund_minor
    new = second.control_amount_minor - refunds
    assert sum(sale.net_minor for sale in accepted(round_, clock.now())) == before - refunds + new
    with pytest.raises(Conflict):
        approval.approve(third, approver)
    assert OutsideTally.objects.count() == 3 and not list(outside.verify())


@pytest.fixture
def desk():
    entry = a_round(a_team()).entries.get()
    source = a_source()
    a_mapping(source, entry)
    return entry.round, source, a_person(("importer",))


def rows(count: int, bad: set[int]) -> list[str]:
    moment = at()
    wrong = ("-1.00", "x", "1.005", "")
    return [
        f"P1,{n:015},1,{moment},{wrong[n % 4] if n in bad else '1.00'},,u{n % 5000},湖北"
        for n in range(2, count + 2)
    ]


@pytest.mark.proof
def test_of_ten_thousand_rows_the_37_bad_ones_are_listed_and_the_rest_waits(desk):
    round_, source, importer = desk
    count = full(10_000, 1_000)
    bad = set(range(count // 100, count, count * 27 // 1000))
    assert len(bad) == 37
    made = sent(importer, round_, source, a_file(*rows(count, bad)), said(count, count * 100))
    assert made.state == State.MATCHED and made.rows.count() == count - 37
    listed = {row.number: [fault["column"] for fault in row.faults] for row in made.quarantined.all()}
    assert listed == dict.fromkeys(sorted(bad), ["E"])
    assert all(fault["zh"] and fault["en"] for row in made.quarantined.all() for fault in row.faults)


def measured(desk, file, count: int) -> tuple[float, float]:
    """Seconds that it took to read, and the process's peak in MB."""
    round_, source, importer = desk
    made = batch.upload(importer, round_, source, file, said(count, count * 100))
    began = time.monotonic()
    read(made.pk)
    took = time.monotonic() - began
    made.refresh_from_db()
    assert made.state == State.BALANCED and made.rows_read == count <= made.rows_total + 1
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.proof
def test_a_large_file_is_read_in_time_and_in_little_space(desk):
    count = full(100_000, 5_000)
    took, peak = measured(desk, a_file(*rows(count, set())), count)
    # Beside other tests the process has had its peak long before.
    assert took < 60 and (peak < 300 or not FULL)
    figure(
        "contest/import-csv", f"{count} rows of CSV read in {took:.1f} s, {peak:.0f} MB at the process's peak"
    )


@pytest.mark.proof
def test_a_large_workbook_is_read_in_time_and_in_little_space(desk):
    count = full(100_000, 2_000)
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in (HEADS, *rows(count, set())):
        sheet.append(line.split(","))
    file = BytesIO()
    book.save(file)
    took, peak = measured(desk, file, count)
    assert took < 180 and (peak < 350 or not FULL)
    figure(
        "contest/import-xlsx",
        f"{count} rows of XLSX read in {took:.1f} s, {peak:.0f} MB at the process's peak",
    )
