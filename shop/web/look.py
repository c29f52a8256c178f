"""What is final is shown once more, with what will come of it and the sum that moves, before it is done; and so is what
somebody else will have to look at first.

Such a form is sent twice: the first time it comes back with what was understood, and a word for exactly that; only
with that word it is done. Whoever changes a number in between, or finds another sum, is shown the new one.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from core.language import say
from core.refusals import Refusal
from shop.web.acts import acts

ONCE_MORE = say(
    "还没有做。请再看一遍，没错就再按一次。",
    "Nothing is done yet. Please look once more, then press again.",
)


def confirmation(request: HttpRequest, name: str, variables: dict[str, Any]) -> dict[str, Any] | None:
    """What is to be looked at before this is done; None once it was seen as it is now, or where there is nothing."""
    look = acts()[name].look or acts()[name].warns
    try:
        lines = look(request, variables) if look else []
    except Refusal:
        # What is not hers, or not there: the act says so.
        return None
    if not lines:
        return None
    word = _word(name, variables, [text for _, text in lines])
    if constant_time_compare(request.POST.get("seen", ""), word):
        return None
    weighed = {share["household"]: share["grams"] for share in variables.get("shares", ())}
    is_final = acts()[name].look is not None
    told = [(str(label), text) for label, text in lines]
    return {"seen": word, "lines": told, "grams": weighed, "is_final": is_final}


def _word(name: str, variables: dict[str, Any], texts: list[str]) -> str:
    told = sorted((key, repr(value)) for key, value in variables.items() if key != "idempotencyKey")
    return salted_hmac("sheaf.look", f"{name} {told!r} {texts!r}", algorithm="sha256").hexdigest()[:32]
