"""How much a test does, and the figures it tells: `make test-full` collects them into one report.

    TRIALS = full(1_000, 20)
    figure("stock/race", f"sold 5 in each of {TRIALS} trials", seed)

    @in_full_alone("the same by another way")

A test that takes long at full size carries `@pytest.mark.proof`: its time limit is then longer (conftest.py).
"""

import json
import os
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from tests.promises import is_known

T = TypeVar("T")
FULL = os.environ.get("FULL") == "1"
_last_word = 0.0


def full(at_full_size: T, otherwise: T) -> T:
    """The promised figure in a full run, a smaller one in `make test`."""
    return at_full_size if FULL else otherwise


def in_full_alone(why: str) -> Callable[[T], T]:
    """A test that `make test` leaves to `make test-full`: another way of a journey that it walks, or what takes long."""

    def marked(test: T) -> T:
        return pytest.mark.proof(pytest.mark.skipif(not FULL, reason=f"{why}: make test-full")(test))

    return marked


def a_seed() -> int:
    """A seed for this test: SEED of the environment; else by chance at full size, and in `make test`, which must be
    red only for what a change has done, always the same. Tell it with the figure; a test that fails has told it here."""
    seed = int(os.environ.get("SEED") or full(random.SystemRandom().randrange(2**31), 1))
    _write(progress=f"seed {seed}")
    return seed


def figure(name: str, text: str, seed: int | None = None) -> None:
    """Tell a figure, by its name in tests/promises.py; nothing is kept unless a report is being made."""
    assert is_known(name), f"no promise has a figure {name}: see tests/promises.py"
    _write(figure=name, text=text, seed=seed)


def progress(text: str) -> None:
    """One line for whoever waits, at most every five seconds."""
    global _last_word
    if time.monotonic() > _last_word + 5:
        _last_word = time.monotonic()
        _write(progress=text)


def outcome(test: str, said: str, seconds: float, why: str) -> None:
    """How a test ended, and pytest's words when it failed; conftest.py tells it."""
    _write(test=test, outcome=said, seconds=round(seconds, 1), why=why)


def _write(**told: Any) -> None:
    if not (path := os.environ.get("FIGURES")):
        return
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    line = json.dumps({"test": test, **told}, ensure_ascii=False)
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")
