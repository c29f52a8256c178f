"""Money that banks take, give back and take again, in stories by chance: the steps of the ledger's machine, weighed
towards disputes and refunds that fail. (Hypothesis weighs its steps alike, and comes to these too seldom.)"""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from core import clock
from orders.models import Refund
from orders.provider.port import Was
from tests.figures import a_seed, figure, full, progress
from tests.guard.ledger import Ledger

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
STORIES, STEPS, LOOKS = full((40, 100), (1, 40)) + (10,)
Given = Callable[[random.Random], dict[str, Any]]


def pick(r: random.Random) -> int:
    return r.randrange(30)


# How often, the step, and what it is given.
STEPS_BY_WEIGHT: list[tuple[int, str, Given]] = [
    (6, "buy", lambda r: {"units": tuple(r.randrange(4) for _ in range(3)), "shipping": r.choice([0, 800]), "is_paid": r.random() < 0.9}),
    (3, "charge_back", lambda r: {"pick": pick(r), "share": r.randint(1, 4), "state": r.choice(["lost", "lost", "open", "won"])}),
    (3, "a_bank_decides", lambda r: {"pick": pick(r), "state": r.choice(["lost", "lost", "won"])}),
    (5, "a_bank_decides_anew", lambda r: {"pick": pick(r), "is_lost_again": r.random() < 0.3}),
    (1, "a_refund_at_the_banks_own_desk", lambda r: {"pick": pick(r), "share": r.randint(1, 4)}),
    (2, "a_refund_ends", lambda r: {"pick": pick(r), "state": r.choice([Was.FAILED, Was.SUCCEEDED])}),
    (2, "try_a_refund_again", lambda r: {"pick": pick(r)}),
    (2, "call_off", lambda r: {"pick": pick(r)}),
    (2, "change_her_mind", lambda r: {"n": r.randrange(3)}),
    (2, "ship", lambda r: {"pick": pick(r)}),
    (2, "deliver", lambda r: {"pick": pick(r), "is_over": r.random() < 0.5}),
    (2, "complete", lambda r: {}),
    (3, "a_group_comes_about", lambda r: {"n": r.randrange(3), "units": r.randint(1, 2)}),
    (2, "open_a_group", lambda r: {"n": r.randrange(3), "minimum": r.randint(2, 3), "more": r.randrange(3)}),
    (4, "join", lambda r: {"pick": pick(r), "units": r.randint(1, 2), "is_paid": r.random() < 0.9}),
    (1, "a_deadline_passes", lambda r: {"pick": pick(r)}),
    (1, "call_a_group_off", lambda r: {"pick": pick(r)}),
    (2, "enrol", lambda r: {"number": r.randint(1, 4)}),
    (2, "withdraw", lambda r: {"pick": pick(r)}),
    (1, "hand_over", lambda r: {}),
    (1, "everything_is_told", lambda r: {}),
]  # fmt: skip


def test_whatever_banks_take_and_give_back_the_books_agree(settings_of_the_bank, deeds_of_their_own):
    first = a_seed()
    shared = sum(story(first + n) for n in range(STORIES))
    figure(
        "ledger/banks",
        f"{STORIES} stories of {STEPS} steps weighed towards banks, 0 offences; refunds that bank and provider shared: {shared}",
        first,
    )


def story(seed: int) -> int:
    """One story, undone after it; how many refunds were given by a bank and by the provider, each a part."""
    r, point = random.Random(seed), transaction.savepoint()
    try:
        told = Ledger()
        weights = [weight for weight, _, _ in STEPS_BY_WEIGHT]
        for n, (_, name, given) in enumerate(r.choices(STEPS_BY_WEIGHT, weights, k=STEPS)):
            progress(f"seed {seed}, step {n}: {name}")
            getattr(told, name)(**given(r))
            if name == "a_bank_decides_anew" or n % LOOKS == LOOKS - 1:
                told.everything_holds()
        return Refund.objects.filter(given_minor__gt=0).count()
    finally:
        transaction.set_rollback(False)
        transaction.savepoint_rollback(point)
        clock.forget()
