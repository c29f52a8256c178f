"""Open connections are looked through every few seconds: who takes no answer is let go, and no place has them all.

The server has the sockets, and no limit for writing. What is done here is done to the socket itself, by a second
handle: whichever it is by then, it is the one that was looked at.
"""

import fcntl
import logging
import os
import socket
import stat
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread

from core.forwarded import is_trusted, parsed, place_of

log = logging.getLogger("sheaf.front")

OFTEN = 3.0
# Whoever has not taken so many bytes a second of what waits for her, over so many seconds, takes nothing.
STALL_SECONDS, BYTES_A_SECOND = 15.0, 1_000
# From so many on, in a process, a place may have no more than this, and its idlest go.
MANY, MOST_OF_ONE_PLACE = 1_024, 256

_UNSENT = 0x5411  # SIOCOUTQ
_ACKED_AT, _INFO_BYTES, _LAST_HEARD_AT = 120, 136, 52  # in Linux's tcp_info
Peer = tuple[str, int]


@dataclass(slots=True)
class _Seen:
    """A connection as it was at an earlier look."""

    since: float
    acked: int


class Connections:
    """Those of this process at one port."""

    def __init__(self, port: int):
        self.port = port
        self._seen: dict[Peer, _Seen] = {}

    def watch(self) -> None:
        """Look again and again, in a thread of its own; where there is no Linux, nobody does."""
        if sys.platform == "linux":
            Thread(target=self._keep_looking, name="connections", daemon=True).start()

    def _keep_looking(self) -> None:
        while True:
            time.sleep(OFTEN)
            try:
                self.look()
            except Exception:
                log.exception("connections were not looked through")

    def look(self) -> None:
        """Let go whom no answer reaches, and the idlest of a place that has too many."""
        now, seen, idle = time.monotonic(), {}, []
        for talk in _sockets():
            with talk:
                try:
                    if talk.getsockname()[1] != self.port:
                        continue
                    peer = talk.getpeername()[:2]
                    info = talk.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
                    (acked,) = struct.unpack_from("Q", info, _ACKED_AT)
                    (heard,) = struct.unpack_from("I", info, _LAST_HEARD_AT)
                    before = self._seen.get(peer)
                    seen[peer] = self._judged(talk, before, acked, now)
                    idle.append((heard, peer))
                except (OSError, ValueError, struct.error):
                    continue  # a listener, one that has just ended, or none of the network
        self._seen = seen
        if len(seen) > MANY:
            self._thin_out(idle)

    def _judged(self, talk: socket.socket, before: _Seen | None, acked: int, now: float) -> _Seen:
        if before is None or not _unsent(talk):
            return _Seen(now, acked)
        if now - before.since < STALL_SECONDS:
            return before
        if acked - before.acked < STALL_SECONDS * BYTES_A_SECOND:
            _let_go(talk)
        return _Seen(now, acked)

    def _thin_out(self, idle: list[tuple[int, Peer]]) -> None:
        """Our own proxies may have as many as they like: they speak for others."""
        places: Counter[str] = Counter()
        too_many = set()
        for _, peer in sorted(idle):  # who was heard of last comes first, and stays
            address = parsed(peer[0])
            if address is None or is_trusted(address):
                continue
            place = place_of(address)
            places[place] += 1
            if places[place] > MOST_OF_ONE_PLACE:
                too_many.add(peer)
        if not too_many:
            return
        for talk in _sockets():
            with talk:
                try:
                    if talk.getsockname()[1] == self.port and talk.getpeername()[:2] in too_many:
                        _let_go(talk)
                except OSError:
                    continue


def _sockets() -> Iterator[socket.socket]:
    """A second handle of each socket of this process, one after the other; to be closed by whoever asks."""
    for name in os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISSOCK(os.stat(int(name)).st_mode):
                copy = os.dup(int(name))
                try:
                    talk = socket.socket(fileno=copy)
                except OSError:
                    os.close(copy)
                    continue
                if talk.family in (socket.AF_INET, socket.AF_INET6):
                    yield talk
                else:
                    talk.close()
        except OSError:  # closed meanwhile
            continue


def _unsent(talk: socket.socket) -> int:
    """Bytes that were written and not taken."""
    return int(struct.unpack("i", fcntl.ioctl(talk.fileno(), _UNSENT, b"\0" * 4))[0])


def _let_go(talk: socket.socket) -> None:
    """End the connection; what waits in the kernel is thrown away with it."""
    talk.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    talk.shutdown(socket.SHUT_RDWR)
