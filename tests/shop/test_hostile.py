"""Hostile requests to the whole schema: refused in JSON, early, and nothing of them is executed."""

import gzip
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as live
from django.test import Client

from core.api.run import hash_of
from shop.web.document import text_of

pytestmark = pytest.mark.django_db
JSON = "application/json"
MOST_SECONDS = 0.05
Send = Callable[[Client, int], Any]


def fragments(width: int, leaf: str, count: int = 40) -> str:
    """Each fragment spreads the next one several times: short to write, endless to expand."""
    chain = " ".join(
        f"fragment f{n} on Product {{ {' '.join([f'...f{n + 1}'] * width)} }}" for n in range(count)
    )
    return (
        f"{{ products(first: 1) {{ nodes {{ ...f0 }} }} }} {chain} fragment f{count} on Product {{ {leaf} }}"
    )


def circle(levels: int) -> str:
    """From a product to its team to the team's products, again and again."""
    deep = "slug"
    for _ in range(levels):
        deep = f"team {{ products(first: 1) {{ nodes {{ {deep} }} }} }}"
    return f"{{ products(first: 1) {{ nodes {{ {deep} }} }} }}"


SIGN_OUT = "signOut { errors { code } }"
PLACE = 'checkoutPlace(input: {expectedTotal: "1.00", idempotencyKey: "3f0c9a0e-7d52-4c3b-9f57-0c8f5a1d2e64"}) { token }'

# Why it is hostile: (document, the code of its refusal)
DOCUMENTS = {
    "characters": ("{ __typename }" + " " * 10_000, "TOO_MANY_CHARACTERS"),
    "tokens": ("{" + " id" * 1_001 + "}", "TOO_MANY_TOKENS"),
    "brackets": ("{ products(where: " + "[" * 500 + ") }", "TOO_DEEP"),
    "depth": (circle(2), "TOO_DEEP"),
    "great depth": (circle(12), "TOO_DEEP"),
    "rows by rows": (
        "{ teams(first: 100) { nodes { products(first: 100) { nodes { slug } } } } }",
        "TOO_COSTLY",
    ),
    "rows by a variable": (
        "query($n: Int) { teams(first: $n) { nodes { products(first: $n) { nodes { slug } } } } }",
        "TOO_COSTLY",
    ),
    "rows by both ends": (
        "{ products(first: 100) { nodes { variants { id name price { amount currency } } }"
        " edges { node { variants { id name price { amount currency } } } } } }",
        "TOO_COSTLY",
    ),
    "lists without an end": (
        "{ regions { children { children { children { code } } } } }",
        "TOO_COSTLY",
    ),
    "aliases": (
        "{" + " ".join(f'a{n}: rating(product: "x") {{ count }}' for n in range(16)) + "}",
        "TOO_MANY_ALIASES",
    ),
    "aliases of a search": (
        "{"
        + " ".join(f'a{n}: search(query: "茶", first: 0) {{ facets {{ name }} }}' for n in range(60))
        + "}",
        None,
    ),
    "repeated fields": (
        "{ viewer {" + " name" * 110 + " } }",
        "TOO_MANY_REPEATED_FIELDS",
    ),
    "directives": ("{ __typename" + " @skip(if: false)" * 11 + " }", "TOO_MANY_DIRECTIVES"),
    "unknown directives": ("{ __typename" + " @aa" * 11 + " }", "TOO_MANY_DIRECTIVES"),
    "fragment bomb": (fragments(2, "slug"), "TOO_COSTLY"),
    "fragment bomb of aliases": (fragments(2, "a: __typename"), "TOO_COSTLY"),
    "fragment bomb of nothing": (fragments(3, "...f40", 12), None),
    "fragment circle": (
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "INVALID_DOCUMENT",
    ),
    "fragment without an end": (
        "{ products(first: 1) { nodes { ...a } } } fragment a on Product { team { products(first: 1) { nodes { ...a } } } }",
        "INVALID_DOCUMENT",
    ),
    "two operations": ("query a { __typename } query b { __typename }", "ONE_OPERATION"),
    "no operation": ("fragment a on Query { __typename }", "ONE_OPERATION"),
    "two mutations": (f"mutation {{ {SIGN_OUT} {PLACE} }}", "ONE_MUTATION"),
    "a mutation twice": (f"mutation {{ a: {SIGN_OUT} b: {SIGN_OUT} }}", "ONE_MUTATION"),
    "mutations in a fragment": (
        f"mutation {{ ...a ...b }} fragment a on Mutation {{ {SIGN_OUT} }} fragment b on Mutation {{ {PLACE} }}",
        "ONE_MUTATION",
    ),
    "subscription": ("subscription { orders { number } }", "INVALID_DOCUMENT"),
    "introspection": ("{ __schema { types { name fields { name type { name } } } } }", "INVALID_DOCUMENT"),
    "introspection of a type": ('{ __type(name: "Order") { fields { name } } }', "INVALID_DOCUMENT"),
    "introspection in a fragment": (
        "{ ...a } fragment a on Query { __schema { queryType { name } } }",
        "INVALID_DOCUMENT",
    ),
    "names to guess": ("{" + " ".join(f"prodact{n}" for n in range(300)) + "}", "INVALID_DOCUMENT"),
    "a number too big": ("{ products(first: 99999999999) { nodes { slug } } }", "INVALID_DOCUMENT"),
    "a type of its own": ("type A { b: Int } query { __typename }", "ONE_OPERATION"),
    "no end": ("{ products(first: 1) { nodes { slug }", "SYNTAX"),
    "a zero byte": ('{ product(slug: "\\u0000") { slug } }', "SYNTAX"),
    "overlapping fields": (
        "{" + " ".join(f"...{{ teams(first: 1) {{ nodes {{ n{n}: slug }} }} }}" for n in range(90)) + "}",
        None,
    ),
}


def post(client: Client, body: str | bytes, **more: Any) -> Any:
    return client.post(more.pop("path", "/graphql"), body, content_type=more.pop("kind", JSON), **more)


def asking(document: str, **more: Any) -> str:
    return json.dumps({"query": document, **more})


FINE = asking("{ __typename }")
SHUT_OUT = "mutation { " + SIGN_OUT + " }"
# What else is hostile: (how it is sent, the status and code of its refusal)
REQUESTS: dict[str, tuple[Send, int, str]] = {
    "a big body": (
        lambda c, n: post(c, asking("{ __typename }", variables={"a": "x" * 64_000})),
        413,
        "TOO_LARGE",
    ),
    "a packed body": (
        lambda c, n: post(c, gzip.compress(FINE.encode()), HTTP_CONTENT_ENCODING="gzip"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "a form": (lambda c, n: c.post("/graphql", {"query": SHUT_OUT}), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "plain text": (lambda c, n: post(c, FINE, kind="text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "graphql as a type": (
        lambda c, n: post(c, SHUT_OUT, kind="application/graphql"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    ),
    "no json": (lambda c, n: post(c, "{"), 400, "BAD_JSON"),
    "deep json": (lambda c, n: post(c, "[" * 50_000), 400, "BAD_JSON"),
    "a batch": (lambda c, n: post(c, f"[{FINE},{FINE}]"), 400, "NO_BATCHING"),
    "a query in the address": (
        lambda c, n: c.get("/graphql", {"query": "{ __typename }"}),
        405,
        "METHOD_NOT_ALLOWED",
    ),
    "a mutation by GET": (
        lambda c, n: c.get("/graphql", {"documentId": hash_of(text_of("account/sign_out.graphql"))}),
        405,
        "METHOD_NOT_ALLOWED",
    ),
    "an unknown hash": (lambda c, n: post(c, json.dumps({"documentId": "0" * 64})), 404, "UNKNOWN_DOCUMENT"),
    "an unknown token": (lambda c, n: post(c, FINE, HTTP_AUTHORIZATION="Bearer x"), 401, "BAD_TOKEN"),
    "another site's form": (lambda c, n: post(c, FINE, HTTP_ORIGIN="https://evil.example"), 403, "CSRF"),
    "another method": (lambda c, n: c.put("/graphql", FINE, content_type=JSON), 405, "METHOD_NOT_ALLOWED"),
    "variables that do not fit": (
        lambda c, n: post(
            c, asking("query($n: Int!) { products(first: $n) { nodes { slug } } }", variables={"n": "many"})
        ),
        400,
        "BAD_INPUT",
    ),
}


@pytest.fixture
def executed(monkeypatch) -> list[str]:
    """Root fields whose resolvers were reached."""
    from core.api.run import graphql_schema

    reached: list[str] = []
    schema = graphql_schema()
    for type_ in (schema.query_type, schema.mutation_type):
        assert type_
        for name, field in type_.fields.items():
            monkeypatch.setattr(field, "resolve", lambda *a, name=name, **k: reached.append(name))
    return reached


def refusals(send: Send, client: Client) -> tuple[set[int], set[str], float]:
    """Statuses, codes and the median of seven tries, each of them new to the shop."""
    statuses, codes, seconds = set(), set(), []
    for n in range(7):
        began = time.thread_time()
        response = send(client, n)
        seconds.append(time.thread_time() - began)
        assert response["Content-Type"] == JSON
        statuses.add(response.status_code)
        (error,) = response.json().get("errors", [None])
        assert error and len(error["extensions"]["requestId"]) == 16
        assert "Did you mean" not in error["message"]
        codes.add(error["extensions"]["code"])
    return statuses, codes, statistics.median(seconds)


@pytest.mark.parametrize("why", DOCUMENTS)
def test_a_hostile_document_is_refused_early_and_nothing_of_it_is_done(why, client, executed):
    document, expected = DOCUMENTS[why]
    statuses, codes, median = refusals(lambda c, n: post(c, asking(f"{document}\n# {n}")), client)
    assert all(400 <= status < 500 for status in statuses), statuses
    assert expected is None or codes == {expected}
    assert executed == []
    assert median < MOST_SECONDS, f"{median * 1000:.0f} ms"


@pytest.mark.parametrize("why", REQUESTS)
def test_a_hostile_request_is_refused_early_and_nothing_of_it_is_done(why, client, executed):
    send, status, code = REQUESTS[why]
    statuses, codes, median = refusals(send, client)
    assert (statuses, codes) == ({status}, {code})
    assert executed == []
    assert median < MOST_SECONDS, f"{median * 1000:.0f} ms"


def test_the_address_never_wins_over_the_body(client, executed):
    answer = post(client, FINE, path="/graphql?query=mutation{signOut{errors{code}}}&operationName=x")
    assert answer.json() == {"data": {"__typename": "Query"}} and executed == []


def test_a_session_without_its_token_does_nothing(executed):
    client = Client(enforce_csrf_checks=True)
    client.cookies[live.SESSION_COOKIE_NAME] = "somebody"
    answer = post(client, asking(SHUT_OUT))
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "CSRF")
    assert executed == []


def test_an_honest_document_is_let_through_quickly(client):
    """The control: what clients ask every day is refused by none of this."""
    document = """query($q: String) { search(query: $q, first: 24) { totalCount facets { title values { label count } }
      nodes { slug name priceFrom { amount } team { name division { name } } pictures { cardUrl } } } }"""
    answer = post(client, asking(document, variables={"q": "茶"}))
    assert answer.status_code == 200 and answer.json()["data"]["search"]["totalCount"] == 0
