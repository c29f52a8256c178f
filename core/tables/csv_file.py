"""CSV as spreadsheets write it: UTF-8, UTF-16 with its mark, GB18030; with commas, semicolons or tabs."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import BinaryIO

from core.language import say
from core.tables.bounds import LAST_ROW, Bounds
from core.tables.cell import Cell, Kind
from core.tables.source import Sheet, Unreadable

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
# How a sheet that keeps leading zeros writes a text: `="00123"`.
_TEXT_AS_FORMULA = re.compile(r'="([^"=]*)"')
# A cell that some sheet has made harmless, ours included: `'=1+1` was `=1+1`.
_QUOTED = re.compile("'([=+\\-@\uff1d\uff0b\uff0d\uff20].*)", re.S)


def sheets(file: BinaryIO, bounds: Bounds) -> Iterator[Sheet]:
    """The one sheet of the file. Raises Unreadable."""
    yield "", _rows(_text(file.read()), bounds)


def _text(data: bytes) -> str:
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    # GB18030 reads nearly anything: it comes last.
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise Unreadable(field="file")


def _rows(text: str, bounds: Bounds) -> Iterator[tuple[int, list[Cell]]]:
    rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
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
    if number > LAST_ROW:
        raise Unreadable(field="file")


def _delimiter(text: str) -> str:
    """That of which the first lines have most; a comma where none has any."""
    head = text[:4_000]
    return max(",\t;", key=head.count)


def _cell(column: int, value: str) -> Cell:
    if kept := _TEXT_AS_FORMULA.fullmatch(value.strip()):
        return Cell(column, Kind.TEXT, kept[1])
    if quoted := _QUOTED.fullmatch(value):
        return Cell(column, Kind.TEXT, quoted[1])
    return Cell(column, Kind.FORMULA if value.lstrip().startswith(("=", "\uff1d")) else Kind.TEXT, value)
