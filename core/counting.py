"""What a web process counts as it happens, and the sum over all processes that serve together.

Every figure has its place before the first request, so that nothing a stranger sends makes another one; a count is a
lock and a few cells. The cells lie in a file, one of a folder for each process at a time: whoever comes after a process
that has ended counts on where it stopped, so that sums never fall.
"""

import fcntl
import logging
import mmap
import os
import shutil
import socket
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import product
from pathlib import Path
from threading import Lock
from typing import Any

from core.labels import OTHER, PAGE, pages

log = logging.getLogger("sheaf.counting")

CLASSES = ("2xx", "3xx", "4xx", "5xx")
METHODS = (OTHER, "GET", "HEAD", "POST", "OPTIONS")
CODES = (
    *(OTHER, "200", "204", "301", "302", "303", "304", "400", "401", "403", "404", "405", "408", "409"),
    *("413", "415", "429", "500", "503"),
)
# Seconds: a kept answer, a page that is made, what a visitor notices, what she does not wait for.
BUCKETS = (0.005, 0.02, 0.1, 0.5, 2.0)
SUM = len(BUCKETS) + 1  # of a histogram's cells: behind the buckets, and what is beyond the last
# Where an environ has the cells of an answer that was kept.
ALSO = "sheaf.also"
# What no process has counted into for so long, and none holds, is of a server that is no more.
FORGOTTEN_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Family:
    """Figures of one name, one for each of `rows`, the values of its labels; with `buckets` each is a histogram."""

    name: str
    words: str
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    buckets: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """Cells of a row: one, or of a histogram one a bucket, one for what is beyond, and the sum."""
        return len(self.buckets) + 2 if self.buckets else 1


def families() -> list[Family]:
    """All that is counted."""
    from core.api.files import names

    every = [(page,) for page in pages()]
    documents = [(name,) for name in (OTHER, *sorted(set(names().values())))]
    answers = product(("page", "api"), ("kept", "made"))
    return [
        Family(
            "sheaf_requests",
            "Requests answered, by page and class of status.",
            ("page", "status"),
            tuple((page, status) for (page,), status in product(every, CLASSES)),
        ),
        Family(
            "sheaf_request_seconds",
            "How long an answer took, from the whole request to the whole answer.",
            ("page",),
            tuple(every),
            BUCKETS,
        ),
        Family(
            "sheaf_responses",
            "Requests answered, by method and status.",
            ("method", "code"),
            tuple(product(METHODS, CODES)),
        ),
        Family(
            "sheaf_documents",
            "Documents answered, for pages, forms and clients: the shop's own by their names.",
            ("document",),
            tuple(documents),
        ),
        Family("sheaf_answers", "Answers that may be kept.", ("kind", "outcome"), tuple(answers)),
        Family(
            "sheaf_fast_given_up",
            "Fast answers that were begun anew by graphql-core.",
            ("reason",),
            (("refused",), ("beyond",), ("broken",)),
        ),
    ]


@dataclass
class Layout:
    """Which cell is whose."""

    families: list[Family] = field(default_factory=families)

    def __post_init__(self) -> None:
        self.starts: dict[str, int] = {}
        size = 0
        for family in self.families:
            self.starts[family.name] = size
            size += len(family.rows) * family.width
        self.size = size
        told = repr([(one.name, one.rows, one.buckets) for one in self.families])
        # Another release counts other things: its files are not read as ours.
        self.digest = sha256(told.encode()).hexdigest()[:8]

    def cells_of(self, name: str) -> dict[Any, int]:
        """The first cell of each row, by the values of its labels (a single one by itself)."""
        family = next(one for one in self.families if one.name == name)
        start = self.starts[name]
        keys = (row[0] if len(row) == 1 else row for row in family.rows)
        return {key: start + n * family.width for n, key in enumerate(keys)}


class Counts:
    """Those of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cells: Any = None
        self._file: Any = None
        self.folder: Path | None = None

    def open(self, parent: Path | None = None) -> None:
        """Count into a file of this server's folder in `parent`; without one, in memory.

        A server is all processes that one other has started. Folders of servers that are no more are taken away.
        """
        layout = Layout()
        memory = None
        if parent is not None:
            try:
                memory = self._in_a_file(parent, layout)
            except OSError as failure:
                # A full disk is no reason to turn visitors away: this process counts for itself.
                log.warning("counts are kept in memory: %s", failure)
                self.folder = None
        self._lay(layout, memory or mmap.mmap(-1, 8 * layout.size))

    def _in_a_file(self, parent: Path, layout: Layout) -> mmap.mmap:
        self.folder = parent / f"{socket.gethostname()}-{os.getppid()}"
        self.folder.mkdir(parents=True, exist_ok=True)
        _forget_others(parent, self.folder)
        self._file = _free_slot(self.folder, layout.digest)
        # Room on the disk now: for a cell that finds none later the kernel would end us.
        os.posix_fallocate(self._file.fileno(), 0, 8 * layout.size)
        return mmap.mmap(self._file.fileno(), 8 * layout.size)

    def _lay(self, layout: Layout, memory: mmap.mmap) -> None:
        self.layout = layout
        requests, responses = layout.cells_of("sheaf_requests"), layout.cells_of("sheaf_responses")
        seconds = layout.cells_of("sheaf_request_seconds")
        # Of a page the cells of its classes follow each other, as do those of its durations.
        self._pages = {page: (requests[page, CLASSES[0]], cell) for page, cell in seconds.items()}
        self._other = self._pages[OTHER]
        by_code = {int(code): n for n, code in enumerate(CODES) if code != OTHER}
        self._codes = by_code
        self._methods = {method: responses[method, OTHER] for method in METHODS}
        self._documents = layout.cells_of("sheaf_documents")
        self._answers = layout.cells_of("sheaf_answers")
        self._given_up = layout.cells_of("sheaf_fast_given_up")
        cached = self._answers["api", "kept"]
        self._cached = {name: (cached, cell) for name, cell in self._documents.items()}
        self._cells = memoryview(memory).cast("d")

    def request(self, environ: dict[str, Any], status: int, seconds: float) -> None:
        """An answer went out."""
        cells = self._cells
        if cells is None:
            return
        by_class, by_time = self._pages.get(environ.get(PAGE), self._other)
        by_class += status // 100 - 2
        bucket = by_time + bisect_left(BUCKETS, seconds)
        method = self._methods.get(environ["REQUEST_METHOD"], self._methods[OTHER])
        code = method + self._codes.get(status, 0)
        also = environ.get(ALSO)
        with self._lock:
            cells[by_class] += 1
            cells[bucket] += 1
            cells[by_time + SUM] += seconds
            cells[code] += 1
            if also is not None:
                cells[also[0]] += 1
                cells[also[1]] += 1

    def cached(self, environ: dict[str, Any], page: str, document: str) -> None:
        """This request's answer was kept: counted when it goes out, under the lock that is taken then anyway."""
        environ[PAGE] = page
        if self._cells is not None:
            environ[ALSO] = self._cached.get(document, self._cached[OTHER])

    def document(self, name: str) -> None:
        """One was answered, by its name among ours."""
        if self._cells is not None:
            self._add(self._documents.get(name, self._documents[OTHER]))

    def answer(self, kind: str, outcome: str) -> None:
        """One that may be kept was kept already, or had to be made."""
        if self._cells is not None:
            self._add(self._answers[kind, outcome])

    def given_up(self, reason: str) -> None:
        """A fast answer was begun anew."""
        if self._cells is not None:
            self._add(self._given_up[reason])

    def _add(self, cell: int) -> None:
        with self._lock:
            self._cells[cell] += 1

    def read(self) -> Iterator[tuple[Family, tuple[str, ...], list[float]]]:
        """The sums over all processes of this server: (family, values of its labels, its cells)."""
        if self._cells is None:
            return
        sums = self._summed()
        for family in self.layout.families:
            start, width = self.layout.starts[family.name], family.width
            for n, row in enumerate(family.rows):
                yield family, row, sums[start + n * width : start + (n + 1) * width]

    def _summed(self) -> list[float]:
        if self.folder is None:
            return list(self._cells)
        sums = [0.0] * self.layout.size
        for path in self.folder.glob(f"{self.layout.digest}-*"):
            with suppress(ValueError):  # one that was made just now is empty
                sums = [one + other for one, other in zip(sums, _cells_in(path, self.layout), strict=True)]
        return sums


def _cells_in(path: Path, layout: Layout) -> list[float]:
    # Mapped: a cell that is being written is read before or after, never half of it.
    with (
        open(path, "rb") as file,
        mmap.mmap(file.fileno(), 8 * layout.size, access=mmap.ACCESS_READ) as memory,
        memoryview(memory) as seen,
        seen.cast("d") as cells,
    ):
        return list(cells)


def _free_slot(folder: Path, digest: str) -> Any:
    """A file that no living process counts into; it is ours until we end."""
    n = 0
    while True:
        file = open(folder / f"{digest}-{n}", "a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            file.close()
            n += 1


def _forget_others(parent: Path, ours: Path) -> None:
    for folder in parent.iterdir():
        with suppress(OSError):  # another is at it too
            files = list(folder.iterdir())
            last = max(path.stat().st_mtime for path in (folder, *files))
            if folder != ours and time.time() - last > FORGOTTEN_SECONDS and not _is_held(files):
                shutil.rmtree(folder, ignore_errors=True)


def _is_held(files: Iterable[Path]) -> bool:
    for path in files:
        with open(path, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    return False


counts = Counts()
