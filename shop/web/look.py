"""What is final is shown once more, as it was read, before it is done.

Such a form is sent twice: the first time it comes back with what was understood, and a word for exactly that; only
with that word it is done. Whoever changes a number in between is shown the new one.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from core import money
from core.language import Words, say
from core.numbers import MONEY, NotANumber, scaled

ONCE_MORE = say(
    "请再看一遍读出的数，没错就再按一次。", "Please look once more at what was read, then press again."
)

Lines = list[tuple[Words, str]]


def _weights(variables: dict[str, Any]) -> Lines:
    grams = [share["grams"] for share in variables["shares"]]
    return [
        (say("农户", "Households"), str(len(grams))),
        (say("合计", "Together"), f"{sum(grams) / 1000:,.10g} kg"),
    ]


def _given_back(variables: dict[str, Any]) -> Lines:
    """Nothing to look at where nothing is given; what cannot be read is refused by the act."""
    try:
        minor = scaled(variables.get("amount") or "0", 2, MONEY)
    except NotANumber:
        return []
    return [(say("退给买家", "Given back to the buyer"), money.show(minor))] if minor > 0 else []


# Of each act that is final and takes numbers: what was understood, in lines.
FINAL: dict[str, Callable[[dict[str, Any]], Lines]] = {"share_out_lot": _weights, "answer_claim": _given_back}


def asked_for(request: HttpRequest, name: str, variables: dict[str, Any]) -> dict[str, Any] | None:
    """What is to be looked at before this is done; None once it was seen as it is now, or where there is nothing."""
    lines = FINAL[name](variables) if name in FINAL else []
    if not lines:
        return None
    word = _word(name, variables)
    if constant_time_compare(request.POST.get("seen", ""), word):
        return None
    weighed = {share["household"]: share["grams"] for share in variables.get("shares", ())}
    return {"seen": word, "lines": [(str(label), text) for label, text in lines], "grams": weighed}


def _word(name: str, variables: dict[str, Any]) -> str:
    told = sorted((key, repr(value)) for key, value in variables.items() if key != "idempotencyKey")
    return salted_hmac("sheaf.look", f"{name} {told!r}", algorithm="sha256").hexdigest()[:32]
