"""Weights and volumes told alike, so that 5 斤, 2.5 公斤 and 2.5 kg are one word for search."""

import re

_HAN = "一二两三四五六七八九十"
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_UNITS = {
    **dict.fromkeys(("公斤", "千克", "kilogram", "kilograms", "kilo", "kilos", "kg"), ("g", 1000.0)),
    **dict.fromkeys(("斤", "jin"), ("g", 500.0)),
    **dict.fromkeys(("克", "gram", "grams", "g"), ("g", 1.0)),
    **dict.fromkeys(("毫升", "millilitre", "millilitres", "ml"), ("ml", 1.0)),
    **dict.fromkeys(("升", "litre", "litres", "liter", "liters", "l"), ("ml", 1000.0)),
}
_MEASURE = re.compile(
    rf"(?<![a-z0-9.])(?P<count>\d{{1,6}}(?:\.\d{{1,3}})?|半|[{_HAN}]{{1,3}})\s*"
    rf"(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?![a-z])"
)
_TIMES = re.compile(r"(?P<amount>\d+)(?P<unit>g|ml)\s*[×x*]\s*(?P<times>\d{1,4})\b")
_ONE = re.compile(r"(?P<amount>\d+)(?P<unit>g|ml)")
_PIECES = re.compile(r"\b(?P<times>\d{1,4})\s*[×x*]\s*(?P<amount>\d+)(?P<unit>g|ml)\b")


def alike(text: str) -> str:
    """A plain text whose weights are grams and whose volumes are millilitres, each one word.

    >>> alike("5 斤"), alike("食堂装 10 kg"), alike("两公斤土豆")
    (' 2500g ', '食堂装  10000g ', ' 2000g 土豆')
    """
    return _MEASURE.sub(_one, text)


def _one(found: re.Match[str]) -> str:
    unit, factor = _UNITS[found["unit"]]
    return f" {round(_number(found['count']) * factor)}{unit} "


def _number(said: str) -> float:
    if said[0].isascii():
        return float(said)
    if said == "半":
        return 0.5
    tens, ten, ones = said.partition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else _DIGITS[said[0]]) + (_DIGITS.get(ones, 0) if ten else 0)


def totals(text: str) -> list[str]:
    """What a net content comes to where it is several of one: "300 g × 2" is 600g too."""
    plain = alike(text.lower())
    found = [*_TIMES.finditer(plain), *_PIECES.finditer(plain)]
    return [f"{int(one['amount']) * int(one['times'])}{one['unit']}" for one in found]


def readable(word: str) -> str:
    """A weight or volume as it is written on a label; any other word as it is.

    >>> readable("2500g"), readable("750ml"), readable("橙子")
    ('2.5 kg', '750 ml', '橙子')
    """
    if not (found := _ONE.fullmatch(word)):
        return word
    count, unit = int(found["amount"]), found["unit"]
    return f"{count / 1000:g} {'kg' if unit == 'g' else 'L'}" if count >= 1000 else f"{count} {unit}"


def amount(text: str) -> tuple[int, str] | None:
    """A net content as grams or millilitres; None where it tells none, or more than one thing.

    >>> amount("2.5 kg"), amount("300 g × 2"), amount("500 ml"), amount("12 个"), amount("1 kg + 500 g")
    ((2500, 'g'), (600, 'g'), (500, 'ml'), None, None)
    """
    found = list(dict.fromkeys(totals(text))) or _ONE.findall(alike(text.lower()))
    if len(found) != 1:
        return None
    whole = _ONE.fullmatch(found[0] if isinstance(found[0], str) else "".join(found[0]))
    return (int(whole["amount"]), whole["unit"]) if whole and int(whole["amount"]) else None
