"""docker-compose.yml read and done: its networks, volumes and services, in the order and on the conditions it names."""

import re
import time
from pathlib import Path
from typing import Any

from scripts import compose as check
from tests.pods.podman import Podman

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
GRACE = re.compile(r"(\d+)(s|m)")


def filled_in(node: Any, env: dict[str, str]) -> Any:
    """The file with its variables filled in, as compose does after reading it; AssertionError for one that must be set."""
    if isinstance(node, dict):
        return {key: filled_in(value, env) for key, value in node.items()}
    if isinstance(node, list):
        return [filled_in(each, env) for each in node]

    def value(found: re.Match[str]) -> str:
        name, how, default = found.groups()
        if env.get(name):
            return env[name]
        assert how != "?", f"{name} must be set"
        return default or ""

    return _VARIABLE.sub(value, node) if isinstance(node, str) else node


class Compose:
    """`up`, `run`, `stop` of the services in the file; `more` is added to every environment of the shop's."""

    def __init__(self, podman: Podman, folder: Path, env: dict[str, str], more: dict[str, str]):
        self.podman, self.folder, self.env, self.more = podman, folder, env, more
        self.read()
        (folder / "docker" / "ssh").mkdir(exist_ok=True)
        there = self.podman("network", "ls", "--format", "{{.Name}}").split()
        for name, network in self.file["networks"].items():
            if name in there:
                continue
            config = (network or {}).get("ipam", {}).get("config", [])
            subnets = [word for each in config for word in ("--subnet", each["subnet"])]
            internal = ["--internal"] if (network or {}).get("internal") else []
            self.podman("network", "create", *subnets, *internal, name)

    def read(self) -> None:
        """Read the file with what the environment says by now."""
        self.file = filled_in(check.read((self.folder / "docker-compose.yml").read_text()), self.env)
        self.services: dict[str, dict[str, Any]] = self.file["services"]

    def up(self, *names: str, alone: bool = False) -> None:
        """Start services (without a name: all that have no profile) after what they depend on, anew where they run."""
        for name in names or [name for name, one in self.services.items() if "profiles" not in one]:
            if names or not self.is_there(name):
                self._start(name, alone)

    def _start(self, name: str, alone: bool = False) -> None:
        for there, how in () if alone else self.services[name].get("depends_on", {}).items():
            if not self.is_there(there):
                self._start(there)
            self._wait(there, how["condition"])
        self.remove(name)
        self.podman("run", "--detach", "--name", name, *self._words(name))

    def _wait(self, name: str, condition: str) -> None:
        if condition == "service_completed_successfully":
            assert self.podman("wait", name).strip().endswith("0"), self.logs(name)
        elif condition == "service_healthy":
            self.wait_healthy(name)

    def wait_healthy(self, name: str, seconds: float = 120) -> float:
        """Ask as the file says how its health is asked for; how long it took."""
        test, began = self.services[name]["healthcheck"]["test"], time.monotonic()
        assert test[0] == "CMD"
        while not self._is_well(name, test[1:]):
            assert time.monotonic() - began < seconds, f"{name} is not well:\n{self.logs(name)}"
            time.sleep(0.3)
        return time.monotonic() - began

    def _is_well(self, name: str, test: list[str]) -> bool:
        return self.podman.done("exec", name, *test).returncode == 0

    def run(self, name: str, *command: str, volumes: tuple[str, ...] = ()) -> str:
        """`docker compose run --rm`: another command in a container like the service's."""
        more = [word for volume in volumes for word in ("--volume", volume)]
        return self.podman("run", "--rm", *more, *self._words(name, list(command)))

    def stop(self, name: str) -> None:
        """Ask it to end, and wait as long as the file says."""
        found = GRACE.fullmatch(self.services[name].get("stop_grace_period", "10s"))
        assert found
        self.podman("stop", "--time", str(int(found[1]) * (60 if found[2] == "m" else 1)), name)

    def remove(self, name: str) -> None:
        """Stop it and take it away."""
        if self.is_there(name):
            self.stop(name)
            self.podman("rm", "--force", name)

    def is_there(self, name: str) -> bool:
        """Whether there is a container of the service."""
        return bool(self.podman("ps", "--all", "--quiet", "--filter", f"name=^{name}$").strip())

    def logs(self, name: str) -> str:
        """The end of what it said."""
        return self.podman("logs", "--tail", "60", name, check=False)

    def address(self, name: str, network: str) -> str:
        """Where a service is in a network."""
        pattern = f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}'
        return self.podman("inspect", "--format", pattern, name).strip()

    def _words(self, name: str, command: list[str] | None = None) -> list[str]:
        one = self.services[name]
        env = {key: str(value) for key, value in one.get("environment", {}).items()}
        env |= self.more if one["image"].startswith("sheaf:") else {}
        words = ["--network", ",".join(one["networks"])]
        words += [word for key, value in env.items() for word in ("--env", f"{key}={value}")]
        for volume in one.get("volumes", ()):
            source, _, rest = volume.partition(":")
            place = str((self.folder / source).resolve()) if source.startswith((".", "/")) else source
            words += ["--volume", f"{place}:{rest}"]
        return [*words, one["image"], *(command or [str(word) for word in one.get("command", ())])]
