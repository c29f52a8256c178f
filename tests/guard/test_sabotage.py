"""The tests would notice: each sabotage of tests/guard/sabotage.py turns its tests red, which are green without it."""

import pytest

from tests.figures import FULL, figure, progress
from tests.guard.sabotage import SABOTAGES, a_copy, missing, outcome


def test_each_sabotage_still_applies():
    assert missing() == []
    assert len({one.why for one in SABOTAGES}) == len(SABOTAGES) >= 12


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="runs the suite's parts some twenty times: make test-full")
def test_each_sabotage_turns_its_tests_red():
    green, unseen = [], []
    with a_copy() as folder:
        for tests in dict.fromkeys(one.tests for one in SABOTAGES):
            code, words = outcome(folder, None, tests)
            assert code == 0, f"not green to begin with: {tests}\n{words}"
        for number, one in enumerate(SABOTAGES, start=1):
            progress(f"sabotage {number} of {len(SABOTAGES)}: {one.why}")
            code, words = outcome(folder, one, one.tests)
            if code == 0:
                unseen.append(one.why)
            elif code != 1:  # not red but broken: nothing was collected, say
                green.append(f"{one.why}: pytest ended with {code}\n{words}")
    figure(
        "sabotage/patches",
        f"{len(SABOTAGES) - len(unseen)} of {len(SABOTAGES)} sabotages turn their tests red",
    )
    assert (unseen, green) == ([], [])
