"""Steps by hypothesis against the whole shop, and what they must have reached (tests/guard/ledger.py)."""

import os
import time
from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from core import clock
from orders.models import Order, Refund
from tests.figures import a_seed, figure, full
from tests.guard.ledger import Ledger
from together.models import GroupPurchase

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

# On demand: LEDGER="500 200" examples and steps.
EXAMPLES, STEPS = (int(n) for n in os.environ.get("LEDGER", full("20 100", "1 12")).split())
MOST_ROUNDS, ROUNDS_SECONDS = 6, 900
if "LEDGER" in os.environ:
    # Whoever asks for so many steps waits for them. A time limit that ends in the middle of a step would be taken for
    # what the step had done; and to make a failing story short takes five minutes more.
    pytestmark.append(pytest.mark.timeout(0))

TO_BE_REACHED = {
    *(f"Order {state}" for state in Order.State.values),
    *(
        f"Refund {state}"
        for state in (
            *Refund.State.values,
            "cancelled",
            "team",
            "late",
            "twice",
            "fell_short",
            "dispute",
            "desk",
            "regained",
        )
    ),
    *(f"Dispute {state}" for state in ("open", "won", "lost")),
    *(f"GroupPurchase {state}" for state in GroupPurchase.State.values),
    *(f"Seat {state}" for state in ("reserved", "held", "confirmed", "released", "refunded")),
}


def test_the_ledger_the_notebook_and_the_bank_agree_after_each_step(settings_of_the_bank, deeds_of_their_own):
    first, began = a_seed(), time.monotonic()
    Ledger.taken, rounds = 0, 1
    reached = walk(first)
    # Steps are by chance: whatever they did not come to, the next seeds' shall.
    while EXAMPLES >= 20 and missing(reached) and rounds < MOST_ROUNDS:
        if time.monotonic() > began + ROUNDS_SECONDS:
            break
        reached += walk(first + rounds)
        rounds += 1
    figure(
        "ledger/machine",
        f"{rounds} × {EXAMPLES} × {STEPS} steps, {Ledger.taken} states checked, 0 offences; states that held: "
        + ", ".join(f"{name} {n}" for name, n in sorted(reached.items())),
        first,
    )
    if EXAMPLES >= 20:  # else the machine would not do what it is for
        assert missing(reached) == set()


def missing(reached: Counter[str]) -> set[str]:
    """What the steps have not come to."""
    return {name for name in TO_BE_REACHED if not reached[name]}


def walk(of: int) -> Counter[str]:
    """Take the steps of a seed, each story undone after it; returns which states held, and how often."""

    class Undone(Ledger):
        reached: Counter[str] = Counter()

        def __init__(self):
            self.point = transaction.savepoint()
            try:
                super().__init__()
            except BaseException:
                self.teardown()
                raise

        def teardown(self):
            # However a step ended: else the next story would fail for it, and the step that did would not be told.
            transaction.set_rollback(False)
            transaction.savepoint_rollback(self.point)
            clock.forget()

    run_state_machine_as_test(
        seed(of)(Undone),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink] if EXAMPLES > 3 else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Undone.reached
