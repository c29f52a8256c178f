"""The load client: what it counts, and what it refuses to count."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.client import Load, Measured, Wrong, api_request, measure, request, run

BODY = b'{"data":{"answer":"' + b"x" * 30_000 + b'"}}'
ANSWERS = {
    "/graphql": (200, BODY),
    "/errors": (200, b'{"data":null,"errors":[{"message":"no"}]}'),
    "/broken": (500, BODY),
    "/short": (200, b"{}"),
}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    asked: list[str]
    wait = 0.0

    def handle_error(self, *_: object) -> None:
        """A client that was told too much to go on has hung up."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        time.sleep(self.server.wait)
        status, body = ANSWERS[self.path.partition("?")[0]]
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        # In two pieces, as a network would bring it.
        self.wfile.write(body[:1000])
        self.wfile.flush()
        self.wfile.write(body[1000:])

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.asked = []
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def load_of(server: Server, *requests: bytes, **more) -> Load:
    return Load(server.server_address[1], requests, **{"warm_up": 0.0, "least": 1_000, **more})


def test_each_answer_is_counted_once_and_requests_take_turns(server: Server) -> None:
    told = run(
        load_of(server, api_request({"query": "{a}"}), request("GET", "/graphql?b"), clients=4, count=50)
    )
    assert len(told.latencies) == told.asked == len(server.asked) == 50
    assert server.asked.count("/graphql?b") == 25
    assert told.size == len(BODY)
    assert told.latencies == sorted(told.latencies)


def test_a_rate_is_what_the_server_can_give(server: Server) -> None:
    server.wait = 0.05
    told = run(load_of(server, request("GET", "/graphql"), clients=4, seconds=1.0, warm_up=0.2))
    # Four at a time, each for 50 ms and, on a busy machine, a little more.
    assert 20 <= told.rate <= 80
    assert 50 <= told.at(0.5) <= 200
    assert told.asked > len(told.latencies), "what was asked in the warm-up does not count"


@pytest.mark.parametrize("path", ["/errors", "/broken", "/short"])
def test_a_wrong_answer_is_no_figure(server: Server, path: str) -> None:
    with pytest.raises(Wrong):
        run(load_of(server, request("GET", path), clients=2, count=5, least=10))


def test_an_answer_that_ends_too_early_is_wrong(server: Server) -> None:
    with pytest.raises(Wrong):
        run(load_of(server, request("GET", "/graphql"), clients=1, count=2, ends=b"</html>"))


def test_different_bodies_are_kept_with_the_moments_they_were_asked_for(server: Server) -> None:
    told = run(load_of(server, request("GET", "/graphql"), clients=2, count=10, keeps_bodies=True))
    assert [len(moments) for moments in told.bodies.values()] == [10]
    assert BODY in told.bodies


def test_a_client_in_a_process_of_its_own_tells_what_went_wrong_there(server: Server) -> None:
    assert len(measure(load_of(server, request("GET", "/graphql"), clients=2, count=6)).latencies) == 6
    with pytest.raises(Wrong, match="500"):
        measure(load_of(server, request("GET", "/broken"), clients=1, count=1))


def test_parts_of_the_answers_stay_below_a_latency() -> None:
    told = Measured(10, [n / 1000 for n in range(1, 101)])
    assert (told.rate, told.at(0.5), told.at(0.99)) == (10, 51, 100)
