"""Everything that is public, byte by byte: pages, answers and their headers. What only secrets change must change none."""

import json
import re
from collections.abc import Iterator

from django.test import Client
from graphql import GraphQLField, GraphQLObjectType, get_named_type

from catalog.models import Product, Team
from core.api.facts import facts_of
from core.api.run import hash_of
from shop.web.document import text_of

LANGUAGES = ("zh", "en")
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
    """Every public address and document, as a stranger without a cookie gets them."""
    found = {}
    for address in _addresses():
        found[address] = _told(Client().get(address))
    for page, variables in _trusted():
        given = {"documentId": hash_of(text_of(f"{page}.graphql")), "variables": json.dumps(variables)}
        reply = Client().get("/graphql", given)
        # A browser or a CDN holds it against what it has: its mark is a mark of these bytes and of nothing else.
        found[f"{page} {variables}"] = (*_told(reply)[:2], reply["ETag"].encode() + _told(reply)[2])
    for document in _documents():
        reply = Client().post("/graphql", {"query": document}, content_type="application/json")
        assert b'"errors"' not in reply.content, (document, reply.content[:500])
        found[document] = _told(reply)
    for document in _closed():
        reply = Client().post("/graphql", {"query": document}, content_type="application/json")
        # What asks who she is tells a stranger nothing, and says so in the same words whatever stands there.
        assert b'"NOT_FOUND"' in reply.content, (document, reply.content[:500])
        found[document] = _told(reply)
    return found


def moved(before: Seen, after: Seen) -> set[str]:
    """What does not say the same any more."""
    return {what for what in before.keys() | after.keys() if before.get(what) != after.get(what)}


def _told(reply: object) -> tuple[int, tuple, bytes]:
    headers = {k: v for k, v in reply.headers.items() if k not in _HEADERS_OF_ITS_OWN}  # type: ignore[attr-defined]
    return reply.status_code, tuple(sorted(headers.items())), _OWN.sub(b"", reply.content)  # type: ignore[attr-defined]


def _trusted() -> Iterator[tuple[str, dict[str, str]]]:
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
        for part in _parts("Product"):
            yield f'{{ product(slug: "{slug}") {{ {part} }} }}'
        yield f'{{ provenance(product: "{slug}") {{ {" ".join(_parts("Provenance"))} }} }}'
        yield f'{{ rating(product: "{slug}") {{ count }} reviews(product: "{slug}", first: 9) {{ totalCount }} }}'
    for slug in Team.objects.values_list("slug", flat=True):
        yield f'{{ provenance(team: "{slug}") {{ {" ".join(_parts("Provenance"))} }} }}'
        yield f'{{ team(slug: "{slug}") {{ products(first: 9) {{ totalCount edges {{ cursor }} }} }} }}'
    for sort in SORTS:
        yield f"{{ products(first: 20, sort: {sort}) {{ totalCount edges {{ cursor node {{ slug }} }} }} }}"
        yield f"{{ search(first: 20, sort: {sort}) {{ edges {{ cursor node {{ slug }} }} }} }}"
    yield "{ search(first: 20) { totalCount facets { name values { value count } } edges { cursor node { slug } } } }"
    yield "{ teams(first: 20) { totalCount edges { cursor node { slug } } } }"
    for by in ("ENTRY", "DIVISION"):
        for sort in ("NET", "PERSON_TIMES", "PEOPLE", "ORGANISATIONS", "MOBILISED"):
            yield f"{{ board(by: {by}, sort: {sort}) {{ rows {{ rank figures {{ net {{ minor }} }} }} }} }}"
        for figure in _parts("ContestFigures"):
            yield f"{{ board(by: {by}) {{ rows {{ figures {{ {figure} }} }} }} }}"
    yield from (f"{{ board {{ {part} }} }}" for part in _parts("Board") if not part.startswith("rows"))
    yield from (f"{{ contest {{ {part} }} }}" for part in _parts("Contest") if not part.startswith("result "))
    # A result as a whole is more than a guest may ask at once.
    yield from (f"{{ contest {{ result {{ {part} }} }} }}" for part in _parts("RoundResult"))


def _closed() -> Iterator[str]:
    """Each field below a product or a team that asks who she is, alone."""
    for slug in Product.objects.values_list("slug", flat=True):
        yield from (f'{{ product(slug: "{slug}") {{ {part} }} }}' for part in _guarded(_kind("Product"), ()))
    for slug in Team.objects.values_list("slug", flat=True):
        yield from (f'{{ team(slug: "{slug}") {{ {part} }} }}' for part in _guarded(_kind("Team"), ()))


def _guarded(kind: GraphQLObjectType, above: tuple[str, ...]) -> Iterator[str]:
    for field, its in kind.fields.items():
        below = get_named_type(its.type)
        if its.args or below.name in (*above, kind.name):
            continue
        if not _is_open(its):
            yield f"{field} {{ __typename }}" if isinstance(below, GraphQLObjectType) else field
        elif isinstance(below, GraphQLObjectType):
            yield from (f"{field} {{ {part} }}" for part in _guarded(below, (*above, kind.name)))


def _is_open(field: GraphQLField) -> bool:
    """Whether it asks nobody who she is."""
    rule = facts_of(field).access
    return not (rule and rule.allows)


def _kind(name: str) -> GraphQLObjectType:
    from shop.schema import schema

    kind = schema.graphql_schema.type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    return kind


def _parts(name: str) -> Iterator[str]:
    """Each field of a kind that asks for nothing, with all that is below it, one level after the other."""
    for field, its in _kind(name).fields.items():
        below = get_named_type(its.type)
        if (its.args and any(arg != "language" for arg in its.args)) or not _is_open(its):
            continue
        if not isinstance(below, GraphQLObjectType):
            yield field
        elif below.name != "Product":
            yield f"{field} {{ {_whole(below, (name,))} }}"


def _whole(kind: GraphQLObjectType, above: tuple[str, ...]) -> str:
    parts = []
    for field, its in kind.fields.items():
        below = get_named_type(its.type)
        if its.args or below.name in above or below.name in ("Product", "Team") or not _is_open(its):
            continue
        if isinstance(below, GraphQLObjectType):
            parts.append(f"{field} {{ {_whole(below, (*above, kind.name))} }}")
        else:
            parts.append(field)
    return " ".join(parts)
