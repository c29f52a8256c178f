"""The text of a function that makes the rows of a statement: a call a row is longer than its making."""

from collections.abc import Callable, Iterable
from typing import Any

from core.internals import POINTED_AT, Columns, Compiled, ModelState, is_made_plainly


def rows_of(compiled: Compiled) -> Callable[[Iterable[Any], str], list[Any]]:
    """What makes the models' rows of what a compiled statement found, told the database's alias."""
    make = _Maker(compiled.columns, compiled.annotations).function()
    if (convert := compiled.convert) is None:
        return make
    return lambda found, alias: make(convert(found), alias)


class _Maker:
    """What many rows point at is made once. No name but of our models' own columns gets into the text."""

    def __init__(self, columns: Columns, annotations: list[tuple[str, int]]):
        self.known: dict[str, Any] = {"State": ModelState, "new": object.__new__}
        self.begin: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self._row(columns, " " * 8, dict(annotations))

    def function(self) -> Callable[[Iterable[Any], str], list[Any]]:
        """The function itself, of what was found and the database's alias."""
        text = ["def made(found, alias):", *self.begin, "    rows = []", "    for it in found:", *self.lines]
        exec("\n".join([*text, "        rows.append(row0)", "    return rows"]), self.known)
        made: Callable[[Iterable[Any], str], list[Any]] = self.known["made"]
        return made

    def _row(self, columns: Columns, space: str, more: dict[str, int]) -> int:
        """The lines that make one row and those that it points at; its number."""
        number = self.count
        self.count += 1
        below = []
        for ours, theirs, its in columns.below:
            other = self.count
            self.begin.append(f"    once{other} = {{None: None}}")
            self.lines += [
                f"{space}key = it[{its.key}]",
                f"{space}if key in once{other}: row{other} = once{other}[key]",
                f"{space}else:",
            ]
            self._row(its, space + "    ", {})
            self.lines.append(f"{space}    once{other}[it[{its.key}]] = row{other}")
            below.append((ours, theirs, other))
        self._make(columns, number, space, columns.names | more)
        if below:
            pairs = ", ".join(f"{ours!r}: row{other}" for ours, _, other in below)
            self.lines.append(f"{space}row{number}.{POINTED_AT} = {{{pairs}}}")
        for _, theirs, other in below:
            if theirs:
                self.lines.append(
                    f"{space}if row{other} is not None: row{other}.{POINTED_AT}[{theirs!r}] = row{number}"
                )
        return number

    def _make(self, columns: Columns, number: int, space: str, values: dict[str, int]) -> None:
        row, model = f"row{number}", f"Model{number}"
        self.known[model] = columns.model
        cells = ", ".join(f"{name!r}: it[{at}]" for name, at in values.items())
        if is_made_plainly(columns.model):
            self.lines += [
                f"{space}state = new(State); state.adding = False; state.db = alias",
                f"{space}{row} = new({model}); {row}.__dict__ = {{{cells}, '_state': state}}",
            ]
        else:
            names = ", ".join(f"it[{at}]" for at in columns.names.values())
            self.lines += [
                f"{space}{row} = {model}.from_db(alias, {list(columns.names)!r}, [{names}])",
                f"{space}{row}.__dict__.update({{{cells}}})",
            ]
