"""What belongs to a form's act beside its document; each room keeps the records of its own in `acts.py`."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest

from accounts.permissions import is_asleep, is_at_a_new_device
from core import language
from core.language import Words, say
from shop.web.document import HERE
from shop.web.rooms import ROOMS

# What follows a deed, by its payload: an address to go to, or nothing where the form says where.
Follow = Callable[[HttpRequest, dict[str, Any]], str]
# What comes of a deed, in lines, by the variables that were read of its form.
Lines = list[tuple[Words, str]]
Look = Callable[[HttpRequest, dict[str, Any]], Lines]


class Act(NamedTuple):
    """One act. Of each it is said whether it can be undone: exactly one of `undone_by`, `look` and `as_written`."""

    # What follows it, where it is not simply the form's own next address.
    follow: Follow | None = None
    # By what it is undone.
    undone_by: str = ""
    # Nothing undoes it, so it is shown once more with what comes of it, before it is done (look.py).
    look: Look | None = None
    # It can be undone, but before it is done it is said what somebody else will have to look at first.
    warns: Look | None = None
    # Nothing undoes it, and it is done at once all the same, because of this.
    as_written: str = ""
    # The act of another form of the page, whose button sends it along: what is written there and not saved yet is
    # saved before.
    first: str = ""
    # A button of other forms does it amid them: such a form, which the button names (`amid`), is then shown as it was written.
    is_amid: bool = False
    # What is refilled of a refused form that has no document to say it beside its fields (files, the whole cart).
    refilled: frozenset[str] = frozenset()


# A page stays open for hours: its forms and links call an act as it was called when the page was loaded.
CALLED_BEFORE = {"give_back": "request_refund", "invite_manager": "invite_member"}


def name_of_act(key: str) -> str:
    """An act's name, or a form's key (`act~item`), with the name that the act has."""
    name, tilde, item = key.partition("~")
    return CALLED_BEFORE.get(name, name) + tilde + item


@cache
def acts() -> dict[str, Act]:
    """The record of each act, by its name, of all rooms."""
    kept = [room for room in ROOMS if (HERE / room / "acts.py").exists()]
    return gathered(*(import_module(f"shop.web.{room}.acts").ACTS for room in kept))


def gathered(*records: dict[str, Act]) -> dict[str, Act]:
    """All of them; an act that is recorded twice breaks."""
    found: dict[str, Act] = {}
    for some in records:
        if twice := some.keys() & found.keys():
            raise ValueError(f"recorded twice: {sorted(twice)}")
        found |= some
    return found


# --- what the rooms say with ---


def to(path: str) -> str:
    """An address of the shop in the reader's language."""
    return f"/{language.current()}/{path}"


def second_factor_page(back: str) -> str:
    """Where a code of the second factor is given, or set up first; then one goes on to that address."""
    return to(f"account/second-factor/?{urlencode({'next': back})}")


def proof_page(person: Any, back: str) -> str:
    """Where she gives what a role of hers waits for, and then goes on to that address; nothing where none waits."""
    if is_asleep(person):
        return second_factor_page(back)
    return to(f"account/device/?{urlencode({'next': back})}") if is_at_a_new_device(person) else ""


def order_page(order: dict[str, Any], token: str | None) -> str:
    """The page of an order that was just placed; a guest's token opens it."""
    return to(f"order/{order['number']}/" + (f"?token={token}" if token else ""))


def done(request: HttpRequest, words: Words) -> str:
    """Say that it is done; the form says where to go on."""
    messages.success(request, str(words))
    return ""


def says(words: Words) -> Follow:
    """What follows is a sentence."""
    return lambda request, payload: done(request, words)


def tells(words: Words, noun: str, fact: str) -> Follow:
    """What follows is a sentence, `{x}` being this fact of the payload's noun."""
    return lambda request, payload: done(request, replace(words, facts={"x": payload[noun][fact]}))


saved = says(say("已保存。", "Saved."))


def will(words: Words) -> Look:
    """What comes of it is one sentence, whatever was written."""
    return lambda request, variables: [(words, "")]
