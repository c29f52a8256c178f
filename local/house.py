"""The shop as processes: its servers (database, broker, cache, provider) and its own (web, worker, beat)."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local.machine import ROOT
from local.postgres import APP, DATABASE, OWNER, Postgres, free_port, programs
from local.processes import Process
from local.valkey import BROKER, CACHE, Valkey

NOTICES = "/notices/stripe/"


class Servers:
    """PostgreSQL, broker and cache, each only where the environment names no real one."""

    def __init__(
        self, folder: Path, secrets: Mapping[str, str], given: Mapping[str, str], *, fast: bool = False
    ):
        self.postgres = (
            None if given.get("DATABASE_URL") else Postgres(folder / "pg", secrets["postgres"], fast=fast)
        )
        self.valkeys: dict[str, Valkey] = {}
        if not given.get("REDIS_URL"):
            self.valkeys["REDIS_URL"] = Valkey(folder / "broker", secrets["valkey"], BROKER)
            self.valkeys["CACHE_URL"] = Valkey(folder / "cache", secrets["valkey"], CACHE)

    def start(self) -> dict[str, str]:
        """Start them; returns their addresses as environment."""
        for valkey in self.valkeys.values():
            valkey.start()
        if self.postgres:
            self.postgres.start()
        return self.addresses()

    def addresses(self, database: str = DATABASE) -> dict[str, str]:
        """What the shop's processes are told."""
        env = {name: valkey.url for name, valkey in self.valkeys.items()}
        if self.postgres:
            env["DATABASE_URL"] = self.postgres.url(APP, database)
            env["DATABASE_OWNER_URL"] = self.postgres.url(OWNER, database)
            env["POSTGRES_BIN"] = str(programs())
        return env

    def fallen(self) -> dict[str, Callable[[], object]]:
        """Those that were started and do not run any more, by name, and how each is started again."""
        found: dict[str, Callable[[], object]] = {}
        if self.postgres and not self.postgres.alive:
            found["database"] = self.postgres.start
        for name, valkey in self.valkeys.items():
            if not valkey.alive:
                found[{"REDIS_URL": "broker"}.get(name, "cache")] = valkey.start
        return found

    def stop(self) -> None:
        """Stop them; what they keep stays."""
        for valkey in self.valkeys.values():
            valkey.stop()
        if self.postgres:
            self.postgres.stop()


def stripe(folder: Path, env: dict[str, str], logs: Path, web: str, preferred_port: int = 0) -> Process:
    """Start the provider's stand-in; adds its address to the environment. Its state is one file."""
    port = free_port(preferred_port)
    env["STRIPE_API_BASE"] = f"http://127.0.0.1:{port}"
    words = {
        "--port": str(port),
        "--state": str(folder / "stripe.db"),
        "--webhook-url": web + NOTICES,
    }
    command = [sys.executable, "-m", "local.stripe", *(word for pair in words.items() for word in pair)]
    held = folder / "stripe.held"
    process = Process(
        "payments stand-in", [*command, "--held", str(held)], env, logs / "stripe.log", held=held
    )
    process.start()
    return process


WECHAT = ("WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_DESK_APP_ID", "WECHAT_DESK_APP_SECRET")


def wechat(
    folder: Path, env: dict[str, str], secrets: Mapping[str, str], logs: Path, preferred_port: int = 0
) -> Process:
    """Start WeChat's stand-in; adds its address and its two apps to the environment."""
    port = free_port(preferred_port)
    env |= {name: secrets[name] for name in WECHAT} | {"WECHAT_BASE": f"http://127.0.0.1:{port}"}
    held = folder / "wechat.held"
    command = [sys.executable, "-m", "local.wechat", "--port", str(port), "--held", str(held)]
    process = Process("WeChat stand-in", command, env, logs / "wechat.log", held=held)
    process.start()
    return process


def web_command(application: str, host: str, port: int) -> list[str]:
    """The production server with an application in it: the shop's, or the bare one that a bench compares with."""
    return [sys.executable, "-m", "core.front", application, "--host", host, "--port", str(port)]


def our_own(env: dict[str, str], logs: Path, host: str, port: int) -> list[Process]:
    """Web, worker and beat; none of them is told how to act as the database's owner."""
    env = {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}
    python = [sys.executable, "-m"]
    celery = ["celery", "-A", "shop"]
    held = logs / "web.held"
    web = [*web_command("shop.wsgi:application", host, port), "--held", str(held)]
    return [
        Process("web", web, env, logs / "web.log", held=held),
        Process(
            "worker",
            [*python, *celery, "worker", "-c", "2", "--without-gossip", "--without-mingle", "-l", "INFO"],
            env | {"DATABASE_POOL": env.get("DATABASE_POOL", "1")},
            logs / "worker.log",
        ),
        Process("beat", [*python, *celery, "beat", "-l", "WARNING", "--pidfile="], env, logs / "beat.log"),
    ]


def manage(env: Mapping[str, str], *args: str, quiet: bool = True) -> str:
    """Run a command of manage.py; returns what it printed, or lets it print."""
    command = [sys.executable, str(ROOT / "manage.py"), *args]
    # In its own session: Ctrl-C is the supervisor's to handle, which then ends this command too.
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=dict(env),
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        start_new_session=True,
    )
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(args)} failed:\n{done.stdout or ''}")
    return done.stdout or ""


def port_of(url: str) -> int:
    """The port in an address."""
    return urlsplit(url).port or 80


def is_listening(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody answers on a port."""
    with socket.socket() as asker:
        asker.settimeout(0.5)
        return asker.connect_ex((host, port)) == 0


def wait_for_port(process: Process, port: int, seconds: float = 20) -> None:
    """Wait until a process listens, itself: nobody else who does is taken for it."""
    deadline = time.monotonic() + seconds
    while not (process.has_port and is_listening(port)):
        if not process.alive or time.monotonic() > deadline:
            raise SystemExit(f"The {process.name} did not start:\n{process.last_words()}")
        time.sleep(0.05)


def wait_for_web(url: str, process: Process, seconds: float = 60) -> int:
    """Wait until a page of this process answers; its status. The port opens before the workers can answer."""
    deadline = time.monotonic() + seconds
    while process.alive and time.monotonic() < deadline:
        if not process.has_port:
            time.sleep(0.05)
            continue
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"The {process.name} did not start:\n{process.last_words()}")


def environment(folder: Path, secrets: Mapping[str, str], site: str) -> dict[str, str]:
    """The environment of the shop's processes, as far as it is known before the servers run."""
    ours = {
        "DATA_DIR": str(folder),
        "SMS_URL": f"file://{folder / 'sms'}",
        "SITE_URL": site,
        "PYTHONUNBUFFERED": "1",
        **{name: secrets[name] for name in ("SECRET_KEY", "HOUSEHOLD_KEYS", "FACTOR_KEYS")},
    }
    if not os.environ.get("STRIPE_API_KEY"):
        ours |= {name: secrets[name] for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET")}
    elif not os.environ.get("STRIPE_WEBHOOK_SECRET"):
        raise SystemExit("STRIPE_API_KEY needs its STRIPE_WEBHOOK_SECRET.")
    given = {name: value for name, value in os.environ.items() if value}
    return ours | given | {"DJANGO_SETTINGS_MODULE": "shop.settings"}
