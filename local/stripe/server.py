"""The HTTP server: API, pages and controls on one port."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import threading
import time
import traceback
from email.utils import formatdate
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from . import API_VERSION
from .account import Account, public
from .api import Answer, Api
from .controls import control
from .errors import ApiError, invalid
from .notices import Deliverer
from .pages import visit
from .small import ANY, MINE, endpoint_of
from .store import Store

MOST_BYTES, MOST_IMPORT = 1_000_000, 64_000_000
TROUBLES = ("none", "drop", "lose_answer", "fail", "rate_limit", "slow")
BROKEN = Answer(500, json.dumps({"error": {"type": "api_error", "message": "An unknown error occurred"}}))
TOO_MANY = Answer(429, json.dumps({"error": {"type": "invalid_request_error", "code": "rate_limit",
                                             "message": "Too many requests hit the API too quickly."}}))  # fmt: skip


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


class Gone(Exception):
    """The connection is to be dropped without an answer."""


class Stand:
    """The running stand-in: `with Stand(state, …) as stand: stand.url`."""

    def __init__(
        self,
        state: str | Path = ":memory:",
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        webhook_url: str | None = None,
        webhook_secret: str | None = None,
        public_url: str | None = None,
    ) -> None:
        self.store = Store(state)
        self.server = Server((host, port), Handler)
        self.server.stand = self
        near = "127.0.0.1" if host in ("", "0.0.0.0") else host
        self.url = f"http://{near}:{self.server.server_address[1]}"
        self.account = Account(self.store, (public_url or self.url).rstrip("/"))
        self.api = Api(self.account)
        self.trouble: dict[str, Any] = {"mode": "none"}
        self._listen_to(webhook_url, webhook_secret)
        self.deliverer = Deliverer(self.account)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> Stand:
        self.deliverer.start()
        self.thread.start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.deliverer.stop()
        self.store.close()

    def __enter__(self) -> Stand:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _listen_to(self, url: str | None, secret: str | None) -> None:
        """The endpoint of the command line keeps its id, so that notices begun before a restart go on."""
        if url and secret:
            self.account.add(endpoint_of(self.account, url, secret, list(ANY), MINE))

    def troubled(self, path: str) -> str:
        """The trouble this request meets, if one is ordered for it."""
        now = self.trouble
        if now["mode"] == "none" or not path.startswith(now.get("path") or "/v1/"):
            return "none"
        now["times"] -= 1
        if now["times"] < 0:
            self.trouble = {"mode": "none"}
            return "none"
        return str(now["mode"])

    def order_trouble(self, wish: dict[str, Any]) -> dict[str, Any]:
        """drop | lose_answer | fail | rate_limit | slow, for the next `times` requests below `path`."""
        mode = wish.get("mode", "none")
        if mode not in TROUBLES:
            raise invalid(f"mode must be one of {', '.join(TROUBLES)}", "mode")
        self.trouble = {"mode": mode, "times": int(wish.get("times") or 1), "path": wish.get("path"),
                        "seconds": float(wish.get("seconds") or 1)}  # fmt: skip
        return self.trouble


class Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
    stand: Stand

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version, server_version, sys_version = "HTTP/1.1", "SheafStripe", ""
    disable_nagle_algorithm, wbufsize, timeout = True, -1, 75

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Now, put into words once a second: it was a fourteenth of all the work."""
        return _date(int(time.time() if timestamp is None else timestamp))

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the shop's own log tells what it asked."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_HEAD(self) -> None:
        self._answer("GET", with_body=False)

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str, with_body: bool = True) -> None:
        url = urlsplit(self.path)
        try:
            body = self._body(MOST_IMPORT if url.path.startswith("/_control/import") else MOST_BYTES)
            answer = self._dispatch(method, url.path, url.query, body)
        except Gone:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(2)
            return
        except ApiError as error:
            answer = Answer(error.status, json.dumps(public(error.body())))
        except Exception:
            traceback.print_exc()
            answer = BROKEN
        self._send(answer, with_body)

    def _dispatch(self, method: str, path: str, query: str, body: str) -> Answer:
        stand = self.server.stand
        if path.startswith("/v1/"):
            return self._api(stand, method, path, body if method == "POST" else query)
        if path.startswith("/_control/"):
            return self._control(stand, path.removeprefix("/_control/").strip("/"), query, body)
        if path == "/healthz":
            return Answer(200, "{}")
        page = visit(stand.account, method, path, query, body, self.headers.get("Accept-Language", ""))
        return Answer(page.status, page.html, {"Content-Type": "text/html; charset=utf-8", **page.headers})

    def _api(self, stand: Stand, method: str, path: str, raw: str) -> Answer:
        trouble = stand.troubled(path)
        if trouble == "drop":
            raise Gone
        if trouble in ("fail", "rate_limit"):
            return BROKEN if trouble == "fail" else TOO_MANY
        if trouble == "slow":
            time.sleep(stand.trouble.get("seconds", 1))
        answer = stand.api.handle(
            method, path, raw, {name.lower(): value for name, value in self.headers.items()}
        )
        if trouble == "lose_answer":
            raise Gone
        return answer

    def _control(self, stand: Stand, name: str, query: str, body: str) -> Answer:
        """From this machine only, and never from a web page that happens to be open on it."""
        if not ipaddress.ip_address(self.client_address[0]).is_loopback or self.headers.get("Origin"):
            raise ApiError(403, "The controls answer to this machine alone.")
        wish: dict[str, Any] = dict(parse_qsl(query))
        if name == "import":
            wish["body"] = body
        elif body.lstrip().startswith("{"):
            wish.update(json.loads(body))
        else:
            wish.update(parse_qsl(body))
        told = stand.order_trouble(wish) if name == "trouble" else control(stand.account, name, wish)
        return Answer(200, json.dumps(told, ensure_ascii=False))

    def _body(self, most: int) -> str:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= most:
            self.close_connection = True
            raise ApiError(413, "The request is too large.")
        try:
            return self.rfile.read(length).decode()
        except UnicodeDecodeError:
            raise invalid("The request is not UTF-8.") from None

    def _send(self, answer: Answer, with_body: bool) -> None:
        content = answer.body.encode()
        headers = {"Content-Type": "application/json", "Stripe-Version": API_VERSION, **answer.headers,
                   "Content-Length": str(len(content))}  # fmt: skip
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value.replace("\r", "").replace("\n", ""))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if with_body:
            self.wfile.write(content)
        self.wfile.flush()
