"""Whose processor time it was, and that none of it is overlooked."""

import os
import subprocess
import sys
import time

import pytest

from bench import processes
from bench.spent import Meter, Spent, apportioned

BUSY = "import sys, time\nwhile time.process_time() < 0.4: pass\nprint('done', flush=True)\nsys.stdin.read()"


def test_time_is_told_of_whoever_used_it_and_of_the_machine() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        meter = Meter(lambda: {"worker": worker.pid})
        before = meter.read()
        assert worker.stdout and worker.stdout.readline() == b"done\n"
        after = meter.read()
        # What it used before the first look, to start, is not told again.
        used = {name: after[name] - before[name] for name in after}
        assert 0.2 <= used["worker"] <= 0.5
        assert used["client"] < used["worker"] / 2, "it still runs, and is nobody's past"
        assert used["machine"] >= 0.8 * used["worker"]
        worker.communicate()
    # A client counts once it has ended.
    assert processes.own(os.getpid()) - before["client"] >= 0.35


def test_a_deed_costs_what_was_used_less_what_the_clockwork_uses_anyway() -> None:
    used = {"web": 3.0, "beat": 0.25, "stand-in": 0.5, "client": 1.0, "machine": 5.5}
    by = apportioned(used, {"web": 0.5, "beat": 0.25})
    assert by == {
        "web": 2.5,
        "beat": 0.0,
        "stand-in": 0.5,
        "client": 1.0,
        "clockwork": 0.75,
        "elsewhere": 0.75,
        "machine": 5.5,
    }
    assert sum(spent for name, spent in by.items() if name != "machine") == by["machine"]
    values = Spent(100, by).values()
    assert (values["ms"], values["ms_web"], values["ms_stand-in"]) == (25.0, 25.0, 5.0)


def test_the_clockwork_is_watched_while_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = {7: iter((10.0, 10.5, 10.5, 13.5))}
    monkeypatch.setattr(processes, "busy", lambda pid: next(clocks[pid]))
    monkeypatch.setattr(time, "monotonic", iter((0.0, 5.0, 100.0, 110.0)).__next__)
    meter = Meter(lambda: {"beat": 7})
    meter.watch_idle(lambda: None)
    assert meter.idle == {"beat": 0.1}
    assert meter.spent(lambda: 20).values()["ms_beat"] == 100.0  # 3 s less 10 of 0.1, of twenty
