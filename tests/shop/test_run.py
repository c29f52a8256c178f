"""make run opens a whole shop from an empty folder, and Ctrl-C leaves nobody behind."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from local import house
from local.house import is_listening
from local.machine import ROOT
from local.postgres import Postgres, free_port
from tests.figures import FULL, in_full_alone

OURS = (
    "DATABASE_",
    "REDIS_",
    "BROKER_",
    "CACHE_",
    "STRIPE_",
    "SITE_URL",
    "SECRET_KEY",
    "HOUSEHOLD_KEYS",
    "FACTOR_KEYS",
    "DJANGO_",
    "DATA_DIR",
)


# A shop opens in seconds, and for the first time in half a minute; a machine that others load takes several times that.
PATIENCE = 180.0
pytestmark = pytest.mark.timeout(600)
PARTS = ("web", "database", "outbox", "broker", "worker", "beat")
WELL = {
    "ok": True,
    "parts": dict.fromkeys(PARTS, "ok"),
    "words": {"zh": "一切正常。", "en": "All is well."},
}


class Run:
    """One `make run` in a folder of its own."""

    begun: ClassVar[list["Run"]] = []

    def __init__(self, folder: Path, port: int):
        bare = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.env = bare | {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "none"}
        self.log = folder.with_suffix(".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local.run"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        self.begun.append(self)

    def wait_until_open(self) -> str:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            text = self.log.read_text()
            if "Sheaf runs" in text:
                return text
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def ctrl_c(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


def processes_of(folder: Path) -> list[str]:
    """Who on this machine works on a folder, by what they were told and where their files are."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told and process.name != str(os.getpid()):
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture(autouse=True)
def no_run_goes_on():
    """A test that failed leaves no shop behind, which would load the machine for ever."""
    yield
    while Run.begun:
        if (one := Run.begun.pop()).process.poll() is None:
            one.ctrl_c()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Where all of them run one after another: the first finds nothing there, the others what it has prepared."""
    return tmp_path_factory.mktemp("make") / "run"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc to see who is left")
def test_the_shop_opens_from_nothing_and_closes_without_a_trace(folder):
    port = free_port()
    assert not folder.exists()

    run = Run(folder, port)
    run.wait_until_open()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    kept = (folder / "secrets.json").read_text()
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("secrets.json", "env.json")} == {0o600}
    assert processes_of(folder) != []
    assert run.ctrl_c() == 0
    assert processes_of(folder) == []
    assert not is_listening(port)

    again = Run(folder, port)
    began = time.monotonic()
    again.wait_until_open()
    assert time.monotonic() - began < 60  # under 10 s on a machine with nothing else to do
    assert again.ctrl_c() == 0
    assert (folder / "secrets.json").read_text() == kept
    assert processes_of(folder) == []


class Stranger(BaseHTTPRequestHandler):
    """Another program that answers whoever asks."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        pass


@contextmanager
def a_stranger_on(port: int):
    """Another program has taken a port."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Stranger)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@in_full_alone("prepares a shop once more, to be told of one taken port")
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc to see who is left")
def test_a_port_that_another_program_took_while_the_shop_was_prepared_is_said_and_ends_it(folder):
    port = free_port()
    run = Run(folder, port)
    until(lambda: "payments stand-in" in run.log.read_text(), 60, run.log.read_text)

    with a_stranger_on(port):
        assert run.process.wait(60) == 1
    said = run.log.read_text()
    assert "Sheaf runs" not in said
    assert f"Port {port} is taken; choose another: make run PORT={port + 80}" in said
    assert processes_of(folder) == []


def test_another_program_on_its_port_is_not_taken_for_the_web(tmp_path):
    port = free_port()
    web = house.our_own(dict(os.environ), tmp_path, "127.0.0.1", port)[0]
    with a_stranger_on(port):
        web.start()
        with pytest.raises(SystemExit, match="The web did not start"):
            house.wait_for_web(f"http://127.0.0.1:{port}/", web)
    web.kill()


def test_another_program_on_its_port_is_not_taken_for_the_payments_stand_in(tmp_path):
    port = free_port()
    payments = house.stripe(tmp_path, dict(os.environ), tmp_path, "http://127.0.0.1:9", port)
    payments.kill()
    with a_stranger_on(port):
        payments.start()
        with pytest.raises(SystemExit, match="The payments stand-in did not start"):
            house.wait_for_port(payments, port)
    payments.kill()


def listener_on(port: int) -> int:
    """The process that listens on a port of this machine."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if int(words[1].rpartition(":")[2], 16) == port and words[3] == "0A":
            for link in Path("/proc").glob("[0-9]*/fd/*"):
                with suppress(OSError):
                    if os.readlink(link) == f"socket:[{words[9]}]":
                        return int(link.parts[2])
    raise AssertionError(port)


def health(port: int) -> tuple[int, dict]:
    """What the shop says of itself."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)
    except OSError:
        return 0, {}


def until(look, seconds: float, why: object = "") -> float:
    """Wait until something is so; how long it took."""
    began = time.monotonic()
    while not look():
        assert time.monotonic() - began < seconds, why() if callable(why) else why
        time.sleep(0.1)
    return time.monotonic() - began


def pids(folder: Path, word: str) -> list[int]:
    """Processes that work on a folder and were started with this word, first the one that began the others."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told and word.encode() in command:
            found.append(int(process.name))
    return sorted(found)


@pytest.mark.skipif(not FULL, reason="kills each process of a shop: make test-full")
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc to see who is there")
@pytest.mark.proof
def test_whatever_is_killed_under_a_run_is_started_again_and_known_meanwhile(folder):
    port = free_port()
    run = Run(folder, port)
    run.wait_until_open()
    until(
        lambda: health(port) == (200, WELL),
        30,
        lambda: health(port),
    )

    server = Postgres(folder / "pg", "only to find it")
    os.kill(int((server.data / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
    for name in ("broker", "cache"):
        os.kill(listener_on(int((folder / name / "port").read_text())), signal.SIGKILL)
    os.kill(pids(folder, "core.front")[0], signal.SIGKILL)
    os.kill(pids(folder, "celery\0-A\0shop\0worker")[0], signal.SIGKILL)
    until(lambda: health(port)[0] != 200, 10, "nobody noticed")
    until(lambda: health(port)[0] == 200, 40, lambda: (health(port), run.log.read_text()))
    for fallen in ("database", "broker", "cache", "web", "worker"):
        assert f"The {fallen} stopped and is started again" in run.log.read_text()
    # The web answers for a shop that nobody has set up yet.
    with pytest.raises(urllib.error.HTTPError) as shut:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/zh/", timeout=10)
    assert shut.value.code == 503 and shut.value.headers["Retry-After"] == "3600"
    # The worker finds the broker again, and beat too.
    until(lambda: health(port)[1].get("parts") == dict.fromkeys(PARTS, "ok"), 60, lambda: health(port))

    run.process.kill()
    run.process.wait()
    until(lambda: processes_of(folder) == [], 40, lambda: processes_of(folder))
    assert not is_listening(port)
