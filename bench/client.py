"""A load client: keep-alive sockets and ready-made bytes. A library for HTTP would be slower than the bare view.

It runs in a process of its own beside the shop, on the same cores; each answer is looked at, and a wrong one fails
the bench.
"""

import gc
import json
import multiprocessing
import selectors
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TOO_LONG = 30.0  # seconds without any answer: the server hangs
FAILED = b'"errors":[{'


class Wrong(Exception):
    """An answer that is not what was asked for: a fast wrong answer is no figure."""


@dataclass(frozen=True)
class Load:
    """What is asked, by how many at a time, for how long, and what an answer looks like."""

    port: int
    requests: Sequence[bytes]
    clients: int = 16
    seconds: float = 4.0
    warm_up: float = 0.5
    least: int = 1  # bytes of a body
    ends: bytes = b""
    count: int = 0  # stop after so many answers instead
    keeps_bodies: bool = False  # each different body, with the moments at which it was asked for


@dataclass
class Measured:
    """What came of it. Latencies in seconds, sorted."""

    seconds: float
    latencies: list[float]
    size: int = 0  # bytes of a body, on average
    bodies: dict[bytes, list[float]] = field(default_factory=dict)
    asked: int = 0  # in all, the warm-up's too
    seconds_in_all: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def at(self, part: float) -> float:
        """The latency in milliseconds that this part of the answers stays below."""
        if not self.latencies:
            return 0.0
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))]


def request(
    method: str,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> bytes:
    """One request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def api_request(document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> bytes:
    """A POST to the API."""
    own = {"Content-Type": "application/json", "Accept-Language": "zh"}
    return request("POST", "/graphql", json.dumps(document).encode(), own | dict(headers or {}))


class Talk:
    """One client: a connection on which one request at a time is under way."""

    __slots__ = ("socket", "parts", "missing", "head", "sent_at")

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TOO_LONG)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self._begin()

    def _begin(self) -> None:
        self.parts: list[bytes] = []
        self.missing = -1  # bytes of the body that have not come; below 0: nor has the head
        self.head = b""

    def send(self, words: bytes) -> None:
        """Ask; what is asked is small and goes out at once."""
        self._begin()
        self.sent_at = time.monotonic()
        self.socket.sendall(words)

    def receive(self) -> bool:
        """Take what has come; whether the answer is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise Wrong("the connection was closed")
        if self.missing < 0:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            data, self.head = self.head[end + 4 :], self.head[:end]
            self.missing = length_of(self.head)
        self.parts.append(data)
        self.missing -= len(data)
        return self.missing == 0

    @property
    def body(self) -> bytes:
        return b"".join(self.parts) if len(self.parts) != 1 else self.parts[0]

    def ask(self, words: bytes) -> tuple[int, bytes]:
        """Ask and wait: status and body."""
        self.send(words)
        while not self.receive():
            pass
        return int(self.head[9:12]), self.body

    def close(self) -> None:
        self.socket.close()


def length_of(head: bytes) -> int:
    """The Content-Length in a head; an answer without one has no body."""
    at = head.lower().find(b"\r\ncontent-length:")
    if at < 0:
        if b"chunked" in head.lower():
            raise Wrong("a chunked answer has no length to wait for")
        return 0
    return int(head[at + 17 :].split(b"\r\n", 1)[0])


def check(load: Load, head: bytes, body: bytes) -> None:
    """Cheap, and still: the status, the size, the end, and no error."""
    if not head.startswith(b"HTTP/1.1 200") or len(body) < load.least or FAILED in body:
        raise Wrong(f"{head[:15]!r} {len(body)} bytes, at least {load.least} expected: {body[:400]!r}")
    if load.ends and not body.rstrip().endswith(load.ends):
        raise Wrong(f"ends with {body[-80:]!r}")


def run(load: Load) -> Measured:
    """Ask for so long with so many at a time; answers count that were asked for after the warm-up."""
    gc.disable()
    asking = selectors.DefaultSelector()
    talks = [Talk(load.port) for _ in range(load.clients)]
    requests, turn, latencies, size = load.requests, 0, [], 0
    bodies: dict[bytes, list[float]] = {}
    began = time.monotonic()
    counts_from = began + (0 if load.count else load.warm_up)
    ends = began + 3600 if load.count else counts_from + load.seconds
    left = load.count or 1 << 60
    for talk in talks:
        asking.register(talk.socket, selectors.EVENT_READ, talk)
    under_way = 0
    for talk in talks[:left]:
        talk.send(requests[turn % len(requests)])
        turn, under_way = turn + 1, under_way + 1
    last = began
    while under_way:
        ready = asking.select(TOO_LONG)
        if not ready:
            raise Wrong(f"no answer for {TOO_LONG} s")
        for key, _ in ready:
            talk = key.data
            if not talk.receive():
                continue
            now, body = time.monotonic(), talk.body
            check(load, talk.head, body)
            if load.keeps_bodies:
                bodies.setdefault(body, []).append(talk.sent_at)
            if talk.sent_at >= counts_from and now <= ends:
                latencies.append(now - talk.sent_at)
                size += len(body)
                last = now
            if now < ends and turn < left:
                talk.send(requests[turn % len(requests)])
                turn += 1
            else:
                under_way -= 1
    for talk in talks:
        talk.close()
    latencies.sort()
    seconds = (last - began) if load.count else load.seconds
    return Measured(
        seconds, latencies, size // max(1, len(latencies)), bodies, turn, time.monotonic() - began
    )


def _child(pipe: Any, act: Callable[..., Any], words: tuple) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the bench, which then ends us
    try:
        pipe.send((act(*words), None))
    except Exception as failure:
        pipe.send((None, f"{type(failure).__name__}: {failure}"))
    pipe.close()


class Apart:
    """A function at work in a process of its own, as clients are: what it says by its pipe, then its result."""

    def __init__(self, act: Callable[..., Any], *words: Any):
        fresh = multiprocessing.get_context("spawn")
        self.pipe, theirs = fresh.Pipe()
        self.process = fresh.Process(target=_child, args=(theirs, act, words), daemon=True)
        self.process.start()
        theirs.close()

    def result(self) -> Any:
        """Wait for its end; raises what went wrong there."""
        try:
            told, wrong = self.pipe.recv()
        except EOFError:
            told, wrong = None, "a client ended without a word"
        except BaseException:
            self.process.kill()
            raise
        self.process.join()
        if wrong:
            raise Wrong(wrong)
        return told


def measure(load: Load) -> Measured:
    """Put a load on, from a process of its own."""
    measured: Measured = Apart(run, load).result()
    return measured
