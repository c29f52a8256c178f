"""The office's figures are the orders' own sums, by day, team and place; as files they run nothing."""

import csv
from datetime import date, timedelta
from io import BytesIO, StringIO
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry
from catalog.models import Team
from core import clock
from core.clock import SHANGHAI
from core.money import show
from orders.actions import refund
from orders.models import Claim, Order, Refund, Shipment, Standstill
from orders.reads import figures as reads
from orders.reads.figures import Figures, Split, Step
from shop.web.sheet import sheet
from tests.accounts.world import a_person
from tests.catalog.world import an_operator
from tests.orders.sold import Sold
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop")]


@pytest.fixture
def town(till, a_stand) -> SimpleNamespace:
    """Two paid orders of two teams: one today, of which a part goes back, and one of ten days ago."""
    old, new = Sold(till, a_stand), Sold(till, a_stand)
    Order.objects.filter(pk=old.row.pk).update(paid_at=timezone.now() - timedelta(days=10))
    Team.objects.filter(pk=new.line(1).team_id).update(division="420100", county="420106")
    new.arrive(0, 1)
    new.claim()
    made = refund.request(new.row, {new.line(1).uid: refund.Part(units=1)})
    clerk = an_operator()
    return SimpleNamespace(old=old, new=new, refund=made, clerk=clerk, office=signed_in(clerk))


def of_shop(town, **more) -> Figures:
    (row,) = reads.figures(reads.span(Step.DAY, clock.today() - timedelta(days=20)), in_all=True, **more)
    return row.figures


def test_the_shops_figures_are_the_sums_of_its_orders(town):
    orders = [town.old.row, town.new.row]
    assert of_shop(town) == Figures(
        orders=2,
        sold_minor=sum(order.total_minor for order in orders),
        refunded_minor=town.refund.amount_minor,
        claims=1,
        late_parcels=0,
    )
    # Each day for itself, and those in which nothing happened.
    over = reads.span(Step.DAY, clock.today() - timedelta(days=20))
    rows = reads.by_step(over, reads.figures(over))
    assert len(rows) == 21 and rows[10].begins == clock.today() - timedelta(days=10)
    assert [row.figures.sold_minor for row in rows if row.figures.orders] == [o.total_minor for o in orders]
    assert reads.total(rows) == of_shop(town)


def test_teams_and_places_add_up_to_the_shop(town):
    over = reads.span(Step.MONTH, clock.today() - timedelta(days=20))
    whole = of_shop(town)
    for split in (Split.TEAM, Split.PLACE):
        rows = reads.figures(over, split, in_all=True)
        added = reads.total(rows)
        assert (added.sold_minor, added.refunded_minor, added.claims) == (
            whole.sold_minor,
            whole.refunded_minor,
            whole.claims,
        )
    assert {row.key for row in rows} == {"420100", "420500"}
    line = town.new.line(1)
    (only,) = reads.figures(over, in_all=True, team=line.team.code)
    assert only.figures.sold_minor == line.net_minor + line.shipment.shipping_minor
    assert (only.figures.orders, only.figures.claims) == (1, 0)
    assert only.figures.refunded_minor == town.refund.amount_minor


def test_what_fell_short_was_never_sold_and_what_a_bank_gave_back_is_not_refunded(town):
    Refund.objects.update(state="undone")
    assert of_shop(town).refunded_minor == 0
    Order.objects.filter(pk=town.old.row.pk).update(
        holder="7f0c9a0e-7d52-4c3b-9f57-0c8f5a1d2e64", holder_kind="group", state="refunded"
    )
    assert of_shop(town).orders == 1
    Order.objects.filter(pk=town.old.row.pk).update(confirmed_at=timezone.now())
    over = reads.span(Step.DAY, clock.today(), clock.today())
    (today,) = reads.figures(over)
    assert today.figures.orders == 2, "a group's order counts on the day on which it was confirmed"


def test_a_parcel_is_late_that_was_not_sent_by_the_day_it_was_promised_for(town):
    yesterday = clock.today() - timedelta(days=1)
    waiting, sent = town.old.parcel(0), town.new.parcel(0)
    Shipment.objects.filter(pk=waiting.pk).update(ship_by=yesterday)
    assert of_shop(town).late_parcels == 1
    Shipment.objects.filter(pk=sent.pk).update(ship_by=sent.shipped_at.astimezone(SHANGHAI).date())
    assert of_shop(town).late_parcels == 1, "sent on the day itself is in time"
    Shipment.objects.filter(pk=sent.pk).update(ship_by=yesterday)
    assert of_shop(town).late_parcels == 2
    stands = Standstill.objects.create(shipment=waiting)
    assert of_shop(town).late_parcels == 1, "nobody may send it while its place is closed"
    stands.delete()
    Shipment.objects.filter(pk=waiting.pk).update(state="cancelled")
    assert of_shop(town).late_parcels == 1


@pytest.mark.parametrize(
    ("step", "since", "until", "first", "count"),
    [
        (Step.DAY, date(2026, 2, 27), date(2026, 3, 1), date(2026, 2, 27), 3),
        (Step.WEEK, date(2026, 3, 4), date(2026, 3, 10), date(2026, 3, 2), 2),
        (Step.MONTH, date(2025, 12, 31), date(2026, 3, 1), date(2025, 12, 1), 4),
        (Step.DAY, date(2026, 3, 1), date(2026, 2, 27), date(2026, 2, 27), 3),
        (Step.DAY, date(2024, 1, 1), date(2026, 1, 1), date(2024, 1, 1), 105),
    ],
)
def test_a_span_is_told_in_steps_that_somebody_can_read(step, since, until, first, count):
    over = reads.span(step, since, until)
    assert (over.steps[0], len(over.steps)) == (first, count)


def test_the_page_and_its_files_tell_the_same(town, django_assert_max_num_queries):
    page = words(town.office.get("/en/office/figures/"))
    whole = of_shop(town)
    assert (
        show(whole.sold_minor) in page and page.count("<rect") == 60 and town.new.line(0).team.name_en in page
    )
    narrowed = words(town.office.get("/en/office/figures/?place=420100&step=MONTH"))
    assert (
        "Only Wuhan" in narrowed
        and show(town.new.line(1).net_minor + town.new.parcel(1).shipping_minor) in narrowed
    )
    csv_ = town.office.get("/en/office/figures.csv?split=TEAM&step=MONTH").content.decode("utf-8-sig")
    book = load_workbook(
        BytesIO(town.office.get("/en/office/figures.xlsx?split=TEAM&step=MONTH").content)
    ).active
    lines = list(csv.reader(StringIO(csv_)))
    cells = [[cell.value for cell in row] for row in book.iter_rows()]
    assert [line[1] for line in lines] == [row[1] for row in cells]
    sold = sum(round(row[4] * 100) for row in cells[1:])
    assert sold == whole.sold_minor == sum(round(float(line[4]) * 100) for line in lines[1:])
    downloads = AuditEntry.objects.filter(actor=town.clerk, deed="download", noun="Figures")
    assert downloads.count() == 2
    with django_assert_max_num_queries(14):
        town.office.get("/en/office/figures/")


def test_nobody_else_is_told_and_other_forms_are_no_files(town):
    manager = signed_in(town.new.managers[0].person)
    for address in ("/en/office/figures/", "/en/office/figures.csv"):
        assert manager.get(address).status_code == 404
    assert Client().get("/en/office/figures.csv").status_code == 404
    assert town.office.get("/en/office/figures.exe").status_code == 404
    assert AuditEntry.objects.filter(noun="Figures").count() == 0


def test_an_observer_of_a_place_sees_the_figures_of_its_teams_alone(town):
    eve = a_person()
    eve.appointments.create(role="observer", region_id="420100", starts_at=timezone.now())
    client = signed_in(eve)
    page = words(client.get("/en/office/figures/"))
    theirs = town.new.line(1)
    assert show(theirs.net_minor + theirs.shipment.shipping_minor) in page
    assert show(of_shop(town).sold_minor) not in page and town.new.line(0).team.name_en not in page
    for closed in ("orders", "refunds", "audit", "claims"):
        assert client.get(f"/en/office/{closed}/").status_code == 404
    assert town.new.row.number not in page and "/office/orders/" not in page
    assert Claim.objects.count() == 1


def test_no_cell_of_a_file_is_run_by_a_spreadsheet():
    rows = [("=1+1", "+2", "-3", "@x", "\t=4", "＝5", "示\x0b例", 7, None)]
    answer = sheet("x", ["=a"], rows, "xlsx")
    book = load_workbook(BytesIO(answer.content)).active
    cells = [cell for row in book.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.data_type == "f"] == []
    told = [cell.value for cell in list(book.iter_rows())[1]][:9]
    assert told == ["'=1+1", "'+2", "'-3", "'@x", "'\t=4", "'＝5", "示例", 7, None]
    plain = sheet("x", ["=a"], rows).content.decode("utf-8-sig")
    assert plain.startswith("'=a") and "'=1+1,'+2,'-3,'@x" in plain
