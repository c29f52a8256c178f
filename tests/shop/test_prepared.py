"""Lists whose SQL is written once say at each reading what is true then, exactly as graphql-core does."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import execute

import bench
from catalog import search
from catalog.actions import card
from catalog.models import Picture, Product, Variant
from core import clock, language
from core.api import run
from core.api.reply import as_bytes
from core.fast import PreparedQuery, statements
from tests.catalog import world

pytestmark = pytest.mark.django_db
DOCUMENTS = {
    path.stem: path.read_text() for path in (Path(bench.__file__).parent / "documents").glob("*.graphql")
}
EDGES = """query($first: Int, $last: Int, $sort: ProductSort, $where: ProductWhere) {
    products(first: $first, last: $last, sort: $sort, where: $where) {
        totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { slug nameZh variants { product { name } lot { code place } priceStory { bps } }
            certificates { kindName } team { leader { name } products(first: 1) { nodes { slug } } } } }
    } }"""


@pytest.fixture
def shop():
    """Two products on the shelf, one with a photo, one whose second size is not offered now, and one not shown."""
    first, second = world.a_lot(units=3).variant.product, world.a_lot(units=900).variant.product
    Product.objects.filter(id=second.id).update(
        season_months=[clock.today().month],
        kind="alcohol",
        name_en="",
        category=world.a_category("tea", "茶", "Tea"),
    )
    Picture.objects.create(
        product=first,
        file="pictures/橙 1.webp",
        card_file="pictures/a-card.webp",
        width=9,
        height=8,
        alt_zh="橙",
    )
    world.a_lot(world.a_variant(second, is_offered=False))
    hidden = world.a_lot(units=3).variant.product
    hidden.state = "suspended"
    hidden.save()
    card.refresh([first.id, second.id])
    search.index([first.id, second.id, hidden.id])
    return first, second, hidden


@pytest.fixture
def both(rf):
    """A document's answer as our functions give it, after it was found equal to graphql-core's."""

    def ask(document, **variables):
        prepared = run.documents.prepare(document)
        for spoken in reversed(language.LANGUAGES):
            request = rf.get("/")
            request.user, request.id, request.language = AnonymousUser(), "r", spoken
            with language.use(spoken):
                slow = execute(
                    run.graphql_schema(), prepared.document, context_value=request, variable_values=variables
                )
                assert slow.errors is None
                told = prepared.fast.compiled.run(request, variables)
                again = prepared.fast.compiled.run(request, variables)
            assert as_bytes(told) == as_bytes(again) == as_bytes(slow.data)
        return told

    return ask


def slugs(answer):
    return [node["slug"] for node in answer["products"]["nodes"]]


def test_the_known_documents_are_answered_alike(shop, both):
    first, second, _ = shop
    assert slugs(both(DOCUMENTS["list"])) == [second.slug, first.slug]
    found = both(DOCUMENTS["search"], words="秭归夏橙")["search"]
    assert {node["slug"] for node in found["nodes"]} == {first.slug, second.slug}
    for slug in (first.slug, second.slug):
        assert both(DOCUMENTS["detail"], slug=slug)["product"]["slug"] == slug


@pytest.mark.parametrize("sort", ["NEWEST", "PRICE_ASC", "PRICE_DESC", "SEASON"])
@pytest.mark.parametrize(
    "where", [None, {}, {"inSeason": True}, {"inStock": True}, {"team": "50%'s \"%s"}, {"category": []}]
)
def test_orders_choices_and_cursors_are_alike(shop, both, sort, where):
    for size in ({"first": 1}, {"first": 50}, {"last": 1}, {"first": 0}):
        both(EDGES, sort=sort, where=where, **size)


def test_what_changes_is_seen_at_the_next_reading(shop, both):
    first, second, hidden = shop
    both(DOCUMENTS["list"])
    Product.objects.filter(id=second.id).update(state="archived")
    Product.objects.filter(id=hidden.id).update(state="published")
    team, variant = first.team, first.variants.get()
    team.name_zh = "另一个示例队"
    team.save()
    Variant.objects.filter(id=variant.id).update(price_minor=123)
    card.refresh([first.id])
    answer = both(DOCUMENTS["list"])
    assert slugs(answer) == [hidden.slug, first.slug]
    node = answer["products"]["nodes"][1]
    assert node["team"]["name"] == "另一个示例队" and node["variants"][0]["price"]["minor"] == 123
    assert node["pictures"][0]["url"] == "/media/pictures/%E6%A9%99%201.webp"


def test_a_season_ends_with_its_month_and_not_with_a_commit(shop, both):
    _, second, _ = shop
    document = "{ products(first: 9, sort: SEASON) { nodes { slug isInSeason } } }"
    assert both(document)["products"]["nodes"][0] == {"slug": second.slug, "isInSeason": True}
    clock.move(timedelta(days=62))
    assert both(document)["products"]["nodes"][-1] == {"slug": second.slug, "isInSeason": False}


def test_a_list_takes_three_statements_however_long_it_is(shop, both, rf):
    prepared = run.documents.prepare(DOCUMENTS["list"])
    request = rf.get("/")
    request.user, request.id, request.language = AnonymousUser(), "r", "zh"
    prepared.fast.compiled.run(request, {})
    for size in (2, 7):
        while Product.objects.filter(state="published").count() < size:
            world.a_lot(units=3)
        with CaptureQueriesContext(connection) as caught:
            assert len(slugs(prepared.fast.compiled.run(request, {}))) == size
        assert len(caught) == 3, [one["sql"][:200] for one in caught]


def test_no_more_statements_are_kept_than_a_document_may_have(shop, both, monkeypatch):
    monkeypatch.setattr(statements, "MOST_STATEMENTS", 2)
    document = "query($first: Int) { products(first: $first) { nodes { slug id } } }"
    for first in range(4):
        assert len(both(document, first=first)["products"]["nodes"]) == min(first, 2)
    assert len(run.documents.prepare(document).fast.compiled.program({}).statements.known) == 2


def test_a_column_that_was_not_fetched_is_read_when_it_is_asked_for(shop, django_assert_num_queries):
    first, *_ = shop
    (row,) = PreparedQuery(lambda ids: Product.objects.filter(pk__in=ids).only("slug")).rows(ids=[first.id])
    with django_assert_num_queries(1):
        assert (row.slug, row.name_zh) == (first.slug, first.name_zh)
