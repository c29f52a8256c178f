"""Search engines for tests: one in memory, and a real Elasticsearch node where .ci/run has put one."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from elastic_transport import Urllib3HttpNode

from local import machine
from local.postgres import free_port
from local.processes import Process

FOLDER = machine.ROOT / ".tools" / "elasticsearch"
WHY_NOT = (
    "No Elasticsearch node is unpacked in .tools/elasticsearch, or no Java is found; .ci/run fetches one"
)


class PlainNode(Urllib3HttpNode):
    """Speaks of JSON alone: the engine in memory does not know Elasticsearch's own names for it."""

    def perform_request(
        self, method: str, target: str, *args: Any, headers: Any = None, **kwargs: Any
    ) -> Any:
        plain = dict(headers or {})
        for name in ("accept", "content-type"):
            if name in plain:
                kind = plain[name].partition(";")[0].replace("vnd.elasticsearch+", "")
                plain[name] = kind
        return super().perform_request(method, target, *args, headers=plain, **kwargs)


def distribution() -> Path | None:
    """The unpacked node, if there is one and a Java to run it."""
    found = sorted(FOLDER.glob("elasticsearch-8*/bin/elasticsearch"))
    return found[-1].parent.parent if found and shutil.which("java") else None


class Node:
    """A real node of one's own, on 127.0.0.1 alone; run as nobody where we are root, since it refuses root."""

    def __init__(self) -> None:
        found = distribution()
        if found is None:
            pytest.skip(WHY_NOT)
        self.home = Path(tempfile.mkdtemp(prefix="sheaf-node-"))
        self.home.chmod(0o755)
        self.user = (
            ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
        )
        self.program = self._within_reach(found) / "bin" / "elasticsearch"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._configure(found)
        self.process: Process | None = None

    def _within_reach(self, found: Path) -> Path:
        asked = [*self.user, "test", "-x", str(found / "bin" / "elasticsearch")]
        if subprocess.run(asked, cwd="/", check=False).returncode == 0:
            return found
        return Path(shutil.copytree(found, self.home / found.name))

    def _configure(self, found: Path) -> None:
        config = Path(shutil.copytree(found / "config", self.home / "config"))
        unwanted = ("-Xlog", "-XX:HeapDump", "-XX:ErrorFile")
        options = [
            row
            for row in (config / "jvm.options").read_text().splitlines()
            if not any(u in row for u in unwanted)
        ]
        (config / "jvm.options").write_text("\n".join([*options, "-Xms256m", "-Xmx256m", ""]))
        settings = {
            "cluster.name": "tests",
            "discovery.type": "single-node",
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": free_port(),
            "path.data": self.home / "data",
            "path.logs": self.home / "logs",
            "xpack.security.enabled": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
        }
        (config / "elasticsearch.yml").write_text(
            "".join(f"{name}: {value}\n" for name, value in settings.items())
        )
        for name in ("data", "logs", "tmp"):
            (self.home / name).mkdir()
        if self.user:
            nobody = pwd.getpwnam("nobody")
            for path in [self.home, *self.home.rglob("*")]:
                os.chown(path, nobody.pw_uid, nobody.pw_gid)

    def start(self, patience: float = 90) -> "Node":
        """Start it, or again after it was killed, on the same data."""
        java = Path(str(shutil.which("java"))).resolve().parent.parent
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        env = kept | {
            "ES_PATH_CONF": str(self.home / "config"),
            "ES_TMPDIR": str(self.home / "tmp"),
            "ES_JAVA_HOME": str(java),
            "HOME": str(self.home),
        }
        self.process = Process("elasticsearch", [*self.user, str(self.program)], env, self.home / "node.log")
        self.process.start()
        until = time.monotonic() + patience
        while not self._answers():
            if not self.process.alive or time.monotonic() > until:
                words = self.process.last_words()
                self.process.kill()
                raise AssertionError(f"Elasticsearch did not start:\n{words}")
            time.sleep(0.2)
        return self

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=3):
                return True
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process:
            self.process.kill()

    def remove(self) -> None:
        """End it, and what it kept."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)
