"""Held open on purpose: halves of bodies and of heads, readers who read nothing, odd cookies, dear cursors; nobody waits for them."""

import base64
import json
import secrets
import socket
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from tests.figures import figure, full

MOST_SECONDS = full(1.0, 3.0)  # of a machine that also runs the suite
MOST_GROWTH = 50  # MB of a process
HALVES, READERS, ODD = full(200, 20), full(200, 10), full(900, 40)
LIST = {"query": "{ products(first: 24) { nodes { name variants { name price { amount } } } } }"}


def web_processes(shop) -> list[int]:
    """Those that answer: children of the web's first process."""
    main = shop.processes["web"].child.pid
    found = []
    for name in Path("/proc").glob("[0-9]*"):
        try:
            if int((name / "stat").read_text().rpartition(")")[2].split()[1]) == main:
                found.append(int(name.name))
        except OSError:
            continue
    return sorted(found)


def megabytes(pids) -> dict[int, float]:
    """What each holds in memory."""
    told = {pid: Path(f"/proc/{pid}/status").read_text() for pid in pids}
    return {
        pid: int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
        for pid, text in told.items()
    }


class Visitor(threading.Thread):
    """Looks at home and the pulse all the time, and notes what she was told and how long it took."""

    def __init__(self, url: str):
        super().__init__(daemon=True)
        self.url, self.over, self.told = url, threading.Event(), []

    def run(self):
        while not self.over.is_set():
            for path in ("/zh/", "/en/", "/healthz", "/livez"):
                began = time.monotonic()
                try:
                    status = requests.get(self.url + path, timeout=20).status_code
                except requests.RequestException as failure:
                    status = repr(failure)
                self.told.append((time.monotonic() - began, status, path))
            time.sleep(0.05)


def half_a_form(path: str, kind: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 4000\r\n\r\nhalf".encode()


def held_open(shop, stack: ExitStack) -> list[socket.socket]:
    """Everything that only waits."""
    said = [
        half_a_form("/graphql", "application/json"),
        half_a_form("/do/sign_in/", "application/x-www-form-urlencoded"),
    ]
    slow = [b"GET /zh/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"GET /zh"]
    opened = []
    for n in range(HALVES):
        for words in (said[n % 2], slow[n % 2]):
            talk = stack.enter_context(
                closing(socket.create_connection(("127.0.0.1", shop.port), timeout=30))
            )
            talk.sendall(words)
            opened.append(talk)
    for _ in range(READERS):
        reader = stack.enter_context(closing(socket.socket()))
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        reader.connect(("127.0.0.1", shop.port))
        reader.sendall(b"GET /zh/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 3)
    return opened


def odd_ones(shop) -> None:
    """Cookies, languages and documents of which none is like another."""
    with requests.Session() as session:
        for n in range(ODD):
            headers = {
                "Cookie": f"odd{n}={secrets.token_hex(4_000)}; language=xx{n}",
                "Accept-Language": f"x-{secrets.token_hex(8)},zh;q=0.{n}",
            }
            document = {"query": LIST["query"] + f" # {n}"} if n % 3 == 0 else LIST
            assert session.post(shop.url + "/graphql", json=document, headers=headers).status_code in (
                200,
                429,
            )
            if n % 10 == 0:
                session.get(f"{shop.url}/zh/?odd={n}{'x' * 3_000}", headers=headers)


def dear_cursors(shop) -> list[int]:
    """What once kept a process busy for minutes, and what only looks like a cursor of ours."""
    old = base64.urlsafe_b64encode(json.dumps(["newest", {"n": "1e600000"}, 1]).encode()).decode()
    words = [old, "1e600000", base64.urlsafe_b64encode(secrets.token_bytes(120)).decode(), "9" * 5_000]
    told = []
    for word in words:
        asked = {
            "query": "query($a: String) { products(first: 1, after: $a) { nodes { name } } }",
            "variables": {"a": word},
        }
        told.append(requests.post(shop.url + "/graphql", json=asked, timeout=20).status_code)
        told.append(requests.get(f"{shop.url}/zh/shop/?after={quote(word)}", timeout=20).status_code)
    return told


@pytest.mark.proof
def test_nobody_waits_for_whoever_holds_the_shop_open_on_purpose(live_shop):
    for _ in range(full(30, 5)):
        for path in ("/zh/", "/en/", "/zh/shop/", "/healthz"):
            requests.get(live_shop.url + path, timeout=30)
        requests.post(live_shop.url + "/graphql", json=LIST, timeout=30)
    workers = web_processes(live_shop)
    before = megabytes(workers)
    assert len(before) >= 2
    visitor = Visitor(live_shop.url)
    with ExitStack() as stack:
        opened = held_open(live_shop, stack)
        visitor.start()
        odd_ones(live_shop)
        cursors = Counter(dear_cursors(live_shop))
        time.sleep(full(8, 1))
        after = megabytes(workers)
        visitor.over.set()
        visitor.join(30)
        ended = Counter()
        for talk in opened[::2]:
            talk.settimeout(15)
            ended[int(talk.recv(4096)[9:12] or b"0")] += 1
    slowest = max(visitor.told)
    growth = max(after[pid] - before[pid] for pid in workers)
    assert {status for _, status, _ in visitor.told} == {200}, Counter(visitor.told)
    assert slowest[0] < MOST_SECONDS and growth < MOST_GROWTH, (slowest, growth)
    assert max(cursors) < 500 and ended == {408: HALVES}
    figure(
        "limits/held-open",
        f"{HALVES} halves of bodies, {HALVES} of heads, {READERS} who read nothing, {ODD} odd cookies, dear cursors: "
        f"{len(visitor.told)} looks at home and /healthz, the slowest {slowest[0]:.2f} s; a process grew by {growth:.0f} MB",
    )
