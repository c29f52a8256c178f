"""The door: sessions are protected from forgery, tokens name their person, trusted documents go by hash."""

import json

import pytest
from django.conf import settings as live
from django.test import Client

from core.api import documents, run
from core.api.extensions import mention
from core.middleware import address_of
from tests.core import world

pytestmark = pytest.mark.django_db

QUERY = "query Names { thing { name } }"
MUTATION = "mutation Do { signedInOnly { done errors { code } } }"


@pytest.fixture
def strict():
    """A client that browsers resemble: the CSRF check is on."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ours(settings, tmp_path):
    """Two trusted documents."""
    (tmp_path / "names.graphql").write_text(QUERY)
    (tmp_path / "do.graphql").write_text(MUTATION)
    settings.TRUSTED_DOCUMENTS = [tmp_path]
    documents.trusted.cache_clear()
    yield tmp_path
    documents.trusted.cache_clear()


def post(client, body, **headers):
    return client.post("/graphql", json.dumps(body), content_type="application/json", **headers)


def code(response):
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


def reader(request):
    if request.headers["Authorization"] != "Bearer good":
        return None
    request.api_scopes = ("documents",)
    return type("Person", (), {"is_authenticated": True, "uid": "7"})()


@pytest.fixture
def tokens(settings):
    settings.API_TOKEN_READER = "tests.core.test_view.reader"


def test_a_session_needs_the_token_of_a_page_of_ours(strict):
    strict.cookies[live.SESSION_COOKIE_NAME] = "somebody"
    assert code(post(strict, {"query": MUTATION})) == (403, "CSRF")
    secret = "a" * 32
    strict.cookies[live.CSRF_COOKIE_NAME] = secret
    assert post(strict, {"query": MUTATION}, HTTP_X_CSRFTOKEN=secret).status_code == 200
    foreign = post(strict, {"query": MUTATION}, HTTP_X_CSRFTOKEN=secret, HTTP_ORIGIN="https://evil.example")
    assert code(foreign) == (403, "CSRF")


def test_without_a_session_only_a_foreign_origin_is_refused(strict):
    assert post(strict, {"query": QUERY}).status_code == 200
    assert post(strict, {"query": QUERY}, HTTP_ORIGIN="http://testserver").status_code == 200
    assert code(post(strict, {"query": QUERY}, HTTP_ORIGIN="https://evil.example")) == (403, "CSRF")


def test_a_bearer_token_names_its_person_and_needs_no_csrf_token(strict, tokens):
    strict.cookies[live.SESSION_COOKIE_NAME] = "somebody"
    answer = post(strict, {"query": MUTATION}, HTTP_AUTHORIZATION="Bearer good").json()
    assert answer["data"]["signedInOnly"] == {"done": True, "errors": []}
    for wrong in ("Bearer bad", "Bearer ", "Basic good"):
        assert code(post(strict, {"query": MUTATION}, HTTP_AUTHORIZATION=wrong)) == (401, "BAD_TOKEN")


def test_a_trusted_document_goes_by_its_hash(client, ours):
    assert post(client, {"documentId": run.hash_of(QUERY)}).json()["data"] == {"thing": {"name": "柚子"}}
    assert code(post(client, {"documentId": run.hash_of("other")})) == (404, "UNKNOWN_DOCUMENT")


def test_a_trusted_document_is_free_of_limits(client, ours, settings):
    settings.API_LIMITS = {"cost_anonymous": 1, "depth": 1, "tokens": 1}
    assert post(client, {"documentId": run.hash_of(QUERY)}).status_code == 200
    assert code(post(client, {"query": QUERY + " "})) == (400, "TOO_MANY_TOKENS")


def test_a_trusted_query_may_be_kept_by_browsers(client, ours):
    address = {"documentId": run.hash_of(QUERY)}
    first = client.get("/graphql", address)
    assert first.json() == {"data": {"thing": {"name": "柚子"}}}
    assert first["Cache-Control"] == "public, max-age=1" and "Accept-Language" in first["Vary"]
    again = client.get("/graphql", address, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    english = client.get("/graphql", address, HTTP_ACCEPT_LANGUAGE="en", HTTP_IF_NONE_MATCH=first["ETag"])
    assert english.json() == {"data": {"thing": {"name": "Pomelo"}}}


def test_an_answer_that_says_something_of_itself_is_kept_by_nobody(client, ours, monkeypatch):
    def beside(self, info):
        world.Query.looked += 1
        mention(info.context, "search", {"fallback": True})
        return world.ABook()

    monkeypatch.setattr(world.schema.graphql_schema.query_type.fields["thing"], "resolve", beside)
    before = world.Query.looked
    for _ in range(2):
        answer = client.get("/graphql", {"documentId": run.hash_of(QUERY)})
        assert answer.json()["extensions"] == {"search": {"fallback": True}}
        assert answer["Cache-Control"] == "private, no-cache"
    assert world.Query.looked == before + 2


def test_what_a_signed_in_person_sees_is_kept_by_nobody_else(client, ours, tokens):
    address = {"documentId": run.hash_of(QUERY)}
    answer = client.get("/graphql", address, HTTP_AUTHORIZATION="Bearer good")
    assert answer["Cache-Control"] == "private, no-cache"


def test_nothing_is_done_by_get(client, ours):
    assert code(client.get("/graphql", {"documentId": run.hash_of(MUTATION)})) == (405, "METHOD_NOT_ALLOWED")
    bad = {"documentId": run.hash_of(QUERY), "variables": "[]"}
    assert code(client.get("/graphql", bad)) == (400, "BAD_REQUEST")


def test_a_strict_shop_serves_trusted_documents_and_scoped_tokens_only(client, ours, tokens, settings):
    settings.TRUSTED_DOCUMENTS_ONLY = True
    assert code(post(client, {"query": QUERY})) == (403, "UNTRUSTED_DOCUMENT")
    assert post(client, {"documentId": run.hash_of(QUERY)}).status_code == 200
    assert post(client, {"query": QUERY}, HTTP_AUTHORIZATION="Bearer good").status_code == 200


def test_our_own_documents_are_validated_and_costed_before_they_are_served(ours):
    assert documents.problems() == []
    (ours / "wrong.graphql").write_text("{ nothing }")
    (ours / "dear.graphql").write_text(
        "{ events(first: 100) { nodes { deliveries { event { deliveries { tries reaction doneAt } } } } } }"
    )
    assert [line.split(":")[0] for line in documents.problems()] == ["dear.graphql", "wrong.graphql"]


def test_the_answer_speaks_the_language_of_the_browser(client):
    assert (
        post(client, {"query": QUERY}, HTTP_ACCEPT_LANGUAGE="en").json()["data"]["thing"]["name"] == "Pomelo"
    )
    assert post(client, {"query": QUERY})["Content-Language"] == "zh-Hans"


def test_a_strangers_word_about_the_address_is_not_believed(rf, settings):
    request = rf.get("/", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2", REMOTE_ADDR="9.9.9.9")
    settings.TRUSTED_PROXIES = []
    assert address_of(request) == "9.9.9.9"
    settings.TRUSTED_PROXIES = ["9.9.9.9"]
    assert address_of(request) == "2.2.2.2"


def test_answers_are_kept_and_given_when_the_cache_is_away(client, monkeypatch):
    monkeypatch.setattr("core.rates._count_each", lambda *a: 1 / 0)
    before = world.Query.looked
    assert post(client, {"query": QUERY}).status_code == post(client, {"query": QUERY}).status_code == 200
    assert world.Query.looked == before + 1
