"""Lists: newest first, filters, `created` ranges and cursors."""

from __future__ import annotations

from typing import Any

from .account import Account
from .errors import invalid, not_found
from .forms import Params
from .store import Row

RANGE = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def listed(
    account: Account,
    params: Params,
    kind: str,
    url: str,
    fields: tuple[str, ...] = (),
    where: list[tuple[str, Any]] | None = None,
) -> Row:
    """One page of a list, filtered by fields of the objects."""
    extra = ("types",) if kind == "event" else ()
    params.only("limit", "starting_after", "ending_before", "created", *fields, *extra)
    conditions = list(where or [])
    for field in fields:
        wanted = params.text(field)
        if wanted is not None:
            conditions.append((f"json_extract(body, '$.{field}') = ?", wanted))
    conditions += _created(params)
    limit = params.integer("limit", 10, least=1, most=100) or 10
    backwards = "ending_before" in params
    conditions += _cursor(account, params, kind, backwards)
    found = account.store.select(kind, conditions, limit + 1, oldest_first=backwards)
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    return {"object": "list", "url": url, "has_more": more, "data": found}


def _created(params: Params) -> list[tuple[str, Any]]:
    given = params.data.get("created")
    if isinstance(given, dict):
        window = params.part("created").only(*RANGE)
        return [(f"created {RANGE[name]} ?", window.integer(name)) for name in given]
    return [("created = ?", params.integer("created"))] if given else []


def _cursor(account: Account, params: Params, kind: str, backwards: bool) -> list[tuple[str, Any]]:
    if "starting_after" in params and backwards:
        raise invalid("You may only specify one of these parameters: starting_after, ending_before.")
    name = "ending_before" if backwards else "starting_after"
    id = params.text(name)
    if not id:
        return []
    place = account.store.place(id)
    if place is None:
        raise not_found(kind, id, name)
    return [(f"(created, seq) {'>' if backwards else '<'} (?, ?)", place)]
