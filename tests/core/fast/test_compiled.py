"""Functions answer as graphql-core does, and leave to it what they do not know."""

import pytest
from django.contrib.auth.models import AnonymousUser
from graphql import execute

from core import fast
from core.api import run
from core.models import Delivery, OutboxEvent

pytestmark = pytest.mark.django_db

KNOWN = [
    "{ thing { name } }",
    "{ a: thing { name again: name } b: thing { ...more } } fragment more on Thing { name __typename }",
    "{ thing(language: EN) { name } other: thing { name } }",
    "{ things { name } }",
    "{ events(first: 2) { nodes { id name payload: name recordedAt deliveries { id reaction } } } }",
    "query($n: Int = 2) { events(first: $n, sort: BY_NAME) { edges { cursor node { name } } pageInfo { hasNextPage } } }",
    "{ events(first: 1) { nodes { name } nodes { id } } events(first: 1) { totalCount } }",
    "{ ... on Query { thing { name } } }",
    "{ hidden { name } }",
    "{ thing { name @include(if: true) id: name @skip(if: true) } }",
]
CHOOSING = "query($with: Boolean = false) { thing { name @skip(if: $with) again: name @include(if: $with) } }"
LEFT = [
    "query($a: Boolean = false, $b: Boolean = true) { thing { name @skip(if: $a) again: name @include(if: $b) } }",
    "{ __schema { queryType { name } } }",
]
GIVEN_UP = [
    "{ gone thing { name } }",
    "{ broken }",
    "{ forgotten { text } }",
    "{ events(first: 101) { nodes { id } } }",
]


@pytest.fixture
def request_(rf):
    request = rf.post("/graphql")
    request.user, request.id, request.language = AnonymousUser(), "r", "zh"
    rows = OutboxEvent.objects.bulk_create(OutboxEvent(name=f"E{n}", payload={}) for n in range(4))
    Delivery.objects.bulk_create(Delivery(event=row, reaction="r") for row in rows[:2])
    return request


def slowly(request, prepared, variables=None):
    return execute(
        run.graphql_schema(), prepared.document, context_value=request, variable_values=variables or {}
    )


@pytest.mark.parametrize("document", KNOWN)
def test_it_answers_as_graphql_core_does(document, request_):
    prepared = run.documents.prepare(document)
    expected = slowly(request_, prepared)
    assert expected.errors is None and prepared.fast.compiled.run(request_, {}) == expected.data


def test_it_uses_the_variables_it_is_given(request_):
    prepared = run.documents.prepare("query($n: Int!) { events(first: $n) { nodes { name } } }")
    assert prepared.fast.compiled.run(request_, {"n": 3}) == slowly(request_, prepared, {"n": 3}).data
    data, errors = run.run(request_, prepared, {"n": "three"})
    assert data is None and errors[0]["extensions"]["code"] == "BAD_INPUT"


@pytest.mark.parametrize("variables", [{}, {"with": True}, {"with": False}])
def test_what_a_variable_leaves_away_is_left_away(variables, request_):
    prepared = run.documents.prepare(CHOOSING)
    expected = slowly(request_, prepared, variables).data
    assert prepared.fast.compiled.run(request_, variables) == expected
    assert list(expected["thing"]) == (["again"] if variables.get("with") else ["name"])


@pytest.mark.parametrize("document", LEFT)
def test_what_it_does_not_know_is_left_to_graphql_core(document, request_, settings):
    settings.API_INTROSPECTION = True
    prepared = run.documents.prepare(document)
    before = fast.tally()
    assert run.run(request_, prepared, {}) == (slowly(request_, prepared).data, [])
    reason = "directives" if "skip" in document else "introspection"
    assert fast.tally() == before | {reason: before.get(reason, 0) + 1}


@pytest.mark.parametrize("document", GIVEN_UP)
def test_errors_are_told_by_graphql_core_alone(document, request_, caplog):
    prepared = run.documents.prepare(document)
    told = run.run(request_, prepared, {})
    expected = slowly(request_, prepared)
    assert told == (expected.data, [run.shown(request_, error) for error in expected.errors or ()])


def test_a_query_that_takes_too_long_is_ended(request_, monkeypatch):
    data, errors = run.run(request_, run.documents.prepare("{ things { name } }"), {}, seconds=1e-9)
    assert errors[0]["extensions"]["code"] == "TIMEOUT"
