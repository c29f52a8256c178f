"""Child processes that are started together and leave nobody behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

LONGEST_LOG = 5_000_000  # bytes; at the next start a longer one is put aside

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_our_parent() -> None:
    """Called in the child: should the supervisor be killed, the kernel asks the child to stop."""
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Process:
    """One program in a process group of its own, writing to its own log."""

    def __init__(
        self,
        name: str,
        command: list[str],
        env: dict[str, str],
        log: Path,
        patience: float = 10,
        held: Path | None = None,
    ):
        self.name, self.command, self.env, self.log, self.patience = name, command, env, log, patience
        self.held = held  # where it writes its number once its port is its own
        self.child: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    def start(self) -> None:
        """Start it; Ctrl-C at the terminal does not reach it, only we do. Whoever is left of it is ended first."""
        self.kill()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_our_parent,
            )
        self.started_at = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.child is not None and self.child.poll() is None

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started_at

    @property
    def has_port(self) -> bool:
        """Whether it runs and, where it says so, has its port: another program may answer there meanwhile."""
        if not self.child or not self.alive:
            return False
        if self.held is None:
            return True
        return self.held.exists() and self.held.read_text() == str(self.child.pid)

    def ask_to_stop(self) -> None:
        """Let it end in its own way."""
        if self.child and self.alive:
            self.child.terminate()

    def make_sure_it_stopped(self) -> None:
        """Wait for it; then end whoever is left of its group."""
        if self.child is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(self.patience)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def kill(self) -> None:
        """End it at once with all its children, as a power cut would."""
        if self.child:
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)
            self.child.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Falls:
    """How often each has fallen in a row, and when it is to be started again: later each time, and never given up."""

    STOOD_SECONDS, FIRST_PAUSE, LONGEST_PAUSE = 10.0, 0.5, 15.0

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def fell(self, name: str, age: float) -> int | None:
        """It was found fallen: how often in a row by now, the first time that it is asked about this fall."""
        if name in self._due:
            return None
        count = self._counts[name] = self._counts.get(name, 0) + 1 if age < self.STOOD_SECONDS else 1
        pause = 0.0 if count == 1 else min(self.FIRST_PAUSE * 2 ** (count - 2), self.LONGEST_PAUSE)
        self._due[name] = time.monotonic() + pause
        return count

    def is_due(self, name: str) -> bool:
        """Whether it is to be started now; it is then no longer known as fallen."""
        if time.monotonic() < self._due[name]:
            return False
        del self._due[name]
        return True


def stop_all(processes: list[Process]) -> None:
    """Ask all at once, then wait for each."""
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.make_sure_it_stopped()
