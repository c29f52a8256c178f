"""The sitemap: an index, and files of the pages that are to be found, each in both languages.

It tells no day on which a page changed: what changed last may be something that waits to be looked at.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from catalog.reads.marks import mark_pages, place_pages
from catalog.reads.products import published_products
from catalog.reads.teams import categories, teams
from contest.reads.edition import public_editions
from contest.reads.entry import entries_seen
from core import fast, language
from impact.models import Round
from shop.web.found.indexed import INDEXED, Address

# The most that one file may hold is 50,000; with its two languages spelt out a page of ours takes half a kilobyte.
A_FILE = 5_000
HOUR, MOST_BYTES = 3600, 20_000_000
SCHEMAS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
files = fast.Responses(MOST_BYTES)


class Kind(NamedTuple):
    """A sort of pages: how many there are, and those from one number to another."""

    size: Callable[[], int]
    between: Callable[[int, int], Iterator[Address]]


def _products(first: int, last: int) -> Iterator[Address]:
    for slug in published_products().order_by("pk").values_list("slug", flat=True)[first:last]:
        yield Address("product", (("slug", slug),))


def _teams(first: int, last: int) -> Iterator[Address]:
    for slug in teams().order_by("pk").values_list("slug", flat=True)[first:last]:
        yield Address("team", (("slug", slug),))


def _entries(first: int, last: int) -> Iterator[Address]:
    for edition, number in entries_seen()[first:last]:
        yield Address("contest_entry", (("edition", edition), ("number", number)))


def _marks(first: int, last: int) -> Iterator[Address]:
    for kind, slug in mark_pages()[first:last]:
        yield Address(kind, (("number", slug),))


def _places(first: int, last: int) -> Iterator[Address]:
    for code, village in place_pages()[first:last]:
        captures = (("code", code), ("village", village)) if village else (("code", code),)
        yield Address("village" if village else "place", captures)


def _others() -> Iterator[Address]:
    """Every page of its own, the shelves that are not empty, and the contest's editions with their rounds."""
    with_captures = {"product", "team", "contest_edition", "contest_round", "contest_entry"}
    with_captures |= {"gi", "brand", "place", "village"}
    for name in INDEXED:
        if name not in with_captures:
            yield Address(name)
    filled = categories().filter(products__in=published_products()).distinct()
    for category in filled.values_list("slug", flat=True):
        yield Address("catalogue", (), (("category", category),))
    editions = public_editions()
    for slug in editions.values_list("slug", flat=True):
        yield Address("contest_edition", (("edition", slug),))
    rounds = Round.objects.filter(edition__in=editions).order_by("edition__slug", "level")
    for slug, level in rounds.values_list("edition__slug", "level").distinct():
        yield Address("contest_round", (("edition", slug), ("level", level)))


KINDS = {
    "pages": Kind(lambda: sum(1 for _ in _others()), lambda first, last: islice(_others(), first, last)),
    "products": Kind(lambda: published_products().count(), _products),
    "teams": Kind(lambda: teams().count(), _teams),
    "marks": Kind(lambda: mark_pages().count(), _marks),
    "places": Kind(lambda: len(place_pages()), _places),
    "entries": Kind(lambda: entries_seen().count(), _entries),
}


def index(request: HttpRequest) -> HttpResponse:
    """Which files there are."""
    return _cached_file("index", "", _index)


def part(request: HttpRequest, lang: str, kind: str, number: int) -> HttpResponse:
    """One file: so many pages of a sort, in one language, each with its twins in the others."""
    if kind not in KINDS or not 0 < number <= _files_of(kind):
        raise Http404
    return _cached_file(f"{kind} {number}", lang, partial(_part, lang, kind, number))


def _files_of(kind: str) -> int:
    return -(-KINDS[kind].size() // A_FILE)


def _index() -> str:
    files_ = [
        reverse("sitemap_part", kwargs={"lang": lang, "kind": kind, "number": number})
        for lang in language.LANGUAGES
        for kind in KINDS
        for number in range(1, _files_of(kind) + 1)
    ]
    rows = "".join(f"<sitemap><loc>{settings.SITE_URL}{file}</loc></sitemap>" for file in files_)
    return f"<sitemapindex {SCHEMAS}>{rows}</sitemapindex>"


def _part(lang: str, kind: str, number: int) -> str:
    pages = KINDS[kind].between((number - 1) * A_FILE, number * A_FILE)
    rows = "".join(_row(page, lang) for page in pages)
    return f'<urlset {SCHEMAS} xmlns:xhtml="http://www.w3.org/1999/xhtml">{rows}</urlset>'


def _row(page: Address, lang: str) -> str:
    twins = "".join(
        f'<xhtml:link rel="alternate" hreflang="{tag}" href={quoteattr(url)}/>'
        for tag, url in page.alternates()
    )
    return f"<url><loc>{escape(page.url(lang))}</loc>{twins}</url>"


def _cached_file(name: str, lang: str, write: Callable[[], str]) -> HttpResponse:
    """A file as it was written within the hour."""
    key = ("sitemap", name, lang)
    found = files.at_hand(key) or files.made(key, (), HOUR, lambda: (_bytes(write()), None))[0]
    assert found is not None
    response = HttpResponse(found.body, content_type="application/xml")
    response["Cache-Control"] = f"public, max-age={HOUR}"
    return response


def _bytes(xml: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{xml}'.encode()
