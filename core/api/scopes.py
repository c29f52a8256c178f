"""What a bearer token may do, by root field, from one table (`settings.API_SCOPES`); what is not in it no token may."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core.language import say
from core.refusals import NotAllowed

# What everybody may ask, a token of whatever scope may ask too.
ANY = "any"
LACKING = say(
    "这个令牌没有做这件事的权限。请在账户页新建一个，或登录后再做。",
    "This token may not do this. Make another one on your account’s page, or sign in to do it.",
)


@cache
def _table(name: str) -> Mapping[str, Collection[str]]:
    table: Mapping[str, Collection[str]] = import_string(name)
    return table


def demand(request: Any, root: str) -> None:
    """Refuse a token that lacks each scope which opens this root field.

    `request.lent` is what a token's owner has lent it of her own; None for whoever is there herself.
    """
    lent: frozenset[str] | None = getattr(request, "lent", None)
    if lent is None:
        return
    opens = _table(settings.API_SCOPES).get(root, ()) if getattr(settings, "API_SCOPES", "") else ()
    if ANY not in opens and lent.isdisjoint(opens):
        raise NotAllowed(LACKING)
