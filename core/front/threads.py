"""The few threads in which a WSGI application works, each with a whole request."""

import logging
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from core.counting import counts
from core.front.environ import Environ

log = logging.getLogger("sheaf.front")

Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Answer = tuple[int, list[tuple[str, str]], bytes]

# Requests that wait for a thread in a process, and how long: whoever has waited longer has gone.
MOST_WAITING, PATIENCE = 512, 20.0
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")]
BUSY: Answer = (
    503,
    [*PLAIN, ("Retry-After", "5")],
    "小店正忙，请稍后再试。 The shop is busy; please try again.".encode(),
)
BROKEN: Answer = (500, PLAIN, "出错了。 Something went wrong.".encode())


class Threads:
    """Threads that are started once; a request waits for the first that is free."""

    def __init__(self, application: Application, threads: int):
        self.application, self.threads = application, threads
        self.waiting: SimpleQueue[tuple[Environ, Any, float] | None] = SimpleQueue()

    def open(self) -> None:
        """Start them."""
        self.staff = [Thread(target=self._work, name=f"front-{n}", daemon=True) for n in range(self.threads)]
        for one in self.staff:
            one.start()

    def close(self, seconds: float = 10) -> None:
        """Let each finish what it does."""
        for _ in self.staff:
            self.waiting.put(None)
        ends = time.monotonic() + seconds
        for one in self.staff:
            one.join(max(0.0, ends - time.monotonic()))

    def ask(self, environ: Environ, proto: Any, came: float) -> bool:
        """Let a thread answer what came at that moment; False when too many wait already."""
        if self.waiting.qsize() >= MOST_WAITING:
            return False
        self.waiting.put((environ, proto, came))
        return True

    def _work(self) -> None:
        while asked := self.waiting.get():
            environ, proto, came = asked
            try:
                is_late = time.monotonic() - came > PATIENCE
                answer = BUSY if is_late else answer_of(self.application, environ)
                proto.response_bytes(*answer)
                counts.request(environ, answer[0], time.monotonic() - came)
            except Exception:  # the server's own: there is nobody to tell any more
                log.exception("an answer was not taken")
            del asked, environ, proto


def answer_of(application: Application, environ: Environ) -> Answer:
    """What the application says, whole: no thread waits for a slow reader."""
    told: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable:
        told[:] = [int(status[:3]), headers]
        return lambda data: parts.append(data)

    parts: list[bytes] = []
    try:
        found = application(environ, start_response)
        try:
            parts += found
        finally:
            if hasattr(found, "close"):
                found.close()
    except Exception:
        log.exception("the application broke")
        return BROKEN
    finally:
        environ["wsgi.input"].close()
    return told[0], told[1], parts[0] if len(parts) == 1 else b"".join(parts)
