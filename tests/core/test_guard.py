"""Hostile documents are refused in JSON, early, and nothing of them is executed."""

import json
import time

import pytest

from core.api import run
from core.models import OutboxEvent
from tests.core import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client):
    def send(query=None, variables=None, body=None, **how):
        content = body if body is not None else json.dumps({"query": query, "variables": variables})
        return client.post(
            "/graphql", content, content_type=how.pop("content_type", "application/json"), **how
        )

    return send


def code_of(response):
    assert response["Content-Type"] == "application/json"
    error = response.json()["errors"][0]
    assert error["extensions"]["requestId"]
    return response.status_code, error["extensions"]["code"]


def doubling(leaf, count=24, on="Query"):
    """Fragments that each spread the next one twice."""
    chain = "".join(f"fragment f{n} on {on} {{ ...f{n + 1} ...f{n + 1} }}" for n in range(count))
    return f"{{ ...f0 }} {chain} fragment f{count} on {on} {{ {leaf} }}"


def nest(levels):
    return (
        "{ events(first: 1) { nodes "
        + "{ deliveries { event " * levels
        + "{ name }"
        + " } }" * levels
        + " } }"
    )


HOSTILE = {
    "deep": (nest(4), "TOO_COSTLY"),
    "very deep": (nest(30), "TOO_DEEP"),
    "brackets": ("{" * 900, "TOO_DEEP"),
    "list brackets": ("{ a(b: " + "[" * 900 + ") }", "TOO_DEEP"),
    "costly": (
        "{ events(first: 100) { nodes { deliveries { event { deliveries { tries } } } } } }",
        "TOO_COSTLY",
    ),
    "costly by both ends": (
        "{ events(first: 100) { nodes { deliveries { tries event { name } } }"
        " edges { node { deliveries { tries event { name } } } } } }",
        "TOO_COSTLY",
    ),
    "costly by variable": (
        "query($n: Int = 100) { events(first: $n) { nodes { deliveries { tries reaction doneAt event { id name recordedAt } } } } }",
        "TOO_COSTLY",
    ),
    "aliases": ("{" + " ".join(f"a{n}: gone" for n in range(16)) + "}", "TOO_MANY_ALIASES"),
    "aliases in fragments": (doubling("a: gone b: gone", 4), "TOO_MANY_ALIASES"),
    "repeated": ("{" + " gone" * 102 + "}", "TOO_MANY_REPEATED_FIELDS"),
    "repeated with all below": (
        "{" + " thing { name price { minor } }" * 100 + "}",
        "TOO_MANY_REPEATED_FIELDS",
    ),
    "repeated in fragments": (
        "{ ...f0 ...g0 }"
        + "".join(
            f"fragment {x}{n} on Query {{ thing {{ name }} ...{x}{n + 1} }}" for n in range(38) for x in "fg"
        )
        + "fragment f38 on Query { gone } fragment g38 on Query { gone }",
        "TOO_MANY_REPEATED_FIELDS",
    ),
    "directives": ("{ gone " + "@skip(if: true) " * 11 + "}", "TOO_MANY_DIRECTIVES"),
    "doubling fragments": (doubling("gone"), "TOO_COSTLY"),
    "doubling mutations": (
        "mutation " + doubling("signedInOnly { done }", 24, "Mutation"),
        "ONE_MUTATION",
    ),
    "fragment circle": (
        "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
        "INVALID_DOCUMENT",
    ),
    "fragment chain": (
        "{ ...f0 } "
        + "".join(f"fragment f{n} on Query {{...f{n + 1}}}" for n in range(110))
        + "fragment f110 on Query { gone }",
        None,
    ),
    "tokens": ("{" + " a" * 1001 + "}", "TOO_MANY_TOKENS"),
    "characters": ("{ gone }" + " " * 10_000, "TOO_MANY_CHARACTERS"),
    "comments": ("#" * 9_990 + "\n{", "SYNTAX"),
    "syntax": ("{ gone", "SYNTAX"),
    "zero byte": ('{ event(id: "\\u0000") { name } }', "SYNTAX"),
    "two operations": ("query a { gone } query b { gone }", "ONE_OPERATION"),
    "no operation": ("fragment a on Query { gone }", "ONE_OPERATION"),
    "a type": ("type A { b: Int } query { gone }", "ONE_OPERATION"),
    "two mutations": ("mutation { a: signedInOnly { done } signedInOnly { done } }", "ONE_MUTATION"),
    "two mutations in fragments": (
        "mutation { ...a ...a } fragment a on Mutation { signedInOnly { done } }",
        "ONE_MUTATION",
    ),
    "subscription": ("subscription { gone }", "INVALID_DOCUMENT"),
    "unknown fields": ("{" + " ".join(f"evant{n}" for n in range(480)) + "}", "INVALID_DOCUMENT"),
    "unknown fragments": ("{" + " ".join(f"...x{n}" for n in range(300)) + "}", "INVALID_DOCUMENT"),
    "overlapping": (
        "{"
        + " ".join(
            f"... on Query {{ events(first: 1) {{ nodes {{ name n{n}: name }} }} }}" for n in range(15)
        )
        + "}",
        None,
    ),
    "introspection": ("{ __schema { types { name fields { name } } } }", "INVALID_DOCUMENT"),
    "big integer": ("{ events(first: 99999999999999999999) { nodes { id } } }", "INVALID_DOCUMENT"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_early_and_in_json(post, name, monkeypatch):
    document, expected = HOSTILE[name]
    monkeypatch.setattr(world.Query, "resolve_gone", None)
    times = []
    for n in range(5):
        began = time.thread_time()
        response = post(f"{document} #{n}" if name != "characters" else document)
        times.append(time.thread_time() - began)
    status, code = code_of(response) if response.status_code != 200 else (200, None)
    assert status < 500 and (expected is None or (status >= 400 and code == expected)), response.content
    assert sorted(times)[2] < 0.05, f"{sorted(times)[2] * 1000:.0f} ms"


def test_no_name_is_suggested(post):
    for document in ("{ event { name } evnts }", "{ events(first: 1, sort: NEWST) { nodes { nme } } }"):
        response = post(document)
        assert "INVALID_DOCUMENT" in code_of(response) and b"Did you mean" not in response.content


def test_typename_works_and_introspection_only_where_it_is_open(post, settings):
    assert post("{ __typename thing { __typename } }").json()["data"]["__typename"] == "Query"
    settings.API_INTROSPECTION = True
    assert (
        post("{ __schema { queryType { name } } }").json()["data"]["__schema"]["queryType"]["name"] == "Query"
    )


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"\xff\xfe",
        b'"x"',
        b"[" * 30_000,
        b'{"query": 1}',
        b'{"query": "{ gone }", "variables": []}',
        b'{"query": "{ gone }", "variables": {"a": NaN}}',
        b'{"query": "{ gone }", "variables": {"a": "\\u0000"}}',
        b'{"query": "{ gone }", "variables": {"a": "\\ud800"}}',
        b'{"query": "{ gone }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
        b'{"query": ""}',
        b'{"query": "{ gone }", "operationName": "other"}',
    ],
)
def test_a_body_that_is_no_request_is_refused(post, body):
    status, code = code_of(post(body=body))
    assert (status, code) in {(400, "BAD_JSON"), (400, "BAD_REQUEST")}


def test_a_batch_is_refused(post):
    assert code_of(post(body='[{"query": "{ gone }"}]')) == (400, "NO_BATCHING")


def test_a_big_or_packed_or_foreign_body_is_refused(post):
    assert code_of(post("{ gone }", {"x": "a" * 64_000})) == (413, "TOO_LARGE")
    assert code_of(post("{ gone }", HTTP_CONTENT_ENCODING="gzip")) == (415, "UNSUPPORTED_MEDIA_TYPE")
    for kind in ("application/graphql", "text/plain", "application/x-www-form-urlencoded"):
        assert code_of(post("{ gone }", content_type=kind)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert post("{ __typename }", content_type="application/json; charset=utf-8").status_code == 200


def test_other_methods_and_parameters_in_the_url_do_nothing(client, post):
    for method in ("put", "delete", "patch", "options"):
        assert code_of(getattr(client, method)("/graphql")) == (405, "METHOD_NOT_ALLOWED")
    assert code_of(client.get("/graphql", {"query": "{ gone }"})) == (405, "METHOD_NOT_ALLOWED")
    answer = client.post(
        "/graphql?query={gone}", '{"query": "{ __typename }"}', content_type="application/json"
    )
    assert answer.json() == {"data": {"__typename": "Query"}}


def test_variables_that_do_not_fit_are_refused_before_anything_runs(post):
    document = "query($n: Int!) { events(first: $n) { nodes { id } } }"
    for wrong in ("a", None, 2**40, 1.5, [1], {"a": 1}):
        assert code_of(post(document, {"n": wrong})) == (400, "BAD_INPUT")
    assert code_of(post(document)) == (400, "BAD_INPUT")


def test_a_signed_in_person_may_ask_for_more(post, client, django_user_model, monkeypatch):
    document = "{ events(first: 100) { nodes { deliveries { tries reaction doneAt event { id name recordedAt } } } } }"
    assert code_of(post(document)) == (400, "TOO_COSTLY")
    monkeypatch.setattr("django.contrib.auth.models.AnonymousUser.is_authenticated", True)
    monkeypatch.setattr("django.contrib.auth.models.AnonymousUser.uid", "1", raising=False)
    assert post(document).status_code == 200


def test_limits_are_settings(post, settings):
    settings.API_LIMITS = {"tokens": 3}
    assert code_of(post("{ gone broken }")) == (400, "TOO_MANY_TOKENS")


def test_an_answer_that_is_too_big_is_not_sent(post, settings):
    OutboxEvent.objects.create(name="x" * 60, payload={})
    settings.API_LIMITS = {"answer_bytes": 50}
    assert code_of(post("{ events(first: 1) { nodes { name } } }")) == (400, "ANSWER_TOO_LARGE")


def test_an_answer_that_takes_too_long_is_cut_short(post, settings):
    settings.API_LIMITS = {"resolver_seconds": -1}
    answer = post("{ events(first: 1) { nodes { name } } }").json()
    assert answer["errors"][0]["extensions"]["code"] == "TIMEOUT"


def test_too_much_in_a_minute_is_refused(post, settings):
    settings.API_LIMITS = {"rate_address": 5}
    codes = [post("{ gone }").status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2


def test_a_failure_outside_execution_is_json_too(post, monkeypatch):
    monkeypatch.setattr("core.api.view._read", lambda request: 1 / 0)
    assert code_of(post("{ gone }")) == (500, "INTERNAL")


def test_a_document_is_parsed_and_validated_once(post, monkeypatch):
    seen = []
    validate = run.validate
    monkeypatch.setattr(run, "validate", lambda *a, **k: seen.append(1) or validate(*a, **k))
    for _ in range(3):
        assert post("{ __typename }").status_code == 200
    assert len(seen) == 1


def test_strangers_documents_are_forgotten_in_time_and_ours_never(post, monkeypatch):
    run.documents.prepare("{ __typename }")
    texts = ["{ __typename }" + " " * 9_900 + f"#{n:02}" for n in range(40)]
    monkeypatch.setattr(run, "MOST_BYTES", 30 * run.weight_of(texts[0], run.parsed(texts[0])))
    for text in texts:
        assert post(text).status_code == 200
    assert list(run.documents._prepared) == texts[10:] and run.documents.size <= run.MOST_BYTES
    assert "{ __typename }" in run.documents._ours


def test_every_answer_carries_its_request_id_and_never_a_strangers(post):
    response = post("{", HTTP_X_REQUEST_ID="chosen by a stranger")
    assert response["X-Request-Id"] == response.json()["errors"][0]["extensions"]["requestId"]
    assert len(response["X-Request-Id"]) == 16


def test_a_count_has_its_own_cost(post, settings):
    settings.API_LIMITS = {"cost_anonymous": 18}
    assert post("{ events(first: 2) { nodes { id } } }").status_code == 200
    assert code_of(post("{ events(first: 2) { totalCount } }")) == (400, "TOO_COSTLY")


def test_depth_is_counted_through_fragments(post, settings):
    settings.API_LIMITS = {"depth": 4}
    fragment = "fragment F on Event { deliveries { event { name } } }"
    assert code_of(post("{ events(first: 1) { nodes { ...F } } } " + fragment)) == (400, "TOO_DEEP")
    assert post("{ events(first: 1) { nodes { deliveries { tries } } } }").status_code == 200


LONG = "9" * 5000
PAGE = "query($n: Int) { events(first: $n) { nodes { name } } }"


@pytest.mark.parametrize("number", [LONG, f"-{LONG}", f"1e{LONG}", f"1.{LONG}", f"{LONG}e-5", "9" * 41])
def test_no_number_of_a_document_is_computed_with_before_its_length_is_known(post, number):
    for document in (
        f"{{ events(first: {number}) {{ nodes {{ name }} }} }}",
        f"{{ events(first: 1, name: {number}) {{ nodes {{ name }} }} }}",
        f"query($n: Int = {number}) {{ events(first: $n) {{ nodes {{ name }} }} }}",
        f"{{ events(first: 1) {{ nodes {{ name @skip(if: {number}) }} }} }}",
    ):
        began = time.perf_counter()
        assert code_of(post(document)) == (400, "SYNTAX")
        assert time.perf_counter() - began < 0.3


@pytest.mark.parametrize(
    "number", [LONG, f"-{LONG}", f"1e{LONG}", "1e999", "-1e999", f"0.{LONG}", "NaN", "Infinity", "-Infinity"]
)
def test_no_number_of_a_body_is_computed_with_before_its_length_is_known(post, number):
    for variables in (f'{{"n": {number}}}', f'{{"x": [[{{"y": {number}}}]]}}'):
        body = f'{{"query": {json.dumps(PAGE)}, "variables": {variables}}}'
        began = time.perf_counter()
        assert code_of(post(body=body)) == (400, "BAD_JSON")
        assert time.perf_counter() - began < 0.3


@pytest.mark.parametrize(
    "number", ["1e300", "1.5", "true", '"1"', '"1e9999999"', "1e39", "9" * 40, "[1]", "{}"]
)
def test_a_variable_of_another_kind_is_bad_input(post, number):
    body = f'{{"query": {json.dumps(PAGE)}, "variables": {{"n": {number}}}}}'
    assert code_of(post(body=body))[0] == 400


@pytest.mark.parametrize("said", [LONG, "٣", "²", "-1", "1_0", "1e3", "+5"])
def test_a_length_that_is_none_is_refused(post, said):
    assert code_of(post(PAGE, {"n": 1}, CONTENT_LENGTH=said)) == (413, "TOO_LARGE")
