"""A table as an import knows it: its columns by the titles that people write over them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from core import texts
from core.language import Words, say
from core.refusals import Invalid, Refusal
from core.tables import source
from core.tables.bounds import BOUNDS, Bounds
from core.tables.cell import Cell, Kind, letters
from core.tables.kinds import Convert

# A title may stand below a heading, a note and a date; further down nobody looks for it.
_TITLE_WITHIN = 20
MERGED = Words(
    "这一格和上面的合并了；请取消合并，每行都填。",
    "This cell is merged with the one above it: take that apart and fill in each row.",
)
A_TOTAL = Words("这是合计行，不是数据。", "This row is a printed total, and no data.")
# What is printed over a total, alone in its cell.
_TOTAL = re.compile(
    r"(?:本页|本月|本日|全部)?(?:合计|总计|小计|共计|累计|汇总)|(?:grand|sub)?total(?:s)?|sum", re.I
)
NEEDED = Words("这一格不能空着。", "This cannot be empty.")


@dataclass(frozen=True)
class Column:
    """`name` is its key in a row and a title that is understood too; `title` stands over it, in both languages;
    `others` are titles that it has elsewhere. Left empty it is None, unless it is `needed`."""

    name: str
    title: Words
    convert: Convert
    needed: bool = True
    others: tuple[str, ...] = ()

    def titles(self) -> tuple[str, ...]:
        """What may stand over it."""
        return self.name, self.title.zh, self.title.en, *self.others


@dataclass(frozen=True)
class Row:
    """`number` as a spreadsheet shows it; `values` by the columns' names; `cells` as they stood in the file."""

    number: int
    values: dict[str, Any]
    cells: Mapping[str, Cell] = field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: row and column as a spreadsheet names them (None, "": the file as a whole)."""

    row: int | None
    column: str
    title: Words | str
    code: str
    words: Words | str

    def __str__(self) -> str:
        if self.row is None:
            return str(self.words)
        where = say("第 {row} 行", "Row {row}", row=self.row)
        if not self.column:
            return f"{where}{Words('：', ': ')}{self.words}"
        which = say(
            " {column} 列“{title}”", ", column {column} “{title}”", column=self.column, title=self.title
        )
        return f"{where}{which}{Words('：', ': ')}{self.words}"


@dataclass(frozen=True)
class Refused:
    """A row that cannot be taken: its cells as texts, by the columns' names, and all that is wrong with it."""

    number: int
    cells: dict[str, str]
    faults: list[Fault]


@dataclass(frozen=True)
class Preview:
    """The first rows without a fault, how many rows there are in all, and the faults of the whole file."""

    rows: list[Row]
    total: int
    faults: list[Fault]
    faults_total: int


@dataclass(frozen=True)
class Table:
    """The columns of one kind of file. `key` names the columns that tell two rows apart. Of what another program has
    written, `is_foreign`, other columns are passed over, and a printed total is a fault and no row."""

    columns: Sequence[Column]
    key: tuple[str, ...] = ()
    bounds: Bounds = BOUNDS
    is_foreign: bool = False

    def read(self, file: BinaryIO) -> "Reading":
        """The rows of the file, to be taken once. Raises Unreadable, while rows are taken too."""
        return Reading(self, file)

    def key_of(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """By what a row with these values is told from others."""
        return tuple(values[name] for name in self.key)

    def preview(self, file: BinaryIO, first: int = 10) -> Preview:
        """What an import would find, without doing anything. Raises Unreadable."""
        reading = self.read(file)
        rows: list[Row] = []
        for row in reading:
            if len(rows) < first:
                rows.append(row)
        return Preview(rows, reading.total, reading.faults, reading.faults_total)


@dataclass
class Reading:
    """One reading of one file: rows without a fault come out, `faults` say what is wrong with the others (the first
    `bounds.faults` of `faults_total`); `total` counts all rows that hold something."""

    table: Table
    file: BinaryIO
    faults: list[Fault] = field(default_factory=list)
    faults_total: int = 0
    total: int = 0
    # What tells apart rows that have a fault: whoever points at one of them has none for that reason.
    faulty_keys: set[tuple[Any, ...]] = field(default_factory=set)
    _seen: dict[tuple[Any, ...], int] = field(default_factory=dict)
    _positions: dict[str, int] = field(default_factory=dict)
    _head: int = 0
    # Columns whose title was a fault already: their cells are not told of again.
    _passed_over: set[int] = field(default_factory=set)
    _of_row: list[Fault] = field(default_factory=list)

    def __iter__(self) -> Iterator[Row]:
        return (row for row in self.rows() if isinstance(row, Row))

    def rows(self) -> Iterator[Row | Refused]:
        """Every row in its order, to be taken once; those that cannot be taken with all that is wrong with each. One of
        which a cell turns out to be merged with another is refused at the end, though it came as a row before."""
        placed = self._sheet()
        if placed is None:
            return
        heads, rows = placed
        self._positions = {column.name: position for position, column in heads.items()}
        for number, cells in rows:
            if cells[0].kind is Kind.MERGED:
                self._of_row = []
                self._refuse_merged(number, cells, heads)
                if self._of_row:
                    yield Refused(number, {}, self._of_row)
                continue
            self.total += 1
            if self.total > self.table.bounds.rows:
                raise source.Unreadable(
                    say("最多 {n} 行。", "At most {n} rows.", n=self.table.bounds.rows), field="file"
                )
            yield self._row(number, cells, heads)

    def rows_about(self) -> int:
        """How many rows the file seems to have, before it is read. Raises Unreadable."""
        return source.rows_about(self.file, self.table.bounds)

    def refuse(self, row: Row, no: Refusal) -> Refused:
        """A row that could be read is refused all the same: its faults stand at the columns that the refusal and
        those beside it name, or at the row."""
        self._of_row = []
        self.faulty_keys.add(self.table.key_of(row.values))
        titles = {column.name: column.title for column in self.table.columns}
        for one in (no, *no.beside):
            name = next((part for part in reversed(one.field) if part in self._positions), "")
            self._fault(row.number, self._positions.get(name), one, title=titles.get(name, ""))
        return Refused(row.number, {name: str(cell.value) for name, cell in row.cells.items()}, self._of_row)

    def _refuse_merged(self, number: int, cells: list[Cell], heads: dict[int, Column]) -> None:
        # Only the first of them holds what all of them show: left empty, the others would say something else.
        for cell in cells if number > self._head else ():
            if column := heads.get(cell.column):
                self._fault(number, cell.column, Invalid(MERGED), title=column.title)

    def _sheet(self) -> tuple[dict[int, Column], Iterator[tuple[int, list[Cell]]]] | None:
        """The one sheet that has the titles. Two of them are refused: nobody could say which is meant."""
        found, nearest = [], None
        for name, rows in source.sheets(self.file, self.table.bounds):
            heads, lacking = self._heads(rows)
            if heads and not lacking:
                found.append((name, heads, rows))
            elif nearest is None or len(lacking) < len(nearest):
                nearest = lacking
        if len(found) == 1:
            return found[0][1], found[0][2]
        if found:
            names = "、".join(name for name, _, _ in found)
            self._fault(
                None,
                None,
                Invalid(
                    say(
                        "有几张工作表都像要导入的：{names}。请只留一张。",
                        "Several sheets look like the one to import: {names}. Keep one of them.",
                        names=names,
                    )
                ),
            )
            return None
        for column in nearest or self._needed() or self.table.columns:
            self._fault(
                None,
                None,
                Invalid(say("缺少“{title}”这一列。", "The column “{title}” is missing.", title=column.title)),
            )
        return None

    def _needed(self) -> list[Column]:
        return [column for column in self.table.columns if column.needed]

    def _heads(self, rows: Iterator[tuple[int, list[Cell]]]) -> tuple[dict[int, Column], list[Column]]:
        """Which column of the file is which of ours, from the first row that has all that are needed; what the row
        nearest to it lacks."""
        lacking = self._needed()
        for number, cells in rows:
            heads, unknown, twice = self._match(cells)
            missing = [column for column in self._needed() if column not in heads.values()]
            if heads and not missing:
                if len(cells) > self.table.bounds.columns:
                    words = say("最多 {n} 列。", "At most {n} columns.", n=self.table.bounds.columns)
                    raise source.Unreadable(words, field="file")
                strange = [] if self.table.is_foreign else [(cell, _UNKNOWN) for cell in unknown]
                for cell, words in [*strange, *((c, _TWICE) for c in twice)]:
                    self._fault(number, cell.column, Invalid(words), title=str(cell.value))
                    self._passed_over.add(cell.column)
                self._head = number
                return heads, []
            if len(missing) < len(lacking):
                lacking = missing
            if number >= _TITLE_WITHIN:
                break
        return {}, lacking

    def _match(self, cells: list[Cell]) -> tuple[dict[int, Column], list[Cell], list[Cell]]:
        titled = {_plain(title): column for column in self.table.columns for title in column.titles()}
        heads: dict[int, Column] = {}
        unknown, twice = [], []
        for cell in cells:
            column = titled.get(_plain(str(cell.value)))
            if column is None:
                unknown.append(cell)
            elif column in heads.values():
                twice.append(cell)
            else:
                heads[cell.column] = column
        return heads, unknown, twice

    def _row(self, number: int, cells: list[Cell], heads: dict[int, Column]) -> Row | Refused:
        self._of_row = []
        held = {cell.column: cell for cell in cells}
        if not self.table.is_foreign:
            for position in sorted(held.keys() - heads.keys() - self._passed_over):
                self._fault(number, position, Invalid(_UNTITLED))
        elif total := next((cell for cell in cells if _is_total(cell)), None):
            self._fault(number, total.column, Invalid(A_TOTAL))
            return self._refused(number, held, heads)
        values = {column.name: None for column in self.table.columns}
        for position, column in heads.items():
            values[column.name] = self._value(number, position, column, held.get(position))
        if not self._of_row and self.table.key:
            self._tell_apart(number, values)
        if not self._of_row:
            named = {heads[position].name: cell for position, cell in held.items() if position in heads}
            return Row(number, values, named)
        self.faulty_keys.add(self.table.key_of(values))
        return self._refused(number, held, heads)

    def _refused(self, number: int, held: Mapping[int, Cell], heads: dict[int, Column]) -> Refused:
        texts_ = {column.name: str(held[at].value) for at, column in heads.items() if at in held}
        return Refused(number, texts_, self._of_row)

    def _value(self, number: int, position: int, column: Column, cell: Cell | None) -> Any:
        try:
            if cell is None:
                if column.needed:
                    raise Invalid(NEEDED)
                return None
            if isinstance(cell.value, str) and len(cell.value) > self.table.bounds.characters:
                raise Invalid(
                    say("最多 {n} 个字。", "At most {n} characters.", n=self.table.bounds.characters)
                )
            value = column.convert(cell)
            if value == "" and column.needed:
                raise Invalid(NEEDED)
            return value
        except Refusal as no:
            self._fault(number, position, no, title=column.title)
            return None

    def _tell_apart(self, number: int, values: dict[str, Any]) -> None:
        key = self.table.key_of(values)
        first = self._seen.setdefault(key, number)
        if first != number:
            self._fault(
                number, None, Invalid(say("与第 {first} 行重复。", "The same as row {first}.", first=first))
            )

    def _fault(self, row: int | None, position: int | None, no: Refusal, *, title: Words | str = "") -> None:
        self.faults_total += 1
        fault = Fault(row, letters(position) if position else "", title, no.code, no.words)
        self._of_row.append(fault)
        if len(self.faults) < self.table.bounds.faults:
            self.faults.append(fault)


_UNKNOWN = Words("不认识这一列。", "This column is not known.")
_TWICE = Words("这一列出现了两次。", "This column stands here twice.")
_UNTITLED = Words("这一格上面没有列名。", "This cell stands in a column without a title.")


def _plain(title: str) -> str:
    """A title without what people add around it: width, case, spaces, a star for "needed"."""
    return texts.code(title).strip("*:").casefold()


def _is_total(cell: Cell) -> bool:
    return isinstance(cell.value, str) and bool(_TOTAL.fullmatch(texts.code(cell.value).rstrip(":")))
