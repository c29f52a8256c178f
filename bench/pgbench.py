"""What PostgreSQL alone does on this machine: its own pgbench, on a database of its own in the same cluster."""

import os
import re
import subprocess

from psycopg import sql

from bench.client import Wrong
from bench.house import SUPERUSER, House
from local.postgres import programs

DATABASE = "bench_pgbench"
SCALE = 10  # a million accounts: one row of branches for each client that writes at a time


class Pgbench:
    """The built-in scripts; rates are transactions a second."""

    def __init__(self, house: House):
        self.house = house

    def _run(self, *words: str) -> str:
        url = self.house.postgres.url(SUPERUSER, DATABASE)
        done = subprocess.run(
            [str(programs() / "pgbench"), *words, url],
            env={**os.environ, "PGCONNECT_TIMEOUT": "10"},
            check=False,
            text=True,
            capture_output=True,
        )
        if done.returncode:
            raise Wrong(f"pgbench: {done.stderr[-400:]}")
        return done.stdout

    def prepare(self) -> None:
        """Make the database and fill it, once a bench."""
        if DATABASE in self.house.copies:
            return
        self.house.copies.append(DATABASE)
        with self.house.connect("postgres") as everybody:
            everybody.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(DATABASE)))
            everybody.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        self._run("-i", "-q", "-s", str(SCALE))

    def rate(self, clients: int, seconds: float, *more: str) -> dict[str, float]:
        """Transactions a second, and how long one takes on average."""
        self.prepare()
        told = self._run(
            "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds))), *more
        )
        rate, latency = re.search(r"tps = ([\d.]+)", told), re.search(r"latency average = ([\d.]+)", told)
        if not rate or not latency:
            raise Wrong(f"pgbench said {told[-400:]}")
        return {"rate": float(rate[1]), "p50_ms": float(latency[1])}

    def select(self, seconds: float) -> dict[str, float]:
        """One row by its key, at 16 clients."""
        return self.rate(16, seconds, "-S")

    def tpcb(self, seconds: float) -> dict[str, float]:
        """Five statements in a transaction that is synced, at 8 clients."""
        return self.rate(8, seconds)
