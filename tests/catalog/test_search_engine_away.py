"""A search engine beside our own database is told of everything and may be away at any time."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from catalog import search, tasks
from catalog.actions import listing, stock
from catalog.models import Lot
from catalog.search import SearchRequest, Where, elastic
from core import deliveries
from core.models import Delivery
from tests.catalog.world import a_lot, a_product, a_variant

pytestmark = pytest.mark.django_db
ASK = """query($words: String) { search(query: $words, first: 24) {
    engine totalCount nodes { slug } facets { name values { value count } } } }"""


@pytest.fixture
def orange(beside_osmem):
    """The one product there is, known to the engine."""
    product = a_product(slug="orange", name_zh="秭归夏橙", name_en="Zigui summer oranges")
    a_lot(a_variant(product), units=5)
    search.index([product.id])
    deliveries.drain()
    return product


@pytest.fixture
def asked():
    def ask(words="夏橙"):
        body = json.dumps({"query": ASK, "variables": {"words": words}})
        response = Client().post("/graphql", body, content_type="application/json")
        assert response.status_code == 200
        return response.json()

    return ask


@pytest.fixture
def away(monkeypatch):
    """A switch: while it is thrown, the engine answers nobody. It counts who tried."""
    switch = {"thrown": False, "tried": 0}
    perform = elastic.NODE.perform_request

    def sometimes(self, *args, **kwargs):
        switch["tried"] += 1
        if switch["thrown"]:
            raise elastic.TransportError("connection refused")
        return perform(self, *args, **kwargs)

    monkeypatch.setattr(elastic.NODE, "perform_request", sometimes)
    return switch


def found(words="夏橙", **where):
    said = search.answer(SearchRequest(words, Where(**where)))
    assert said.engine == "elasticsearch"
    return said.found.ids


def test_the_answer_says_which_engine_gave_it_and_is_the_same(orange, asked, away, monkeypatch):
    monkeypatch.setattr(elastic, "REST_SECONDS", 0.0)
    there = asked()
    assert there["data"]["search"]["engine"] == "elasticsearch" and "extensions" not in there
    away["thrown"] = True
    without = asked()
    assert without["extensions"] == {"search": {"engine": "postgresql", "fallback": True}}
    away["thrown"] = False
    assert asked() == there
    its, ours = there["data"]["search"], without["data"]["search"]
    assert (its.pop("engine"), ours.pop("engine")) == ("elasticsearch", "postgresql") and its == ours
    assert its["nodes"] == [{"slug": "orange"}] and its["totalCount"] == 1


def test_a_dead_engine_costs_one_wait_in_a_while_and_not_one_each_search(orange, asked, away):
    away |= {"thrown": True, "tried": 0}
    for _ in range(10):
        assert asked()["extensions"]["search"]["fallback"]
    assert away["tried"] == 1
    search.engine().rest._until = 0.0
    away["thrown"] = False
    assert "extensions" not in asked() and "extensions" not in asked()


def test_an_index_that_was_never_made_is_made_by_itself(orange, asked, settings):
    settings.SEARCH_INDEX += "-other"
    assert asked()["extensions"]["search"] == {"engine": "postgresql", "fallback": True}
    tasks.mend_search()
    assert "extensions" not in asked() and found() == [orange.id]


def test_what_happened_while_it_was_away_is_told_when_it_is_back(orange, away):
    away["thrown"] = True
    listing.suspend(orange, None)
    for _ in range(deliveries.TRIES):
        Delivery.objects.filter(done_at=None).update(due_at="2020-01-01T00:00Z")
        deliveries.hand_over()
    assert Delivery.objects.get(done_at=None).parked_at
    tasks.mend_search()
    assert Delivery.objects.get(done_at=None).parked_at, "it is still away"
    away["thrown"] = False
    search.engine().rest.worked()
    assert found() == [orange.id]
    tasks.mend_search()
    deliveries.drain()
    assert found() == []


def test_what_is_told_late_does_not_undo_what_is_known(orange):
    engine = search.engine()
    early = list(elastic._versions([orange.id]))
    listing.suspend(orange, None)
    deliveries.drain()
    (into,) = engine._targets()
    engine._write(into, early)
    assert found() == []


def test_what_changes_while_the_index_is_made_anew_is_in_the_new_one(orange, monkeypatch):
    engine, write, late = search.engine(), elastic.Elastic._write, a_product(slug="late", name_zh="晚熟夏橙")
    a_lot(a_variant(late), units=5)
    search.index([late.id])
    deliveries.drain()

    def changed_meanwhile(self, into, told, refresh=True):
        # Read before the change, written after it; and between both the old index answers.
        if not refresh:
            monkeypatch.setattr(elastic.Elastic, "_write", write)
            assert set(found()) == {orange.id, late.id}
            listing.suspend(late, None)
            deliveries.drain()
            assert found() == [orange.id]
        write(self, into, told, refresh)

    monkeypatch.setattr(elastic.Elastic, "_write", changed_meanwhile)
    before = engine._serving()
    assert engine.rebuild() == 1
    assert found() == [orange.id] and engine._serving() != before


def test_a_rebuild_that_was_killed_half_way_leaves_the_old_index_and_no_litter_for_ever(orange, monkeypatch):
    engine = search.engine()
    before = engine._serving()
    with monkeypatch.context() as killed:
        killed.setattr(elastic.Elastic, "_write", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            engine.rebuild()
    assert engine._serving() == before and found() == [orange.id]
    assert len(engine._targets()) == 2, "who feeds tells both"
    listing.suspend(orange, None)
    deliveries.drain()
    assert found() == []
    assert engine.rebuild() == 0
    assert len(engine._targets()) == 1 and engine._serving() != before


def test_the_index_holds_what_is_searched_and_nothing_else(orange):
    engine = search.engine()
    (hit,) = engine.client.search(index=engine.alias)["hits"]["hits"]
    assert set(hit["_source"]) == set(elastic.elastic_terms._FIELDS)


def test_a_sale_is_told_only_when_the_last_unit_goes(orange):
    lot = Lot.objects.get()
    Delivery.objects.all().delete()
    for units, told in ((4, 0), (1, 1)):
        stock.reserve(uuid4(), {lot.variant_id: units}, timezone.now() + timedelta(minutes=15))
        assert Delivery.objects.filter(reaction="catalog.tasks.feed_search").count() == told
    deliveries.drain()
    assert found(in_stock=True) == [] and found(in_stock=False) == [orange.id]
