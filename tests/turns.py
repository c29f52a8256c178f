"""Which process runs which test where several share a run (`-n 2`), and in which order.

The tests of a file stay in one process, and so do all files that ask for one thing that takes long to start: a run
starts each once. The long come first, so that at the end no process waits for another.
"""

import json
import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

from local.machine import ROOT
from tests import figures

# Fixture -> what it starts for a whole session; whoever asks for it is in one process. They come in this order, so that
# of the two running shops, whose tests look at the time, the second comes when the first is done with.
DEAR: dict[str, str] = {
    **figures.full({"broken_shop": "a shop to be broken"}, {}),
    "loaded_demo": "the demo",
    "search_node": "a search node",
    "engine": "a search node",
    "live_shop": "a shop",
    # In the suite the shop that is broken is the one of all others.
    **figures.full({}, {"broken_shop": "a shop"}),
}
# These start programs of their own, which no mark tells.
LONG = {
    "tests/shop/test_backup.py",
    "tests/shop/test_image.py",
    "tests/shop/test_migrate.py",
    "tests/shop/test_nightly.py",
    "tests/shop/test_replica.py",
    "tests/shop/test_run.py",
    "tests/shop/test_settings.py",
    "tests/web/test_opening.py",
}


def file_of(item: pytest.Item) -> str:
    """The file that a test stands in."""
    return item.nodeid.partition("::")[0]


def groups(items: list[pytest.Item]) -> dict[str, str]:
    """Of each file that asks for something dear, what it is."""
    found: dict[str, str] = {}
    for item in items:
        asked = getattr(item, "fixturenames", ())
        if dear := next((thing for name, thing in DEAR.items() if name in asked), None):
            found.setdefault(file_of(item), dear)
    return found


def arranged(items: list[pytest.Item]) -> list[pytest.Item]:
    """The same tests, the longest files first as far as marks tell; the process that collected first tells the groups."""
    found, order = groups(items), list(DEAR.values())
    long = LONG | {file_of(item) for item in items if item.get_closest_marker("proof")}

    def turn(item: pytest.Item) -> int:
        file = file_of(item)
        return order.index(found[file]) if file in found else len(order) + (file not in long)

    if os.environ.get("PYTEST_XDIST_WORKER") == "gw0":
        _told(os.environ["PYTEST_XDIST_TESTRUNUID"]).write_text(json.dumps(found))
    return sorted(items, key=turn)


def _told(run: str) -> Path:
    # The one who deals out the tests collects none itself.
    return ROOT / ".run" / "test" / f"turns-{run}.json"


class Turns(LoadFileScheduling):
    """Deals out files, and those of one group together."""

    _groups: dict[str, str] | None = None

    def schedule(self) -> None:
        if self._groups is None:
            told = _told(self.nodes[0].workerinput["testrunuid"])
            # Nothing is told where collecting failed; pytest then says why.
            self._groups = json.loads(told.read_text()) if told.exists() else {}
            told.unlink(missing_ok=True)
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return (self._groups or {}).get(file, file)
