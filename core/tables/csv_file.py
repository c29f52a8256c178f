"""CSV as spreadsheets write it: UTF-8, UTF-16 with its mark, GB18030; with commas, semicolons or tabs."""

import codecs
import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from core.language import say
from core.tables.bounds import LAST_ROW, Bounds
from core.tables.cell import Cell, Kind, unquoted
from core.tables.source import Sheet, Unreadable

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# How a sheet that keeps leading zeros writes a text: `="00123"`.
_TEXT_AS_FORMULA = re.compile(r'="([^"=]*)"')

# What a spreadsheet writes into a CSV for a cell that holds no value, for a truth, for a column that is too narrow,
# and for a number of which it has kept fifteen digits.
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#*)")
_CUT = re.compile(r"[1-9][0-9]{14}0+")


def sheets(file: BinaryIO, bounds: Bounds) -> Iterator[Sheet]:
    """The one sheet of the file. Raises Unreadable."""
    yield "", _rows(file, _encoding(file), bounds)


def _encoding(file: BinaryIO) -> str:
    """How its text is written: known by trying, block by block, so that a large file is never held as a text."""
    head = file.read(3)
    marked = next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), None)
    # GB18030 reads nearly anything: it comes last.
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            blocks = iter(lambda: file.read(2**16), b"")
            has_nothing = any("\0" in decoder.decode(block) for block in blocks)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        if not has_nothing:
            return encoding
        break
    raise Unreadable(field="file")


def _rows(file: BinaryIO, encoding: str, bounds: Bounds) -> Iterator[tuple[int, list[Cell]]]:
    file.seek(0)
    text = TextIOWrapper(file, encoding, newline="")
    delimiter = _delimiter(text.read(4_000))
    text.seek(0)
    rows = csv.reader(text, delimiter=delimiter, strict=True)
    csv.field_size_limit(bounds.bytes)
    number = 0
    try:
        for number, row in enumerate(rows, 1):
            if cells := [_cell(column, value) for column, value in enumerate(row, 1) if value.strip()]:
                yield number, cells
    except csv.Error:
        raise Unreadable(
            say(
                "第 {row} 行之后引号不成对，无法读取。",
                "Quotes do not match after row {row}: it cannot be read.",
                row=number,
            ),
            field="file",
        ) from None
    finally:
        # The file is its giver's, who may have closed it: a wrapper that goes would close it.
        if not file.closed:
            text.detach()
    if number > LAST_ROW:
        raise Unreadable(field="file")


def _delimiter(text: str) -> str:
    """That which most of the first lines have, and have most of: a text may be full of the others; a comma where
    none has any."""
    lines = text.splitlines()[:20]
    return max(
        ",\t;",
        key=lambda mark: (sum(mark in line for line in lines), sum(line.count(mark) for line in lines)),
    )


def _cell(column: int, value: str) -> Cell:
    plain = value.strip()
    if kept := _TEXT_AS_FORMULA.fullmatch(plain):
        return Cell(column, Kind.TEXT, kept[1])
    if (quoted := unquoted(value)) is not None:
        return Cell(column, Kind.TEXT, quoted)
    if plain.startswith(("=", "\uff1d")):
        return Cell(column, Kind.FORMULA, value)
    if _ERROR.fullmatch(plain):
        return Cell(column, Kind.ERROR, value)
    if plain in ("TRUE", "FALSE"):
        return Cell(column, Kind.TRUTH, value)
    if _CUT.fullmatch(plain):
        return Cell(column, Kind.NUMBER, int(plain))
    return Cell(column, Kind.TEXT, value)
