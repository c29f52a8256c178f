"""`expand[]=latest_charge.balance_transaction`: ids replaced by what they name."""

from __future__ import annotations

from typing import Any

from . import sessions
from .account import Account, public
from .errors import invalid
from .forms import Params
from .listing import listed
from .store import Row

MOST_DEEP = 4
BY_ID = {"latest_charge", "payment_intent", "charge", "customer", "balance_transaction", "payment_method", "source",
         "failure_balance_transaction"}  # fmt: skip


def rendered(account: Account, obj: Row, paths: list[str]) -> Row:
    """The object as the caller asked to see it."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MOST_DEEP + (steps[0] == "data"):
            raise invalid(f"You cannot expand more than {MOST_DEEP} levels of a property: {path}", "expand")
        _open(account, obj, steps, path)
    told: Row = public(obj)
    return told


def _open(account: Account, obj: Any, steps: list[str], path: str) -> None:
    if isinstance(obj, list):
        for one in obj:
            _open(account, one, steps, path)
        return
    name, rest = steps[0], steps[1:]
    if name == "data" and obj.get("object") == "list":
        inner = obj["data"]
    else:
        inner = obj[name] = _found(account, obj, name, path)
    if rest and inner:
        _open(account, inner, rest, path)


def _found(account: Account, obj: Row, name: str, path: str) -> Any:
    if name == "line_items" and obj.get("object") == "checkout.session":
        return sessions.items_of(obj)
    if name == "refunds" and obj.get("object") == "charge":
        mine = [("json_extract(body, '$.charge') = ?", obj["id"])]
        return listed(account, Params({}), "refund", f"/v1/charges/{obj['id']}/refunds", where=mine)
    if name not in BY_ID or name not in obj:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    value = obj[name]
    return account.store.find(value) or value if isinstance(value, str) else value
