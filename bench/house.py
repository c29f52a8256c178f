"""The shop as it is measured: the production server and its servers, in a folder and on ports of its own."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import redis
from psycopg import sql

from local import house, machine
from local.postgres import APP, DATABASE, OWNER, Postgres, free_port
from local.processes import Process, stop_all
from local.run import lock, step

FOLDER = machine.ROOT / ".run" / "bench"
SUPERUSER = "postgres"
WORKER = "bench_worker"  # the app's rights under another name, so that statements tell who asked
FIXED = {
    "DJANGO_SETTINGS_MODULE": "bench.settings",
    "DEMO": "small",
    "LOG_LEVEL": "WARNING",
    "PYTHONUNBUFFERED": "1",
    # Where a shop has no stand-in of its own nobody is asked, and still its payments are those of a stand-in.
    "STRIPE_API_BASE": "http://127.0.0.1:9",
}


class House:
    """Servers with the demo in them; shops are opened on copies of it, so that each finds the same rows."""

    def __init__(self, keep: bool):
        self.keep, self.folder, self.logs = keep, FOLDER, FOLDER / "logs"
        self.env: dict[str, str] = {}
        self.copies: list[str] = []

    def open(self, stack: ExitStack) -> None:
        """Start the servers and load the demo, once; the stack ends it all."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        stack.enter_context(lock(self.folder))
        stack.callback(self._leave)
        secrets = machine.keep_secrets(self.folder)
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        kept = {name: value for name, value in secrets.items() if name.isupper()}
        self.env = inherited | kept | FIXED | {"DATA_DIR": str(self.folder)}
        with step("database, broker, cache"):
            self.servers = house.Servers(self.folder, secrets, {})
            stack.callback(self.servers.stop)
            self.env |= self.servers.start()
        for valkey in self.servers.valkeys.values():
            with redis.Redis.from_url(valkey.url) as client:
                client.flushall()  # what an earlier bench asked of a worker
        self.drop("bench_%")
        self._name_the_worker()
        with step("schema, static files"):
            for words in (["migrate", "--no-input"], ["collectstatic", "--no-input"]):
                house.manage(self.env, *words, "--skip-checks", "-v", "0")
        self._load_demo()

    def _name_the_worker(self) -> None:
        words = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}")
        password = sql.Literal(self.postgres.password_of(WORKER))
        with self.connect("postgres") as everybody:
            if not everybody.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WORKER]).fetchone():
                everybody.execute(words.format(sql.Identifier(WORKER), password, sql.Identifier(APP)))

    def _load_demo(self) -> None:
        env = dict(self.env)
        stand_in = house.stripe(self.folder, env, self.logs, "http://127.0.0.1:9")
        try:
            house.wait_for_port(stand_in, house.port_of(env["STRIPE_API_BASE"]))
            house.manage(env, "demo", "--size", "small", quiet=False)
            # A kept database may have been filled before search learnt new words.
            house.manage(env, "rebuild_search")
        finally:
            stop_all([stand_in])

    def _leave(self) -> None:
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
            elsewhere = getattr(getattr(self, "servers", None), "postgres", None)
            if elsewhere is not None and elsewhere.folder != self.folder / "pg":
                shutil.rmtree(elsewhere.folder, ignore_errors=True)

    @property
    def postgres(self) -> Postgres:
        """Its database server."""
        assert self.servers.postgres
        return self.servers.postgres

    def connect(self, database: str, role: str = SUPERUSER) -> psycopg.Connection:
        """A connection of the bench's own."""
        return psycopg.connect(self.postgres.url(role, database), autocommit=True)

    def copy(self, name: str, of: str = DATABASE) -> str:
        """A database of this name with the same rows as another."""
        self.copies.append(name)
        with self.connect("postgres", OWNER) as owner:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            owner.execute(words.format(sql.Identifier(name), sql.Identifier(of)))
        with self.connect(name) as everybody:
            everybody.execute("ANALYZE")
        return name

    def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""
        with self.connect("postgres") as everybody:
            found = everybody.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        return found is not None

    def rename(self, name: str, to: str) -> None:
        """Call a database that is ready by its name."""
        with self.connect("postgres") as everybody:
            words = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            everybody.execute(words.format(sql.Identifier(name), sql.Identifier(to)))

    def drop(self, pattern: str, but: str = "") -> None:
        """Databases that an earlier bench left."""
        words = "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname NOT LIKE %s"
        with self.connect("postgres") as everybody:
            for (name,) in everybody.execute(words, [pattern, but]).fetchall():
                everybody.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def shop(self, database: str, *, whole: bool = True, **more: str) -> Iterator["Shop"]:
        """An open shop on one database: web, and where it is whole worker, beat and the provider's stand-in."""
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        env = (
            self.env | self.servers.addresses(database) | {"SITE_URL": url, "METRICS_PORT": str(free_port())}
        )
        env |= more
        shop = Shop(self, database, url, port, env)
        state = self.folder / f"state-{database}"
        state.mkdir(exist_ok=True)
        if (self.folder / "stripe.db").exists():
            shutil.copy(self.folder / "stripe.db", state / "stripe.db")
        try:
            if whole:
                stand_in = house.stripe(state, env, self.logs, url)
                shop.processes["stand-in"] = stand_in
                house.wait_for_port(stand_in, house.port_of(env["STRIPE_API_BASE"]))
            for process in house.our_own(env, self.logs, "127.0.0.1", port)[: 3 if whole else 1]:
                if process.name != "web":
                    process.env = process.env | {"DATABASE_URL": self.postgres.url(WORKER, database)}
                shop.processes[process.name] = process
                process.start()
            house.wait_for_web(url + "/", shop.processes["web"])
            yield shop
        finally:
            stop_all(list(shop.processes.values()))
            shutil.rmtree(state, ignore_errors=True)

    @contextmanager
    def plain(self, database: str, **more: str) -> Iterator[tuple[int, Process]]:
        """The bare process on the same server's terms, and its port."""
        port = free_port()
        env = self.env | self.servers.addresses(database) | more
        process = Process(
            "bare",
            house.web_command("bench.plain:application", "127.0.0.1", port),
            env,
            self.logs / "bare.log",
        )
        try:
            process.start()
            house.wait_for_web(f"http://127.0.0.1:{port}/bare", process)
            yield port, process
        finally:
            stop_all([process])


class Shop:
    """An open shop: where it is, and its processes."""

    def __init__(self, house_: House, database: str, url: str, port: int, env: dict[str, str]):
        self.house, self.database, self.url, self.port, self.env = house_, database, url, port, env
        self.processes: dict[str, Process] = {}
