"""Files to take along: sheets that a spreadsheet opens and never runs, and what is kept out of every cache."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from core.clock import SHANGHAI
from core.language import say

# What a spreadsheet takes for a formula, in ASCII and as Chinese keyboards write it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def plain(cell: Any) -> str:
    """A cell that a spreadsheet shows and never runs.

    >>> plain("=1+1"), plain("2.5 kg"), plain(None)
    ("'=1+1", '2.5 kg', '')
    """
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


# In each row, so that it is there whatever a spreadsheet cuts or sorts: what is called off later is not in it.
MADE_AT = say("制表时间", "List made at")


def sheet(name: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """A CSV file that Excel opens with its Chinese intact; when it was made stands in its name and in each row."""
    made = f"{timezone.now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([plain(head) for head in (*heads, MADE_AT)])
    writer.writerows([plain(cell) for cell in (*row, made)] for row in rows)
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    return to_keep(response, f"{name}-{''.join(c for c in made if c.isdigit())}.csv")


def to_keep(response: HttpResponse, name: str) -> HttpResponse:
    """A file of this name for her alone, which no cache holds."""
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
