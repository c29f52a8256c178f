"""A table that claims more than it holds, or is made to hurt: read in its bounds, or refused with a sentence."""

import io
import time
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from core.tables import Bounds, Table, Unreadable
from tests.core.tables import GOODS, a_csv, a_sheet, faults, patched, saved, values


@pytest.mark.parametrize("declared", ["A1:XFD1048576", "A1:B2"])
def test_a_declared_range_is_not_believed(declared):
    rows = 3 if declared == "A1:XFD1048576" else 300
    file = a_sheet(["Code"], *([f"A{n}"] for n in range(rows)))
    file = patched(file, (f'<dimension ref="A1:A{rows + 1}"', f'<dimension ref="{declared}"'))
    begun = time.process_time()
    assert len(values(file, "code")) == rows
    assert time.process_time() - begun < 2


def test_rows_that_are_left_out_of_the_file_do_not_move_those_behind_them():
    book = Workbook()
    book.active["A2"], book.active["B2"] = "Code", "Pieces"
    book.active["A5"], book.active["B5"] = "A1", "x"
    assert faults(saved(book)) == ["Row 5, column B “Pieces”: A whole number is needed here."]


def test_a_column_formatted_far_down_is_no_row_and_takes_no_space():
    file = a_sheet(["Code"], *([f"A{n}"] for n in range(200)))
    empty = "".join(
        f'<row r="{n}" ht="15" customHeight="1"><c r="A{n}" s="0"/></row>' for n in range(202, 20_000)
    )
    file = patched(file, ("</sheetData>", empty + "</sheetData>"))
    tracemalloc.start()
    try:
        assert len(values(file, "code")) == 200
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # A list of its rows would have some 8 MB.
    assert peak < 3 * 2**20


def test_rows_beyond_a_sheets_end_and_more_rows_than_the_bound_are_refused_with_a_sentence():
    far = patched(a_sheet(["Code"], ["A1"]), ('r="2"', 'r="99999999"'), ('r="A2"', 'r="A99999999"'))
    with pytest.raises(Unreadable):
        list(GOODS.read(far))
    few = Table(GOODS.columns, bounds=Bounds(rows=100))
    text = "Code\n" + "".join(f"A{n}\n" for n in range(101))
    with pytest.raises(Unreadable, match="100"):
        list(few.read(a_csv(text)))
    assert len(list(few.read(a_csv(text.removesuffix("A100\n"))))) == 100


def a_zip(**parts: bytes) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return made


def grown(part: str, size: int) -> io.BytesIO:
    """A workbook one of whose parts unzips to that many bytes of nothing."""
    made = a_sheet(["Code"], ["A1"])
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as file,
        file.open(part, "w", force_zip64=True) as out,
    ):
        for _ in range(size // 2**20):
            out.write(b" " * 2**20)
    return made


@pytest.mark.parametrize(
    "file",
    [
        lambda: grown("xl/worksheets/sheet9.xml", 257 * 2**20),
        lambda: grown("xl/strings.bin", 33 * 2**20),
        lambda: patched(a_sheet(["Code"], ["A1"]), ("</row>", "<c/>" * 140_000 + "</row>")),
        lambda: patched(
            a_sheet(["Code"], ["A1"]), ("<sheetData>", "<cols>" + "<col/>" * 100_000 + "</cols><sheetData>")
        ),
        lambda: patched(
            a_sheet(["Code"], ["A1"]), ("</fonts>", "<font/>" * 100_000 + "</fonts>"), part="xl/styles.xml"
        ),
        lambda: patched(a_sheet(["Code"], ["A1"]), ("</sheetData>", '<row r="1048577"/></sheetData>')),
        lambda: a_csv("Code" + ",Name" * 100 + "\n"),
        lambda: a_zip(inner=a_zip(inner=b"x").getvalue()),
        lambda: io.BytesIO(b"PK\x03\x04 and nothing"),
        lambda: io.BytesIO(b"\xd0\xcf\x11\xe0" + bytes(600)),
        lambda: io.BytesIO(b"Code\n\x00\x01\x02"),
        lambda: io.BytesIO(b"Code\n\xff\xff\xff"),
        lambda: io.BytesIO(b'Code\n"A1\nA2\n'),
        lambda: io.BytesIO(b"x" * (9 * 2**20)),
        lambda: patched(
            a_sheet(["Code"], ["A1"]),
            ("<worksheet", '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'),
        ),
        lambda: patched(a_sheet(["Code"], ["A1"]), ("</sheetData>", "<broken")),
    ],
)
def test_a_file_that_is_broken_or_made_to_hurt_is_refused_at_once_with_a_sentence(file):
    sent = file()
    begun = time.process_time()
    with pytest.raises(Unreadable) as no:
        list(GOODS.read(sent))
    assert time.process_time() - begun < 1
    assert no.value.field == ("file",) and str(no.value)
