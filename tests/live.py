"""A whole shop for a test session: web, worker, beat and the provider's stand-in, on its own database."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import connections
from django.test import override_settings

from local import house
from local.postgres import free_port
from local.processes import Process, stop_all
from local.valkey import BROKER, CACHE, Valkey
from shop import settings as real
from tests import servers

_static: dict[str, str] = {}


def _collected(settings: str, shop: "LiveShop") -> str:
    """Where the files of all shops of this process lie, collected and compressed by the first of them."""
    if settings not in _static:
        folder = tempfile.mkdtemp(prefix="sheaf-static-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        env = shop.env | {"STATIC_ROOT": folder}
        house.manage(env, "collectstatic", "--no-input", "--skip-checks", "-v", "0")
        _static[settings] = folder
    return _static[settings]


class LiveShop:
    """`url` to visit, `manage()` for commands, `database()` to look at or prepare its rows."""

    def __init__(self, folder: Path, name: str, copied: str = "", on: Any = None, **env: str):
        self.folder, self.name, self.copied, self.given = folder, name, copied, env
        self.on = on  # servers of its own, where a test means to stop them
        self.valkeys: dict[str, Valkey] = {}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env: dict[str, str] = {}
        self.processes: dict[str, Process] = {}

    def open(self, stack: ExitStack) -> None:
        """Start everything; the stack ends it."""
        mine = self.on or servers.servers()
        mine.new_database(self.name, self.copied)
        told = {
            "DATA_DIR": str(self.folder),
            "SMS_URL": f"file://{self.folder / 'sms'}",
            "SITE_URL": self.url,
        }
        ours = {**told, **self.given}
        self.env = mine.environment(self.name) | ours
        for name, options in (("REDIS_URL", BROKER), ("CACHE_URL", CACHE)):
            valkey = Valkey(self.folder / name, "tests", options)
            valkey.start()
            stack.callback(valkey.stop)
            self.valkeys[name] = valkey
            self.env[name] = valkey.url
        self.env["STATIC_ROOT"] = _collected(self.env["DJANGO_SETTINGS_MODULE"], self)
        logs = self.folder / "logs"
        payments = house.stripe(self.folder, self.env, logs, self.url)
        started = [payments]
        stack.callback(stop_all, started)
        for process in house.our_own(self.env, logs, "127.0.0.1", self.port):
            started.append(process)
            process.start()
        self.processes = {process.name: process for process in started}
        house.wait_for_web(self.url + "/", self.processes["web"])

    def manage(self, *args: str) -> str:
        """Run a command of manage.py on this shop."""
        return house.manage(self.env, *args)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Within it, models and settings of this test process are those of the live shop."""
        from impact.actions import ledger

        ledger.forget()
        connection = connections["default"]
        before: dict[str, Any] = connection.settings_dict
        connection.close()
        port = urlsplit(self.env["DATABASE_URL"]).port
        connection.settings_dict = before | {"NAME": self.name, "PORT": port}
        theirs = {
            "SITE_URL": self.url,
            "STRIPE_API_BASE": self.env["STRIPE_API_BASE"],
            "MEDIA_ROOT": self.folder / "media",
            "PASSWORD_HASHERS": real.PASSWORD_HASHERS,
        }
        try:
            with override_settings(**theirs):
                yield
        finally:
            ledger.forget()
            connection.close()
            connection.settings_dict = before


@contextmanager
def live_shop() -> Iterator[LiveShop]:
    """An open shop, closed at the end."""
    with tempfile.TemporaryDirectory(prefix="sheaf-live-") as folder, ExitStack() as stack:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        shop = LiveShop(Path(folder), f"live_{os.getpid()}_{worker}")
        shop.open(stack)
        yield shop
