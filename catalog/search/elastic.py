"""The search port on Elasticsearch 8: told after each commit, asked first, and done without while it is away."""

import logging
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import connection
from elastic_transport import BaseNode, Urllib3HttpNode
from elasticsearch import ApiError, Elasticsearch, NotFoundError, SerializationError, TransportError
from elasticsearch.dsl import Search

from catalog.models import Product
from catalog.search import AT_ONCE, Answer, Away, SearchRequest, elastic_terms, pages
from catalog.search.document import documents
from catalog.search.query import parse
from core import clock, deliveries

log = logging.getLogger("sheaf.search")

# A search waits no longer than this; who feeds the index, a few seconds of a delivery's lease; who rebuilds it, long.
PATIENCE_SECONDS, FEED_SECONDS, LONG_SECONDS = 1.0, 10.0, 60.0
# After it was away, one search in so many seconds tries it again; the others do not wait for it.
REST_SECONDS = 5.0
# Of what an index holds: a greater one does not fit the code of before, nor a lesser one that of now.
VERSION = 3
_REBUILDS = 0x5EA6C4  # the advisory lock of those who rebuild
NODE: type[BaseNode] = Urllib3HttpNode


@cache
def client(url: str) -> Elasticsearch:
    """This process's connections; nothing is tried twice, since our own database can answer at once."""
    return Elasticsearch(url, node_class=NODE, request_timeout=PATIENCE_SECONDS, max_retries=0)


class Elastic:
    """An index behind an alias, fed from the outbox; a product it knows in a later version is left as it is."""

    name = "elasticsearch"

    def __init__(self) -> None:
        self.rest = Rest()

    @property
    def client(self) -> Elasticsearch:
        """The connections to where the settings say."""
        return client(settings.ELASTICSEARCH_URL)

    @property
    def alias(self) -> str:
        """The name under which the whole index is asked."""
        return f"{settings.SEARCH_INDEX}-v{VERSION}"

    def answer(self, ask: SearchRequest) -> Answer:
        """A page and its counts in one request; a second or third where nothing was found."""
        with self.rest.unless_away():
            return self._answer(ask)

    def _answer(self, ask: SearchRequest) -> Answer:
        query = parse(ask.words, ask.as_typed, ask.is_unfinished)
        sort = pages.sort_of(ask, query is not None)
        after = pages.place(ask.after, sort) if ask.after else None
        reading, reply = None, {}
        for reading in query.readings() if query else [None]:
            body = elastic_terms.question(ask, reading, sort, after, clock.today().month)
            reply = Search(using=self.client, index=self.alias).update_from_dict(body).execute().to_dict()
            if reply["aggregations"]["known"]["doc_count"]:
                break
        rows = [[int(key) for key in hit["sort"]] for hit in reply["hits"]["hits"]]
        found = pages.page(ask, sort, rows)
        mended = reading.mended if reading and found.ids else ""
        return elastic_terms.WholeAnswer(found, elastic_terms.tally(reply["aggregations"]), mended, reading)

    def index(self, product_ids: Collection[int]) -> None:
        """Take up what these products are now; the order in which this is asked for does not matter."""
        versions = list(_versions(product_ids))
        # Looked up after reading: an index begun since then will be filled by who began it.
        for into in self._targets():
            self._write(into, versions)

    def _targets(self) -> list[str]:
        try:
            its = self._slow(FEED_SECONDS).indices.get_alias(name=f"{self.alias}-into-*")
        except NotFoundError:
            return []
        return sorted(alias for index in its.body.values() for alias in index["aliases"])

    def _write(self, into: str, versions: list[tuple[dict, dict]], refresh: bool = True) -> None:
        if not versions:
            return
        operations = [part for action, body in versions for part in ({"index": action}, body)]
        # An index that was removed meanwhile is not to be made again by writing to it.
        patient = self._slow(FEED_SECONDS if refresh else LONG_SECONDS)
        reply = patient.bulk(index=into, operations=operations, require_alias=True, refresh=refresh)
        failed = [item["index"] for item in reply["items"] if item["index"]["status"] >= 300]
        # 409: it knows a later version; 404: the index is gone.
        if wrong := [item for item in failed if item["status"] not in (404, 409)]:
            raise RuntimeError(f"{len(wrong)} products were not indexed: {wrong[0]['error']['type']}")

    def _slow(self, seconds: float = LONG_SECONDS) -> Elasticsearch:
        return self.client.options(request_timeout=seconds)

    def rebuild(self) -> int:
        """Fill a new index and put it in the old one's place at once; killed half way, the old one stays."""
        with _alone():
            return self._rebuild()

    def _rebuild(self) -> int:
        indices = self._slow().indices
        self._remove_all_but(self._serving())
        name = f"{self.alias}-{time.strftime('%Y%m%d%H%M%S')}-{secrets.token_hex(3)}"
        into = name.replace(self.alias, f"{self.alias}-into", 1)
        indices.create(index=name, aliases={into: {}}, **elastic_terms.INDEX)
        # From here on who feeds writes into both; what changed before is read below.
        ids = list(Product.objects.order_by("id").values_list("id", flat=True))
        for first in range(0, len(ids), AT_ONCE):
            self._write(into, list(_versions(ids[first : first + AT_ONCE])), refresh=False)
        indices.refresh(index=name)
        before = [{"remove": {"index": old, "alias": self.alias}} for old in self._serving()]
        indices.update_aliases(actions=[*before, {"add": {"index": name, "alias": self.alias}}])
        self._remove_all_but([name])
        self.rest.worked()
        found = self._slow().count(index=self.alias, query={"term": {"published": True}})
        return int(found["count"])

    def _serving(self) -> list[str]:
        try:
            return list(self._slow().indices.get_alias(name=self.alias).body)
        except NotFoundError:
            return []

    def _remove_all_but(self, names: Collection[str]) -> None:
        for name in set(self._slow().indices.get(index=f"{settings.SEARCH_INDEX}-v*").body) - set(names):
            self._slow().indices.delete(index=name, ignore_unavailable=True)

    def mend(self) -> None:
        """Begin an index where there is none; tell what could not be told while it was away."""
        try:
            if not self._serving():
                self.rebuild()
            deliveries.unpark("catalog.tasks.feed_search")
        except (TransportError, Busy) as away:
            log.warning("search is not mended now: %s", type(away).__name__)


class Busy(Exception):
    """Somebody else is rebuilding the index."""


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_REBUILDS])
        if not cursor.fetchone()[0]:
            raise Busy("The index is being rebuilt already.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_REBUILDS])


def _versions(product_ids: Collection[int]) -> Iterator[tuple[dict, dict]]:
    """What to write of each product, under its version; of one that is not published, that it is not."""
    gone = set(product_ids)
    for doc in documents(product_ids):
        gone.discard(doc.id)
        yield _action(doc.id, doc.version), elastic_terms.body(doc)
    for pk, version in (
        Product.objects.filter(id__in=gone).exclude(state="published").values_list("id", "version")
    ):
        yield _action(pk, version), {"id": pk, "published": False}


def _action(pk: int, version: int) -> dict[str, Any]:
    return {"_id": str(pk), "version": version, "version_type": "external_gte"}


class Rest:
    """A dead engine costs one wait in a while, not one each search."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_away, self._until = False, 0.0

    @contextmanager
    def unless_away(self) -> Iterator[None]:
        """Away, at once while it rests; else the one who tries."""
        with self._lock:
            now = time.monotonic()
            if self._is_away and now < self._until:
                raise Away
            self._until = now + REST_SECONDS
        try:
            yield
        except (TransportError, ApiError, SerializationError) as failure:
            status = getattr(failure, "status_code", 500)
            # What is refused as a question says nothing of the engine: 404 is an index that was never made.
            if status >= 500 or status in (401, 403, 404, 429):
                self._is_away = True
            log.warning("search falls back: %s", type(failure).__name__)
            raise Away from failure
        self.worked()

    def worked(self) -> None:
        """It answered."""
        self._is_away = False
