"""What `/metrics` tells: read by a parser of Prometheus' text, bounded, on no port that a visitor reaches."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from shutil import which
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core import fast
from core.front.front import Front
from core.models import Delivery, OutboxEvent
from local import house
from local.machine import ROOT
from local.postgres import free_port
from local.processes import Process
from shop import figures, metrics
from shop.alarms import ALARMS
from shop.health import Watched
from tests.figures import FULL, figure, full

HOME = ("shelf/home", "2xx")


@pytest.fixture
def read_anew(settings, tmp_path):
    """Figures as they are now, of a shop without a backup."""
    settings.BACKUP_DIR, settings.DATA_DIR = tmp_path / "backups", tmp_path
    figures.reading.forget()
    yield figures.reading.forget
    figures.reading.forget()


class Hand:
    """What the server gives the front for one request: its head, and a hand to answer by."""

    server = client = "127.0.0.1:80"
    http_version, scheme = "1.1", "http"

    def __init__(self, method: str, path: str, query: str = "", **headers: str):
        self.scope = self.proto = self
        self.method, self.path, self.query_string = method, path, query
        self.headers = {"host": "testserver", **headers}

    def response_bytes(self, status: int, headers: list, body: bytes) -> None:
        self.status, self.body = status, body


class AtOnce(Front):
    """The front, without threads: a test asks one after the other."""

    def ask(self, method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Hand:
        hand = Hand(method, path, query, **headers)
        environ = {**self.environ(hand), "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        self._answer(environ, hand)
        if self.threads.waiting.qsize():
            self.threads.waiting.put(None)
            self.threads._work()
        return hand

    @staticmethod
    def environ(hand: Hand) -> dict:
        from core.front.environ import environ_of

        return environ_of(hand)


@pytest.fixture
def front(the_whole_shop, counted):
    """All that a request goes through, as shop/wsgi.py puts it together."""
    return AtOnce(Watched(fast.Door(get_wsgi_application())))


def told(text: bytes | None = None) -> dict[tuple, float]:
    """Every series by name and labels, as a parser reads them."""
    said = (text or metrics.text()).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


@pytest.mark.django_db(transaction=True)
def test_pages_forms_and_clients_are_counted_by_names_of_ours(front, read_anew):
    assert front.ask("GET", "/zh/").status == 200
    assert front.ask("GET", "/zh/p/no-such-thing/").status == 404
    assert front.ask("POST", "/do/add_to_cart/", host="testserver").status == 403
    query = b'{"query": "query Home { __typename }"}'
    assert front.ask("POST", "/graphql", body=query, **{"content-type": "application/json"}).status == 200
    assert front.ask("GET", "/livez").status == 200
    found = told()
    assert found["sheaf_requests_total", *HOME] == 1
    assert found["sheaf_requests_total", "shelf/product", "4xx"] == 1
    assert found["sheaf_requests_total", "do/<slug:name>/", "4xx"] == 1
    assert found["sheaf_requests_total", "graphql", "2xx"] == 1
    assert found["sheaf_requests_total", "livez", "2xx"] == 1
    assert found["sheaf_responses_total", "403", "POST"] == found["sheaf_responses_total", "404", "GET"] == 1
    assert found["sheaf_documents_total", "shelf/home"] >= 1
    assert found["sheaf_documents_total", "other"] == 1, "whatever a stranger calls hers"
    assert found["sheaf_request_seconds_count", "shelf/home"] == 1
    assert found["sheaf_answers_total", "page", "made"] >= 1
    for _ in range(3):  # what earlier tests have changed is looked up by the first
        front.ask("GET", "/zh/")
    assert told()["sheaf_answers_total", "page", "kept"] >= 1


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_a_storm_of_strangers_words_makes_no_series(front, read_anew):
    before = set(told())
    many = full(5_000, 50)
    for n in range(many):
        word = uuid4().hex
        method, path, host, name = (
            ("GET", f"/{word}/{word}", "testserver", ""),
            (f"BREW{word[:5]}", "/zh/", "testserver", ""),
            ("GET", "/zh/", f"{word}.example.com", ""),
            ("GET", f"/zh/p/{word}/", "testserver", ""),
            ("POST", "/graphql", "testserver", word),
        )[n % 5]
        body = b'{"query": "query x%s { __typename }"}' % name.encode() if name else b""
        front.ask(method, path, body=body, host=host, **{"content-type": "application/json"})
    after = told()
    assert set(after) == before
    assert sum(after["sheaf_requests_total", *row] for row in _rows(after)) == many
    figure("metrics/series", f"{len(after)} series, as many after {many} requests of strangers' choosing")


def _rows(found):
    return {key[1:] for key in found if key[0] == "sheaf_requests_total"}


def test_the_outer_port_has_no_metrics_whatever_host_is_asked(front):
    for host in ("testserver", "localhost:9100", "evil.example.com", ""):
        for path in ("/metrics", "/metrics?x=1"):
            assert front.ask("GET", *path.split("?"), host=host).status == 404


@pytest.mark.django_db(transaction=True)
def test_figures_are_those_of_the_tables(read_anew):
    then = timezone.now() - timedelta(seconds=700)
    event = OutboxEvent.objects.create(name="OrderPaid", payload={}, recorded_at=then)

    def due(reaction, **more):
        Delivery.objects.create(event=event, reaction=reaction, due_at=then, **more)

    due("orders.letters.send_confirmation", tries=2, error="SMTPServerDisconnected")
    due("impact.tasks.fold_standings")
    due("orders.tasks.close_payments", parked_at=timezone.now(), tries=10)
    due("orders.letters.tell_teams", done_at=timezone.now())
    found = told()
    assert 700 <= found["sheaf_outbox_oldest_seconds",] < 760
    assert 700 <= found["sheaf_outbox_overdue_seconds",] < 760
    assert (found["sheaf_outbox_waiting",], found["sheaf_letters_failing",]) == (2, 1)
    assert found["sheaf_deliveries_parked",] == 1
    assert found["sheaf_up", "database"] == 1 and found["sheaf_payments", "processing"] == 0
    assert found["sheaf_backup_readable",] == 0 and ("sheaf_backup_age_seconds",) not in found
    assert 0 < found["sheaf_disk_free_ratio",] <= 1


@pytest.mark.django_db(transaction=True)
def test_a_scrape_asks_the_database_twice_and_the_next_one_not_at_all(read_anew, monkeypatch):
    asked = []
    real = figures.connected

    def counting():
        asked.append(1)
        return real()

    monkeypatch.setattr(figures, "connected", counting)
    for _ in range(5):
        told()
    assert asked == [1]


def test_a_database_that_is_away_is_told_and_its_figures_are_not_made_up(read_anew, monkeypatch):
    monkeypatch.setattr(figures, "connected", lambda: 1 / 0)
    found = told()
    assert found["sheaf_up", "database"] == 0 and ("sheaf_outbox_waiting",) not in found


def test_each_series_has_its_row_in_the_documents(read_anew, front):
    names = set(re.findall(r"`(sheaf_\w+)", (ROOT / "docs" / "metrics.md").read_text()))
    families = {family.name for family in text_string_to_metric_families(metrics.text().decode())}
    in_python = {f"sheaf_{name}" for name in (*metrics.GAUGES, *metrics.LABELLED)}
    said = {name.removesuffix("_total") for name in names}
    assert said == families | in_python
    assert connection.vendor == "postgresql"


@contextmanager
def a_web(live_shop, folder: Path, workers: int):
    """One more web on the live shop's servers: (its port, its inner port, its first process)."""
    port, inner = free_port(), free_port()
    env = {**live_shop.env, "METRICS_PORT": str(inner)}
    command = [*house.web_command("shop.wsgi:application", "127.0.0.1", port), "--workers", str(workers)]
    web = Process("web", command, env, folder / "web.log")
    web.start()
    try:
        house.wait_for_web(f"http://127.0.0.1:{port}/livez", web)
        yield port, inner, web
    finally:
        web.kill()


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="starts a web of its own: make test-full")
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc to find the workers")
def test_many_workers_are_one_sum_that_never_falls_when_they_are_recycled(live_shop, tmp_path):
    workers = 4
    with a_web(live_shop, tmp_path, workers) as (port, inner, web):
        page = f"http://127.0.0.1:{port}/zh/about/"
        for _ in range(200):
            with urllib.request.urlopen(page, timeout=30) as answer:
                assert answer.status == 200
        row = ("sheaf_requests_total", "words/about", "2xx")
        assert [scraped(inner)[row] for _ in range(20)] == [200.0] * 20
        children = children_of(web.child.pid)
        assert len(children) == workers
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while set(children) & set(now := children_of(web.child.pid)) or len(now) < workers:
            assert time.monotonic() < deadline, now
            time.sleep(0.2)
        house.wait_for_web(page, web)
        again = scraped(inner)[row]
        assert again == 201, "the sum goes on where it stood"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10)
        assert refused.value.code == 404
        figure(
            "metrics/workers", f"{workers} workers, 200 requests, 20 scrapes: 200 each; recycled: {again:.0f}"
        )


@pytest.mark.skipif(not which("promtool"), reason="promtool, a program of Prometheus, is not installed")
def test_promtool_has_nothing_to_say_of_our_rules_and_our_text(counted, read_anew):
    rules = str(ROOT / "docs" / "prometheus" / "alarms.yml")
    for command, given in (("rules", None), ("metrics", metrics.text())):
        words = ["promtool", "check", command, *([rules] if given is None else [])]
        done = subprocess.run(words, input=given, check=False, capture_output=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="starts a web and a Prometheus: make test-full")
@pytest.mark.skipif(not which("prometheus"), reason="prometheus is not installed")
def test_a_real_prometheus_reads_the_inner_port_and_fires_by_our_rules(live_shop, tmp_path):
    with a_web(live_shop, tmp_path, 2) as (port, inner, _), a_prometheus(tmp_path, inner) as ask:
        for _ in range(5):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=10).close()
        total = 'sum(sheaf_requests_total{page="livez",status="2xx"})'
        deadline = time.monotonic() + 60
        while not (found := ask(f"query?query={quote(total)}")["result"]) or float(found[0]["value"][1]) < 6:
            assert time.monotonic() < deadline, found
            time.sleep(0.5)
        (group,) = ask("rules")["groups"]
        assert len(group["rules"]) == len(ALARMS) + 2
        assert {rule["health"] for rule in group["rules"]} == {"ok"}


@contextmanager
def a_prometheus(folder: Path, inner: int):
    """A Prometheus that reads that port each second: what its API says to a question."""
    port = free_port()
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(ROOT / "docs" / "prometheus" / "alarms.yml")],
        "scrape_configs": [{"job_name": "sheaf", "static_configs": [{"targets": [f"127.0.0.1:{inner}"]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))  # which is YAML
    words = {"config.file": folder / "prometheus.yml", "storage.tsdb.path": folder / "tsdb"}
    words |= {"web.listen-address": f"127.0.0.1:{port}"}
    command = ["prometheus", *(f"--{name}={value}" for name, value in words.items())]
    process = Process("prometheus", command, dict(os.environ), folder / "prometheus.log")
    process.start()

    def ask(question: str) -> dict:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{question}", timeout=10) as answer:
            return json.load(answer)["data"]

    try:
        deadline = time.monotonic() + 60
        while house.wait_for_web(f"http://127.0.0.1:{port}/-/ready", process) != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)  # 503 until its store is open
        while not all(
            rule["lastEvaluation"][0] == "2" for g in ask("rules")["groups"] for rule in g["rules"]
        ):
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield ask
    finally:
        process.kill()


def scraped(port: int) -> dict[tuple, float]:
    """What the inner port tells, as soon as one of the workers has it."""
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return told(answer.read())
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def children_of(pid: int) -> list[int]:
    """The living processes that this one has started, but for the one that only keeps count of what is shared."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = (path / "stat").read_text().rpartition(")")[2].split()
            if int(parent[1]) == pid and parent[0] != "Z":
                found.append(int(path.name))
        except OSError:
            continue
    return found
