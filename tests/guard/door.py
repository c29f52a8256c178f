"""A web process alone on a database of its own, and a connection to it that stays open."""

import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from local import house
from local.postgres import free_port
from local.processes import stop_all
from tests import servers

JSON = "application/json"


class Answer:
    """What came back, as Django's own test client would show it."""

    def __init__(self, status: int, kind: str, content: bytes, seconds: float):
        self.status_code, self.kind, self.content, self.seconds = status, kind, content, seconds

    def __getitem__(self, header: str) -> str:
        assert header == "Content-Type"
        return self.kind

    def json(self) -> Any:
        return json.loads(self.content)


class Door:
    """Speaks HTTP/1.1 over one warm connection; takes what Django's test client takes."""

    def __init__(self, port: int):
        self.port = port
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, body: Any = b"", content_type: str = "", **meta: str) -> Answer:
        if isinstance(body, dict):
            body, content_type = urlencode(body), "application/x-www-form-urlencoded"
        return self.send("POST", path, body, content_type, **meta)

    def put(self, path: str, body: Any = b"", content_type: str = "", **meta: str) -> Answer:
        return self.send("PUT", path, body, content_type, **meta)

    def get(self, path: str, given: dict[str, str] | None = None, **meta: str) -> Answer:
        return self.send("GET", f"{path}?{urlencode(given)}" if given else path, **meta)

    def send(self, method: str, path: str, body: Any = b"", content_type: str = "", **meta: str) -> Answer:
        """The answer, and how long it took on a connection that was open before."""
        headers = {name.removeprefix("HTTP_").replace("_", "-"): value for name, value in meta.items()}
        if content_type:
            headers["Content-Type"] = content_type
        raw = body.encode() if isinstance(body, str) else body
        try:
            return self._send(method, path, raw, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # Whose body was not read to its end is sent away: the server has closed since the last answer.
            self.connection.close()
            return self._send(method, path, raw, headers)

    def _send(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Answer:
        if self.connection.sock is None:
            self.connection.connect()
        began = time.perf_counter()
        self.connection.request(method, path, raw or None, headers)
        reply = self.connection.getresponse()
        content = reply.read()
        return Answer(
            reply.status, reply.headers.get("Content-Type", ""), content, time.perf_counter() - began
        )


class WebAlone:
    """The production server with neither worker nor beat: what its database is asked, a request has asked."""

    def __init__(self, name: str, port: int):
        self.name, self.port = name, port

    def door(self) -> Door:
        return Door(self.port)

    def statements(self) -> int:
        """Statements that this database was sent by the app until now."""
        postgres = servers.servers().servers.postgres
        assert postgres
        with psycopg.connect(postgres.url("postgres", self.name), autocommit=True) as connection:
            row = connection.execute(
                """SELECT coalesce(sum(s.calls), 0)::int FROM pg_stat_statements s
                   JOIN pg_database d ON d.oid = s.dbid JOIN pg_roles r ON r.oid = s.userid
                   WHERE d.datname = %s AND r.rolname = 'sheaf_app' AND s.query NOT LIKE %s""",
                [self.name, "%extract($1 FROM now() - min(due_at))%"],  # the pulse looks by itself
            ).fetchone()
        assert row
        return int(row[0])


@contextmanager
def web_alone(**env: str) -> Iterator[WebAlone]:
    """Start it, wait until it answers, end it."""
    mine, port = servers.servers(), free_port()
    name = mine.new_database(f"live_web_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}")
    with tempfile.TemporaryDirectory(prefix="sheaf-web-") as folder:
        url = f"http://127.0.0.1:{port}"
        told = mine.environment(name) | {"DATA_DIR": folder, "SITE_URL": url, **env}
        logs = Path(folder) / "logs"
        web = next(p for p in house.our_own(told, logs, "127.0.0.1", port) if p.name == "web")
        web.start()
        try:
            house.wait_for_web(f"{url}/graphql", web)
            yield WebAlone(name, port)
        finally:
            stop_all([web])
