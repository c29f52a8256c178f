"""A table of lots against a sale: real threads, own connections, one barrier; what happens where the lot is not locked; and
ten thousand rows, in time and in space."""

import time
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from openpyxl import Workbook

from catalog.actions import card, listing_sheet, stock
from catalog.actions import lot as lots
from catalog.imports import doing, reading
from catalog.imports.team_rows import heads_of, rows_of
from catalog.models import ListingSheet, Lot, PriceStory, Product, Reservation, Variant
from catalog.verify import verify
from core.refusals import Refusal
from tests.catalog.test_stock_races import at_once
from tests.catalog.world import STORY, a_lot, a_person, a_product, a_team, a_variant
from tests.figures import figure, full, in_full_alone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]
TRIALS = full(200, 20)


@pytest.fixture
def lot():
    return a_lot(a_variant(a_product(a_team(manager=a_person()))), units=40)


def put_back(lot: Lot) -> None:
    Reservation.objects.all().delete()
    Lot.objects.filter(pk=lot.pk).update(
        units_declared=40, units_available=40, units_reserved=0, units_sold=0, state="open"
    )


def a_sheet(lot: Lot, units: int) -> ListingSheet:
    """A table that was looked at and is to be done: the lot gave so many."""
    team = lot.variant.product.team
    ListingSheet.objects.all().delete()
    (manager,) = [part.person for part in team.members.all()]
    sheet = ListingSheet.objects.create(
        team=team,
        kind="lots",
        state="saving",
        sha256="0" * 64,
        sent_at=timezone.now(),
        saved_by=manager,
        saving_since=timezone.now(),
        groups_total=1,
    )
    row = {"row": 2, "item": str(lot.uid), "units": units}
    listing_sheet.ListingSheetContent.objects.create(
        sheet=sheet, groups=[{"of": str(lot.uid), "seen": None, "rows": [row]}]
    )
    return sheet


def _buys(lot: Lot, units: int):
    def buy():
        holder = uuid4()
        stock.reserve(holder, {lot.variant_id: units}, timezone.now() + timedelta(minutes=15))
        stock.sell([holder])
        return units

    return buy


def test_a_table_and_a_sale_lose_no_unit_of_each_other(lot):
    for trial in range(TRIALS):
        put_back(lot)
        units = (30, 50, 12)[trial % 3]
        sheet = a_sheet(lot, units)
        said = at_once([_buys(lot, 15), lambda pk=sheet.pk: doing.do(pk), _buys(lot, 5)])
        assert not any(isinstance(one, Exception) and not isinstance(one, Refusal) for one in said), said
        lot.refresh_from_db()
        sheet.refresh_from_db()
        sold = sum(one for one in said if isinstance(one, int) and not isinstance(one, bool))
        assert lot.units_sold == sold and sheet.state == "saved"
        assert lot.units_declared == lot.units_available + lot.units_sold
        # Either the lot is what the table says, or the table was late: then it says that more were sold.
        assert (lot.units_declared == units) == (sheet.left_out == []), (lot.units_declared, sheet.left_out)
    assert list(verify()) == []
    figure("stock/tables", f"a table and two buyers: no unit lost in {TRIALS} trials")


def test_without_the_lots_lock_a_table_meets_a_sale_that_it_has_not_seen(lot, monkeypatch):
    """The control: the same two, and the lot is read before the sale and written after it."""
    put_back(lot)
    monkeypatch.setattr(stock, "lock", lambda rows: rows.order_by("id"))
    real = lots.check_units

    def slowly(row, units):
        real(row, units)
        time.sleep(0.3)

    monkeypatch.setattr(lots, "check_units", slowly)

    def later():
        time.sleep(0.1)
        return _buys(lot, 15)()

    sheet = a_sheet(lot, 30)
    said = at_once([lambda: doing.do(sheet.pk), later])
    (broken,) = [one for one in said if isinstance(one, Exception)]
    assert "lot_sells_only_what_it_made" in str(broken), (
        "the table held it alone: nothing but the database stopped it"
    )


def peak_mb() -> float:
    """What this process has taken of memory since the mark was cleared."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def _book(heads, rows) -> bytes:
    book, out = Workbook(write_only=True), BytesIO()
    page = book.create_sheet()
    page.append([str(head) for head in heads])
    for row in rows:
        page.append([value if isinstance(value, int | str) else float(value) for value in row])
    book.save(out)
    return out.getvalue()


def _csv(heads, rows) -> bytes:
    import csv
    from io import StringIO

    out = StringIO()
    csv.writer(out).writerows([heads, *rows])
    return out.getvalue().encode("utf-8-sig")


ROWS = full(10_000, 200)


def many_sizes(team) -> None:
    """Five of each product, on the shelf at 36.90."""
    like, n = a_product(team, name_zh="商品"), ROWS // 5
    skipped = {"id", "uid", "slug", "name_zh"}
    fields = {
        f.attname: getattr(like, f.attname) for f in Product._meta.concrete_fields if f.name not in skipped
    }
    like.delete()
    made = Product.objects.bulk_create(
        (Product(**fields, slug=f"many-{k}", name_zh=f"商品 {k}") for k in range(n)), batch_size=1_000
    )
    size = {"net_content": "2.5 kg", "weight_grams": 2800, "price_minor": 3690}
    approved = {"approved_price_minor": 3690, "approved_household_bps": 5400}
    sizes = Variant.objects.bulk_create(
        (
            Variant(product=one, name_zh=f"规格 {m}", name_en=f"Size {m}", position=m, **size, **approved)
            for one in made
            for m in range(5)
        ),
        batch_size=1_000,
    )
    told = PriceStory.objects.bulk_create(
        (PriceStory(variant=one, **{f"{part}_bps": bps for part, bps in STORY.items()}) for one in sizes),
        batch_size=1_000,
    )
    for one, story in zip(sizes, told, strict=True):
        one.story = story
    Variant.objects.bulk_update(sizes, ["story"], batch_size=1_000)
    card.refresh([one.pk for one in made])


WITHIN = {"csv": 15, "xlsx": 30}


@in_full_alone("ten thousand rows")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_ten_thousand_sizes_are_looked_at_and_saved_in_time_and_space(form, settings):
    manager = a_person()
    team = a_team(manager=manager)
    many_sizes(team)
    heads = heads_of("sizes")
    price = [str(head.zh) for head in heads].index("价格（元）")
    rows = [
        [*row[:price], "35.00" if n % 2 else "48.00", *row[price + 1 :]]
        for n, row in enumerate(rows_of(team, "sizes"))
    ]
    body = (_book if form == "xlsx" else _csv)(heads, rows)
    with open("/proc/self/clear_refs", "w") as marks:
        marks.write("5")
    sheet = listing_sheet.send_in(team, manager, "sizes", BytesIO(body))
    began = time.monotonic()
    assert reading.read(sheet.pk)
    looked = time.monotonic() - began
    sheet.refresh_from_db()
    assert (sheet.found["changed"], sheet.found["waits"], sheet.found["faults_total"]) == (ROWS, ROWS // 2, 0)
    listing_sheet.save(sheet, manager)
    began = time.monotonic()
    assert doing.do(sheet.pk)
    saved, peak = time.monotonic() - began, peak_mb()
    sheet.refresh_from_db()
    assert (sheet.state, sheet.left_out) == ("saved", [])
    assert Variant.objects.filter(price_minor=3500).count() == ROWS // 2
    figure(
        f"listings/{form}",
        f"{ROWS} rows: looked at in {looked:.1f} s, saved in {saved:.1f} s, peak {peak:.0f} MB",
    )
    assert looked < WITHIN[form] and saved < 60 and peak < 300, (looked, saved, peak)
