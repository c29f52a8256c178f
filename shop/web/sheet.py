"""Files to take along: sheets that a spreadsheet opens and never runs, and what is kept out of every cache."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from accounts.shop import band, this_shop
from core.clock import SHANGHAI
from core.tables.marks import MADE_AT, MONEY

# What a spreadsheet takes for a formula, in ASCII and as Chinese keyboards write it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def plain(cell: Any) -> str:
    """A cell that a spreadsheet shows and never runs.

    >>> plain("=1+1"), plain("2.5 kg"), plain(None)
    ("'=1+1", '2.5 kg', '')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def sheet(name: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]], form: str = "csv") -> HttpResponse:
    """A file that a spreadsheet opens with its Chinese intact, `csv` or `xlsx`; when it was made stands in its name and
    in each row. Whole numbers and decimals are numbers there, all else is text that is never run."""
    made = f"{timezone.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    marks = {MADE_AT: made, **({MONEY: mark} if (mark := band()) else {})}
    table = [[*heads, *marks], *([*row, *marks.values()] for row in rows)]
    response = _xlsx(table) if form == "xlsx" else _csv(table)
    return to_keep(response, f"{name}-{''.join(c for c in made if c.isdigit())}.{form}")


def _csv(table: Iterable[Iterable[Any]]) -> HttpResponse:
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_bare(cell) for cell in row] for row in table)
    return HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _bare(value: Any) -> str:
    """A number below zero is no formula."""
    return str(value) if _is_number(value) else plain(value)


def _xlsx(table: Iterable[Iterable[Any]]) -> HttpResponse:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in table:
        page.append([_cell(page, value) for value in row])
    written = BytesIO()
    book.save(written)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(written.getvalue(), content_type=kind)


def _cell(page: Any, value: Any) -> WriteOnlyCell:
    if _is_number(value):
        return WriteOnlyCell(page, value)
    # What XML cannot hold is nothing to look at.
    cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", plain(value)))
    # Whatever it begins with: the library would take some texts for formulas or errors.
    cell.data_type = "s"
    return cell


def to_keep(response: HttpResponse, name: str) -> HttpResponse:
    """A file of this name for her alone, which no cache holds; where no real money moves its name says so."""
    name = f"{this_shop().mode}-{name}" if band() else name
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def pdf_to_keep(body: bytes, name: str) -> HttpResponse:
    """A PDF for her alone, which no browser takes for anything else: somebody may have uploaded it."""
    response = HttpResponse(body, content_type="application/pdf")
    response["X-Content-Type-Options"] = "nosniff"
    return to_keep(response, name)
