"""Stops the servers of a `make run` that was killed outright: python -m local.guard FOLDER

The shop's own processes are ended by the kernel when the one that started them is gone; PostgreSQL and Valkey are
nobody's children. This one reads from a pipe whose other end only `make run` holds: it ends when that one does,
in whatever way.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import machine
from local.postgres import Postgres
from local.valkey import BROKER, CACHE, Valkey

# What the shop's own processes may still write when they are asked to end.
LAST_WORDS_SECONDS = 5.0


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Within it a guard waits; after an orderly end it finds nothing to do."""
    command = [sys.executable, "-m", "local.guard", str(folder)]
    with open(folder / "guard.log", "ab") as log:
        guard = subprocess.Popen(
            command, cwd=machine.ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        assert guard.stdin
        guard.stdin.write(b"done")
        guard.stdin.close()
        guard.wait(30)


def end(folder: Path) -> None:
    """Stop the servers in a folder, unless another run has taken them over meanwhile."""
    with open(folder / "lock", "w") as lock:
        time.sleep(LAST_WORDS_SECONDS)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        secrets = machine.keep_secrets(folder)
        for name, options in (("broker", BROKER), ("cache", CACHE)):
            valkey = Valkey(folder / name, secrets["valkey"], options)
            if valkey.join():
                valkey.stop()
        if (folder / "pg").exists():
            Postgres(folder / "pg", secrets["postgres"]).stop()
        print("stopped what a killed run had left", flush=True)


def main() -> None:
    """Wait for the end of whoever started us."""
    if sys.stdin.buffer.read() != b"done":
        end(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
