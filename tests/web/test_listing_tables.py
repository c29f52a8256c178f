"""A team's tables of products, sizes and lots: taken along, sent in, looked at, saved; what waits waits, and nothing is
saved until all of it is right."""

import csv
import re
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from catalog.models import ListingSheet, ListingSheetContent, Lot, PriceStory, Product, Variant, VariantChange
from catalog.tasks import work_at_sheets
from tests.accounts.world import a_person
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_team, a_variant, works_at
from tests.web.conftest import signed_in
from tests.web.test_pages import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return a_team()


@pytest.fixture
def desk(team):
    manager = a_person()
    works_at(team, manager)
    return signed_in(manager)


@pytest.fixture
def oranges(team):
    """A product on the shelf with two sizes, and a lot to sell of the first."""
    product = a_product(team, summary_zh="甜", kind="fresh", has_no_allergens=True, season_months=[1, 11, 12])
    first = a_variant(product)
    a_variant(
        product,
        name_zh="10 斤装",
        name_en="5 kg box",
        net_content="5 kg",
        weight_grams=5400,
        price_minor=6800,
    )
    a_lot(first, units=60)
    a_planned_lot(first, units=40)
    return product


def gid(team):
    from core.api.ids import global_id

    return global_id("Team", team.uid)


def rows_out(desk, team, kind, form="csv", lang="zh"):
    """The table that her desk hands out, as rows of texts."""
    answer = desk.get(f"/{lang}/desk/tables/{kind}.{form}", {"team": gid(team)})
    assert answer.status_code == 200, answer.status_code
    if form == "csv":
        return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)]


def as_csv(rows, encoding="utf-8-sig"):
    out = StringIO()
    csv.writer(out).writerows(rows)
    return SimpleUploadedFile("table.csv", out.getvalue().encode(encoding))


def as_xlsx(rows):
    book, out = Workbook(), BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile("table.xlsx", out.getvalue())


def send(desk, team, kind, file, lang="zh"):
    """Send a table in and have it looked at; the page."""
    here = f"/{lang}/desk/tables/"
    form = {"team": gid(team), "kind": kind.upper(), "file": file, "lang": lang, "next": here, "back": here}
    answer = desk.post("/do/import_listings/", form)
    assert answer.status_code == 302
    work_at_sheets()
    return desk.get(here).content.decode()


def save(desk, page, lang="zh"):
    """Press the button below what was looked at, and have it done; the page."""
    here = f"/{lang}/desk/tables/"
    desk.post("/do/save_listing_sheet/", {**fields(page, "save_listing_sheet"), "lang": lang, "next": here})
    work_at_sheets()
    return desk.get(here).content.decode()


def plain(page):
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def state_of_all():
    """All that a table could touch."""
    return [
        list(rows.order_by("pk").values())
        for rows in (Product.objects, Variant.objects, VariantChange.objects, PriceStory.objects, Lot.objects)
    ]


@pytest.fixture
def odd(team, oranges):
    """What tables like to spoil: signs in front, lines, fractions, figures, every class; and a price that waits."""
    noodles = a_product(
        team,
        name_zh="=1+1 面",
        name_en="-5 noodles, 'plain'",
        kind="processed",
        storage="dry",
        story_zh="一行\n\n第二行，“引号”",
        ingredients_zh="小麦粉；水",
        allergens=["gluten", "eggs"],
        may_contain=["milk", "nuts"],
        energy_kj=1480,
        protein_tenths=115,
        fat_tenths=0,
        carbohydrate_tenths=701,
        sodium_mg=9,
    )
    size = a_variant(
        noodles, name_zh="@2 盒", net_content="+500 g", story={"farm_gate": 4_333, "labour": 1, "team": 5_666}
    )
    a_product(
        team, name_zh="还没写完", state="draft", published_at=None, season_months=[], shelf_life_days=None
    )
    VariantChange.objects.create(
        variant=size, name_zh="@2 盒", weight_grams=2800, price_minor=9_901, parts={"farm_gate": 10_000}
    )
    return noodles


@pytest.mark.parametrize("kind", ["products", "sizes", "lots"])
@pytest.mark.parametrize(("form", "lang"), [("csv", "zh"), ("xlsx", "en")])
def test_what_is_taken_along_can_be_sent_in_and_changes_nothing(desk, team, odd, kind, form, lang):
    before = state_of_all()
    rows = rows_out(desk, team, kind, form, lang)
    page = send(desk, team, kind, as_csv(rows) if form == "csv" else as_xlsx(rows), lang)
    sheet = ListingSheet.objects.get()
    assert (sheet.state, sheet.found["faults"]) == ("ready", [])
    assert (sheet.found["new"], sheet.found["changed"], sheet.found["same"]) == (0, 0, len(rows) - 1)
    assert ("没有要存的" if lang == "zh" else "nothing to save") in page and "save_listing_sheet" not in page
    assert state_of_all() == before


def column(rows, title):
    """Where the column of this title is."""
    return rows[0].index(title)


def put(rows, row, **cells):
    """Write into a row of a table, by the columns' titles."""
    for title, value in cells.items():
        rows[row][column(rows, title)] = value


def test_a_price_that_rises_waits_and_the_others_are_sold_at_once(desk, team, oranges):
    rows = rows_out(desk, team, "sizes")
    put(rows, 1, **{"价格（元）": "47.97"})  # + 30 %
    put(rows, 2, **{"价格（元）": "65.00", "毛重（克）": "5400"})
    before = state_of_all()
    page = send(desk, team, "sizes", as_csv(rows))
    words = plain(page)
    assert "新的：0 · 有改动：2 · 没变：0" in words and "1 行要等运营人员看" in words
    assert "第 2 行 秭归夏橙 5 斤装 等审核 价格（元）：¥36.90 → ¥47.97" in words
    assert "第 3 行 秭归夏橙 10 斤装 价格（元）：¥68.00 → ¥65.00" in words
    assert state_of_all() == before, "nothing is saved until she says so"
    assert "存好了" in save(desk, page)
    first, second = Variant.objects.order_by("pk")
    assert (first.price_minor, first.change.price_minor, first.is_offered) == (3690, 4797, True)
    assert (second.price_minor, second.story.household_bps) == (6500, 5400)
    oranges.refresh_from_db()
    assert (oranges.state, oranges.changes_state) == ("published", "waiting")
    assert not ListingSheetContent.objects.exists()
    again = send(desk, team, "sizes", as_csv(rows))
    assert "没变：2" in plain(again) and "save_listing_sheet" not in again


FAULTS = {
    4: ("规格编号", "S000000000000", "没有这个编号的规格"),
    9: ("价格（元）", "=SUM(A1:A3)", "不要用公式"),
    15: ("价格（元）", "便宜", "最多 2 位小数的数字"),
    22: ("价格（元）", "0", "要在 0.01 和"),
    31: ("毛重（克）", "2.5", "这里要填整数"),
    40: ("毛重（克）", "9999999", "要在 1 和 500000 之间"),
    58: ("农户收购（%）", "47", "各部分相加是 101%"),
    77: ("农户收购（%）", "46.005", "最多 2 位小数"),
    90: ("规格名称（中文）", "x" * 81, "最多 80 个字"),
    111: ("在卖", "也许", "“是”或“否”"),
    150: ("商品编号", "P000000000000", "没有这个编号的商品"),
    199: ("规格名称（中文）", "规格 0", "已经有同名的规格"),
}


def test_each_of_twelve_faults_in_two_hundred_sizes_is_named_by_row_and_column(desk, team):
    for n in range(40):
        product = a_product(team, name_zh=f"商品 {n}")
        for m in range(5):
            a_variant(product, name_zh=f"规格 {m}", name_en=f"Size {m}")
    rows = rows_out(desk, team, "sizes")
    assert len(rows) == 201
    for n in range(1, 201):
        put(rows, n, **{"价格（元）": "35.00"})
    for row, (title, value, _) in FAULTS.items():
        put(rows, row - 1, **{title: value})
    before = state_of_all()
    page = send(desk, team, "sizes", as_xlsx([[_cell(value) for value in row] for row in rows]))
    found = ListingSheet.objects.get().found
    named = {fault["row"]: (fault["column"], fault["title_zh"], fault["zh"]) for fault in found["faults"]}
    assert found["faults_total"] == 12 and list(named) == sorted(FAULTS)
    for row, (title, _, words) in FAULTS.items():
        at, its_title, said = named[row]
        assert words in said, (row, said)
        if "相加" not in words:
            assert (at, its_title) == (_letter(column(rows, title)), title)
    assert "12 处不对，什么都没存" in plain(page) and "save_listing_sheet" not in page
    assert state_of_all() == before


def _cell(value):
    return "" if value is None else value


def _letter(at):
    return chr(ord("A") + at)


def test_new_products_sizes_and_lots_come_by_tables_one_after_the_other(desk, team, oranges):
    rows = rows_out(desk, team, "products")
    new = [""] * len(rows[0])
    rows.append(new)
    put(rows, 2, **{"商品名称（中文）": "宜都红茶", "品类": "水果", "类型": "干货", "上市月份": "3-5"})
    page = save(desk, send(desk, team, "products", as_csv(rows)))
    assert "新的：1" in plain(page)
    tea = Product.objects.get(name_zh="宜都红茶")
    assert (tea.state, tea.season_months, tea.producer_zh) == ("draft", [3, 4, 5], "示例合作社")
    assert "已有同名的商品" in send(desk, team, "products", as_csv(rows)), (
        "the same file begins no second one"
    )

    head = rows_out(desk, team, "sizes")[0]
    rows = [head, [""] * len(head)]
    number = f"P{tea.uid.hex[:12].upper()}"
    put(rows, 1, **{"商品编号": number, "规格名称（中文）": "一盒", "毛重（克）": "350", "净含量": "250 g"})
    put(rows, 1, **{"价格（元）": "¥88", "农户收购（%）": "60", "团队运营（%）": "40%"})
    save(desk, send(desk, team, "sizes", as_csv(rows)))
    size = tea.variants.get()
    assert (size.price_minor, size.weight_grams, size.story.household_bps) == (8800, 350, 6000)

    rows = rows_out(desk, team, "lots")
    mine = next(n for n, row in enumerate(rows) if "宜都红茶" in row)
    assert rows[mine][column(rows, "批次编号")] == "", "a size without a lot is there to be filled in"
    put(rows, mine, 登记份数="120", 采收开始="2026-10-01", 采收结束="2026/10/20", 保质期至="2027年9月1日")
    page = save(desk, send(desk, team, "lots", as_csv(rows)))
    assert (size.lots.get().units_available, "新的：1" in plain(page)) == (120, True)
    again = send(desk, team, "lots", as_csv(rows))
    assert "真是另一批，请在商品页登记" in again and "save_listing_sheet" not in again


def test_units_of_a_lot_are_corrected_and_never_below_what_is_sold(desk, team, oranges):
    lot = Lot.objects.get(state="open")
    Lot.objects.filter(pk=lot.pk).update(units_available=40, units_sold=15, units_reserved=5)
    rows = rows_out(desk, team, "lots")
    mine = next(n for n, row in enumerate(rows) if lot.code in row)
    put(rows, mine, 登记份数="19", 采收开始="2026-01-01")
    page = send(desk, team, "lots", as_csv(rows))
    assert "批次登记后只能改份数" in page
    put(rows, mine, 采收开始="")
    assert "已有 20 份卖出或留给了订单，不能少于它" in send(desk, team, "lots", as_csv(rows))
    put(rows, mine, 登记份数="50")
    assert "登记份数：60 → 50" in plain(page := send(desk, team, "lots", as_csv(rows)))
    Lot.objects.filter(pk=lot.pk).update(units_available=37, units_sold=18)  # three more are sold meanwhile
    save(desk, page)
    lot.refresh_from_db()
    assert (lot.units_declared, lot.units_available, lot.units_sold, lot.units_reserved) == (50, 27, 18, 5)
    oranges.refresh_from_db()
    assert oranges.units_available == 67


def test_what_was_changed_since_she_looked_is_left_out_and_said(desk, team, oranges):
    other = a_variant(a_product(team, name_zh="脐橙"))
    rows = rows_out(desk, team, "sizes")
    for n in (1, 2, 3):
        put(rows, n, **{"价格（元）": "30.00"})
    page = send(desk, team, "sizes", as_csv(rows))
    Product.objects.filter(pk=other.product_id).update(written_version=9)
    words = plain(save(desk, page))
    assert "没存：第 2 行。 您看过之后，这件商品又改过" in words
    other.refresh_from_db()
    assert other.price_minor == 3690
    assert {one.price_minor for one in oranges.variants.all()} == {3000}


def test_a_worker_that_died_is_followed_by_one_that_goes_on(desk, team, oranges, monkeypatch):
    a_variant(a_product(team, name_zh="脐橙"))
    rows = rows_out(desk, team, "sizes")
    for n in (1, 2, 3):
        put(rows, n, **{"价格（元）": "30.00"})
    page = send(desk, team, "sizes", as_csv(rows))
    here = "/zh/desk/tables/"
    desk.post("/do/save_listing_sheet/", {**fields(page, "save_listing_sheet"), "next": here})
    from catalog.imports import doing

    real, calls = doing._do_group, []

    def dies(sheet, group, by):
        calls.append(group["of"])
        if len(calls) == 2:
            raise MemoryError
        real(sheet, group, by)

    monkeypatch.setattr(doing, "_do_group", dies)
    with pytest.raises(MemoryError):
        work_at_sheets()
    sheet = ListingSheet.objects.get()
    assert (sheet.state, sheet.groups_done, sheet.groups_total) == ("saving", 1, 2)
    assert "存了 1 / 2" in plain(desk.get(here).content.decode())
    monkeypatch.setattr(doing, "_do_group", real)
    assert work_at_sheets() == 1 and work_at_sheets() == 0
    assert set(Variant.objects.values_list("price_minor", flat=True)) == {3000}
    assert PriceStory.objects.count() == 6, "nothing is done twice"


def test_a_changed_name_takes_its_product_off_the_shelf_and_says_so_first(desk, team, oranges):
    rows = rows_out(desk, team, "products")
    put(rows, 1, **{"商品名称（中文）": "秭归脐橙", "简介（中文）": "更甜"})
    page = send(desk, team, "products", as_csv(rows))
    assert "1 件商品会先下架" in plain(page) and "秭归夏橙 → 秭归脐橙" in plain(page)
    save(desk, page)
    oranges.refresh_from_db()
    assert (oranges.state, oranges.name_zh, oranges.summary_zh) == ("submitted", "秭归脐橙", "更甜")
    put(rows, 1, **{"商品名称（中文）": "另一个名字"})
    assert "商品正在审核，请先撤回再修改" in send(desk, team, "products", as_csv(rows))


def test_what_is_no_table_or_is_made_to_hurt_is_refused_with_a_sentence(desk, team, oranges):
    import zipfile

    rows = rows_out(desk, team, "sizes")
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"<x/>")
        made.writestr("xl/sharedStrings.xml", bytes(40 * 2**20))
    for body, words in (
        (bomb.getvalue(), "解压后太大"),
        (b"%PDF-1.7 no table", "规格编号"),
        (b"\xd0\xcf\x11\xe0 old", "旧格式"),
        (b"", "没有数据行"),
    ):
        page = send(desk, team, "sizes", SimpleUploadedFile("table.xlsx", body))
        assert "什么都没存" in page, words
        assert ListingSheet.objects.latest("pk").state == "faulty"
    put(rows, 1, **{"价格（元）": "30.00"})
    for encoding in ("gb18030", "utf-16", "utf-8"):
        assert "有改动：1" in plain(send(desk, team, "sizes", as_csv(rows, encoding))), encoding
    with_mark = as_csv(rows, "gb18030").read()
    marked = SimpleUploadedFile("table.csv", "\ufeff".encode("gb18030") + with_mark)
    assert "有改动：1" in plain(send(desk, team, "sizes", marked))


def test_whose_tables_they_are(desk, team, oranges):
    stranger, packer = a_person(), a_person()
    works_at(a_team(), stranger)
    works_at(team, packer, "packer")
    for person in (stranger, packer):
        client = signed_in(person)
        assert client.get("/zh/desk/tables/sizes.csv", {"team": gid(team)}).status_code == 404
        form = {"team": gid(team), "kind": "SIZES", "file": as_csv(rows_out(desk, team, "sizes"))}
        client.post("/do/import_listings/", {**form, "next": "/zh/desk/", "back": "/zh/desk/"})
        assert not ListingSheet.objects.exists()
    # Of another team's numbers none is known.
    rows = rows_out(desk, team, "sizes")
    other = a_team()
    works_at(other, person := a_person())
    assert "没有这个编号" in send(signed_in(person), other, "sizes", as_csv(rows))


def test_one_table_is_in_hand_at_a_time_and_may_be_given_up(desk, team, oranges):
    rows = rows_out(desk, team, "sizes")
    put(rows, 1, **{"价格（元）": "30.00"})
    page = send(desk, team, "sizes", as_csv(rows))
    send(desk, team, "sizes", as_csv(rows))
    assert list(ListingSheet.objects.order_by("pk").values_list("state", flat=True)) == ["discarded", "ready"]
    # The page of before saves nothing: what she looked at is not this any more.
    save(desk, page)
    assert Variant.objects.filter(price_minor=3000).count() == 0
    here = "/zh/desk/tables/"
    page = desk.get(here).content.decode()
    desk.post("/do/discard_listing_sheet/", {**fields(page, "discard_listing_sheet"), "next": here})
    assert set(ListingSheet.objects.values_list("state", flat=True)) == {"discarded"}
    assert not ListingSheetContent.objects.exists()
    form = {"team": gid(team), "kind": "SIZES", "file": as_csv(rows), "next": here, "back": here}
    desk.post("/do/import_listings/", form)
    desk.post("/do/import_listings/", {**form, "file": as_csv(rows)})
    assert "上一张表还在处理" in desk.get(here).content.decode()
