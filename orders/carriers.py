"""Who carries parcels: the houses that a desk chooses from, each under one name however it is typed; and their numbers."""

import re
from dataclasses import dataclass

from accounts import clean
from core import texts
from core.language import Words, current, say
from core.refusals import Invalid


@dataclass(frozen=True)
class Carrier:
    """`words` name the house; `others` are names by which it goes as well."""

    words: Words
    others: tuple[str, ...] = ()


# The most used first: so they stand in the list. A house that is an outside platform of contests as well is not named by
# us; whoever sends by it types it.
CARRIERS = (
    Carrier(Words("顺丰", "SF Express"), ("顺丰速运", "顺丰快递", "SF")),
    Carrier(Words("中通", "ZTO Express"), ("中通快递", "ZTO")),
    Carrier(Words("圆通", "YTO Express"), ("圆通速递", "圆通快递", "YTO")),
    Carrier(Words("韵达", "Yunda Express"), ("韵达速递", "韵达快递", "Yunda")),
    Carrier(Words("申通", "STO Express"), ("申通快递", "STO")),
    Carrier(Words("极兔", "J&T Express"), ("极兔速递", "极兔快递", "J&T")),
    Carrier(Words("邮政", "China Post"), ("中国邮政", "邮政快递包裹", "邮政包裹")),
    Carrier(Words("EMS", "EMS"), ("邮政EMS", "邮政特快")),
    Carrier(Words("德邦", "Deppon Express"), ("德邦快递", "德邦物流", "Deppon")),
)
_SPACES = re.compile(r"[\s·.]+")


def _plain(name: str) -> str:
    return _SPACES.sub("", name).casefold()


_KNOWN = {
    _plain(name): carrier.words.zh
    for carrier in CARRIERS
    for name in (carrier.words.zh, carrier.words.en, *carrier.others)
}


def validated(text: str, field: str = "carrier") -> str:
    """The carrier by the one name that is kept of it; a house that is not in the list as it was typed.

    >>> validated("顺丰速运"), validated("sf express"), validated("村口的小货车")
    ('顺丰', '顺丰', '村口的小货车')
    """
    name = clean.line(text, field, 40)
    return _KNOWN.get(_plain(name), name)


def clean_tracking(text: str, field: str = "tracking_number") -> str:
    """A carrier's number, as it is typed: 4 to 40 letters or digits."""
    number = texts.code(text)
    if not (4 <= len(number) <= 40 and number.isascii() and number.replace("-", "").isalnum()):
        words = say("运单号应为 4–40 位字母或数字。", "A tracking number has 4 to 40 letters or digits.")
        raise Invalid(words, field=field)
    return number


def names() -> list[str]:
    """The list in the reader's language."""
    return [carrier.words.zh if current() == "zh" else carrier.words.en for carrier in CARRIERS]
