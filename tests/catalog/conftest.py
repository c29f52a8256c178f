"""This floor's own schema and reactions, so that its tests need no floor above."""

from uuid import uuid4

import pytest
from elastic_transport import Urllib3HttpNode

from catalog import search
from catalog.search import elastic
from core import outbox
from core.api import run
from tests import documents
from tests.catalog.asker import Asker
from tests.catalog.world import a_category, a_person, a_team
from tests.elastic import PlainNode
from tests.figures import FULL


@pytest.fixture(autouse=True)
def our_floor(settings, monkeypatch):
    settings.API_SCHEMA = "tests.catalog.asker.schema"
    settings.ROOT_URLCONF = "tests.accounts.urls"
    settings.REACTIONS = "tests.catalog.asker.REACTIONS"
    settings.LISTING_CONDITIONS = []
    settings.API_ANSWER_CACHE = False  # what a test changes behind the actions' backs is seen at once
    run.the_schema.cache_clear()
    outbox._named.cache_clear()
    documents.forgotten(monkeypatch)
    yield
    run.the_schema.cache_clear()
    outbox._named.cache_clear()


@pytest.fixture(scope="session")
def osmem():
    """The address of a search engine in memory."""
    from osmem_server import OsmemError, OsmemServer

    try:
        server = OsmemServer.start()
    except OsmemError as missing:
        pytest.skip(str(missing))
    with server:
        yield server.url


A_NODE = pytest.mark.skipif(not FULL, reason="starts a search node, half a minute: make test-full")


@pytest.fixture(
    params=["postgresql", "osmem", pytest.param("elasticsearch", marks=[A_NODE, pytest.mark.proof])]
)
def engine(request, settings, monkeypatch):
    """Each engine in turn, empty: the test's promises hold for all of them."""
    if request.param != "postgresql":
        in_memory = request.param == "osmem"
        address = (
            request.getfixturevalue("osmem") if in_memory else request.getfixturevalue("search_node").url
        )
        beside(address, settings, monkeypatch, PlainNode if in_memory else Urllib3HttpNode)
    return request.param


@pytest.fixture
def beside_osmem(osmem, settings, monkeypatch):
    """The engine in memory beside our own database."""
    beside(osmem, settings, monkeypatch, PlainNode)


def beside(address, settings, monkeypatch, node):
    """Search with an engine at this address, in an index of the test's own."""
    monkeypatch.setattr(elastic, "NODE", node)
    monkeypatch.setattr(elastic, "PATIENCE_SECONDS", 5.0)  # two cores, and others at work
    elastic.client.cache_clear()
    search._made.cache_clear()
    settings.ELASTICSEARCH_URL = address
    settings.SEARCH_ENGINE = "catalog.search.elastic.Elastic"
    settings.SEARCH_INDEX = f"test-{uuid4().hex[:12]}"
    search.engine().rebuild()


@pytest.fixture
def manager():
    """Somebody who manages a team."""
    return a_person(email="manager@example.com", language="en")


@pytest.fixture
def team(manager):
    """The team she manages."""
    return a_team(manager=manager)


@pytest.fixture
def desk(manager, team):
    """She, asking at her desk."""
    a_category()
    return Asker(manager)
