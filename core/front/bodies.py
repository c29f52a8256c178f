"""Bodies are read in the event loop, before a thread is taken: within seconds, and bounded in number and in bytes."""

import asyncio
import time
from collections import Counter
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from granian.rsgi import ProtocolClosed, ProtocolError

from core.forwarded import address_in
from core.front.environ import Environ
from core.numbers import body_length

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


class Cut(Exception):
    """The body did not come in time."""


class _Unfinished:
    __slots__ = ("task", "environ", "began", "come", "is_cut")

    def __init__(self, task: Any, environ: Environ):
        self.task, self.environ, self.began = task, environ, time.monotonic()
        self.come, self.is_cut = 0, False

    def cut(self) -> None:
        self.is_cut = True
        self.task.cancel()


class Bodies:
    """Those that are being read in this process."""

    def __init__(self) -> None:
        self.unfinished: dict[Any, _Unfinished] = {}

    async def read(self, proto: Any, environ: Environ) -> None:
        """Put the whole body into the environ; raises Cut when it does not come."""
        size = body_length(environ) or 0
        if size == 0 or size > MOST:
            return  # what is too long, or does not say how long it is, is left unread: the house refuses it
        task = asyncio.current_task()
        mine = self.unfinished[task] = _Unfinished(task, environ)
        try:
            if len(self.unfinished) > MOST_UNFINISHED:
                self._make_room()
            if size <= SMALL:
                body = await proto()
                if len(body) != size:  # whoever sent it has gone
                    raise Cut
                environ["wsgi.input"] = BytesIO(body)
            else:
                await self._stream(proto, environ, mine)
        except asyncio.CancelledError:
            if mine.is_cut:
                raise Cut from None
            raise
        except (ProtocolError, ProtocolClosed):
            raise Cut from None
        finally:
            del self.unfinished[task]

    async def _stream(self, proto: Any, environ: Environ, mine: _Unfinished) -> None:
        file = SpooledTemporaryFile(max_size=SMALL)
        environ["wsgi.input"] = file
        async for part in proto:
            mine.come += len(part)
            file.write(part)
        if mine.come != int(environ["CONTENT_LENGTH"]):
            raise Cut
        file.seek(0)

    def _make_room(self) -> None:
        """End the oldest that is not young."""
        for one in self.unfinished.values():  # in the order in which they began
            if not one.is_cut:
                if time.monotonic() - one.began > YOUNG:
                    one.cut()
                return

    def look(self) -> None:
        """End what has had its time, and the oldest of a place that has too many, or of all when they are too large."""
        now = time.monotonic()
        old = [one for one in self.unfinished.values() if not one.is_cut and now - one.began > YOUNG]
        held = sum(one.come for one in self.unfinished.values())
        places = Counter(address_in(one.environ) for one in old)
        for one in old:
            place = address_in(one.environ)
            late = now - one.began > SECONDS + one.come / BYTES_A_SECOND
            if late or places[place] > MOST_OF_ONE_PLACE or held > MOST_BYTES:
                places[place] -= 1
                held -= one.come
                one.cut()

    async def keep_looking(self) -> None:
        """Look for as long as the process lives."""
        while True:
            await asyncio.sleep(OFTEN)
            self.look()
