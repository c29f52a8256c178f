"""The server around the front: two processes, each started again when it falls, none outliving the one that began it."""

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from typing import Any

from django.utils.module_loading import import_string
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer
from granian.server.mp import WorkerProcess

from core.front.connections import Connections
from core.front.front import Front
from core.front.worker import work

WORKERS = 2
# A head must have come within this time, and a connection on which nothing is asked is closed after it.
HEAD_SECONDS = 10
MOST_HEAD_BYTES = 32_768
# Connections of a process: each costs some kilobytes, and a thread only while its request is answered.
MOST_CONNECTIONS = 4_096
BACKLOG = 2_048
# Who falls again so soon after its start waits longer each time, so that a broken shop does not spin.
SOON, LONGEST_WAIT = 5.0, 5.0

# The server's own words on its processes, before an application says how it logs.
LINE = {"()": "core.logs.formatter"}

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Should the process that started us be killed, the kernel ends us too: no orphan keeps the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def may_open(files: int) -> None:
    """Each connection is an open file, and many machines begin with a thousand."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if most == resource.RLIM_INFINITY else min(files, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class Loader:
    """Makes the application in a worker: `module:name`, by WSGI, with the front around it."""

    def __init__(self, parent: int, port: int):
        self.parent, self.port = parent, port

    def __call__(self, target: str) -> Front:
        end_with(self.parent)
        # The server's own threads hold the interpreter for pages: what takes requests in must not wait five milliseconds for each.
        sys.setswitchinterval(0.001)
        Connections(self.port).watch()
        return Front(import_string(target.replace(":", ".")))


class Server(MPServer):
    """Granian's, but for its rule that a worker which falls twice within seconds takes the others down with it.

    Nor is there an event loop in a worker (core.front.worker).
    """

    @staticmethod
    @WorkerProcess.wrap_target
    def _spawn_rsgi_worker(*words: Any) -> None:
        work(*words)

    def __init__(self, target: str, host: str, port: int, workers: int = WORKERS):
        super().__init__(
            target,
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            # Between us and a proxy nobody speaks HTTP/2, of which a stranger could open streams without an end.
            http=HTTPModes.http1,
            websockets=False,
            workers=workers,
            backlog=BACKLOG,
            backpressure=MOST_CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEAD_SECONDS * 1000, max_buffer_size=MOST_HEAD_BYTES
            ),
            respawn_failed_workers=True,
            log_dictconfig={"formatters": {"generic": LINE, "access": LINE}},
            # A worker that hangs does not keep the others from being ended.
            workers_kill_timeout=15,
        )
        self.falls: dict[int, int] = {}

    def run(self) -> None:
        """Serve until we are asked to stop."""
        may_open(MOST_CONNECTIONS + 1_000)
        loader: Any = Loader(
            os.getpid(), self.bind_port
        )  # what granian's types call a callable it asks by RSGI
        self.serve(target_loader=loader)

    def _respawn_workers(self, workers: list[int], *words: Any, **more: Any) -> None:
        for idx in workers:
            age = time.monotonic() - self.wrks[idx].birth
            self.falls[idx] = self.falls.get(idx, 0) + 1 if age < SOON else 0
            if self.falls[idx] > 1 and not self.interrupt_signal:
                self._stop_waits(min(0.25 * 2 ** self.falls[idx], LONGEST_WAIT))
            super()._respawn_workers([idx], *words, **more)
        # What granian reads to find a "crash loop", upon which it would end.
        self.respawned_wrks.clear()

    def _stop_waits(self, seconds: float) -> None:
        """Wait, unless we are asked to stop meanwhile."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self.interrupt_signal:
            threading.Event().wait(0.05)
