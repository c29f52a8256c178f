"""make run opens a whole shop from an empty folder, and Ctrl-C leaves nobody behind."""

import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from shop.dev.house import is_listening
from shop.dev.local import ROOT
from shop.dev.postgres import free_port

OURS = (
    "DATABASE_",
    "REDIS_",
    "CACHE_",
    "STRIPE_",
    "SITE_URL",
    "SECRET_KEY",
    "HOUSEHOLD_KEYS",
    "DJANGO_",
    "DATA_DIR",
)


class Run:
    """One `make run` in a folder of its own."""

    def __init__(self, folder: Path, port: int):
        bare = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.env = bare | {"DATA_DIR": str(folder), "PORT": str(port), "DEMO": "none"}
        self.log = folder.with_suffix(".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shop.dev.run"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )

    def wait_until_open(self) -> str:
        for _ in range(600):
            text = self.log.read_text()
            if "Sheaf is open" in text:
                return text
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def ctrl_c(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(40)


def processes_of(folder: Path) -> list[str]:
    """Who on this machine works on a folder, by what they were told and where their files are."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told and process.name != str(os.getpid()):
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc to see who is left")
def test_the_shop_opens_from_nothing_and_closes_without_a_trace(tmp_path):
    folder, port = tmp_path / "run", free_port()

    run = Run(folder, port)
    run.wait_until_open()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        assert answer.status == 200
    kept = (folder / "secrets.json").read_text()
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("secrets.json", "env.json")} == {0o600}
    assert processes_of(folder) != []
    assert run.ctrl_c() == 0
    assert processes_of(folder) == []
    assert not is_listening(port)

    again = Run(folder, port)
    began = time.monotonic()
    again.wait_until_open()
    assert time.monotonic() - began < 60  # under 10 s on a machine with nothing else to do
    assert again.ctrl_c() == 0
    assert (folder / "secrets.json").read_text() == kept
    assert processes_of(folder) == []
