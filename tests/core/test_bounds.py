"""What a process keeps is bounded in bytes whatever strangers send: each store is filled, and weighed."""

import gc
import json
import secrets
import tracemalloc

import pytest
from django.test import Client

from core import rates
from core.api import run
from core.fast import responses
from core.fast.responses import Responses
from tests.core import world

pytestmark = pytest.mark.django_db
# What the allocator and the interpreter's own books take beside what was counted.
SLACK = 1.6


def grown(fill) -> int:
    """Bytes by which this process's objects have grown."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        fill()
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_kept_answers_weigh_what_they_may(monkeypatch):
    """A stranger's own words are part of what is kept of an answer: its variables, and the names it depends on."""
    kept = Responses(most_bytes=2_000_000)

    def fill():
        for _ in range(600):
            words = secrets.token_hex(2_000) + "橙"
            kept.keep(("h", words, "zh"), b"x" * 500, (f"products:{words}", "products:*"), 0, 60.0)

    assert grown(fill) < 2_000_000 * SLACK
    assert kept.cached.size == sum(one.weight for one in kept.cached._held.values()) <= 2_000_000
    assert responses.MOST_BYTES <= 24_000_000


@pytest.mark.parametrize(
    "text",
    [
        "{ thing { name } } # %d",
        "{ thing { name } } # %d " + "x" * 5_000,
        "{ " + " ".join(f"a{n}: thing {{ name b: name c: name }}" for n in range(5)) + " } # %d",
        "query { a: thing { ...f } b: thing { ...f } c: thing { ...f } } fragment f on Thing { name x: name } # %d",
    ],
)
def test_strangers_documents_weigh_what_they_may(monkeypatch, settings, text):
    """Small ones too: three hundred thousand characters of them held 130 MB."""
    monkeypatch.setattr(run, "MOST_BYTES", most := 600_000)
    monkeypatch.setattr("core.api.view.documents", documents := run.Documents())
    monkeypatch.setattr(run, "documents", documents)
    settings.API_ANSWER_CACHE = False
    client = Client()
    ask = {"content_type": "application/json"}
    assert client.post("/graphql", json.dumps({"query": text % -1}), **ask).status_code == 200
    for n in range(30):
        client.post("/graphql", json.dumps({"query": text % (1_000 + n)}), **ask)

    def fill():
        for n in range(100):
            client.post("/graphql", json.dumps({"query": text % n}), **ask)

    assert grown(fill) < most * SLACK
    assert documents.size == sum(documents._weights.values()) <= most
    assert set(documents._weights) == set(documents._prepared)
    assert run.MOST_BYTES <= 12_000_000 and world.Query


def test_rates_tallies_weigh_what_they_may(monkeypatch):
    monkeypatch.setattr(rates, "MOST_TALLIES", 500)
    monkeypatch.setattr(rates, "_count_each", lambda *_: [1])

    def fill():
        for n in range(3_000):
            rates.allow_roughly("api:address", f"2001:db8:{n:x}::/64", 100, 60)

    assert grown(fill) < 500 * rates.TALLY_BYTES * SLACK
    assert len(rates._tallies) <= 501 and rates.MOST_TALLIES * rates.TALLY_BYTES <= rates.MOST_BYTES
