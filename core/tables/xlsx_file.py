"""XLSX by openpyxl, row by row in bounded space: no declared range is believed, no formula computed, nothing nested
opened. What openpyxl does not promise (the parser of one cell) is touched here alone."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from typing import Any, BinaryIO

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import WorkSheetParser

from core.language import say
from core.tables.bounds import LAST_COLUMN, LAST_ROW, Bounds
from core.tables.cell import Cell, Kind
from core.tables.source import Sheet, Unreadable

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEETS, _STRINGS = "xl/worksheets/", "xl/sharedStrings.xml"


def sheets(file: BinaryIO, bounds: Bounds) -> Iterator[Sheet]:
    """Each visible sheet with its rows. Raises Unreadable, while rows are taken too."""
    with _readable():
        _weigh(file, bounds)
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            yield sheet.title, _rows(book, sheet)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    # A file that is broken or made to hurt fails in the parser's depths in any way there is (KeyError, EOFError,
    # zlib.error, ParseError, …): whatever it is, the file is to blame and its sender is told so.
    except Exception as broken:
        raise Unreadable(field="file") from broken


def _weigh(file: BinaryIO, bounds: Bounds) -> None:
    """Refuse what would unzip to more than its bounds; zipfile reads no more of a part than the part says it has."""
    with zipfile.ZipFile(file) as parts:
        sizes = {part.filename: part.file_size for part in parts.infolist()}
    in_sheets = sum(size for name, size in sizes.items() if name.startswith(_SHEETS))
    others = sum(size for name, size in sizes.items() if name.endswith((".xml", ".rels"))) - in_sheets
    if len(sizes) > bounds.parts or in_sheets > bounds.sheet_bytes or others > bounds.part_bytes:
        raise Unreadable(
            say(
                "表格解压后太大，请只保留要导入的数据再上传。",
                "The spreadsheet is too large once unzipped. Keep only what is to be imported.",
            ),
            field="file",
        )


def _rows(book: Any, sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    with _readable(), sheet._get_source() as source:
        parser = WorkSheetParser(
            None,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        before = 0
        for row in _row_elements(source):
            before = number = int(row.get("r", before + 1))
            parser.row_counter, parser.col_counter = number, 0
            # A cell that has a style and nothing in it is not asked about: columns are formatted to the last row.
            found = [parser.parse_cell(element) for element in row if len(element)]
            cells = [cell for each in found if (cell := _cell(book, each))]
            if cells and (number > LAST_ROW or cells[-1].column > LAST_COLUMN):
                raise Unreadable(field="file")
            if cells:
                yield number, cells


def _row_elements(source: BinaryIO) -> Iterator[Any]:
    """Each row's element, forgotten when the next is asked for; what stands behind the rows is not read."""
    data = None
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if element.tag == f"{_MAIN}sheetData":
                data = element
        elif element.tag == f"{_MAIN}row" and data is not None:
            yield element
            data.clear()
        elif element.tag == f"{_MAIN}sheetData":
            return
        elif data is None:
            element.clear()


_KINDS = {"n": Kind.NUMBER, "d": Kind.DAY, "b": Kind.TRUTH, "f": Kind.FORMULA, "e": Kind.ERROR}


def _cell(book: Any, found: dict[str, Any]) -> Cell | None:
    value, kind = found["value"], _KINDS.get(found["data_type"], Kind.TEXT)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if kind is Kind.FORMULA:
        return Cell(found["column"], kind, "=")
    if kind is Kind.TEXT:
        return Cell(found["column"], kind, str(value))
    if isinstance(value, (date, time, timedelta)):
        kind = Kind.DAY
    style = book._cell_styles[found["style_id"]]
    return Cell(found["column"], kind, value, _format(book, style.numFmtId))


def _format(book: Any, number: int) -> str:
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return BUILTIN_FORMATS.get(number, "General")
    return book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]
