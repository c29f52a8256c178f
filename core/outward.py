"""Call an address that somebody else has named, and nothing else: never one of our own, never for long, never for much.

A name is looked up once, all that it stands for is checked, and the connection goes to one of these very addresses: what
the name says a moment later is no matter. The certificate is checked against the name. Nothing that is answered is
followed or kept: of the answer its status alone is read (decision 0082).
"""

import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.db import connection

from core.language import say
from core.refusals import Invalid

SECONDS = 10.0
# The answer after its status is let through to its end, so that whoever sends it is not cut off; no longer and no more.
LET_THROUGH_SECONDS, LET_THROUGH_BYTES = 1.0, 64_000
MOST_STATUS_LINE, MOST_LENGTH = 1_000, 500
PORT = 443
# IPv6 addresses that carry one of IPv4 within: 6to4 in its bits 16 to 48, NAT64 in its last 32.
_6TO4, _NAT64, _NAT64_LOCAL = 0x2002, 0x0064FF9B << 64, 0x0064FF9B0001


class Problem(StrEnum):
    """Why there was no answer."""

    NOWHERE = "nowhere"  # its name is unknown, or leads inside: which of both is nobody's to learn
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    SLOW = "slow"
    BROKEN = "broken"  # what came is no answer of HTTP


@dataclass(frozen=True)
class Answer:
    """The status that came, or why none did."""

    status: int | None = None
    problem: Problem | None = None


class _No(Exception):
    def __init__(self, problem: Problem):
        self.problem = problem


def clean(url: str, field: str = "url") -> str:
    """An address as it is kept; refused is what can be none of a receiver's. Whether it leads outside is looked at with
    each call, and never here: a name says something else tomorrow."""
    url = url.strip()
    if len(url) > MOST_LENGTH:
        raise Invalid(
            say("地址最长 {n} 个字符。", "An address has at most {n} characters.", n=MOST_LENGTH), field=field
        )
    parts = _parts(url)
    if parts is None:
        words = say(
            "请填完整的地址，比如 https://example.com/hooks：不带用户名、密码、空格和 #。",
            "Please write a whole address such as https://example.com/hooks, without a user name, a password, blanks or #.",
        )
        raise Invalid(words, field=field)
    if not _is_port_open(parts):
        words = say("只能用 https，端口 443。", "It must be https, on its own port 443.")
        raise Invalid(words, field=field)
    host = parts.hostname or ""
    literal = _literal(host)
    is_named_inside = literal is None and (
        "." not in host.rstrip(".") or host.rstrip(".").endswith(_INNER_NAMES)
    )
    if is_named_inside or (literal and not may_call(literal, parts)):
        words = say(
            "这个地址在内部网络里，从这里打不到：请填公网上的地址。",
            "This address lies inside a network: please write one that is on the public internet.",
        )
        raise Invalid(words, field=field)
    return url


_INNER_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


def _parts(url: str) -> SplitResult | None:
    """What it is made of; None for what is no plain address of a server."""
    if not url.isascii() or any(ord(c) <= 0x20 or ord(c) == 0x7F or c in '\\#"<>' for c in url):
        return None
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("https", "http") and parts.hostname and "@" not in parts.netloc
        return parts if is_plain and _port(parts) else None
    except ValueError:
        return None


def _port(parts: SplitResult) -> int:
    return parts.port if parts.port is not None else (PORT if parts.scheme == "https" else 80)


def _is_usual(parts: SplitResult) -> bool:
    return parts.scheme == "https" and _port(parts) == PORT


def _is_port_open(parts: SplitResult) -> bool:
    """Of https its own, and those that the shop's own settings name."""
    return _is_usual(parts) or _port(parts) in {port for _, port in _let_inside()}


def _let_inside() -> set[tuple[str, int]]:
    """What the shop's own settings let be called inside."""
    return {(host, int(port)) for host, _, port in (one.rpartition(":") for one in settings.CALLABLE_INSIDE)}


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is by itself, in any spelling that a resolver takes: 127.1, 0x7f.1, 2130706433."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        return None


def may_call(address: IPv4Address | IPv6Address, parts: SplitResult) -> bool:
    """Whether this is an address of the public internet, asked by https at its own port; or one, with its port, that the
    shop's own settings name."""
    if (str(address), _port(parts)) in _let_inside():
        return True
    return _is_usual(parts) and all(_is_public(one) for one in (address, *_within(address)))


def _is_public(one: IPv4Address | IPv6Address) -> bool:
    return one.is_global and not (
        one.is_multicast or one.is_reserved or one.is_unspecified or one.is_loopback
    )


def _within(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """Addresses of IPv4 that one of IPv6 leads to."""
    if isinstance(address, IPv4Address):
        return []
    whole = int(address)
    found = [address.ipv4_mapped, *(address.teredo or ())]
    if whole >> 112 == _6TO4:
        found.append(IPv4Address(whole >> 80 & 0xFFFFFFFF))
    # The last kind is IPv4-compatible, given up long ago, and still understood by some.
    if whole >> 32 in (_NAT64, 0) or whole >> 80 == _NAT64_LOCAL:
        found.append(IPv4Address(whole & 0xFFFFFFFF))
    return [one for one in found if one is not None]


def post(url: str, headers: Mapping[str, str], body: bytes, seconds: float = SECONDS) -> Answer:
    """Send it there, once, within these seconds. What comes of it is told and never raised."""
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    assert not ours, "a receiver was called inside a transaction"
    ends = time.monotonic() + seconds
    parts = _parts(url)
    if parts is None or not _is_port_open(parts):
        return Answer(problem=Problem.NOWHERE)
    try:
        with _connected(parts, ends) as wire:
            wire.settimeout(_left(ends))
            wire.sendall(_request(parts, headers, body))
            return Answer(status=_status(wire, ends))
    except _No as no:
        return Answer(problem=no.problem)
    except TimeoutError:
        return Answer(problem=Problem.SLOW)
    except ssl.SSLError:
        return Answer(problem=Problem.CERTIFICATE)
    except OSError:
        return Answer(problem=Problem.UNREACHABLE)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise _No(Problem.SLOW)
    return left


def addresses_of(host: str, port: int) -> list[str]:
    """What a name stands for now: asked of the system's resolver, which has bounds of its own."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _No(Problem.NOWHERE) from None
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def _connected(parts: SplitResult, ends: float) -> socket.socket:
    host, port = parts.hostname or "", _port(parts)
    addresses = addresses_of(host, port)
    # One that leads inside is enough: whoever names both is not to find out which one we take.
    if not addresses or not all(may_call(ip_address(one.partition("%")[0]), parts) for one in addresses):
        raise _No(Problem.NOWHERE)
    plain = _first_that_answers(addresses, port, ends)
    try:
        reached = str(plain.getpeername()[0]).partition("%")[0]
        if not may_call(ip_address(reached), parts):
            raise _No(Problem.NOWHERE)
        if parts.scheme == "http":
            return plain
        plain.settimeout(_left(ends))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host.rstrip("."))
    except BaseException:
        plain.close()
        raise


def _first_that_answers(addresses: list[str], port: int, ends: float) -> socket.socket:
    failed: OSError = OSError("no address")
    for n, address in enumerate(addresses, start=1):
        try:
            # What is left is shared out among those that may still answer.
            return socket.create_connection((address, port), timeout=_left(ends) / (len(addresses) - n + 1))
        except OSError as failure:
            failed = failure
    raise failed


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _status(wire: socket.socket, ends: float) -> int:
    """The status of the answer; what is said before it (1xx) is passed over."""
    seen = b""
    while True:
        while b"\r\n" not in seen:
            seen += _more(wire, ends)
            if len(seen) > MOST_STATUS_LINE and b"\r\n" not in seen:
                raise _No(Problem.BROKEN)
        line = seen.partition(b"\r\n")[0]
        version, _, rest = line.partition(b" ")
        if not (version in (b"HTTP/1.1", b"HTTP/1.0") and rest[:3].isdigit() and rest[3:4] in (b"", b" ")):
            raise _No(Problem.BROKEN)
        status = int(rest[:3])
        if status >= 200:
            _let_through(wire, min(ends, time.monotonic() + LET_THROUGH_SECONDS))
            return status
        while b"\r\n\r\n" not in seen:
            seen += _more(wire, ends)
            if len(seen) > LET_THROUGH_BYTES:
                raise _No(Problem.BROKEN)
        seen = seen.partition(b"\r\n\r\n")[2]


def _more(wire: socket.socket, ends: float) -> bytes:
    wire.settimeout(_left(ends))
    came = wire.recv(4096)
    if not came:
        raise _No(Problem.BROKEN)
    return came


def _let_through(wire: socket.socket, ends: float) -> None:
    left = LET_THROUGH_BYTES
    try:
        while left > 0 and (came := _more(wire, ends)):
            left -= len(came)
    except (OSError, _No):
        pass  # its status is known
