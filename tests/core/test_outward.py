"""Whoever names an address to be called reaches nothing of ours, holds nobody up, and learns no more than a status (N40)."""

import socket
import time
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from core import outward
from core.outward import Problem, post
from core.refusals import Invalid
from tests.receiver import OK, a_certificate, answering, receiving, status

INNER_HOSTS = [
    *(
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1",
        "0",
    ),
    *(
        "localhost",
        "localhost.",
        "[::1]",
        "[::]",
        "[fd00::1]",
        "[fe80::1]",
        "[::127.0.0.1]",
        "169.254.169.254",
    ),
    *("10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[ff02::1]"),
    *(
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[64:ff9b:1::a00:1]",
        "[::ffff:0:127.0.0.1]",
    ),
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", INNER_HOSTS)
def test_no_spelling_of_an_inner_address_is_kept_nor_called(host, scheme, settings, monkeypatch):
    settings.CALLABLE_INSIDE = []
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was called"))
    assert post(f"{scheme}://{host}/", {}, b"{}").problem == Problem.NOWHERE
    with pytest.raises(Invalid) as refused:
        outward.clean(f"{scheme}://{host}/")
    assert refused.value.field in ("url", ("url",))


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pw@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com:5432/",
        "https://example.com:6379/",
        "https://example.com:80/",
        "http://example.com:443/",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https:///nothing",
        "https://example.com/a b",
        "https://example.com/\r\nX: y",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://intranet/",
        "https://db.internal/",
        "https://１２７.0.0.1/",
        "https://" + "a" * 500 + ".com/",
        "",
    ],
)
def test_what_is_no_receivers_address_is_refused_when_it_is_written_and_when_it_is_called(url, monkeypatch):
    monkeypatch.setattr(outward, "addresses_of", lambda *_: ["93.184.216.34"])
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was called"))
    with pytest.raises(Invalid):
        outward.clean(url)
    if urlsplit(url.replace("\\", "")).hostname not in ("intranet", "db.internal") and len(url) < 500:
        assert post(url, {}, b"{}").problem == Problem.NOWHERE


def test_a_plain_address_on_the_public_internet_is_kept():
    assert outward.clean(" https://example.com/hooks?shop=1 ") == "https://example.com/hooks?shop=1"
    assert outward.clean("https://93.184.216.34:443/") == "https://93.184.216.34:443/"


def test_a_name_with_one_public_and_one_inner_address_is_not_called(monkeypatch):
    monkeypatch.setattr(outward, "addresses_of", lambda *_: ["93.184.216.34", "10.0.0.1"])
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was called"))
    assert post("https://example.com/", {}, b"{}").problem == Problem.NOWHERE


def test_a_name_that_changes_between_look_and_call_is_called_where_it_was_looked_at(monkeypatch):
    """It is asked for once: the connection goes to the address, and its end is looked at once more."""
    asked, called = [], []

    def resolver(host: str, port: int, **_: object) -> list:
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(where: tuple[str, int], **_: object) -> socket.socket:
        called.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert post("https://example.com/", {}, b"{}").problem == Problem.UNREACHABLE
    assert (asked, called) == (["example.com"], [("93.184.216.34", 443)])


def test_a_connection_that_ends_inside_all_the_same_is_sent_nothing(settings, monkeypatch):
    with receiving(settings) as inner:
        settings.CALLABLE_INSIDE = []
        monkeypatch.setattr(outward, "addresses_of", lambda *_: ["93.184.216.34"])
        real = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", lambda *_, **__: real(("127.0.0.1", inner.port)))
        assert post("https://example.com/", {}, b"{}").problem == Problem.NOWHERE
        assert inner.heard == []


def test_what_the_settings_name_is_called_inside_at_that_port_alone(settings):
    with receiving(settings) as receiver:
        answer = post(receiver.url, {"X-Told": "yes"}, b'{"a":1}')
        assert (answer.status, answer.problem) == (200, None)
        (heard,) = receiver.heard
        assert heard.line == "POST /hooks?shop=1 HTTP/1.1" and heard.body == b'{"a":1}'
        assert heard.headers["host"] == receiver.at and heard.headers["x-told"] == "yes"
        settings.CALLABLE_INSIDE = ["127.0.0.1:1"]
        assert post(receiver.url, {}, b"").problem == Problem.NOWHERE
        assert not outward.may_call(ip_address("127.0.0.1"), urlsplit(receiver.url))


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1:{port}/inner", "file:///etc/passwd", "//169.254.169.254/"]
)
def test_no_redirect_is_followed(code, inside, settings):
    with receiving(settings) as receiver:
        receiver.answer = status(code, f"Location: {inside.format(port=receiver.port)}")
        assert post(receiver.url, {}, b"{}").status == code
        assert len(receiver.heard) == 1


def _forever(chunk: bytes, pause: float):  # type: ignore[no-untyped-def]
    def answer(wire: socket.socket) -> None:
        while True:
            wire.sendall(chunk)
            time.sleep(pause)

    return answer


def test_time_and_bytes_are_bounded_whatever_is_answered(settings):
    """It never ends, sends without end, a byte at a time, nothing, what is no HTTP, or an interim answer for ever."""
    interim = b"HTTP/1.1 103 Early\r\n\r\n"
    answers = {
        "says nothing": (lambda wire: time.sleep(5), Problem.SLOW, None),
        "a byte at a time": (_forever(b"H", 0.1), Problem.SLOW, None),
        "without end": (lambda w: (w.sendall(OK[:-2]), _forever(b"x" * 65_536, 0)(w)), None, 200),
        "a long first line": (_forever(b"y" * 4_096, 0), Problem.BROKEN, None),
        "no HTTP": (answering(b"220 mail\r\n"), Problem.BROKEN, None),
        "hangs up": (lambda wire: None, Problem.BROKEN, None),
        "interim for ever": (_forever(interim, 0.05), Problem.SLOW, None),
        "interim, then taken": (answering(interim + OK), None, 200),
        "open after its answer": (lambda w: (w.sendall(OK), time.sleep(5)), None, 200),
    }
    with receiving(settings) as receiver:
        for name, (answer, problem, code) in answers.items():
            receiver.answer = answer
            began = time.monotonic()
            came = post(receiver.url, {}, b"{}", seconds=0.8)
            assert (name, came.problem, came.status) == (name, problem, code)
            assert time.monotonic() - began < 1.2, name


def test_a_certificate_that_nobody_trusts_is_not_called_and_one_that_is_trusted_is(
    settings, tmp_path, monkeypatch
):
    ours, forged = a_certificate(tmp_path), a_certificate(tmp_path, "10.9.8.7")
    with receiving(settings, certificate=ours) as receiver, receiving(settings, certificate=forged) as other:
        assert post(receiver.url, {}, b"{}").problem == Problem.CERTIFICATE
        monkeypatch.setenv("SSL_CERT_FILE", str(ours))
        assert post(receiver.url, {}, b"{}").status == 200
        # Trusted, and of another name.
        monkeypatch.setenv("SSL_CERT_FILE", str(forged))
        assert post(other.url, {}, b"{}").problem == Problem.CERTIFICATE
        assert len(receiver.heard) == 1 and other.heard == []


def test_nobody_there_is_told_as_that(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.CALLABLE_INSIDE = [f"127.0.0.1:{port}"]
    assert post(f"http://127.0.0.1:{port}/", {}, b"{}").problem == Problem.UNREACHABLE
    assert post("https://no-such-name.invalid/", {}, b"{}").problem == Problem.NOWHERE
