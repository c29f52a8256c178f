"""A table of goods, and files as people send them."""

import io
import zipfile

from openpyxl import Workbook

from core import numbers
from core.choices import Choices
from core.language import Words, use
from core.tables import Column, Table, kinds


class Storage(Choices):
    AMBIENT = "ambient", Words("常温", "Ambient")
    CHILLED = "chilled", Words("冷藏", "Chilled")


GOODS = Table(
    (
        Column("code", Words("编号", "Code"), kinds.code(), others=("货号",)),
        Column("name", Words("名称", "Name"), kinds.text(20), needed=False),
        Column("price", Words("价格（元）", "Price (yuan)"), kinds.scaled(2, numbers.MONEY), needed=False),
        Column("pieces", Words("件数", "Pieces"), kinds.whole(1, 10_000), needed=False),
        Column("since", Words("日期", "Date"), kinds.day, needed=False),
        Column("storage", Words("储存", "Storage"), kinds.choice(Storage), needed=False),
    ),
    key=("code",),
)


def a_csv(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


def a_sheet(*rows: list, formats: dict[str, str] | None = None, book: Workbook | None = None) -> io.BytesIO:
    book = book or Workbook()
    for row in rows:
        book.active.append(row)
    for place, shown in (formats or {}).items():
        book.active[place].number_format = shown
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    file = io.BytesIO()
    book.save(file)
    return file


def patched(
    file: io.BytesIO, *changes: tuple[str, str], part: str = "xl/worksheets/sheet1.xml"
) -> io.BytesIO:
    """The same workbook with one part's text changed, as another program may have written it."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                for before, after in changes:
                    assert before.encode() in text, (before, text[:400])
                    text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
    return made


def values(file: io.BytesIO, *names: str) -> list[tuple]:
    reading = GOODS.read(file)
    rows = [(row.number, *(row[name] for name in names)) for row in reading]
    assert not reading.faults, [str(fault) for fault in reading.faults]
    return rows


def faults(file: io.BytesIO) -> list[str]:
    reading = GOODS.read(file)
    list(reading)
    with use("en"):
        return [str(fault) for fault in reading.faults]
