"""How the shop is: each web process looks every other second, and tells at once what it saw last.

`/healthz` is for whoever watches the shop: 503 as soon as something is amiss that people would come to feel, be it
that paid orders wait. `/livez` says only that the process answers. Neither waits for anything, nor tells a secret.

    python -m shop.health worker     for a container's own check: worker or beat
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger("sheaf.health")

LOOKS_SECONDS = 2.0
# What was seen longer ago than this says that whoever looks is stuck.
STALE_SECONDS = 15.0
# Worker and beat come up after the web.
COMING_UP_SECONDS = 60.0
# A mail may wait a moment; what is due for longer waits for somebody who does not come.
MOST_WAITING_SECONDS = 180.0
_OLDEST = """
    SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float
    FROM core_delivery WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= now()
"""
JSON = ("Content-Type", "application/json")
FRESH = ("Cache-Control", "no-store")

Answer = tuple[int, list[tuple[str, str]], bytes]


class Health:
    """What was seen of each part, and when."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seen_at = float("-inf")
        self.parts: dict[str, str] = {}
        self._database: Any = None
        self._started = threading.Lock()

    def watch(self) -> None:
        """Look again and again, in a thread of its own."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._keep_looking, name="health", daemon=True).start()

    def _keep_looking(self) -> None:
        while True:
            self.look()
            time.sleep(LOOKS_SECONDS)

    def look(self) -> None:
        """Look at each part now."""
        before = self.parts
        self.parts = {**self._look_at_database(), **self._look_at_broker(), **_look_at_clock()}
        self.seen_at = time.monotonic()
        if before != self.parts and (amiss := self.amiss()):
            log.error("amiss: %s", ", ".join(f"{name} {said}" for name, said in amiss.items()))

    def _look_at_database(self) -> dict[str, str]:
        try:
            if self._database is None or self._database.closed:
                self._database = _connected()
            (oldest,) = self._database.execute(_OLDEST).fetchone()
        except Exception:
            if self._database is not None:
                self._database.close()
            self._database = None
            return {"database": "away", "outbox": "unknown"}
        waits = oldest > MOST_WAITING_SECONDS
        return {"database": "ok", "outbox": f"waits since {oldest:.0f} s" if waits else "ok"}

    def _look_at_broker(self) -> dict[str, str]:
        from shop.pulse import WHO, broker, key_of

        try:
            signs = broker().mget([key_of(who) for who in WHO])
        except Exception:
            return {"broker": "away", **dict.fromkeys(WHO, "unknown")}
        is_early = time.monotonic() - self.began < COMING_UP_SECONDS
        absent = "starting" if is_early else "silent"
        told = {who: "ok" if sign else absent for who, sign in zip(WHO, signs, strict=True)}
        return {"broker": "ok", **told}

    def amiss(self) -> dict[str, str]:
        """The parts that are not as they should be."""
        return {name: said for name, said in self.parts.items() if said not in ("ok", "starting", "unknown")}

    def answer(self) -> Answer:
        """What was seen last; 503 when something is amiss, or when nobody looks any more."""
        now = time.monotonic()
        if self.seen_at == float("-inf") and now - self.began < STALE_SECONDS:
            return _json(200, {"ok": True, "parts": {"web": "starting"}})
        is_stuck = now - self.seen_at > STALE_SECONDS
        is_ok = not is_stuck and not self.amiss()
        parts = {"web": "stuck" if is_stuck else "ok", **self.parts}
        code = {} if is_ok else {"code": "UNAVAILABLE"}
        told = {"ok": is_ok, **code, "parts": parts, "given_up": _given_up()}
        return _json(200 if is_ok else 503, told)


def _look_at_clock() -> dict[str, str]:
    """Told only where it is wrong: minutes apart from the payment provider's, every notice of its is refused."""
    from orders.provider import clock

    return {"clock": f"{clock.seconds_off():+d} s off the payment provider's"} if clock.is_wrong() else {}


def _given_up() -> dict[str, int]:
    """How often this process gave up a fast answer, by reason: it costs the time of both ways."""
    from core import fast

    return fast.tally()


def _connected() -> Any:
    """A connection beside the pool: whether one is free there says nothing of the database."""
    import psycopg
    from django.db import connections

    asked = connections["default"].get_connection_params()
    asked.pop("pool", None)
    asked |= {"connect_timeout": 2, "options": "-c statement_timeout=2000"}
    return psycopg.connect(**asked, autocommit=True)


def _json(status: int, answer: dict[str, Any]) -> Answer:
    return status, [JSON, FRESH], json.dumps(answer).encode()


def lives() -> Answer:
    """This process answers."""
    return _json(200, {"ok": True})


health = Health()
PATHS: dict[str, Callable[[], Answer]] = {"/healthz": health.answer, "/livez": lives}


class Watched:
    """An application of which it is told how it is, past all that may keep a visitor waiting."""

    def __init__(self, inner: Any):
        self.inner = inner
        self._inner_without_waiting = getattr(inner, "answer_without_waiting", None)

    def opened(self) -> None:
        """The process begins to answer."""
        health.began = time.monotonic()
        health.watch()

    def answer_without_waiting(self, environ: dict[str, Any]) -> Answer | None:
        """The answers that nothing is waited for."""
        if tell := PATHS.get(environ["PATH_INFO"]):
            return tell()
        return self._inner_without_waiting(environ) if self._inner_without_waiting else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.inner(environ, start_response)


def main() -> int:
    """Whether the worker, or beat, has left a sign of late."""
    from shop.pulse import WHO, broker, key_of

    who = sys.argv[1] if len(sys.argv) > 1 else ""
    if who not in WHO:
        sys.exit(f"Say one of {', '.join(WHO)}.")
    return 0 if broker().exists(key_of(who)) else 1


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    sys.exit(main())
