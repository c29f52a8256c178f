"""What a column may hold: each kind makes a cell a value, or refuses it with a sentence about what the file has lost.

A spreadsheet spoils what looks like a number before it is sent: leading zeros go, digits after the fifteenth become
zeros, `9-10` becomes a date. What can still be told is taken; what may be wrong is asked about again.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from core import clock, numbers, texts
from core.choices import Choices, NumberedChoices
from core.language import Words, say
from core.refusals import Invalid
from core.tables.cell import Cell, Kind

Convert = Callable[[Cell], Any]

# A spreadsheet keeps fifteen digits of a number.
_KEPT_DIGITS = 15
_EXPONENT = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+")
# A telephone number that a program has taken for a figure: `17100000000.0`.
_DECIMAL = re.compile(r"[0-9]{6,}\.0+")
_COMMA = re.compile("[,，、;；]")
_ZEROS = re.compile("0+")
# A number that is shown as it is held: also `0_ ` and `0_);(0)`, which spreadsheets give to whole numbers.
_PLAIN = re.compile(r"(?:General|0|@)?(?:_.)?(?:;.*)?")
_DAY = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")

_MOMENT = re.compile(
    r"(?:([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日)"
    r"(?:T|\s+)([0-9]{1,2})[:时]([0-9]{2})(?:[:分]([0-9]{2})(?:\.[0-9]+)?)?[分秒]?(?:\s*(?:\+08:?00|CST))?"
)

END_IS_LOST = Words(
    "超过 15 位的数字被表格软件截断了，末尾已丢失；请把这一列设为文本后重新填写。",
    "A spreadsheet keeps 15 digits of a number, and the end of this one is lost. Format the column as text and type it again.",
)
NO_FORMULA = Words("请填写数值，不要用公式。", "Type the value, not a formula.")
IS_AN_ERROR = Words("这一格是表格软件的错误值。", "This cell holds an error of the spreadsheet.")
BECAME_A_DATE = Words(
    "这一格被表格软件变成了日期；请设为文本后重新填写。",
    "The spreadsheet has made a date of this. Format the cell as text and type it again.",
)
IS_A_TRUTH = Words(
    "这一格是 TRUE 或 FALSE，请填写实际内容。", "This cell is TRUE or FALSE. Type what is meant."
)
BECAME_A_DECIMAL = Words(
    "这一格被表格软件变成了小数；请设为文本后重新填写。",
    "A spreadsheet has made a decimal of this. Format the column as text and type it again.",
)
NOT_A_NUMBER = Words("这里要填数字。", "A number is needed here.")
NOT_A_MOMENT = Words("时间请写成 2026-09-01 08:30。", "Write a time as 2026-09-01 08:30.")
NOT_A_DAY = Words("日期请写成 2026-09-01。", "Write a date as 2026-09-01.")


def text(most: int = 200, *, lines: bool = False) -> Convert:
    """A text of at most `most` characters, as it is seen: in one line, by which it is found again, or in several."""

    def convert(cell: Cell) -> str:
        given = texts.visible(_as_text(cell))
        value = given.strip() if lines else " ".join(given.split())
        if len(value) > most:
            raise Invalid(say("最多 {n} 个字。", "At most {n} characters.", n=most))
        return value

    return convert


def code(most: int = 40) -> Convert:
    """A code, a phone or account number: full-width characters as ASCII, without spaces."""

    def convert(cell: Cell) -> str:
        value = texts.code(_as_text(cell))
        if _EXPONENT.fullmatch(value):
            raise Invalid(END_IS_LOST)
        if _DECIMAL.fullmatch(value):
            raise Invalid(BECAME_A_DECIMAL)
        if len(value) > most:
            raise Invalid(say("最多 {n} 个字符。", "At most {n} characters.", n=most))
        return value

    return convert


def whole(least: int = 0, most: int = 2**31 - 1) -> Convert:
    """A whole number from `least` to `most`; 12.5 pieces are refused."""
    return scaled(0, least=least, most=most)


def scaled(
    places: int, around: re.Pattern[str] = numbers.BARE, *, least: int = 0, most: int = 2**31 - 1
) -> Convert:
    """A number in units of its last place (yuan in fen: `scaled(2, numbers.MONEY)`), never rounded."""

    def convert(cell: Cell) -> int:
        try:
            value = numbers.scaled(_as_number(cell), places, around)
        except numbers.NotANumber:
            raise Invalid(
                say("最多 {n} 位小数的数字。", "A number with at most {n} decimals.", n=places)
                if places
                else Words("这里要填整数。", "A whole number is needed here.")
            ) from None
        if not least <= value <= most:
            raise Invalid(
                say(
                    "要在 {least} 和 {most} 之间。",
                    "Must be from {least} to {most}.",
                    least=_shown(least, places),
                    most=_shown(most, places),
                )
            )
        return value

    return convert


def day(cell: Cell) -> date:
    """A day: a cell that is a date, or a text year first. `1.9.2026` could be two days and is refused."""
    _refuse_spoiled(cell)
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    found = _DAY.fullmatch(texts.code(cell.value)) if isinstance(cell.value, str) else None
    if found is None:
        raise Invalid(NOT_A_DAY)
    try:
        return date(*(int(part) for part in found.groups() if part and part.isdecimal()))
    except ValueError:
        raise Invalid(NOT_A_DAY) from None


def moment(cell: Cell) -> datetime:
    """A moment in Shanghai: a cell that is one, or a text year first; a sheet that has cut the seconds is taken as it is.
    A day without an hour is refused, as a text."""
    _refuse_spoiled(cell)
    value = cell.value
    if isinstance(value, datetime):
        return clock.in_shanghai(value)
    if isinstance(value, date):
        return clock.in_shanghai(datetime.combine(value, time()))
    found = _MOMENT.fullmatch(" ".join(texts.narrow(value).split())) if isinstance(value, str) else None
    if found is None:
        raise Invalid(NOT_A_MOMENT)
    numbers_ = [int(part) for part in found.groups() if part and part.isdecimal()]
    try:
        return clock.in_shanghai(datetime(*numbers_))  # type: ignore[arg-type]
    except ValueError:
        raise Invalid(NOT_A_MOMENT) from None


def choice(choices: type[Choices] | type[NumberedChoices]) -> Convert:
    """One of them, by its words in either language, its name or its value."""
    found = _found_in(choices)
    return lambda cell: found(_as_text(cell))


def several(choices: type[Choices]) -> Convert:
    """Any of them, parted by commas; none where somebody writes 无 or “none”."""
    found = _found_in(choices)

    def convert(cell: Cell) -> list[Any]:
        text = _as_text(cell)
        if texts.code(text).casefold() in ("无", "none"):
            return []
        return [found(part) for part in _COMMA.split(text) if part.strip()]

    return convert


def _found_in(choices: type[Choices] | type[NumberedChoices]) -> Callable[[str], Choices | NumberedChoices]:
    known = {
        texts.code(key).casefold(): one
        for one in choices
        for key in (one.words.zh, one.words.en, one.name, str(one.value))
    }

    def find(text: str) -> Choices | NumberedChoices:
        found = known.get(texts.code(text).casefold())
        if found is None:
            raise Invalid(
                say(
                    "请从这些中选一个：{named}。",
                    "Choose one of: {known}.",
                    named="、".join(one.words.zh for one in choices),
                    known=", ".join(one.words.en for one in choices),
                )
            )
        return found

    return find


def _refuse_spoiled(cell: Cell) -> None:
    if cell.kind is Kind.FORMULA:
        raise Invalid(NO_FORMULA)
    if cell.kind is Kind.ERROR:
        raise Invalid(IS_AN_ERROR)
    if cell.kind is Kind.TRUTH:
        raise Invalid(IS_A_TRUTH)


def _as_text(cell: Cell) -> str:
    """The cell as its writer saw it. A number that is shown in another way than it is held is asked about."""
    _refuse_spoiled(cell)
    if cell.kind is Kind.DAY:
        raise Invalid(BECAME_A_DATE)
    if cell.kind is Kind.TEXT:
        return str(cell.value)
    digits = _digits(cell)
    if _PLAIN.fullmatch(cell.format):
        return digits
    if _ZEROS.fullmatch(cell.format) and digits.isdecimal():
        return digits.zfill(len(cell.format))
    raise Invalid(
        Words(
            "这一格存的数和显示的不一样；请设为文本后重新填写。",
            "This cell shows something else than it holds. Format it as text and type it again.",
        )
    )


def _as_number(cell: Cell) -> str:
    _refuse_spoiled(cell)
    if cell.kind is Kind.DAY:
        raise Invalid(BECAME_A_DATE)
    if cell.kind is Kind.TEXT:
        return str(cell.value)
    digits = _digits(cell)
    # 49.57 % is held as 0.4957.
    return f"{Decimal(digits).scaleb(2).normalize():f}%" if "%" in cell.format else digits


def _digits(cell: Cell) -> str:
    """The number's digits without exponent, to the fifteenth, which is all that a spreadsheet keeps."""
    value = cell.value
    if isinstance(value, float):
        if value != value or abs(value) == float("inf"):
            raise Invalid(NOT_A_NUMBER)
        shown = f"{value:.{_KEPT_DIGITS}g}"
        value = int(float(shown)) if float(shown).is_integer() else shown
    if isinstance(value, int):
        if abs(value) >= 10**_KEPT_DIGITS:
            raise Invalid(END_IS_LOST)
        return str(value)
    if "e" in str(value):
        raise Invalid(NOT_A_NUMBER)
    return str(value)


def _shown(value: int, places: int) -> str:
    return f"{value / 10**places:.{places}f}"
