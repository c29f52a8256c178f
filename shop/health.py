"""How the shop is: each web process looks every other second, and tells at once what it saw last.

`/livez` says that this process answers. `/readyz` says that it may be given visitors: its database answers and has the
tables of this release; without worker or broker people browse and pay all the same. `/healthz` is of the whole house:
503 as soon as something is amiss that people would come to feel, be it that paid orders wait. None waits for anything,
nor tells a stranger how much there is of anything: figures are on the inner port (shop/inner.py).

    python -m shop.health worker     for a container's own check: worker or beat
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from core.counting import counts
from core.labels import PAGE

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

# What is amiss, in the words of both languages.
WORDS = {
    "web": ("网站进程没有在自查。", "This web process is stuck."),
    "database": (
        "数据库没有回应，页面和下单要等一等。",
        "The database does not answer: pages and purchases wait.",
    ),
    "schema": ("数据库还没有升级到这一版。", "The database has not been brought up to this release."),
    "outbox": ("有后续处理在排队。", "What follows from purchases is waiting."),
    "broker": (
        "消息中转没有回应：可以浏览和付款，后续处理要等一等。",
        "The broker does not answer: browsing and paying work, what follows waits.",
    ),
    "worker": (
        "后台没有在工作：可以浏览和付款，邮件等后续处理要等一等。",
        "The worker is silent: browsing and paying work, letters and what follows wait.",
    ),
    "beat": ("定时器没有在走，到期的事要等一等。", "Beat is silent: what is due by the clock waits."),
    "clock": (
        "服务器的时间不准，支付通知会被拒收。",
        "Our clock is wrong: the payment provider's notices are refused.",
    ),
}
WELL = ("一切正常。", "All is well.")

Answer = tuple[int, list[tuple[str, str]], bytes]


class Health:
    """What was seen of each part, and when."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.seen_at = float("-inf")
        self.parts: dict[str, str] = {}
        self._database: Any = None
        self._has_tables = False
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
                self._database = connected()
            (oldest,) = self._database.execute(_OLDEST).fetchone()
            self._has_tables = self._has_tables or not missing(self._database)
        except Exception:
            if self._database is not None:
                self._database.close()
            self._database = None
            return {"database": "away", "outbox": "unknown"}
        # Told only where it is wrong, as is the clock.
        schema = {} if self._has_tables else {"schema": "behind"}
        return {"database": "ok", **schema, "outbox": "waits" if oldest > MOST_WAITING_SECONDS else "ok"}

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
        amiss = {**({"web": "stuck"} if self._is_stuck() else {}), **self.amiss()}
        words = [WORDS[name] for name in amiss] or [WELL]
        return _said(amiss, {"web": "ok", **self.parts, **amiss}, words)

    def readiness(self) -> Answer:
        """Whether this process may be given visitors: 200, or 503 and why not."""
        parts: dict[str, str] = {"web": "ok"}
        parts |= {name: said for name, said in self.parts.items() if name in ("database", "schema")}
        if not self.parts:
            parts["web"] = "starting"
        elif self._is_stuck():
            parts["web"] = "stuck"
        amiss = {name: said for name, said in parts.items() if said != "ok"}
        return _said(amiss, parts, [])

    def _is_stuck(self) -> bool:
        return time.monotonic() - self.seen_at > STALE_SECONDS


def _look_at_clock() -> dict[str, str]:
    """Told only where it is wrong: minutes apart from the payment provider's, every notice of its is refused."""
    from orders.provider import clock

    return {"clock": "wrong"} if clock.is_wrong() else {}


def missing(database: Any) -> set[tuple[str, str]]:
    """Migrations of this release that a database has not seen: (app, name)."""
    from django.apps import apps

    ours = {
        (config.label, path.stem)
        for config in apps.get_app_configs()
        for path in Path(config.path).glob("migrations/[0-9]*.py")
    }
    return ours - set(database.execute("SELECT app, name FROM django_migrations").fetchall())


def connected() -> Any:
    """A connection beside the pool: whether one is free there says nothing of the database."""
    import psycopg
    from django.db import connections

    asked = connections["default"].get_connection_params()
    asked.pop("pool", None)
    asked |= {"connect_timeout": 2, "options": "-c statement_timeout=2000"}
    return psycopg.connect(**asked, autocommit=True)


def _said(amiss: dict[str, str], parts: dict[str, str], words: list[tuple[str, str]]) -> Answer:
    code = {"code": "UNAVAILABLE"} if amiss else {}
    said = (
        {"words": {"zh": "".join(zh for zh, _ in words), "en": " ".join(en for _, en in words)}}
        if words
        else {}
    )
    return _json(503 if amiss else 200, {"ok": not amiss, **code, "parts": parts, **said})


def _json(status: int, answer: dict[str, Any]) -> Answer:
    return status, [JSON, FRESH], json.dumps(answer, ensure_ascii=False).encode()


def lives() -> Answer:
    """This process answers."""
    return _json(200, {"ok": True})


def is_elsewhere() -> Answer:
    """Not on this port, whatever host is asked for."""
    return 404, [("Content-Type", "text/plain; charset=utf-8"), FRESH], b"Not here.\n"


health = Health()
PATHS: dict[str, Callable[[], Answer]] = {
    "/healthz": health.answer,
    "/readyz": health.readiness,
    "/livez": lives,
    "/metrics": is_elsewhere,
}


class Watched:
    """An application of which it is told how it is, past all that may keep a visitor waiting."""

    def __init__(self, inner: Any):
        self.inner = inner
        self._inner_without_waiting = getattr(inner, "answer_without_waiting", None)

    def opened(self) -> None:
        """The process begins to answer."""
        from django.conf import settings

        from shop import alarms

        counts.open(settings.DATA_DIR / "counts")
        if settings.METRICS_PORT:
            from shop import inner

            inner.open_at(settings.METRICS_PORT)
        health.began = time.monotonic()
        health.watch()
        alarms.watch()

    def answer_without_waiting(self, environ: dict[str, Any]) -> Answer | None:
        """The answers that nothing is waited for."""
        if tell := PATHS.get(environ["PATH_INFO"]):
            environ[PAGE] = environ["PATH_INFO"].removeprefix("/")
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
