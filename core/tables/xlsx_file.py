"""XLSX by openpyxl, row by row in bounded space: no declared range is believed, no formula computed, nothing nested
opened. What openpyxl does not promise (the steps of its reader, the parser of one cell) is touched here alone."""

import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from itertools import islice
from typing import Any, BinaryIO

from defusedxml.ElementTree import iterparse
from openpyxl.packaging.relationship import get_rels_path
from openpyxl.reader.excel import ExcelReader, _find_workbook_part
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import ARC_CONTENT_TYPES, ARC_STYLE, SHARED_STRINGS

from core.language import Words
from core.tables.bounds import LAST_COLUMN, LAST_ROW, Bounds
from core.tables.cell import Cell, Kind, unquoted
from core.tables.source import Sheet, Unreadable

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEETS = "xl/worksheets/"
# What a sheet has behind its merged cells, of any size.
_BEHIND = {
    f"{_MAIN}{name}"
    for name in (
        *(
            "phoneticPr",
            "conditionalFormatting",
            "dataValidations",
            "hyperlinks",
            "printOptions",
            "pageMargins",
        ),
        *(
            "pageSetup",
            "headerFooter",
            "rowBreaks",
            "colBreaks",
            "drawing",
            "legacyDrawing",
            "tableParts",
            "extLst",
        ),
    )
}
_PIECES = {f"{_MAIN}t", f"{_MAIN}r"}
# Formats that a Chinese spreadsheet has by their number alone, all of days and hours: `2026年9月1日` is 31, `9月10日` 58.
_CHINESE_DATES = {*range(27, 37), *range(50, 59)}
TOO_LARGE = Words(
    "表格解压后太大，请只保留要导入的数据再上传。",
    "The spreadsheet is too large once unzipped. Keep only what is to be imported.",
)


def sheets(file: BinaryIO, bounds: Bounds) -> Iterator[Sheet]:
    """Each visible sheet with its rows. Raises Unreadable, while rows are taken too."""
    with _readable():
        _weigh(file, bounds)
        file.seek(0)
        book = _Book(file, bounds)
    for name, part in book.visible:
        yield name, book.rows(part)


def rows_about(file: BinaryIO, bounds: Bounds) -> int:
    """How many rows its sheets seem to have. Raises Unreadable."""
    with _readable():
        _weigh(file, bounds)
        count, end = 0, b""
        with zipfile.ZipFile(file) as parts:
            for name in parts.namelist():
                with parts.open(name) as part:
                    while name.startswith(_SHEETS) and (block := part.read(2**20)):
                        count += (end + block).count(b"<row ")
                        end = block[-4:]  # shorter than the mark: it is found once
        return count


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
    if (
        len(sizes) > bounds.parts
        or in_sheets > bounds.sheet_bytes
        or sum(sizes.values()) - in_sheets > bounds.part_bytes
    ):
        raise Unreadable(TOO_LARGE, field="file")


class _Book:
    """What the cells of every sheet need of their workbook; `visible` has its sheets' names and parts."""

    def __init__(self, file: BinaryIO, bounds: Bounds):
        self._bounds, self._left = bounds, bounds.sheet_bytes
        reader = ExcelReader(file, read_only=True, keep_links=False)
        self._archive = reader.archive
        self._has_few_marks(ARC_CONTENT_TYPES)
        reader.read_manifest()
        part = _find_workbook_part(reader.package).PartName[1:]
        for name in (part, get_rels_path(part), ARC_STYLE):
            self._has_few_marks(name)
        reader.read_workbook()
        self._book = reader.wb
        apply_stylesheet(self._archive, self._book)
        styles = self._book._cell_styles
        self._dates = set(self._book._date_formats)
        self._dates |= {n for n, style in enumerate(styles) if style.numFmtId in _CHINESE_DATES}
        found = reader.package.find(SHARED_STRINGS)
        self._strings = [*self._read_strings(found.PartName[1:])] if found else []
        self.visible = [
            (sheet.name, at.target)
            for sheet, at in reader.parser.find_sheets()
            if sheet.state == "visible" and "chartsheet" not in at.Type and at.target in reader.valid_files
        ]

    def _has_few_marks(self, name: str) -> None:
        # Each mark becomes an object of some hundred bytes, and these parts are held whole.
        if name in self._archive.namelist() and self._archive.read(name).count(b"<") > self._bounds.marks:
            raise Unreadable(TOO_LARGE, field="file")

    def _read_strings(self, name: str) -> Iterator[str]:
        with self._paced(name) as source:
            for count, element in enumerate(_elements(source, f"{_MAIN}sst", f"{_MAIN}si")):
                if count == self._bounds.strings:
                    raise Unreadable(TOO_LARGE, field="file")
                source.goes_on()
                yield _text_of(element)

    def _paced(self, name: str) -> "_Paced":
        return _Paced(self, self._archive.open(name))

    def spend(self, count: int) -> None:
        """Of all that is read of its sheets, however often a workbook names one of them."""
        self._left -= count
        if self._left < 0:
            raise Unreadable(TOO_LARGE, field="file")

    def rows(self, part: str) -> Iterator[tuple[int, list[Cell]]]:
        """The rows of one sheet that hold something; at the end, once more, those of which a cell is merged with one
        above it."""
        with _readable(), self._paced(part) as source:
            parser = WorkSheetParser(
                None,
                self._strings,
                epoch=self._book.epoch,
                date_formats=self._dates,
                timedelta_formats=self._book._timedelta_formats,
            )
            number, filled = 0, set[int]()
            for row in _elements(source, f"{_MAIN}sheetData", f"{_MAIN}row", f"{_MAIN}mergeCell"):
                source.goes_on()
                if row.tag == f"{_MAIN}mergeCell":
                    yield from islice(_merged(row.get("ref"), filled), self._bounds.faults)
                    continue
                number = int(row.get("r", number + 1))
                parser.row_counter, parser.col_counter = number, 0
                # A cell that has a style and nothing in it is not asked about: columns are formatted to the last row.
                found = [parser.parse_cell(element) for element in row if len(element)]
                cells = [cell for each in found if (cell := _cell(self._book, each))]
                if number > LAST_ROW or (cells and cells[-1].column > LAST_COLUMN):
                    raise Unreadable(field="file")
                if cells:
                    filled.add(number)
                    yield number, cells


def _merged(range: str, filled: Collection[int]) -> Iterator[tuple[int, list[Cell]]]:
    left, top, right, bottom = range_boundaries(range)
    columns = [Cell(column, Kind.MERGED, "") for column in _to(left, min(right, left + 100))]
    yield from ((row, columns) for row in _to(top + 1, bottom) if row in filled)


def _to(first: int, last: int) -> Iterable[int]:
    return range(first, last + 1)


def _text_of(element: Any) -> str:
    """One of the strings, of one piece or of several that look different; how it is pronounced is left out."""
    pieces = (
        part if part.tag == f"{_MAIN}t" else part.find(f"{_MAIN}t") for part in element if part.tag in _PIECES
    )
    text = "".join(piece.text or "" for piece in pieces if piece is not None)
    # A character that XML cannot hold stands there as `_x000D_`.
    return unescape(text) if "_x" in text else text


class _Paced:
    """A part as it is unzipped, refused where one row of it (one text of the strings) does not come to its end: all of
    that would be held at once."""

    def __init__(self, book: _Book, source: Any):
        self._book, self._source, self._since = book, source, 0

    def __enter__(self) -> "_Paced":
        return self

    def __exit__(self, *_: Any) -> None:
        self._source.close()

    def goes_on(self) -> None:
        self._since = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._source.read(size)
        self._since += len(data)
        self._book.spend(len(data))
        if self._since > self._book._bounds.row_bytes:
            raise Unreadable(TOO_LARGE, field="file")
        return data


def _elements(source: Any, parent: str, child: str, behind: str = "") -> Iterator[Any]:
    """Each child of the parent, forgotten when the next is asked for, and such elements behind it; what stands further
    behind is not read."""
    inside, is_over = None, False
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            if element.tag == parent:
                inside = element
            elif is_over and element.tag in _BEHIND:
                return
        elif element.tag == child and inside is not None:
            yield element
            inside.clear()
        elif element.tag == parent:
            inside, is_over = None, True
            if not behind:
                return
        elif element.tag == behind and is_over:
            yield element
        elif inside is None:
            element.clear()


_KINDS = {"n": Kind.NUMBER, "d": Kind.DAY, "b": Kind.TRUTH, "f": Kind.FORMULA, "e": Kind.ERROR}


def _cell(book: Any, found: dict[str, Any]) -> Cell | None:
    value, kind = found["value"], _KINDS.get(found["data_type"], Kind.TEXT)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if kind is Kind.FORMULA:
        return Cell(found["column"], kind, "=")
    if kind is Kind.TEXT:
        text = str(value)
        quoted = unquoted(text)
        return Cell(found["column"], kind, text if quoted is None else quoted)
    if isinstance(value, (date, time, timedelta)):
        kind = Kind.DAY
    style = book._cell_styles[found["style_id"]]
    return Cell(found["column"], kind, value, _format(book, style.numFmtId))


def _format(book: Any, number: int) -> str:
    if number < BUILTIN_FORMATS_MAX_SIZE:
        return BUILTIN_FORMATS.get(number, "General")
    return book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE]
