"""A shop comes in from a folder of tables: all of it, or nothing and every fault named."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from catalog.models import Category, Leader, Lot, Product, Team, Variant
from core.models import OutboxEvent
from shop.demo import shelves
from shop.demo.tables import write_example
from tests.figures import full

pytestmark = pytest.mark.django_db
NOUNS = (Category, Team, Leader, Product, Variant, Lot)
# The example's teams that are written and read.
TEAMS = full(72, 12)


def counted() -> list[int]:
    return [noun.objects.count() for noun in (*NOUNS, AuditEntry, OutboxEvent)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    every = shelves.rows()
    assert len(every) == 72
    monkeypatch.setattr(shelves, "rows", lambda: every[:TEAMS])
    write_example(tmp_path / "shop")
    return tmp_path / "shop"


def change(path: Path, number: int, column: str, value: str) -> None:
    """Write a value into a row, by the number that a spreadsheet shows."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    rows[number - 1][rows[0].index(column)] = value
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)


def run(folder: Path, *options: str) -> tuple[str, str]:
    """What the command said, and what it said was wrong."""
    said, wrong = io.StringIO(), io.StringIO()
    try:
        call_command("import_shop", str(folder), *options, stdout=said, stderr=wrong)
    except CommandError as no:
        wrong.write(f"{no}\n")
    return said.getvalue(), wrong.getvalue()


def test_twelve_faults_are_named_by_file_row_and_column_and_nothing_is_half_done(folder):
    before = counted()
    plant: list[tuple[str, int, str, str, str]] = [
        ("categories", 3, "顺序", "第二", "整数"),
        ("teams", 2, "县（名称或代码）", "恩施城", "县"),
        ("teams", 5, "团队名称（英文）", "", "空"),
        ("leaders", 4, "团队编号", "HB99", "HB99"),
        ("products", 6, "储运", "thawed", "选"),
        ("products", 7, "上市月份", "13", "月份"),
        ("products", 9, "品类网址名", "sweets", "sweets"),
        ("variants", 2, "价格（元）", "36,9", "小数"),
        ("variants", 4, "毛重（克）", "12.5", "整数"),
        ("price_stories", 6, "农户收购（%）", "99", "100%"),
        ("lots", 3, "份数", "0", "1"),
        ("lots", 8, "采收结束", "1.9.2026", "日期"),
    ]
    for file, row, column, value, _ in plant:
        change(folder / f"{file}.csv", row, column, value)
    said, wrong = run(folder)
    lines = wrong.splitlines()
    for file, row, column, _, why in plant:
        (line,) = [one for one in lines if one.startswith(f"{file}.csv：第 {row} 行")]
        assert f"“{column}”" in line or file == "price_stories", line
        assert why in line, line
    assert len(lines) == 13 and lines[-1] == "12 处有误，什么都没有导入。", wrong
    assert counted() == before


def test_the_clean_tables_of_all_teams_come_in_as_drafts(folder):
    dry, wrong = run(folder, "--dry-run")
    assert (wrong, Team.objects.count()) == ("", 0) and "没有错误" in dry
    assert run(folder)[1] == ""
    assert [noun.objects.count() for noun in NOUNS[:4]] == [14, TEAMS, TEAMS, TEAMS]
    assert (
        Variant.objects.count() == Lot.objects.count() == Variant.objects.filter(story__isnull=False).count()
    )
    tea = Product.objects.get(slug="enshi-yulu-steamed-green-tea")
    assert (tea.state, tea.team.county.name_zh, tea.season_months) == ("draft", "恩施市", list(range(1, 13)))
    assert tea.variants.get(position=0).price_minor == 8800
    assert Leader.objects.filter(verified_at=None).count() == TEAMS
    # Once more: each row stands there already, and nothing is written over.
    before = counted()
    wrong = run(folder, "--language", "en")[1]
    assert "teams.csv: Row 2, column A “Team’s code”: It stands in the shop already." in wrong
    assert counted() == before


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder: (folder / "team.csv").write_text("a\n"), "team.csv"),
        (lambda folder: (folder / "lots.xlsx").write_bytes(b"PK"), "lots.csv"),
        (lambda folder: [path.unlink() for path in folder.iterdir()], "categories"),
    ],
)
def test_a_folder_that_could_be_misread_is_refused(folder, spoil: Callable[[Path], object], why):
    spoil(folder)
    assert why in run(folder)[1]
    assert Team.objects.count() == 0


def test_whoever_points_at_a_row_with_a_fault_has_none_for_that_reason_but_her_own(folder):
    for name in ("leaders", "price_stories"):
        (folder / f"{name}.csv").unlink()
    change(folder / "teams.csv", 2, "县（名称或代码）", "城关")
    change(folder / "lots.csv", 2, "采收结束", "2001-01-01")
    lines = run(folder)[1].splitlines()
    assert [line.split("：")[0] for line in lines] == ["teams.csv", "lots.csv", "2 处有误，什么都没有导入。"]
    assert Team.objects.count() == Product.objects.count() == 0


def test_a_county_is_known_by_code_by_full_name_or_by_its_own_where_it_is_the_only_one(folder):
    for path in folder.iterdir():
        if path.stem != "teams":
            path.unlink()
    for row, county in ((2, "４２２８０１"), (3, "湖北省恩施土家族苗族自治州利川市"), (4, "利川市")):
        change(folder / "teams.csv", row, "县（名称或代码）", county)
    change(folder / "teams.csv", 5, "县（名称或代码）", "鼓楼区")
    wrong = run(folder)[1].splitlines()
    assert wrong[0].startswith("teams.csv：第 5 行") and "几个县" in wrong[0] and len(wrong) == 2


def test_what_points_at_another_row_is_found_however_it_is_typed_and_an_address_is_one(folder):
    for path in {*folder.iterdir()} - {folder / "categories.csv"}:
        lines = path.read_text("utf-8-sig").splitlines(keepends=True)
        path.write_text("".join(lines[:3]), "utf-8-sig")
    change(folder / "teams.csv", 2, "团队编号", "hb01")
    change(folder / "leaders.csv", 2, "团队编号", "ｈｂ０１")
    change(folder / "variants.csv", 2, "规格名称（中文）", "家庭装  两\n斤")
    for name in ("price_stories", "lots"):
        change(folder / f"{name}.csv", 2, "规格名称（中文）", "家庭装　两 斤")
    said, wrong = run(folder, "--dry-run")
    assert not wrong and "没有错误" in said
    change(folder / "products.csv", 3, "网址名", "橙子")
    assert run(folder)[1].startswith("products.csv：第 3 行 A 列“网址名”：只能用小写字母、数字和连字符。")
