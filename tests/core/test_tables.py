"""Tables that people send in: what a spreadsheet has spoiled is refused by row and column, the rest is read whole."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core import numbers
from core.language import Words, use
from core.refusals import Invalid
from core.tables import Column, Row, Table, kinds
from core.tables.cell import Cell, Kind
from tests.core.tables import GOODS, Storage, a_csv, a_sheet, faults, patched, saved, values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_in_each_writing_that_spreadsheets_save(encoding, mark):
    text = f"编号{mark}名称{mark}价格（元）\r\n００１２３{mark}脐橙{mark}￥３６．９０\r\n\r\n124{mark}茶{mark}12 元\r\n"
    assert values(a_csv(text, encoding), "code", "name", "price") == [
        (2, "00123", "脐橙", 3690),
        (4, "124", "茶", 1200),
    ]


def test_titles_are_known_in_both_languages_in_any_case_and_below_a_heading():
    for heading in ("", "春季清单\n制表,2026-09-01\n"):
        text = f"{heading}*货号, price ( YUAN )\nA1,36.9\n"
        assert [row[1:] for row in values(a_csv(text), "code", "price")] == [("A1", 3690)]


def test_a_title_that_is_not_known_or_stands_twice_is_told_with_its_column_and_a_missing_one_by_its_name():
    assert faults(a_csv("Code,Colour,Code\nA1,red,A2\n")) == [
        "Row 1, column B “Colour”: This column is not known.",
        "Row 1, column C “Code”: This column stands here twice.",
    ]
    assert faults(a_csv("Name,Price (yuan)\nx,1\n")) == ["The column “Code” is missing."]
    assert faults(a_csv("")) == ["The column “Code” is missing."]
    assert faults(a_csv("Code\nA1,x\n")) == [
        "Row 2, column B “”: This cell stands in a column without a title."
    ]


def test_a_table_of_which_nothing_is_needed_is_still_known_by_a_title():
    loose = Table((Column("note", Words("备注", "Note"), kinds.text(), needed=False),))
    reading = loose.read(a_csv("Colour\nred\n"))
    assert list(reading) == []
    with use("en"):
        assert [str(fault) for fault in reading.faults] == ["The column “Note” is missing."]
    assert [row["note"] for row in loose.read(a_csv("heading\nNote\nred\n"))] == ["red"]


def test_numbers_that_a_sheet_holds_come_back_as_they_were_typed():
    file = a_sheet(
        ["编号", "名称", "价格（元）", "件数", "日期"],
        [17100000000, "电话", 36.9, 3.0, date(2026, 9, 1)],
        ["00123", "文本", 0.1 + 0.2, "1,000", datetime(2026, 9, 2)],
        [77, "补零", "12 元", 7, "2026/9/1"],
        [124, 5, None, None, "2026年9月1日"],
        formats={"C2": "¥#,##0", "A4": "00000"},
    )
    assert values(file, "code", "name", "price", "pieces", "since") == [
        (2, "17100000000", "电话", 3690, 3, date(2026, 9, 1)),
        (3, "00123", "文本", 30, 1000, date(2026, 9, 2)),
        (4, "00077", "补零", 1200, 7, date(2026, 9, 1)),
        (5, "124", "5", None, None, date(2026, 9, 1)),
    ]
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    old = a_sheet(["编号", "日期"], ["A1", datetime(2026, 9, 1)], book=book)
    assert values(old, "since") == [(2, date(2026, 9, 1))]


@pytest.mark.parametrize("number", [31, 58])
def test_a_date_that_a_chinese_spreadsheet_knows_by_its_number_alone_is_one(number):
    dated = a_sheet(
        ["Code", "Date", "Name"], ["A1", 46266, 46275], formats={"B2": "yyyy/m/d", "C2": "yyyy/m/d"}
    )
    dated = patched(dated, ('numFmtId="164" fontId', f'numFmtId="{number}" fontId'), part="xl/styles.xml")
    [fault] = faults(dated)
    assert fault.startswith("Row 2, column C “Name”: ") and "has made a date of this" in fault
    only = a_sheet(["Code", "Date"], ["A1", 46266], formats={"B2": "yyyy/m/d"})
    only = patched(only, ('numFmtId="164" fontId', f'numFmtId="{number}" fontId'), part="xl/styles.xml")
    assert values(only, "since") == [(2, date(2026, 9, 1))]


def test_a_percentage_is_what_its_cell_shows():
    part = Table((Column("part", Words("部分（%）", "Part (%)"), kinds.scaled(2, numbers.PERCENT)),))
    shown = a_sheet(["Part (%)"], [0.4957], [0.5], [25], formats={"A2": "0.00%", "A3": "0%"})
    assert [row["part"] for row in part.read(shown)] == [4957, 5000, 2500]
    assert (
        "A whole number is needed"
        in faults(a_sheet(["Code", "Pieces"], ["A1", 0.5], formats={"B2": "0%"}))[0]
    )


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("#N/A", "holds an error"),
        ("########", "holds an error"),
        ("TRUE", "is TRUE or FALSE"),
        ("6217000000000000000", "A spreadsheet keeps 15 digits"),
        ("17100000000.0", "has made a decimal of this"),
    ],
)
def test_a_csv_that_a_spreadsheet_has_spoiled_is_asked_about_too(cell, told):
    assert told in faults(a_csv(f"Code\n{cell}\n"))[0]
    assert values(a_csv(f'Code\n"=""A{cell}"""\n'), "code") == [(2, f"A{cell}")]


@pytest.mark.parametrize("text", ["Code,Name\nA1,a;b;c;d\nA2,e;f\n", "Code;Name\nA1;a,b,c,d\nA2;e,f\n"])
def test_what_parts_the_columns_is_told_from_what_stands_in_them(text):
    assert [row[0] for row in values(a_csv(text), "code")] == [2, 3]


@pytest.mark.parametrize(
    ("title", "cell", "told"),
    [
        ("Code", 6217000000000000000, "A spreadsheet keeps 15 digits"),
        ("Code", 2.01906e17, "A spreadsheet keeps 15 digits"),
        ("Code", "2.01906E+17", "A spreadsheet keeps 15 digits"),
        ("Code", datetime(2026, 9, 10), "has made a date of this"),
        ("Code", True, "is TRUE or FALSE"),
        ("Code", "#N/A", "holds an error"),
        ("Code", "=1+1", "not a formula"),
        ("Pieces", 12.5, "A whole number is needed"),
        ("Pieces", "12.5", "A whole number is needed"),
        ("Pieces", 0, "Must be from 1 to 10000"),
        ("Pieces", True, "is TRUE or FALSE"),
        ("Price (yuan)", 36.905, "at most 2 decimals"),
        ("Price (yuan)", "1,0", "at most 2 decimals"),
        ("Price (yuan)", "36,90", "at most 2 decimals"),
        ("Date", "1.9.2026", "Write a date as"),
        ("Date", "9-10", "Write a date as"),
        ("Date", "2026-02-30", "Write a date as"),
        ("Date", 46266, "Write a date as"),
        ("Storage", "frozen", "Choose one of: Ambient, Chilled"),
        ("Name", "橙" * 21, "At most 20 characters"),
    ],
)
def test_what_a_sheet_has_spoiled_or_nobody_can_read_is_refused_with_its_row_and_column(title, cell, told):
    heads = ["Code"] if title == "Code" else ["Code", title]
    row = [cell] if title == "Code" else ["A1", cell]
    [fault] = faults(a_sheet(heads, row))
    column = "A" if title == "Code" else "B"
    assert fault.startswith(f"Row 2, column {column} “{title}”: ") and told in fault


def test_a_number_that_shows_otherwise_than_it_is_held_is_asked_about():
    [fault] = faults(a_sheet(["Code"], [1234567], formats={"A2": "000-0000"}))
    assert "shows something else than it holds" in fault


def test_a_csv_runs_no_formula_and_takes_back_what_was_made_harmless():
    assert values(a_csv('Code,Name\n"=""00123""",\'=1+1\nA2,+86 171\n'), "code", "name") == [
        (2, "00123", "=1+1"),
        (3, "A2", "+86 171"),
    ]
    assert "not a formula" in faults(a_csv("Code\n=1+1\n"))[0]
    assert "not a formula" in faults(a_csv("Code\n\uff1dcmd()\n"))[0]


def test_choices_are_read_by_their_words_in_either_language():
    text = "Code,Storage\n1,冷藏\n2,chilled\n3,CHILLED\n"
    assert [row[1] for row in values(a_csv(text), "storage")] == [Storage.CHILLED] * 3


def test_all_faults_are_told_at_once_and_rows_without_one_still_come_out():
    text = "Code,Pieces,Date\nA1,x,y\nA2,3,2026-01-02\nA2,4,\n,5,\n"
    reading = GOODS.read(a_csv(text))
    assert [(row.number, row["code"]) for row in reading] == [(3, "A2")]
    assert reading.total == 4
    with use("zh"):
        assert [str(fault) for fault in reading.faults] == [
            "第 2 行 B 列“件数”：这里要填整数。",
            "第 2 行 C 列“日期”：日期请写成 2026-09-01。",
            "第 4 行：与第 3 行重复。",
            "第 5 行 A 列“编号”：这一格不能空着。",
        ]


def test_a_preview_shows_the_first_rows_and_counts_the_whole_file():
    text = "Code,Pieces\n" + "".join(f"A{n},{n}\n" for n in range(30)) + "B1,x\n"
    shown = GOODS.preview(a_csv(text), first=3)
    assert [row.number for row in shown.rows] == [3, 4, 5]
    assert (shown.total, shown.faults_total) == (31, 2)


def test_many_faults_are_counted_and_the_first_listed():
    text = "Code,Pieces\n" + "".join(f"A{n},x\n" for n in range(500))
    reading = GOODS.read(a_csv(text))
    assert list(reading) == []
    assert (len(reading.faults), reading.faults_total) == (200, 500)


def test_a_merged_cell_says_nothing_of_the_rows_that_it_covers():
    book = Workbook()
    for row in (
        ["2026 春季清单", None, "制表：王"],
        ["编号", "名称"],
        ["A1", "脐橙"],
        ["A2", None],
        ["A3", "茶"],
    ):
        book.active.append(row)
    for merged in ("A1:B1", "B3:B4", "A8:B20"):
        book.active.merge_cells(merged)
    assert faults(saved(book)) == [
        "Row 4, column B “Name”: This cell is merged with the one above it: take that apart and fill in each row."
    ]
    notes = book.create_sheet("说明", 0)
    notes.append(["怎么填"])
    notes.append(["", "二"])
    notes.merge_cells("A1:A2")
    book["Sheet"].unmerge_cells("B3:B4")
    assert values(saved(book), "code", "name") == [(3, "A1", "脐橙"), (4, "A2", None), (5, "A3", "茶")]


def test_two_sheets_that_could_be_meant_are_asked_about_and_others_passed_over():
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["请填写下一页"])
    goods = book.create_sheet("货")
    goods.append(["Code"])
    goods.append(["A1"])
    assert values(saved(book), "code") == [(2, "A1")]
    again = book.create_sheet("货 2")
    again.append(["Code"])
    assert "Several sheets look like the one to import: 货、货 2" in faults(saved(book))[0]
    again.sheet_state = "hidden"
    assert values(saved(book), "code") == [(2, "A1")]


def foreign(file) -> list:
    table = Table(GOODS.columns, is_foreign=True)
    return [
        (one.number, one["code"])
        if isinstance(one, Row)
        else (one.number, one.cells, [(f.column, f.code, f.words.in_language("en")) for f in one.faults])
        for one in table.read(file).rows()
    ]


def test_of_anothers_file_other_columns_are_passed_over_and_a_printed_total_is_no_row():
    found = foreign(
        a_csv("报表\n\n编号,手机号,价格（元）\nA1,17100000000,1.00\n小计,,1.00\nA2,,x\n合计：,,1.00\t\n")
    )
    total = "This row is a printed total, and no data."
    assert found == [
        (4, "A1"),
        (5, {"code": "小计", "price": "1.00"}, [("A", "INVALID", total)]),
        (6, {"code": "A2", "price": "x"}, [("C", "INVALID", "A number with at most 2 decimals.")]),
        (7, {"code": "合计：", "price": "1.00\t"}, [("A", "INVALID", total)]),
    ]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2026-06-01 10:20:30",
            "2026/6/1 10:20:30",
            "2026年6月1日 10时20分30秒",
            "2026-06-01T10:20:30+08:00",
        ),
        *("２０２６－０６－０１　１０：２０：３０", " 2026.06.01  10:20:30.123 "),
    ],
)
def test_a_moment_is_read_as_people_and_programs_write_it(text):
    at = kinds.moment(Cell(1, Kind.TEXT, text))
    assert at.isoformat() == "2026-06-01T10:20:30+08:00"


def test_a_moment_without_seconds_is_taken_and_a_day_alone_or_another_zone_refused():
    assert kinds.moment(Cell(1, Kind.TEXT, "2026-06-01 10:20")).isoformat() == "2026-06-01T10:20:00+08:00"
    assert (
        kinds.moment(Cell(1, Kind.DAY, datetime(2026, 6, 1, 10))).isoformat() == "2026-06-01T10:00:00+08:00"
    )
    for text in ("2026-06-01", "2026-06-01 25:00", "2026-06-01T10:20:30Z", "1/6/2026 10:00", "45000.5"):
        with pytest.raises(Invalid):
            kinds.moment(Cell(1, Kind.TEXT, text))


def test_what_was_made_harmless_comes_back_from_a_workbook_as_from_a_csv():
    assert values(a_sheet(["编号", "名称"], ["A1", "'=1+1"]), "name") == [(2, "=1+1")]
    assert values(a_csv("编号,名称\nA1,'=1+1\n"), "name") == [(2, "=1+1")]
