"""docs/operate.md is followed from the clone to the rotation of keys, its commands as they stand there.

Where there is no Docker engine, podman does what `docker` is told (tests/pods/docker.py), by docker-compose.yml as it is.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from local.machine import ROOT
from tests.figures import figure, progress
from tests.pods import docker, podman
from tests.pods.client import Buyer, Load, named
from tests.promises import PROMISES

LACKS = podman.missing()
pytestmark = [
    pytest.mark.proof,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(os.environ.get("FULL") != "1", reason="minutes, and a gigabyte: make test-full"),
]
NAME = "shop.test"
URL = f"https://{NAME}"
# So that the sealed details of the demo are its own, whoever runs it.
TOLD = {
    "SITE_URL": URL,
    "CADDY_TLS": "/certs/shop.pem /certs/shop.key",
    "TAG": "first",
    "STRIPE_API_KEY": "sk_test_operate",
    "STRIPE_WEBHOOK_SECRET": "whsec_operate",
    "EMAIL_URL": "file:///data/mail",
    "BACKUP_COPY": "cp -r {folder} /data/elsewhere/",
}
SHIM = f"""#!/bin/sh
PYTHONPATH={ROOT} exec {sys.executable} -m tests.pods.docker "$@"
"""


class Server:
    """The clone, and a shell in it that knows `docker`."""

    def __init__(self, folder: Path, pods: Path):
        self.place, self.folder = folder / "sheaf", folder
        bin = folder / "bin"
        bin.mkdir()
        (bin / "docker").write_text(SHIM)
        (bin / "docker").chmod(0o755)
        more = {"STRIPE_API_BASE": "http://stripe:4242", "DEMO": "small"}
        self.env = {
            name: os.environ[name] for name in ("HOME", "LANG", "SSL_CERT_FILE") if name in os.environ
        }
        self.env |= {"PATH": f"{bin}:{os.environ['PATH']}", "PODS": str(pods), "PODS_MORE": json.dumps(more)}
        self.podman = podman.Podman(pods)

    def sh(self, words: str, place: Path | None = None) -> str:
        """A block of commands, as somebody would type them; what they printed."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", words],
            cwd=place or self.place,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert not done.returncode, f"{words}\n{done.stdout[-5000:]}"
        progress(words.splitlines()[0])
        return done.stdout

    def fill_in(self, **told: str) -> None:
        """What the operator writes into .env."""
        path = self.place / ".env"
        text = path.read_text()
        for name, value in told.items():
            assert re.search(rf"^{name}=", text, re.MULTILINE), f".env.example lacks {name}"
            text = re.sub(rf"^{name}=.*$", lambda _, n=name, v=value: f"{n}={v}", text, flags=re.MULTILINE)
        path.write_text(text)

    def said(self) -> list[str]:
        """The last words of those who answer, to be read where an answer was missing."""
        return [
            f"--- {name}\n{self.podman('logs', '--timestamps', '--tail', '40', name, check=False)}"
            for name in ("caddy", "web", "web2")
        ]

    def address(self, service: str, network: str = "edge") -> str:
        pattern = f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}'
        return self.podman("inspect", "--format", pattern, service).strip()

    def provider(self) -> None:
        """The stand-in for the payment provider: it knows the shop by its name and its authority, as anybody else."""
        certs = self.place / "docker" / "certs"
        self.podman(
            *("run", "--detach", "--name", "stripe", "--network", "edge,outer,inner"),
            *("--add-host", f"{NAME}:172.31.250.200", "--env", "SSL_CERT_FILE=/certs/authority.pem"),
            *(
                "--volume",
                f"{ROOT / 'local'}:/stand/local:ro",
                "--volume",
                f"{certs}:/certs:ro",
                "--workdir",
                "/stand",
            ),
            *(
                "--user",
                "0",
                "sheaf:first",
                "python",
                "-m",
                "local.stripe",
                "--host",
                "0.0.0.0",
                "--port",
                "4242",
            ),
            *("--state", "/tmp/stripe.db", "--webhook-secret", TOLD["STRIPE_WEBHOOK_SECRET"]),
            *("--webhook-url", f"{URL}/notices/stripe/", "--public-url", "http://stripe:4242"),
        )

    def demo(self) -> None:
        """A shop that sells something. The stand-in takes what is made up from its own machine alone."""
        told = dict(
            line.split("=", 1) for line in self.podman("exec", "web", "env").splitlines() if "=" in line
        )
        told |= {"STRIPE_API_BASE": "http://127.0.0.1:4242"}
        env = [word for name, value in told.items() for word in ("--env", f"{name}={value}")]
        self.podman(
            "exec", "--workdir", "/sheaf", *env, "stripe", "python", "manage.py", "demo", "--orders", "150"
        )

    def another_release(self) -> None:
        """Something has changed where the clone came from."""
        origin = self.folder / "origin"
        with (origin / "CHANGELOG.md").open("a") as file:
            file.write("\nAnother release.\n")
        who = "git -c user.name=somebody -c user.email=somebody@example.com"
        self.sh(f"{who} commit -qam 'Another release'", origin)


def blocks(title: str) -> list[str]:
    """What docs/operate.md says to type under this heading."""
    text = (ROOT / "docs" / "operate.md").read_text()
    part = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert part, title
    return re.findall(r"^```sh\n(.*?)^```", part[1], re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with nothing on it but Docker."""
    if LACKS:
        words = f"no containers here: {', '.join(LACKS)} (Debian: podman runc netavark aardvark-dns iptables debootstrap)"
        for name in PROMISES["operate"][1]:
            figure(f"operate/{name}", f"not tried, {words}")
        pytest.skip(words)
    with (
        tempfile.TemporaryDirectory(prefix="sheaf-operate-", ignore_cleanup_errors=True) as folder,
        ExitStack() as stack,
    ):
        given = os.environ.get("PODS")  # a store whose images may be used again
        pods = Path(given or Path(folder) / "pods")
        made = podman.Podman(pods)
        stack.callback(
            lambda: made("rm", "--all", "--force", "--time", "2", check=False) if given else made.end()
        )
        for source, target in ((str(ROOT), "origin"), (f"{folder}/origin", "sheaf")):
            subprocess.run(["git", "clone", "-q", source, f"{folder}/{target}"], check=True)
            # Whatever is checked out here: a release is a branch that can be pulled from.
            subprocess.run(["git", "-C", f"{folder}/{target}", "checkout", "-q", "-B", "main"], check=True)
        podman.bases(made)
        yield Server(Path(folder), pods)


def until(what: Any, seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, what
        time.sleep(0.3)


def test_from_a_clone_to_a_year_by_the_page(server):
    fill, opening = blocks("Open")
    assert "STRIPE_API_KEY" in server.sh(fill), "it says what is still to be filled in"
    server.fill_in(**TOLD)
    keys = docker.settings(server.place / ".env")
    assert len(keys["HOUSEHOLD_KEYS"]) == 44 and keys["HOUSEHOLD_KEYS"] != keys["FACTOR_KEYS"]
    before = (server.place / ".env").read_text()
    server.sh(fill)
    assert (server.place / ".env").read_text() == before, "what stands there stays"
    server.sh(f"sh docker/authority.sh {NAME}")
    began = time.monotonic()
    assert re.search(rf"{re.escape(URL)}/zh/\S+", server.sh(opening))
    opened = time.monotonic() - began

    authority = server.place / "docker" / "certs" / "authority.pem"
    server.provider()
    server.podman("exec", "stripe", "sh", "-c", f"sed -i 's/172.31.250.200/{server.address('caddy')}/' /etc/hosts || "
                  f"(sed 's/172.31.250.200/{server.address('caddy')}/' /etc/hosts > /tmp/h && cat /tmp/h > /etc/hosts)")  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(named(NAME, server.address("caddy")))
        stack.enter_context(named("stripe", server.address("stripe")))
        the_shop_is_shut_until_it_is_set_up(Buyer(URL, authority))
        server.demo()
        server.sh("sh docker/exchange.sh")
        guest = Buyer(URL, authority)
        order = guest.buy()
        until(lambda: guest.state(order) == "PAID")
        https_is_as_it_should_be(guest)
        server.sh("docker compose exec backup mkdir -p /data/elsewhere")
        for block in [*blocks("Check"), *blocks("Back up")]:
            said = server.sh(block)
        assert "read through, copied elsewhere.\nRestored on trial: everything holds." in said

        server.another_release()
        with Load(URL, authority) as load:
            (upgrade,) = blocks("Upgrade")
            server.sh(upgrade)
        told(server, "operate/upgrade", load)
        (back,) = blocks("Roll back")
        with Load(URL, authority) as load:
            server.sh(back)
        told(server, "operate/rollback", load)
        assert docker.settings(server.place / ".env")["TAG"] == "first"

        drill, restore = blocks("Restore")
        assert "everything holds" in server.sh(drill)
        server.sh(restore)
        assert guest.state(order) == "PAID", "what was bought before the backup is there after it"

        with Load(URL, authority) as load:
            (rotate,) = blocks("Rotate")
            said = server.sh(rotate)
        told(server, "operate/rotation", load)
        assert re.search(r"HouseholdDetail.sealed: [1-9]\d* sealed anew; [1-9]\d* with the first key\n", said)
        assert "key 2 of HOUSEHOLD_KEYS: no word in the database is sealed with it" in said
        buyer, last = load.orders[-1]
        until(lambda: buyer.state(last) == "PAID")
        assert "Everything holds" in server.sh("docker compose exec web python manage.py verify")
    figure(
        "operate/opened", f"from the filled-in .env to the link of the opening {opened:.0f} s, images built"
    )


def the_shop_is_shut_until_it_is_set_up(guest: Buyer) -> None:
    answer = guest.get("/zh/")
    assert answer.status_code == 503 and "Retry-After" in answer.headers


def https_is_as_it_should_be(guest: Buyer) -> None:
    home = guest.get("/zh/")
    assert home.status_code == 200
    assert "max-age=31536000" in home.headers["Strict-Transport-Security"]
    plain = guest.session.get("http://" + NAME + "/zh/", allow_redirects=False, timeout=10)
    assert plain.status_code in (301, 302, 307, 308) and plain.headers["Location"].startswith(f"{URL}/zh/")
    assert guest.get("/metrics").status_code == 404, "figures are told on an inner port alone"
    guest.get("/zh/sign-in/")
    assert all(cookie.secure and cookie.name.startswith("__Host-") for cookie in guest.session.cookies)


def told(server: Server, name: str, load: Load) -> None:
    """Nobody was turned away; the figure."""
    enough = load.did["looked"] > 50 and load.did["bought"] > 3
    assert not load.failed and enough, "\n".join([str(load.did), *load.failed, *server.said()])
    figure(
        name, f"{load.did['looked']} pages and {load.did['bought']} purchases meanwhile, 0 failed, "
        f"the longest {load.longest:.1f} s",
    )  # fmt: skip
