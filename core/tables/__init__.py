"""The one reader of tables that people send in: CSV and XLSX, row by row, with each fault named by row and column.

    goods = Table(Column("code", Words("编号", "Code"), kinds.code()), Column("price", …, kinds.scaled(2, numbers.MONEY)))
    reading = goods.read(upload)
    for row in reading: ...          # those without a fault; row.number is the one that a spreadsheet shows
    if reading.faults: ...           # what is wrong with the others

Whoever imports decides what a fault means for the whole; nothing is written here.
"""

from core.tables.bounds import BOUNDS, Bounds
from core.tables.source import Unreadable
from core.tables.table import Column, Fault, Preview, Reading, Refused, Row, Table

__all__ = [
    "BOUNDS",
    "Bounds",
    "Column",
    "Fault",
    "Preview",
    "Reading",
    "Refused",
    "Row",
    "Table",
    "Unreadable",
]
