"""The rows of a file as it was sent, told apart by what is in it and not by its name."""

from collections.abc import Iterator
from typing import BinaryIO

from core.language import Words, say
from core.refusals import Invalid
from core.tables.bounds import Bounds
from core.tables.cell import Cell


class Unreadable(Invalid):
    """The file is no table that can be read, or is larger than its bounds."""

    code = "UNREADABLE_TABLE"
    words = Words(
        "无法读取这个文件，请另存为 .xlsx 或 CSV 后再上传。",
        "This file cannot be read. Save it as .xlsx or CSV.",
    )


ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Sheet = tuple[str, Iterator[tuple[int, list[Cell]]]]


def sheets(file: BinaryIO, bounds: Bounds) -> Iterator[Sheet]:
    """Each visible sheet: its name and its rows, a row as (number that a spreadsheet shows, its cells); rows without
    any content are left out. A CSV file is one sheet without a name.

    Raises Unreadable, while rows are taken too.
    """
    from core.tables import csv_file, xlsx_file

    file.seek(0, 2)
    if file.tell() > bounds.bytes:
        raise Unreadable(
            say("文件超过 {n} MB。", "The file is larger than {n} MB.", n=bounds.bytes // 2**20), field="file"
        )
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if head == ZIP:
        return xlsx_file.sheets(file, bounds)
    if head == OLE:
        raise Unreadable(
            say(
                "这是旧格式或有密码的表格，请去掉密码并另存为 .xlsx。",
                "This is a spreadsheet of the old kind, or one with a password. Save it as .xlsx without one.",
            ),
            field="file",
        )
    return csv_file.sheets(file, bounds)


def rows_about(file: BinaryIO, bounds: Bounds) -> int:
    """How many rows a file seems to have, for a bar that fills: counted by marks, without reading a cell."""
    from core.tables import xlsx_file

    file.seek(0)
    is_book = file.read(4) == ZIP
    file.seek(0)
    if is_book:
        return xlsx_file.rows_about(file, bounds)
    return sum(block.count(b"\n") for block in iter(lambda: file.read(2**20), b""))
