"""Bodies are read before a thread is taken: within seconds, and bounded in number and in bytes.

What the server reads comes as futures, whose callbacks are called in its one thread for Python (core.front.worker).
"""

import logging
import time
from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from granian.rsgi import ProtocolClosed, ProtocolError

from core.forwarded import address_in
from core.front.environ import Environ
from core.front.threads import BROKEN
from core.numbers import body_length

log = logging.getLogger("sheaf.front")

# So long a body may take, and one second more for so many bytes that have come: a photo by a slow line is taken, a
# byte now and then is not.
SECONDS, BYTES_A_SECOND = 10.0, 20_000
# A body that is longer is kept in a file until it is whole; none may be longer than the second.
SMALL, MOST = 65_536, 10_000_000
# In a process: unfinished bodies, those of one place, and what all of them have come to. Whoever has waited longest
# goes: honest bodies are whole in a moment, and one that came later must not pay for those that are not.
MOST_UNFINISHED, MOST_OF_ONE_PLACE, MOST_BYTES = 512, 64, 100_000_000
# Younger ones are spared, and looked at again so often.
YOUNG, OFTEN = 1.0, 0.5

Then = Callable[[Environ, Any, bool], None]
"""Called once with the environ, the server's hand and whether the body is there; False: it did not come in time."""


class Bodies:
    """Those that are being read in this process."""

    def __init__(self, then: Then) -> None:
        self.then = then
        self.unfinished: dict[_Unfinished, None] = {}  # in the order in which they began

    def read(self, proto: Any, environ: Environ) -> bool:
        """Begin to read the body into the environ; False where there is none to wait for.

        What is too long, or does not say how long it is, is left unread: the house refuses it.
        """
        size = body_length(environ) or 0
        if size == 0 or size > MOST:
            return False
        if len(self.unfinished) >= MOST_UNFINISHED:
            self._make_room()
        (_Small if size <= SMALL else _Large)(self, proto, environ, size).begin()
        return True

    def _make_room(self) -> None:
        """End the oldest that is not young."""
        oldest = next((one for one in list(self.unfinished) if not one.is_cut), None)
        if oldest is not None and time.monotonic() - oldest.began > YOUNG:
            oldest.cut()

    def look(self) -> None:
        """End what has had its time, and the oldest of a place that has too many, or of all when they are too large."""
        now = time.monotonic()
        unfinished = list(self.unfinished)
        old = [one for one in unfinished if not one.is_cut and now - one.began > YOUNG]
        held = sum(one.come for one in unfinished)
        places = Counter(address_in(one.environ) for one in old)
        for one in old:
            place = address_in(one.environ)
            late = now - one.began > SECONDS + one.come / BYTES_A_SECOND
            if late or places[place] > MOST_OF_ONE_PLACE or held > MOST_BYTES:
                places[place] -= 1
                held -= one.come
                one.cut()

    def keep_looking(self) -> None:
        """Look for as long as the process lives."""
        while True:
            time.sleep(OFTEN)
            try:
                self.look()
            except Exception:
                log.exception("bodies were not looked through")


class _Unfinished:
    """A body that is being read."""

    __slots__ = ("bodies", "proto", "environ", "size", "began", "come", "coming", "is_cut")

    def __init__(self, bodies: Bodies, proto: Any, environ: Environ, size: int):
        self.bodies, self.proto, self.environ, self.size = bodies, proto, environ, size
        self.began, self.come, self.is_cut = time.monotonic(), 0, False

    def begin(self) -> None:
        """Ask the server for it; it is looked after from the moment at which it can be cut."""
        self.coming = self.first()
        self.bodies.unfinished[self] = None
        self.coming.add_done_callback(self.come_on)

    def come_on(self, coming: Any) -> None:
        """Go on with what has come; whatever breaks (a full disk) is answered, for the server drops it in silence."""
        try:
            self.on(coming)
        except Exception:
            log.exception("a body was not taken")
            self.bodies.unfinished.pop(self, None)
            self.proto.response_bytes(*BROKEN)

    def first(self) -> Any:
        """What the server is asked for."""
        raise NotImplementedError

    def on(self, coming: Any) -> None:
        """It has come, or will not."""
        raise NotImplementedError

    def cut(self) -> None:
        """Wait no longer; whatever has just come goes its way."""
        self.is_cut = self.coming.cancel()

    def end(self, *, is_whole: bool) -> None:
        """Go on with the request."""
        self.bodies.unfinished.pop(self, None)
        self.bodies.then(self.environ, self.proto, is_whole)


class _Small(_Unfinished):
    __slots__ = ()

    def first(self) -> Any:
        return self.proto()

    def on(self, coming: Any) -> None:
        body = _came(coming)
        if is_whole := len(body) == self.size:  # else whoever sent it has gone
            self.environ["wsgi.input"] = BytesIO(body)
        self.end(is_whole=is_whole)


class _Large(_Unfinished):
    __slots__ = ("file",)

    def first(self) -> Any:
        self.file = SpooledTemporaryFile(max_size=SMALL)
        self.environ["wsgi.input"] = self.file
        self.proto.__aiter__()
        return self.proto.__anext__()

    def on(self, coming: Any) -> None:
        while part := _came(coming):
            self.come += len(part)
            self.file.write(part)
            if self.come >= self.size:
                break
            self.coming = coming = self.proto.__anext__()
            if not coming.done():
                coming.add_done_callback(self.come_on)
                return
        self.file.seek(0)
        self.end(is_whole=self.come == self.size)


def _came(coming: Any) -> bytes:
    """What the server has read; nothing where it was cut, or the other side has gone."""
    try:
        return bytes(coming.result())
    except (CancelledError, ProtocolError, ProtocolClosed):
        return b""
