"""The HTTP server: WeChat's two pages, the address at which a code is exchanged, and its JS port with what signs for it."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .pages import HEADERS, asking, wrong
from .people import PLAYERS

INSIDE, DESK = "/connect/oauth2/authorize", "/connect/qrconnect"
SCOPES = {INSIDE: {"snsapi_base", "snsapi_userinfo"}, DESK: {"snsapi_login"}}
REDEEM, TOKEN, TICKET = "/sns/oauth2/access_token", "/cgi-bin/stable_token", "/cgi-bin/ticket/getticket"
SCRIPT, PORT = "/open/js/jweixin-1.6.0.js", Path(__file__).parent / "port.js"
CODE_SECONDS, TICKET_SECONDS = 300, 7200
MOST_BYTES = 10_000


@dataclass
class Code:
    """What somebody's yes was worth: once, for five minutes, at one app."""

    app_id: str
    person: str
    scope: str
    made_at: float
    is_used: bool = False


class Stand:
    """The running stand-in: `with Stand({"/connect/qrconnect": ("wx…", "secret")}) as stand: stand.url`."""

    def __init__(self, apps: dict[str, tuple[str, str]], *, host: str = "127.0.0.1", port: int = 0,
                 clock: Callable[[], float] = time.time) -> None:  # fmt: skip
        self.apps, self.clock = apps, clock
        self.codes: dict[str, Code] = {}
        # What signs for the JS port, and the token by which it is had: of the official account.
        self.token, self.ticket = secrets.token_hex(32), secrets.token_hex(32)
        self.queries: list[str] = []  # each address at which the shop asked, with what it sent there
        self.trouble: Callable[[], tuple[int, str] | None] | None = None
        self.lock = threading.Lock()
        self.server = Server((host, port), Handler)
        self.server.stand = self
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Stand:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fault_of(self, path: str, query: dict[str, str]) -> tuple[str, str] | None:
        """Why the page does not open, as WeChat would say."""
        if query.get("appid") != self.apps[path][0]:
            return "appid 参数错误。", "The appid is wrong."
        if query.get("response_type") != "code" or query.get("scope") not in SCOPES[path]:
            return "scope 参数错误或没有 scope 权限。", "The scope is wrong, or the app may not ask for it."
        if urlsplit(query.get("redirect_uri", "")).scheme not in ("http", "https"):
            return "redirect_uri 参数错误。", "The redirect_uri is wrong."
        return None

    def say_yes(self, path: str, query: dict[str, str], person: str) -> str:
        """A fresh code; where the browser goes with it."""
        code = secrets.token_hex(16)
        with self.lock:
            self.codes[code] = Code(query["appid"], person, query["scope"], self.clock())
        back = query["redirect_uri"]
        return (
            f"{back}{'&' if '?' in back else '?'}{urlencode({'code': code, 'state': query.get('state', '')})}"
        )

    def redeem(self, query: dict[str, str]) -> dict[str, Any]:
        """The answer to a code, or an error, which WeChat gives with status 200 too."""
        secrets_of = dict(self.apps.values())
        if query.get("appid") not in secrets_of:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if query.get("secret") != secrets_of[query["appid"]]:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        with self.lock:
            code = self.codes.get(query.get("code", ""))
            if (
                code is None
                or code.app_id != query["appid"]
                or query.get("grant_type") != "authorization_code"
            ):
                return {"errcode": 40029, "errmsg": "invalid code"}
            if code.is_used:
                return {"errcode": 40163, "errmsg": "code been used"}
            if self.clock() - code.made_at > CODE_SECONDS:
                return {"errcode": 42003, "errmsg": "code expired"}
            code.is_used = True
        who = PLAYERS[code.person]
        told: dict[str, Any] = {"access_token": secrets.token_hex(32), "expires_in": 7200,
                                "refresh_token": secrets.token_hex(32), "openid": who.openid(code.app_id),
                                "scope": code.scope}  # fmt: skip
        if code.scope != "snsapi_base":
            told["unionid"] = who.unionid
        return told | ({"is_snapshotuser": 1} if who.is_virtual else {})

    def give_token(self, given: dict[str, Any]) -> dict[str, Any]:
        """The account's token to whoever has its secret: the same one while it is good."""
        if given.get("grant_type") != "client_credential":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        app_id, secret = self.apps[INSIDE]
        if given.get("appid") != app_id:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if given.get("secret") != secret:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        return {"access_token": self.token, "expires_in": TICKET_SECONDS}

    def give_ticket(self, query: dict[str, str]) -> dict[str, Any]:
        """What signs for the JS port, to whoever has the token."""
        if query.get("access_token") != self.token or query.get("type") != "jsapi":
            return {"errcode": 40001, "errmsg": "invalid credential"}
        return {"errcode": 0, "errmsg": "ok", "ticket": self.ticket, "expires_in": TICKET_SECONDS}

    def is_signed(self, page: str, given: dict[str, Any]) -> bool:
        """Whether WeChat's browser would let this page use the port, by what the page told it."""
        signed = f"jsapi_ticket={self.ticket}&noncestr={given['nonceStr']}&timestamp={given['timestamp']}&url={page}"
        is_ours = given["appId"] == self.apps[INSIDE][0]
        return is_ours and given["signature"] == hashlib.sha1(signed.encode()).hexdigest()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    stand: Stand

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version, server_version, sys_version = "HTTP/1.1", "SheafWeChat", ""
    timeout = 75

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: addresses carry the shop's secret."""

    def do_GET(self) -> None:
        url, stand = urlsplit(self.path), self.server.stand
        query = dict(parse_qsl(url.query))
        if url.path in stand.apps:
            fault = stand.fault_of(url.path, query)
            page = wrong(self._language(), *fault) if fault else asking(self._language(), url.path == DESK)
            self._send(400 if fault else 200, page, HEADERS)
        elif url.path == REDEEM:
            self._answer("", lambda: stand.redeem(query))
        elif url.path == TICKET:
            self._answer("", lambda: stand.give_ticket(query))
        elif url.path == SCRIPT:
            self._send(200, PORT.read_text(), {"Content-Type": "text/javascript; charset=utf-8"})
        else:
            self._send(404, "", {})

    def do_POST(self) -> None:
        url, stand = urlsplit(self.path), self.server.stand
        query = dict(parse_qsl(url.query))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MOST_BYTES)).decode()
        if url.path == TOKEN:
            self._answer(body, lambda: stand.give_token(json.loads(body)))
            return
        given = dict(parse_qsl(body))
        person = given.get("person", "")
        if url.path not in stand.apps or stand.fault_of(url.path, query) or person not in PLAYERS:
            self._send(400, "", {})
            return
        self._send(303, "", HEADERS | {"Location": stand.say_yes(url.path, query, person)})

    def _answer(self, sent: str, say: Callable[[], dict[str, Any]]) -> None:
        stand = self.server.stand
        stand.queries.append(self.path + sent)
        trouble = stand.trouble() if stand.trouble else None
        status, body = trouble or (200, json.dumps(say()))
        self._send(status, body, {"Content-Type": "text/plain; charset=utf-8"})

    def _language(self) -> str:
        return "en" if self.headers.get("Accept-Language", "").lower().startswith("en") else "zh"

    def _send(self, status: int, body: str, headers: dict[str, str]) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(name, value.replace("\r", "").replace("\n", ""))
        self.end_headers()
        self.wfile.write(content)
