"""What the server calls for each request: read it, then answer at once or in a room."""

import logging
from threading import Thread
from time import monotonic
from typing import Any

from core.counting import counts
from core.front import bodies
from core.front.bodies import Bodies
from core.front.environ import Environ, environ_of
from core.front.threads import BROKEN, BUSY, PLAIN, Application, Threads

log = logging.getLogger("sheaf.front")

THREADS = 4
CUT = (
    408,
    [*PLAIN, ("Connection", "close")],
    "发送得太慢，请再试一次。 It came too slowly; please try again.".encode(),
)


class Front:
    """An application by WSGI, and what comes before it.

    It may have `answer_without_waiting(environ)`: an answer (status, headers, bytes) for which nothing is waited for, asked
    for in the server's own thread; None for whatever must go the whole way.
    """

    def __init__(self, application: Application, threads: int = THREADS):
        self.threads, self.bodies = Threads(application, threads), Bodies(self._read)
        self.answer_without_waiting = getattr(application, "answer_without_waiting", None)
        self.opened = getattr(application, "opened", None)

    def open(self) -> None:
        """The process begins."""
        self.threads.open()
        Thread(target=self.bodies.keep_looking, name="bodies", daemon=True).start()
        if self.opened is not None:
            self.opened()

    def close(self) -> None:
        """The process ends: what is being answered is answered."""
        self.threads.close()

    def take(self, watcher: Any) -> None:
        """A request's head has come (`watcher.scope`), with a hand to answer by (`watcher.proto`); raises nothing."""
        proto = watcher.proto
        try:
            environ = environ_of(watcher.scope)
            if not self.bodies.read(proto, environ):
                self._answer(environ, proto)
        except Exception:
            log.exception("a request was not understood")
            proto.response_bytes(*BROKEN)

    def _read(self, environ: Environ, proto: Any, is_whole: bool) -> None:
        if not is_whole:
            environ["wsgi.input"].close()
            proto.response_bytes(*CUT)
            counts.request(environ, CUT[0], bodies.SECONDS)
            return
        try:
            self._answer(environ, proto)
        except Exception:
            log.exception("a request was not understood")
            proto.response_bytes(*BROKEN)

    def _answer(self, environ: Environ, proto: Any) -> None:
        came = monotonic()
        if (
            self.answer_without_waiting is not None
            and (answer := self.answer_without_waiting(environ)) is not None
        ):
            proto.response_bytes(*answer)
            counts.request(environ, answer[0], monotonic() - came)
        elif not self.threads.ask(environ, proto, came):
            proto.response_bytes(*BUSY)
            counts.request(environ, BUSY[0], monotonic() - came)
