"""How pages are called where they are counted: by names of ours alone, of which there are so many and no more."""

from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern, get_resolver

# Where a request says, in its environ, which page it was for.
PAGE = "sheaf.page"
OTHER, STATIC = "other", "static"
# Whoever comes before the shop opens is told so, whatever she asks for.
NOT_OPEN = "not open"


def page_of(request: Any) -> str:
    """The page that answered: what was said of it, its own name, else its route; `other` where no address of ours fits."""
    if said := request.META.get(PAGE):
        return str(said)
    match = getattr(request, "resolver_match", None)
    if match is None:
        return STATIC if request.path_info.startswith(settings.STATIC_URL) else OTHER
    return _named(match.func, match.route)


def _named(view: Any, route: str) -> str:
    named = getattr(view, "page", None)
    return named.name if named is not None else _route(route)


@cache
def _route(route: str) -> str:
    """A route of ours; one of an application that brings its own (the admin) by where these begin."""
    return route if route in _routes() else next((one for one in _routes() if route.startswith(one)), OTHER)


def _routes() -> tuple[str, ...]:
    return tuple(str(one.pattern) or "/" for one in get_resolver().url_patterns)


def pages() -> list[str]:
    """Every name that `page_of` may give, `other` first."""
    found = {OTHER: None, STATIC: None, NOT_OPEN: None}
    for one in get_resolver().url_patterns:
        route = str(one.pattern) or "/"
        found[_named(one.callback, route) if isinstance(one, URLPattern) else route] = None
    return list(found)
