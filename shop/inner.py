"""The inner port: `/metrics` for whoever watches the shop, on an address that no visitor reaches.

One of the web's processes has it; when that one ends, another takes it within a second. What it tells is the sum over
all of them, whichever is asked.
"""

import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from shop import metrics

log = logging.getLogger("sheaf.inner")

AGAIN_SECONDS = 1.0
TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Handler(BaseHTTPRequestHandler):
    """One request on the inner port."""

    timeout = 5  # who says nothing holds up the others no longer

    def do_GET(self) -> None:
        """The metrics, or nothing."""
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        body = metrics.text()
        self.send_response(200)
        self.send_header("Content-Type", TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Whoever watches asks every few seconds: no line for each."""


class Inner(HTTPServer):
    """Asked by one after the other: whoever watches is patient."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Who went away meanwhile is no error."""
        log.debug("an answer on the inner port was not taken", exc_info=True)


def place_of(address: str) -> tuple[str, int]:
    """`9100` is a port of this machine alone, `0.0.0.0:9100` one that others reach (in a container, say)."""
    host, _, port = address.rpartition(":")
    return host or "127.0.0.1", int(port)


def open_at(address: str) -> threading.Thread:
    """Answer there, from a thread of our own, as soon as no other process does."""
    thread = threading.Thread(target=_keep_answering, args=place_of(address), name="inner", daemon=True)
    thread.start()
    return thread


def _keep_answering(host: str, port: int) -> None:
    while True:
        try:
            with Inner((host, port), Handler) as server:
                server.serve_forever(poll_interval=5)
        except OSError:
            time.sleep(AGAIN_SECONDS)  # another process of ours has it
        except Exception:
            log.exception("the inner port broke")
            time.sleep(AGAIN_SECONDS)
