"""Everything works without what exists only for speed: the API's tests pass with FAST=0, and the pages' documents."""

import os
import subprocess
import sys

import pytest

from local.machine import ROOT
from scripts.floors import standing
from tests.figures import FULL, figure

# What is about the fast way itself: what it keeps, and how few statements it takes.
ABOUT_IT = [
    "core/fast",
    "core/test_bounds.py",
    "core/test_api.py::test_a_change_makes_kept_answers_anew",
    "core/test_api.py::test_an_answer_to_a_stranger_is_kept_for_strangers_of_her_language",
    "core/test_view.py::test_a_trusted_query_may_be_kept_by_browsers",
    "core/test_view.py::test_answers_are_kept_and_given_when_the_cache_is_away",
    "orders/test_statements.py",
]


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="runs most of the suite once more: make test-full")
@pytest.mark.timeout(3600)
def test_the_apis_tests_pass_without_it():
    # Nothing of this process's own database; the servers are shared.
    env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    # The highest has the tests of pages and of whole shops.
    folders = [f"tests/{floor}" for floor in standing()[:-1] if (ROOT / "tests" / floor).is_dir()]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *folders]
        + [f"--deselect=tests/{one}" for one in ABOUT_IT],
        cwd=ROOT,
        env={**env, "FAST": "0"},
        check=False,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    figure("fast/without", f"FAST=0: {done.stdout.strip().splitlines()[-1]}")
