"""What the server calls for each request: read it, then answer at once or in a room."""

import asyncio
import logging
from typing import Any

from core.front.bodies import Bodies, Cut
from core.front.environ import environ_of
from core.front.rooms import BROKEN, BUSY, PLAIN, Application, Rooms

log = logging.getLogger("sheaf.front")

THREADS = 4
CUT = (
    408,
    [PLAIN, ("Connection", "close")],
    "发送得太慢，请再试一次。 It came too slowly; please try again.".encode(),
)


class Front:
    """An application by RSGI around one by WSGI.

    That one may have `at_once(environ)`: an answer (status, headers, bytes) for which nothing is waited for, asked
    for in the event loop; None for whatever must go the whole way.
    """

    def __init__(self, application: Application, threads: int = THREADS):
        self.rooms, self.bodies = Rooms(application, threads), Bodies()
        self.at_once = getattr(application, "at_once", None)
        self.opened = getattr(application, "opened", None)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process begins."""
        self.rooms.open(loop)
        self.looking = loop.create_task(self.bodies.keep_looking())
        if self.opened is not None:
            self.opened()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process ends: what is being answered is answered."""
        self.looking.cancel()
        self.rooms.close()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        try:
            environ = environ_of(scope)
            await self.bodies.read(proto, environ)
            if self.at_once is not None and (answer := self.at_once(environ)) is not None:
                proto.response_bytes(*answer)
                return
        except Cut:
            proto.response_bytes(*CUT)
            return
        except Exception:
            log.exception("a request was not understood")
            proto.response_bytes(*BROKEN)
            return
        done = self.rooms.ask(environ, proto)
        if done is None:
            proto.response_bytes(*BUSY)
            return
        await done
