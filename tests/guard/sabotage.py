"""Small sabotages, each with the tests that must turn red: a suite that stays green under them would prove nothing.

A sabotage is a pair of texts; a source that has moved on fails loudly (test_sabotage.py) and the pair is renewed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.machine import ROOT
from tests.guard.sabotages import SABOTAGES as OLDER
from tests.guard.sabotages import Sabotage
from tests.guard.sabotages_buying import BUYING
from tests.guard.sabotages_of_claims import CLAIMS
from tests.guard.sabotages_of_harvests import HARVESTS
from tests.guard.sabotages_of_invoices import INVOICES
from tests.guard.sabotages_of_listings import LISTINGS
from tests.guard.sabotages_of_money import MONEY
from tests.guard.sabotages_of_news import NEWS
from tests.guard.sabotages_of_pages import PAGES
from tests.guard.sabotages_of_parcels import PARCELS
from tests.guard.sabotages_of_shares import SHARES
from tests.guard.sabotages_of_wishes import WISHES

SABOTAGES = [
    *OLDER,
    *BUYING,
    *PARCELS,
    *HARVESTS,
    *CLAIMS,
    *PAGES,
    *INVOICES,
    *SHARES,
    *WISHES,
    *NEWS,
    *MONEY,
    *LISTINGS,
]


def missing(root: Path = ROOT) -> list[str]:
    """Sabotages that no longer apply: their text must stand in its file exactly once."""
    found = []
    for one in SABOTAGES:
        times = (root / one.path).read_text().count(one.old)
        if times != 1:
            found.append(f"{one.why}: {one.path} has its text {times} times")
    return found


@contextmanager
def a_copy() -> Iterator[Path]:
    """The repository in a folder of its own, with servers of its own."""
    with tempfile.TemporaryDirectory(prefix="sheaf-sabotage-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may run as another user
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        )
        for path in listed.stdout.splitlines():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)
        yield folder


def outcome(folder: Path, one: Sabotage | None, tests: str) -> tuple[int, str]:
    """pytest's exit code (0 green, 1 red) in the copy with this sabotage, or with none; and its last words."""
    path = folder / one.path if one else None
    before = path.read_text() if path else ""
    try:
        if one and path:
            assert before.count(one.old) == 1, one.why
            path.write_text(before.replace(one.old, one.new))
        # Nothing of this process's own servers and settings: the copy has its own.
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests.split()],
            cwd=folder,
            env={**env, "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout[-600:]
    finally:
        if path:
            path.write_text(before)
