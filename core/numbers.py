"""The one reader of numbers that people write: what can be read in two ways, or is no number, is not read at all.

Digits of one script (ASCII, full-width, Arabic-Indic, …), one decimal point, thousands only where they stand
right. Whoever writes `36,90` or `1,5` is asked again: taken for 3,690 or 15 it would be a hundredfold.
"""

import re
import unicodedata
from collections.abc import Mapping

from core.texts import without_invisible

# Nothing longer is a number that anybody means; known before anything is computed with it.
MOST_CHARACTERS = 40
_WIDE = str.maketrans("\uff0e\u066b\uff0c\u066c\uff0d\u2212\uffe5\uff05", "..,,--\xa5%")
_NUMBER = re.compile(r"(-?)([0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
# What may stand around a number: `¥36.90`, `36.90 元`, `8.25%`, `42.5 公斤`.
MONEY = re.compile(r"¥?\s*(.*?)\s*元?")
PERCENT = re.compile(r"(.*?)\s*%?")
WEIGHT = re.compile(r"(.*?)\s*(?:公斤|千克|[kK][gG])?")
BARE = re.compile(r"(.*)")


class NotANumber(ValueError):
    """What was written cannot be read as a number, or could be meant in two ways."""


def whole(text: str) -> int:
    """A whole number."""
    return scaled(text, 0)


def scaled(text: str, places: int, around: re.Pattern[str] = BARE) -> int:
    """A number in units of its last place: yuan in fen are `scaled("36.90", 2, MONEY)`, 3690; never rounded."""
    if len(text) > MOST_CHARACTERS:
        raise NotANumber
    inside = around.fullmatch(without_invisible(text).translate(_WIDE).strip())
    found = _NUMBER.fullmatch(in_ascii(inside[1])) if inside else None
    if found is None:
        raise NotANumber
    sign, before, behind = found[1], found[2].replace(",", ""), found[3] or ""
    if len(behind) > places and behind[places:].strip("0"):
        raise NotANumber
    return int(f"{sign}{before}{behind[:places].ljust(places, '0')}")


def in_ascii(text: str) -> str:
    """The text with its digits as 0 to 9; digits of two scripts in one text are not read."""
    if text.isascii():
        return text
    values = {c: value for c in set(text) if (value := unicodedata.decimal(c, None)) is not None}
    if len({ord(c) - value for c, value in values.items()}) > 1:
        raise NotANumber
    return text.translate({ord(c): str(value) for c, value in values.items()})


def body_length(meta: Mapping[str, str]) -> int | None:
    """How many bytes a request says it has; None when what it says is no length."""
    said = meta.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= 15 else None
