"""Everything that is public, byte by byte: pages, answers and their headers. What only secrets change must change none."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.test import Client

from catalog.models import Product, Team
from core.api.run import hash_of
from shop.web.document import text_of
from tests.figures import full
from tests.guard.matrix import ask_as
from tests.guard.solver import surface_of_contest as contest
from tests.guard.solver.fields import guarded, kind_of, parts_of

LANGUAGES = full(("zh", "en"), ("zh",))
PAGES = (
    "",
    "shop/",
    "teams/",
    "contest/",
    "groups/",
    "help/",
    "about/",
    "privacy/",
    "cart/",
    "suggestions/?q=cheng",
)
SORTS = ("NEWEST", "PRICE_ASC", "PRICE_DESC", "SEASON")
# Of each kind whose fields are all read; what hangs below an entry or a product once more is read there.
# What each answer has of its own: a form's token and key, a request's id, the moment.
_OWN = re.compile(
    rb'name="csrfmiddlewaretoken" value="\w+"|name="idempotencyKey" value="[\w-]+"|nonce="?[\w+/=-]+"?'
    rb'|"requestId":\s*"\w+"'
)
_HEADERS_OF_ITS_OWN = {
    "X-Request-Id",
    "Set-Cookie",
    "Date",
    "Server-Timing",
    "Content-Security-Policy",
    "ETag",
}

Seen = dict[str, tuple[int, tuple, bytes]]


def seen() -> Seen:
    """Every public address and document, as a stranger without a cookie gets them; all of the contest's at full size."""
    found = opened([*_addresses(), *full(contest.addresses(), ())])
    found |= of_programs()
    found |= answered(_documents()) | told_to(None, full(contest.documents(), ()))
    for document in _closed():
        reply = Client().post("/graphql", {"query": document}, content_type="application/json")
        # What asks who she is tells a stranger nothing, and says so in the same words whatever stands there; what may be
        # empty is empty for her.
        assert b'"NOT_FOUND"' in reply.content or _is_empty(reply.json()["data"]), (
            document,
            reply.content[:500],
        )
        found[document] = _told(reply)
    return found


def _is_empty(told: Any) -> bool:
    """Whether no leaf of an answer says anything."""
    if isinstance(told, dict):
        return all(map(_is_empty, told.values()))
    return told is None or isinstance(told, list) and all(map(_is_empty, told))


def of_programs() -> Seen:
    """What programs get by the documents of pages."""
    return programs([*_trusted(), *full(contest.trusted(), ())])


def opened(addresses: Iterable[str], client: Client | None = None) -> Seen:
    """What is at these addresses, for a stranger or in somebody's browser."""
    return {address: _marked((client or Client()).get(address)) for address in addresses}


def programs(trusted: Iterable[tuple[str, dict[str, Any]]]) -> Seen:
    """What programs are answered that ask by the documents of pages."""
    found = {}
    for page, variables in trusted:
        given = {"documentId": hash_of(text_of(f"{page}.graphql")), "variables": json.dumps(variables)}
        found[f"{page} {variables}"] = _marked(Client().get("/graphql", given))
    return found


def answered(documents: Iterable[str]) -> Seen:
    """What a stranger is answered to her own documents, none of which is refused."""
    found = {}
    for document in documents:
        reply = Client().post("/graphql", {"query": document}, content_type="application/json")
        assert b'"errors"' not in reply.content, (document, reply.content[:500])
        found[document] = _told(reply)
    return found


def told_to(person: Any, documents: Iterable[str]) -> Seen:
    """What somebody (None: a stranger) is answered, by the API within, which asks no document what it costs."""
    return {
        document: (0, (), json.dumps(ask_as(person, document), default=str, sort_keys=True).encode())
        for document in documents
    }


def moved(before: Seen, after: Seen) -> set[str]:
    """What does not say the same any more."""
    return {what for what in before.keys() | after.keys() if before.get(what) != after.get(what)}


def _told(reply: object) -> tuple[int, tuple, bytes]:
    headers = {k: v for k, v in reply.headers.items() if k not in _HEADERS_OF_ITS_OWN}  # type: ignore[attr-defined]
    return reply.status_code, tuple(sorted(headers.items())), _OWN.sub(b"", reply.content)  # type: ignore[attr-defined]


def _marked(reply: Any) -> tuple[int, tuple, bytes]:
    """With the mark by which a browser or a CDN knows that it has these bytes: of them, and of nothing else."""
    status, headers, content = _told(reply)
    return status, headers, reply.get("ETag", "").encode() + content


def _trusted() -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents of pages, as programs get them too."""
    yield from (("shelf/product", {"slug": slug}) for slug in Product.objects.values_list("slug", flat=True))
    yield from (("shelf/team", {"slug": slug}) for slug in Team.objects.values_list("slug", flat=True))
    yield from ((page, {}) for page in ("shelf/home", "shelf/catalogue", "shelf/teams", "contest/contest"))


def _addresses() -> Iterator[str]:
    for language in LANGUAGES:
        yield from (f"/{language}/{page}" for page in PAGES)
        yield from (f"/{language}/shop/?sort={sort}" for sort in SORTS)
        yield f"/{language}/shop/?inStock=true"
        yield from (f"/{language}/p/{slug}/" for slug in Product.objects.values_list("slug", flat=True))
        yield from (f"/{language}/t/{slug}/" for slug in Team.objects.values_list("slug", flat=True))


def _documents() -> Iterator[str]:
    for slug in Product.objects.values_list("slug", flat=True):
        for part in parts_of("Product"):
            yield f'{{ product(slug: "{slug}") {{ {part} }} }}'
        yield f'{{ provenance(product: "{slug}") {{ {" ".join(parts_of("Provenance"))} }} }}'
        yield f'{{ rating(product: "{slug}") {{ count }} reviews(product: "{slug}", first: 9) {{ totalCount }} }}'
    for slug in Team.objects.values_list("slug", flat=True):
        yield f'{{ provenance(team: "{slug}") {{ {" ".join(parts_of("Provenance"))} }} }}'
        yield f'{{ team(slug: "{slug}") {{ products(first: 9) {{ totalCount edges {{ cursor }} }} }} }}'
    for sort in SORTS:
        yield f"{{ products(first: 20, sort: {sort}) {{ totalCount edges {{ cursor node {{ slug }} }} }} }}"
        yield f"{{ search(first: 20, sort: {sort}) {{ edges {{ cursor node {{ slug }} }} }} }}"
    yield "{ search(first: 20) { totalCount facets { name values { value count } } edges { cursor node { slug } } } }"
    yield "{ teams(first: 20) { totalCount edges { cursor node { slug } } } }"
    for by in ("ENTRY", "DIVISION"):
        for sort in ("NET", "PERSON_TIMES", "PEOPLE", "ORGANISATIONS", "MOBILISED"):
            yield f"{{ board(by: {by}, sort: {sort}) {{ rows {{ rank figures {{ net {{ minor }} }} }} }} }}"
        for figure in parts_of("ContestFigures"):
            yield f"{{ board(by: {by}) {{ rows {{ figures {{ {figure} }} }} }} }}"
    yield from (f"{{ board {{ {part} }} }}" for part in parts_of("Board") if not part.startswith("rows"))
    yield from (
        f"{{ contest {{ {part} }} }}" for part in parts_of("Contest") if not part.startswith("result ")
    )
    # A result as a whole is more than a guest may ask at once.
    yield from (f"{{ contest {{ result {{ {part} }} }} }}" for part in parts_of("RoundResult"))


def _closed() -> Iterator[str]:
    """Each field below a product or a team that asks who she is, alone."""
    for slug in Product.objects.values_list("slug", flat=True):
        yield from (f'{{ product(slug: "{slug}") {{ {part} }} }}' for part in guarded(kind_of("Product"), ()))
    for slug in Team.objects.values_list("slug", flat=True):
        yield from (f'{{ team(slug: "{slug}") {{ {part} }} }}' for part in guarded(kind_of("Team"), ()))
