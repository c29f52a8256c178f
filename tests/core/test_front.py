"""The front takes in what comes before a thread has it; who sends by halves holds up nobody, and who falls is started again."""

import json
import os
import re
import signal
import socket
import sys
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from core.front import bodies
from core.front.threads import BROKEN
from local.house import is_listening, wait_for_web
from local.machine import ROOT
from local.postgres import free_port
from local.processes import Process
from tests.figures import FULL

HALF = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5000\r\n\r\nhalf of it"
SLOW_HEAD = b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "
GET = b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Small:
    """A front with the small application behind it."""

    def __init__(self, folder: Path):
        self.port = free_port()
        command = [sys.executable, "-m", "core.front", "tests.core.front_app:application"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": ""}
        self.process = Process("front", [*command, "--port", str(self.port)], env, folder / "front.log", 20)
        self.process.start()
        wait_for_web(f"http://127.0.0.1:{self.port}/", self.process)

    def talk(self, said: bytes = b"", seconds: float = 20) -> socket.socket:
        talk = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        talk.sendall(said)
        return talk

    def ask(self, said: bytes, seconds: float = 20) -> tuple[int, bytes]:
        """Status and body; (0, b"") when the connection was closed without a word."""
        with closing(self.talk(said, seconds)) as talk:
            return answer(talk)

    def told(self, said: bytes) -> dict:
        status, body = self.ask(said)
        assert status == 200, body
        return json.loads(body)

    @property
    def workers(self) -> list[int]:
        """The processes that answer now."""
        found = []
        for name in Path("/proc").glob("[0-9]*"):
            try:
                told = (name / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if (
                int(told[1]) == self.process.child.pid
                and told[0] != "Z"
                and b"core.front" in command_of(name)
            ):
                found.append(int(name.name))
        return sorted(found)


def command_of(name: Path) -> bytes:
    """What a process was started with; nothing when it has ended."""
    try:
        return (name / "cmdline").read_bytes()
    except OSError:
        return b""


def answer(talk: socket.socket) -> tuple[int, bytes]:
    """All that comes until the other side closes."""
    parts = []
    try:
        while part := talk.recv(1 << 20):
            parts.append(part)
            head, end, body = b"".join(parts[:1] if len(parts) > 50 else parts).partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            if end and length and sum(map(len, parts)) - len(head) - 4 >= int(length[1]):
                break
    except ConnectionResetError:
        pass
    whole = b"".join(parts)
    return (int(whole[9:12]), whole.partition(b"\r\n\r\n")[2]) if whole else (0, b"")


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    small = Small(tmp_path_factory.mktemp("front"))
    yield small
    small.process.ask_to_stop()
    small.process.make_sure_it_stopped()


@contextmanager
def held(talks):
    try:
        yield talks
    finally:
        for talk in talks:
            talk.close()


def quickly(front, said, status=200, seconds=1.0):
    began = time.monotonic()
    got = front.ask(said)[0]
    took = time.monotonic() - began
    assert (got, took < seconds) == (status, True), (got, took)


def test_a_request_is_told_as_it_came(front):
    told = front.told(
        b"PUT /a%2Fb%E4%BD%A0?x=%E4&y=1+2 HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\n"
        b"X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\nContent-Length: 3\r\nContent-Type: a/b\r\n\r\nabc"
    )
    assert (told["method"], told["path"], told["query"], told["size"]) == ("PUT", "/a/b你", "x=%E4&y=1+2", 3)
    assert told["peer"] == "127.0.0.1"
    assert told["heads"] == {
        "HTTP_HOST": "x",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_FORWARDED_FOR": "1.1.1.1,2.2.2.2",
        "CONTENT_LENGTH": "3",
        "CONTENT_TYPE": "a/b",
    }


def test_a_name_with_an_underscore_does_not_write_over_one_with_a_hyphen(front):
    for first, second in ((b"X_Forwarded_For", b"X-Forwarded-For"), (b"X-Forwarded-For", b"X_Forwarded-For")):
        names = first + b": 6.6.6.6\r\n" + second + b": 7.7.7.7\r\n"
        told = front.told(
            b"GET / HTTP/1.1\r\nHost: x\r\n" + names + b"Content_Length: 9\r\nCookie_: x\r\n\r\n"
        )
        ours = "7.7.7.7" if second == b"X-Forwarded-For" else "6.6.6.6"
        assert told["heads"] == {"HTTP_HOST": "x", "HTTP_X_FORWARDED_FOR": ours}


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 3_000_000])
def test_a_body_comes_whole_whatever_its_size(front, size):
    told = front.told(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
    assert (told["size"], told["heads"]["CONTENT_LENGTH"]) == (size, str(size))


def test_what_says_nothing_of_its_length_is_left_unread(front):
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (b"a" * 70_000, b"bc")) + b"0\r\n\r\n"
    told = front.told(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces)
    assert told["size"] == 0 and "CONTENT_LENGTH" not in told["heads"]


def test_what_is_too_long_is_left_unread_for_the_house_to_refuse(front):
    told = front.told(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\nxxx")
    assert (told["size"], told["heads"]["CONTENT_LENGTH"]) == (0, "99000000")


def test_a_large_answer_holds_no_thread_while_nobody_reads_it(front):
    """Sixteen readers who read nothing, and eight threads; who reads nothing for long is let go."""
    with held([a_slow_reader(front) for _ in range(16)]) as readers:
        time.sleep(0.3)
        quickly(front, GET % b"/")
        ends = time.monotonic() + 15
        while {talk.getsockname()[1] for talk in readers} & open_at(front):
            assert time.monotonic() < ends, "they are still served"
            time.sleep(0.1)


def test_who_reads_slowly_and_steadily_is_told_all(front):
    with held([a_slow_reader(front)]) as (reader,):
        began, taken = time.monotonic(), 0
        while taken < 8_000_000 and (part := reader.recv(200_000)):
            taken += len(part)
            if time.monotonic() - began < 4:
                time.sleep(0.05)
    assert taken >= 8_000_000


def a_slow_reader(front) -> socket.socket:
    """One whose own machine takes little ahead of her."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    reader.settimeout(20)
    reader.connect(("127.0.0.1", front.port))
    reader.sendall(GET % b"/large")
    return reader


def open_at(front) -> set[int]:
    """The other ends' ports of the server's open connections, without reading of any."""
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        ours, theirs = (int(words[n].rpartition(":")[2], 16) for n in (1, 2))
        if ours == front.port and words[3] == "01":
            found.add(theirs)
    return found


def test_one_place_does_not_have_all_connections(front):
    """Idle ones go when there are many: the pulse of the same place is heard all the time."""
    with held([front.talk() for _ in range(900)]):
        ends = time.monotonic() + 20
        while len(open_at(front)) > 220:
            quickly(front, GET % b"/pulse")
            assert time.monotonic() < ends
            time.sleep(0.1)
        quickly(front, GET % b"/")


def test_what_breaks_is_said_and_nothing_of_why(front):
    status, body = front.ask(GET % b"/broken")
    assert status == 500 and b"purpose" not in body
    assert front.process.log.read_bytes().count(b"Traceback") == 1


def test_two_hundred_halves_hold_up_nobody_and_are_sent_away(front):
    halves = [front.talk(HALF) for _ in range(200)]
    heads = [front.talk(SLOW_HEAD) for _ in range(200)]
    pieces = [front.talk(HALF.replace(b"5000", b"500000")) for _ in range(40)]
    with held(halves + heads + pieces):
        time.sleep(0.2)
        for _ in range(5):
            quickly(front, GET % b"/pulse")
            quickly(front, GET % b"/")
            quickly(front, HALF.replace(b"5000", b"10"))
        ended = Counter(answer(talk)[0] for talk in halves + pieces)
        assert ended == {408: 240}
        quickly(front, HALF.replace(b"5000", b"10"))
        if FULL:
            assert {answer(talk)[0] for talk in heads} == {0}, "heads have ten seconds"
    assert front.process.log.read_bytes().count(b"Traceback") <= 1, "strangers fill no log"


def test_a_body_in_drops_is_given_up_and_a_steady_one_is_not(front):
    drops = front.talk(HALF)
    began = time.monotonic()
    with held([drops]):
        try:
            while time.monotonic() - began < 10:
                drops.sendall(b"x")
                time.sleep(0.2)
        except OSError:
            pass
    assert 1 < time.monotonic() - began < 6
    steady = front.talk(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 240000\r\n\r\n")
    with held([steady]):
        for _ in range(12):
            steady.sendall(b"x" * 20_000)
            time.sleep(0.3)
        assert answer(steady)[0] == 200


def test_who_leaves_in_the_middle_leaves_nothing_behind(front):
    for said in (HALF, HALF.replace(b"5000", b"500000"), SLOW_HEAD, GET % b"/wait"):
        front.talk(said).close()
    quickly(front, GET % b"/")


def test_waiting_takes_threads_and_no_pulse(front):
    with held([front.talk(GET % b"/wait") for _ in range(12)]):
        time.sleep(0.1)
        quickly(front, GET % b"/pulse", seconds=0.5)
    time.sleep(1.6)


def test_a_worker_killed_again_and_again_is_started_again_and_nobody_else_falls(front):
    main, survivor = front.process.child.pid, front.workers[1]
    for _ in range(3):
        victim = next(pid for pid in front.workers if pid != survivor)
        os.kill(victim, signal.SIGKILL)
        ends = time.monotonic() + 10
        while len([pid for pid in front.workers if pid != victim]) < 2:
            assert time.monotonic() < ends and front.process.alive
            time.sleep(0.05)
        time.sleep(0.4)  # twice within four seconds
    assert front.process.child.pid == main and survivor in front.workers
    ends = time.monotonic() + 15
    while len({front.told(GET % b"/")["pid"] for _ in range(20)}) < 2:
        assert time.monotonic() < ends


def test_what_is_being_answered_is_answered_before_the_end(front):
    with held([front.talk(GET % b"/wait") for _ in range(4)]) as waiting:
        time.sleep(0.3)
        front.process.ask_to_stop()
        assert [answer(talk)[0] for talk in waiting] == [200] * 4
    front.process.child.wait(15)
    assert not is_listening(front.port)


def test_a_server_killed_outright_leaves_no_orphan_on_its_port(tmp_path):
    front = Small(tmp_path)
    workers = front.workers
    os.kill(front.process.child.pid, signal.SIGKILL)
    ends = time.monotonic() + 10
    while any(command_of(Path(f"/proc/{pid}")) for pid in workers):
        assert time.monotonic() < ends, "orphans hold the port"
        time.sleep(0.05)
    assert not is_listening(front.port)


def test_a_body_that_cannot_be_written_down_is_answered_and_leaves_nothing_behind():
    """A part comes, and the disk is full."""

    class Hand(Future):
        def __aiter__(self):
            return self

        def __anext__(self):
            return self

        def response_bytes(self, *answer):
            self.answer = answer

    hand, read = Hand(), []
    reading = bodies.Bodies(lambda *came: read.append(came))
    environ = {"CONTENT_LENGTH": "70000"}
    assert reading.read(hand, environ) and len(reading.unfinished) == 1
    environ["wsgi.input"].close()
    hand.set_result(b"x")
    assert (hand.answer, read, len(reading.unfinished)) == (BROKEN, [], 0)
