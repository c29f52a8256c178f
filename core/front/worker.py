"""A worker of the server's, without an event loop.

Granian's own way by RSGI hands each request from its thread for Python to asyncio's, wakes that once more for the
body, and each time two threads wait for the interpreter: a third of a cached answer. Nothing here awaits, so what the
server brings is done in the thread that brings it; the bytes that are read, and the timers, are the server's own.
"""

import threading
from collections.abc import Callable
from typing import Any

from granian._granian import CallbackScheduler, RSGIWorker
from granian._signals import set_sync_signals
from granian.server.common import WORKERS_METHODS

from core.front.front import Front


class Here:
    """All that the server asks of an event loop: to call something. It is called at once."""

    @staticmethod
    def call_soon(callback: Callable[..., Any], *words: Any, context: Any = None) -> None:
        """Call it."""
        callback(*words)

    call_soon_threadsafe = call_soon


class Scheduler(CallbackScheduler):
    """Where the server brings a request."""

    def __new__(cls, take: Callable[[Any], None]) -> "Scheduler":
        return super().__new__(cls, Here, take, None, None, None)  # type: ignore[call-arg]

    def __init__(self, take: Callable[[Any], None]):
        super().__init__()
        self._schedule_fn = take


def work(
    worker_id: int,
    front: Front,
    sock: Any,
    ipc: Any,
    _loop: Any,
    runtime_mode: Any,
    runtime_threads: int,
    runtime_blocking_threads: int | None,
    blocking_threads: int,
    blocking_threads_idle_timeout: int,
    backpressure: int,
    _task_impl: Any,
    http_mode: Any,
    http1_settings: Any,
    http2_settings: Any,
    websockets: bool,
    static_path: Any,
    _log_access_fmt: str | None,
    ssl_ctx: Any,
    _scope_opts: dict[str, Any],
    metrics: Any,
) -> None:
    """Serve until we are asked to stop; the words and their order are granian's."""
    is_over, stop = threading.Event(), set_sync_signals()
    stop.add_cb(is_over.set)
    front.open()
    make: Any = RSGIWorker  # its stub is older than itself
    worker = make(
        worker_id,
        sock,
        ipc,
        runtime_threads,
        runtime_blocking_threads,
        blocking_threads,
        blocking_threads_idle_timeout,
        backpressure,
        http_mode,
        http1_settings,
        http2_settings,
        websockets,
        static_path,
        *ssl_ctx,
        metrics,
    )
    serve = getattr(worker, WORKERS_METHODS[runtime_mode][(sock[0] or sock[1]).is_uds()])
    serve(Scheduler(front.take), Here, stop)
    is_over.wait()
    front.close()
