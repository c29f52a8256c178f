"""`docker …` as docs/operate.md and docker/*.sh say it, done by podman: `python -m tests.pods.docker compose up -d`.

PODS names the folder of podman's store, PODS_MORE (JSON) what the shop's services are told beside their own.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.pods import podman
from tests.pods.compose import Compose


def settings(path: Path) -> dict[str, str]:
    """A file of NAME=VALUE, as compose reads it."""
    lines = (
        line.partition("=") for line in path.read_text().splitlines() if line and not line.startswith("#")
    )
    return {name: value for name, _, value in lines}


class Docker:
    """The words that are used here, and no others."""

    def __init__(self) -> None:
        self.podman = podman.Podman(Path(os.environ["PODS"]))
        self.env = settings(Path(".env"))
        self.compose = Compose(
            self.podman, Path.cwd(), self.env, json.loads(os.environ.get("PODS_MORE", "{}"))
        )

    def do(self, words: list[str]) -> int:
        """One command; its exit code."""
        if words[0] == "images":
            tags = self.podman("images", "--sort", "created", "--format", "{{.Tag}}", words[1]).split()
            print("\n".join(tags))
            return 0
        assert words.pop(0) == "compose", words
        if words[0] == "--profile":
            del words[:2]
        known: dict[str, Callable[[list[str]], int | None]] = {
            "build": self.build, "up": self.up, "run": self.run, "exec": self.exec,
            "stop": self.stop, "rm": self.rm, "ps": self.ps, "logs": self.logs,
        }  # fmt: skip
        return known[words[0]](words[1:]) or 0

    def build(self, words: list[str]) -> None:
        podman.shop(self.podman, Path.cwd(), self.env.get("TAG") or "latest")

    def up(self, words: list[str]) -> None:
        names = [word for word in words if not word.startswith("-")]
        self.compose.up(*names, alone="--no-deps" in words)
        if "--wait" in words:
            for name in names:
                print(f"{name} is well after {self.compose.wait_healthy(name):.1f} s")

    def run(self, words: list[str]) -> None:
        assert words.pop(0) == "--rm"
        print(self.compose.run(*words))

    def exec(self, words: list[str]) -> int:
        done = self.compose.podman.done("exec", *(word for n, word in enumerate(words) if n or word != "-T"))
        print(done.stdout, end="")
        return done.returncode

    def stop(self, words: list[str]) -> None:
        for name in words:
            self.compose.stop(name)

    def rm(self, words: list[str]) -> None:
        for name in words:
            if not name.startswith("-"):
                self.compose.remove(name)

    def ps(self, words: list[str]) -> None:
        print(self.podman("ps", "--all", "--format", "{{.Names}} {{.Status}}"))

    def logs(self, words: list[str]) -> None:
        print(self.compose.logs(words[-1]))


if __name__ == "__main__":
    sys.exit(Docker().do(sys.argv[1:]))
