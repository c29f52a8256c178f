"""The explorer of the API: it asks as whoever is signed in, and sends what changes something only while she has said so."""

import pytest
from graphql import build_client_schema, print_schema

from accounts.models import Person
from core.api.run import graphql_schema
from tests.figures import in_full_alone
from tests.shows.house import until
from tests.web.conftest import a_shelf
from tests.web.test_browser import session_of

EDITOR = "document.querySelector('{} .CodeMirror').CodeMirror"


@pytest.mark.django_db
def test_its_schema_is_the_apis_and_is_not_sent_twice(client):
    answer = client.get("/build/schema.json")
    assert print_schema(build_client_schema(answer.json()["data"])) == print_schema(graphql_schema())
    again = client.get("/build/schema.json", HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert client.post("/build/schema.json").status_code == 405


@pytest.fixture
def explorer(live_shop, browser, django_db_blocker):
    """Opened by a buyer; what its console complains of, and what it has sent."""
    with django_db_blocker.unblock(), live_shop.database():
        buyer = a_shelf().buyer
        cookie = session_of(buyer)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.add_cookies([{"name": "session", "value": cookie, "url": live_shop.url}])
    page = context.new_page()
    page.buyer, page.wrong, page.sent = buyer, [], []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda failure: page.wrong.append(str(failure)))
    page.on("request", lambda one: page.sent.append(one.post_data) if one.url.endswith("/graphql") else None)
    page.goto(f"{live_shop.url}/zh/build/explorer/")
    page.locator("details[data-explorer] summary").click()
    page.locator(".graphiql-container").wait_for()
    yield page
    context.close()


def asked(page, document):
    """What is answered to a document, which is another answer than the last one."""
    answer = f"{EDITOR.format('.result-window')}.getValue()"
    before = page.evaluate(answer)
    page.evaluate(f"text => {EDITOR.format('.graphiql-query-editor')}.setValue(text)", document)
    page.wait_for_timeout(500)  # the editor reads which operations there are a moment after it was written in
    page.locator(".graphiql-execute-button").click()
    return until(lambda: (said := page.evaluate(answer)) != before and said)


@pytest.mark.proof
@in_full_alone("a megabyte of an editor")
def test_it_asks_as_her_and_changes_nothing_before_she_says_so(explorer, live_shop, django_db_blocker):
    change = 'mutation { personUpdate(input: {nickname: "柑橘"}) { errors { code } viewer { nickname } } }'
    assert explorer.buyer.email in asked(explorer, "query Me { viewer { email } }")
    for hidden in (
        change,
        f"# query {{ }}\nfragment A on Person {{ id }}\n{change}",
    ):
        assert "没有发出" in asked(explorer, hidden)
        asked(explorer, "{ viewer { nickname } }")
    assert not [one for one in explorer.sent if "personUpdate" in one]
    # The word inside a text or as a field's name changes nothing, and is sent.
    assert "products" in asked(explorer, "{ products(first: 1) { nodes { mutation: id } } } # mutation")
    explorer.locator("[name=may_change]").check()
    assert "柑橘" in asked(explorer, change)
    with django_db_blocker.unblock(), live_shop.database():
        assert Person.objects.get(pk=explorer.buyer.pk).nickname == "柑橘"
    assert explorer.wrong == [], "nothing that the policy refuses"
    assert explorer.evaluate("localStorage.length") == 0
