"""Which pages search engines are told of, each by one address a language; every other page asks not to be indexed.

The head of a page and the sitemap both go by this table, so that neither names what the other does not.
"""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core import language
from shop.web.document import exists, variables_of
from shop.web.page import Page

# By the names of their addresses; in brackets the one word of the query that makes another page of it.
INDEXED: dict[str, str] = {
    **dict.fromkeys(("home", "product", "teams", "team", "groups", "gi", "brand", "place", "village"), ""),
    **dict.fromkeys(("contest", "contest_edition", "contest_round", "contest_entry"), ""),
    **dict.fromkeys(("about", "help", "privacy", "terms"), ""),
    "catalogue": "category",
}
# Whoever reads neither language is led where the shop's bare address leads her.
OTHERWISE = language.preferred("")


class Address(NamedTuple):
    """A page that is to be found, in whichever language."""

    name: str
    captures: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()

    def url(self, lang: str) -> str:
        """Where it is in this language, with the host."""
        path = reverse(self.name, kwargs={"lang": lang, **dict(self.captures)})
        return f"{settings.SITE_URL}{path}{'?' if self.query else ''}{urlencode(self.query)}"

    def alternates(self) -> list[tuple[str, str]]:
        """(hreflang, address) of each language, and of whoever speaks none of them."""
        told = [(language.tag(lang), self.url(lang)) for lang in language.LANGUAGES]
        return [*told, ("x-default", self.url(OTHERWISE))]


def address_of(request: HttpRequest, shown: str, data: Any) -> Address | None:
    """The address by which the page that is `shown` is to be found; None where it is not to be.

    What an address says beside that changes nothing (a network's own mark), or it narrows, sorts or previews: then the
    page is another one, and not for search engines.
    """
    match = request.resolver_match
    page: Page | None = getattr(match and match.func, "page", None)
    if match is None or page is None or page.name != shown or match.url_name not in INDEXED:
        return None
    own = INDEXED[match.url_name]
    asked = request.GET.keys() & variables_of(page.document).keys() if exists(page.document) else set()
    captures = tuple((key, str(value)) for key, value in match.kwargs.items() if key != "lang")
    if not asked:
        return Address(match.url_name, captures)
    values = request.GET.getlist(own)
    if asked != {own} or len(values) != 1 or not _is_known(own, values[0], data):
        return None
    return Address(match.url_name, captures, ((own, values[0]),))


def _is_known(name: str, value: str, data: Any) -> bool:
    """Whether there is something on that shelf: anybody can write an address, of nothing."""
    facets = ((data or {}).get("search") or {}).get("facets") or ()
    return any(
        one["value"] == value and one["count"]
        for facet in facets
        if facet["name"] == name
        for one in facet["values"]
    )
