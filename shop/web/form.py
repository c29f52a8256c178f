"""What people write in forms and addresses, as a document's variables.

A form speaks yuan, percent, grams and Shanghai's clock, the API fen, basis points, tenths and moments: a variable whose
name ends in Minor, Bps or Tenths, or whose type is DateTime, is turned from the one into the other here and nowhere else.
"""

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from core import numbers
from core.clock import SHANGHAI
from core.language import Words, say
from shop.web.document import Kind, variables_of
from shop.web.refill import OF_RULES

WHOLE = {"Int", "BigInt"}
MOST = 10**9
# No date of a harvest, a paper or a group lies beyond; further ones cannot be told in every clock.
YEARS = range(1990, 2101)
KILOGRAMS = say("请填写公斤数，例如 42.5。", "Please give kilograms, such as 42.5.")
MISSING = say("请填写这一项。", "Please fill this in.")
# Filled by the shop, never written by anybody.
OURS = {"cart"}


# The page on which one thing is bought at once says so, and so does each form on it; never which cart that is.
APART = "apart"


def is_apart(request: HttpRequest) -> bool:
    """Whether this is about what is bought at once, and not about the cart that is kept meanwhile."""
    return bool(getattr(request, APART, False) or request.POST.get(APART))


def remembered_cart(request: HttpRequest) -> str | None:
    """A guest's cart is remembered by her session; whoever is signed in has one of her own. What she buys at once
    her session remembers in either case: were its cart named in the address, a link could lead into another's."""
    if is_apart(request):
        return request.session.get(APART)
    return None if request.user.is_authenticated else request.session.get("cart")


class Unreadable(Exception):
    """What was written cannot be what the field asks for."""

    def __init__(self, words: Words):
        self.words = words


def read_address(path: str, fields: Any) -> dict[str, Any]:
    """An address's fields as a page's variables; what cannot be read counts as not given."""
    found: dict[str, Any] = {}
    for name, kind in variables_of(path).items():
        if kind.name == "RulebookValueInput":
            found[name] = _rules(fields)
            continue
        values = []
        for text in fields.getlist(name):
            try:
                values += [_value(name, kind.name, text.strip())] if text.strip() else []
            except Unreadable:
                continue
        if values:
            found[name] = values if kind.is_list else values[-1]
    return found


def read_form(path: str, fields: Any) -> tuple[dict[str, Any], dict[str, Words]]:
    """A form's fields as an act's variables, and what is wrong with them by field."""
    found: dict[str, Any] = {}
    wrong: dict[str, Words] = {}
    for name, kind in variables_of(path).items():
        if name in OURS and name not in fields:
            continue
        try:
            _read(found, name, kind, fields)
        except Unreadable as why:
            wrong[name] = why.words
    return found, wrong


def _read(found: dict[str, Any], name: str, kind: Kind, fields: Any) -> None:
    if kind.name == "LotShareInput":
        found[name] = _shares(fields)
        return
    if kind.name == "MarkInput":
        found[name] = _marks(fields)
        return
    if kind.name == "CourseAnswerInput":
        found[name] = _answers(fields)
        return
    if kind.name == "RulebookValueInput":
        found[name] = _rules(fields)
        return
    if kind.name == "RefundLineInput":
        found[name] = _refund_lines(fields)
        return
    if kind.name == "SentParcelInput":
        found[name] = _sent(fields)
        return
    if kind.name == "VariantPriceInput":
        found[name] = _prices(fields)
        return
    if kind.name == "LineInput":
        found[name] = _wanted(fields)
        return
    texts = [text if kind.name == "String" else text.strip() for text in fields.getlist(name)]
    values = [_value(name, kind.name, text) for text in texts if text.strip()]
    if values:
        found[name] = values if kind.is_list else values[-1]
    elif kind.is_required:
        if kind.is_list:
            found[name] = []
        else:
            raise Unreadable(MISSING)
    elif kind.is_list and name in fields:
        # Boxes of which none is ticked send nothing: a hidden empty field of their name says that they were there.
        found[name] = []
    elif name in fields and kind.name in ("String", "ID"):
        # An emptied field empties; one that the form does not have leaves things as they are.
        found[name] = "" if kind.name == "String" else None


def _shares(fields: Any) -> list[dict[str, Any]]:
    """Fields kg.<household> as shares: kilograms on the scales, grams in the API; an empty one has none."""
    written = {name.removeprefix("kg."): fields[name] for name in fields if name.startswith("kg.")}
    return [
        {"household": id, "grams": _number(text, 3, KILOGRAMS, numbers.WEIGHT)}
        for id, text in written.items()
        if text.strip()
    ]


def _marks(fields: Any) -> list[dict[str, Any]]:
    """Fields mark.<criterion> as a judge's marks; of a criterion whose field is empty there is none."""
    given = {name.removeprefix("mark."): fields[name].strip() for name in fields if name.startswith("mark.")}
    return [{"criterion": key, "points": _whole("points", text)} for key, text in given.items() if text]


def _answers(fields: Any) -> list[dict[str, Any]]:
    """Fields answer.<question> as the option chosen of each, the first is 0; one without a choice is left out."""
    written = {name.removeprefix("answer."): fields[name] for name in fields if name.startswith("answer.")}
    return [
        {"item": item, "option": _whole("option", text.strip())}
        for item, text in written.items()
        if text.strip()
    ]


def _rules(fields: Any) -> list[dict[str, str]]:
    """Fields caps.personMinor, indicators.welfare.weightBps … as what the rules shall be: yuan and percent, fen and basis
    points in the API. What cannot be read is refused there, by its own field."""
    found = []
    for path in fields:
        if path.partition(".")[0] in OF_RULES and "." in path:
            text = fields[path].strip()
            with suppress(Unreadable):
                text = str(_whole(path, text)) if path.endswith(("Minor", "Bps")) else text
            found.append({"path": path, "value": text})
    return found


def _refund_lines(fields: Any) -> list[dict[str, Any]]:
    """Fields units.<line> and yuan.<line> as what to give back of which line; of a line without either nothing is."""
    found: dict[str, dict[str, Any]] = {}
    for field, key, called in (("units", "units", "Units"), ("yuan", "amountMinor", "Minor")):
        for name in fields:
            stem, _, line = name.partition(".")
            if stem == field and line and fields[name].strip():
                found.setdefault(line, {"lineId": line})[key] = _whole(called, fields[name].strip())
    return list(found.values())


def _wanted(fields: Any) -> list[dict[str, Any]]:
    """Fields units.<variant> as how many of what; of one whose field is empty there are none."""
    written = {name.removeprefix("units."): fields[name] for name in fields if name.startswith("units.")}
    return [
        {"variantId": variant, "quantity": _whole("Units", text.strip())}
        for variant, text in written.items()
        if text.strip()
    ]


def _prices(fields: Any) -> list[dict[str, Any]]:
    """Fields price.<variant> as what each size is to cost, yuan as fen; one whose field is empty stays as it is."""
    written = {name.removeprefix("price."): fields[name] for name in fields if name.startswith("price.")}
    return [
        {"variantId": variant, "priceMinor": _whole("priceMinor", text.strip())}
        for variant, text in written.items()
        if text.strip()
    ]


def _sent(fields: Any) -> list[dict[str, Any]]:
    """Fields number.<parcel> as what is sent under which number, all by one carrier; one whose number is empty stays. How many
    units she saw in it, seen.<parcel> says."""
    written = {name.removeprefix("number."): fields[name] for name in fields if name.startswith("number.")}
    return [
        {
            "shipmentId": parcel,
            "carrier": fields.get("carrier", ""),
            "trackingNumber": text,
            "expectedUnits": _whole("Units", fields.get(f"seen.{parcel}", "").strip() or "0"),
        }
        for parcel, text in written.items()
        if text.strip()
    ]


def _value(name: str, kind: str, text: str) -> Any:
    if "\0" in text:  # no table can hold it
        raise Unreadable(say("请重新填写这一项。", "Please fill this in again."))
    if kind in WHOLE:
        return _whole(name, text)
    if kind == "Boolean":
        return text.lower() in ("1", "true", "on", "yes")
    if kind in ("Date", "DateTime", "UUID"):
        return _checked(kind, text)
    return text


def _checked(kind: str, text: str) -> str:
    try:
        if kind == "UUID":
            return str(UUID(text))
        plain = numbers.in_ascii(text)
        at = datetime.fromisoformat(plain) if kind == "DateTime" else date.fromisoformat(plain)
        if at.year not in YEARS:
            raise ValueError
        if isinstance(at, datetime) and at.tzinfo is None:
            at = at.replace(tzinfo=SHANGHAI)
        return at.isoformat()
    except ValueError:
        raise Unreadable(say("日期看不明白。", "This date cannot be read.")) from None


def _whole(name: str, text: str) -> int:
    """A whole number; yuan as fen, percent as basis points, others in tenths: none finer than that."""
    if name.endswith("Minor"):
        words = say("请填写金额，例如 36.90。", "Please give an amount, such as 36.90.")
        return _number(text, 2, words, numbers.MONEY)
    if name.endswith("Bps"):
        words = say("请填写百分比，最多两位小数。", "Please give percent, to two decimals at most.")
        return _number(text, 2, words, numbers.PERCENT)
    if name.endswith("Tenths"):
        return _number(
            text, 1, say("请填写数字，最多一位小数。", "Please give a number, to one decimal at most.")
        )
    return _number(text, 0, say("请填写整数。", "Please give a whole number."))


def _number(text: str, places: int, words: Words, around: re.Pattern[str] = numbers.BARE) -> int:
    try:
        number = numbers.scaled(text, places, around)
    except numbers.NotANumber:
        raise Unreadable(words) from None
    if abs(number) >= MOST:
        raise Unreadable(words)
    return number
