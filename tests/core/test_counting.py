"""Counts of several processes are one sum that never falls, with a place for each figure before the first request."""

import errno
import fcntl
import os
import time

import pytest

from core.counting import BUCKETS, Counts
from core.labels import OTHER, PAGE


def total(counts: Counts, name: str, *row: str) -> float:
    """The sum of a figure over all processes; of a histogram how often it was observed."""
    return sum(
        sum(cells[:-1]) if family.buckets else cells[0]
        for family, its, cells in counts.read()
        if family.name == name and its[: len(row)] == row
    )


def ask(
    counts: Counts, page: str = "graphql", status: int = 200, seconds: float = 0.001, method: str = "POST"
):
    counts.request({PAGE: page, "REQUEST_METHOD": method}, status, seconds)


def opened(folder) -> Counts:
    counts = Counts()
    counts.open(folder)
    return counts


def end(counts: Counts) -> None:
    """As its process would: the kernel gives back its lock."""
    memory = counts._cells.obj
    counts._cells.release()
    memory.close()
    counts._file.close()


def test_two_processes_are_told_as_one_by_whichever_is_asked(tmp_path):
    one, other = opened(tmp_path), opened(tmp_path)
    for counts in (one, one, one, other):
        ask(counts)
    ask(other, status=503, seconds=9.0)
    for counts in (one, other):
        assert total(counts, "sheaf_requests", "graphql", "2xx") == 4
        assert total(counts, "sheaf_requests", "graphql", "5xx") == 1
        assert total(counts, "sheaf_responses", "POST", "503") == 1
        assert total(counts, "sheaf_request_seconds", "graphql") == 5
        (cells,) = [c for f, row, c in counts.read() if f.buckets and row == ("graphql",)]
        assert cells[: len(BUCKETS) + 1] == [4, 0, 0, 0, 0, 1] and cells[-1] == pytest.approx(9.004)


def test_who_comes_after_one_that_ended_counts_on_and_nothing_falls(tmp_path):
    one, other = opened(tmp_path), opened(tmp_path)
    ask(one)
    ask(other)
    end(one)
    assert total(other, "sheaf_requests") == 2, "what it counted stays"
    for _ in range(20):
        again = opened(tmp_path)
        ask(again)
        end(again)
    assert total(other, "sheaf_requests") == 22
    # A worker that goes and the one that comes in its place may be there at the same time.
    at_once = opened(tmp_path)
    ask(at_once)
    assert total(other, "sheaf_requests") == 23
    assert len(list(other.folder.iterdir())) == 2, "files are taken up again"


def test_a_server_that_is_no_more_leaves_nothing_behind_and_a_living_one_is_left_alone(tmp_path):
    gone, living, of_today = (tmp_path / name for name in ("gone-1", "living-1", "today-1"))
    neighbour = Counts()
    for folder in (gone, living, of_today):
        folder.mkdir()
        (folder / "x-0").write_bytes(b"")
    held = open(living / "x-0", "rb")
    fcntl.flock(held, fcntl.LOCK_EX)
    for folder in (gone, living):
        for path in (folder / "x-0", folder):
            os.utime(path, (0, time.time() - 2 * 24 * 3600))
    neighbour.open(tmp_path)
    held.close()
    assert {path.name for path in tmp_path.iterdir()} == {"living-1", "today-1", neighbour.folder.name}


def test_a_full_disk_turns_nobody_away(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "posix_fallocate", full)
    counts = opened(tmp_path)
    ask(counts)
    assert total(counts, "sheaf_requests") == 1 and counts.folder is None


def test_whatever_a_stranger_sends_there_are_as_many_figures_as_before(tmp_path):
    counts = opened(tmp_path)
    before = [(family.name, row) for family, row, _ in counts.read()]
    for n in range(5_000):
        ask(counts, page=f"page {n}", status=(200, 299, 418, 451, 599)[n % 5], method=f"BREW{n}")
        counts.document(f"Document{n}")
        counts.cached({}, "graphql", f"Document{n}")
    assert [(family.name, row) for family, row, _ in counts.read()] == before
    assert total(counts, "sheaf_requests", OTHER) == total(counts, "sheaf_responses", OTHER) == 5_000
    assert total(counts, "sheaf_documents", OTHER) == 5_000


def test_where_nothing_was_opened_nothing_is_counted():
    ask(counts := Counts())
    counts.document("x")
    assert list(counts.read()) == []


def test_counting_a_kept_answer_takes_less_than_two_microseconds(tmp_path):
    counts = opened(tmp_path)
    environ = {"REQUEST_METHOD": "POST"}

    def each(times: int = 5_000) -> float:
        began = time.process_time()
        for _ in range(times):
            counts.cached(environ, "graphql", "other")
            counts.request(environ, 200, 0.0001)
        return (time.process_time() - began) / times

    assert min(each() for _ in range(12)) < 2e-6
