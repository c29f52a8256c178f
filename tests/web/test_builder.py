"""The page of whoever builds on the API: each field of the schema by noun, what it needs, and how one begins."""

import html
import json

import pytest
from django.test import Client
from graphql import is_object_type

from core.api.run import graphql_schema
from orders.models import Webhook
from orders.webhook_examples import EXAMPLES, body
from shop import reference
from shop.scopes import SCOPES
from tests.accounts.world import a_person
from tests.web.conftest import signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db


def page(path: str, lang: str = "en") -> str:
    answer = Client().get(f"/{lang}/build/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_each_type_and_field_of_the_schema_stands_once_with_what_it_means_and_who_may():
    schema = graphql_schema()
    nouns = reference.nouns().values()
    roots = [part.name for noun in nouns for part in (*noun.questions, *noun.deeds)]
    assert (
        sorted(roots) == sorted([*schema.query_type.fields, *schema.mutation_type.fields]) == sorted(SCOPES)
    )
    kinds = {kind.name: kind for noun in nouns for kind in noun.kinds}
    own = {name for name in schema.type_map if not name.startswith("__")} - {"Query", "Mutation"}
    assert set(kinds) == own - reference.OF_THE_LANGUAGE
    assert len(kinds) == sum(len(noun.kinds) for noun in nouns)
    for name, kind in kinds.items():
        fields = getattr(schema.type_map[name], "fields", getattr(schema.type_map[name], "values", {}))
        assert [part.name for part in kind.parts] == list(fields), name
        if is_object_type(schema.type_map[name]):
            assert all(part.access and part.about for part in kind.parts), name


def test_a_nouns_page_says_of_a_deed_who_may_what_a_token_needs_and_what_it_takes():
    told = html.unescape(words(Client().get("/en/build/order/")))
    assert "orderCancel" in told and "buy: fill a cart, place, pay" in told
    assert "herself alone, signed in" in told  # orderCallOff
    chinese = words(Client().get("/zh/build/order/"))
    assert "买：购物车、下单、付款" in chinese and "谁能看" in chinese
    assert 'id="Order.total"' in page("order/") and 'href="/en/build/how-it-is-written/#Money"' in page(
        "order/"
    )
    assert Client().get("/en/build/nothing/").status_code == 404


def test_what_is_searched_for_is_found_without_a_script_by_name_first():
    told = page("?find=units+left")
    assert '#InsufficientStock.unitsLeft"' in told
    assert [one.at for one in reference.search("order cancel")][0] == "orderCancel"
    assert "Nothing has these words" in page("?find=zzzz")
    assert "&lt;b&gt;" in page("?find=<b>") and "<b>" not in page("?find=<b>").split('id="find"')[1][:200]
    assert len(reference.search("the")) == reference.MOST_FOUND


def test_a_nouns_name_is_a_word():
    assert {"wechat", "reexamination", "cart", "order"} <= set(reference.nouns())
    assert min(map(len, reference.nouns())) > 2


def test_it_is_the_same_for_everybody():
    def of(client):
        return client.get("/en/build/review/").content.decode().split("<main")[1].split("</main>")[0]

    assert of(Client()) == of(signed_in(a_person()))


def test_the_readmes_requests_the_webhooks_and_the_changes_stand_there(settings):
    told = html.unescape(page(""))
    assert f"curl -s {settings.SITE_URL}/graphql" in told and "http://127.0.0.1:8000/" not in told
    for kind in Webhook.Kind.values:
        assert body(kind) in told and json.loads(body(kind))["type"] == kind
    assert set(EXAMPLES) == set(Webhook.Kind.values)
    assert "SetAside.givenBack was removed." in told and "0.1.0" in told
    assert "**" not in told.split('id="requests"')[1]
