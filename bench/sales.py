"""Ten sales a second, and whether a list still shows what was before them.

The public stock of a variant is told exactly up to five (docs/decisions/0004): so the list's variants are bought down
to five first, and each further sale is one that everybody must see. An answer is stale when its request went out more
than a second after a sale was committed and it still shows the units of before.
"""

import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.buyer import Guest, learn_total
from bench.client import Wrong

TOLD = 5  # units: above it the public stock tells only that there are more
UNPAID = (30, 20, 10, 5)  # units of one lot that a guest may hold unpaid, the fewer the smaller it is
FRESH = 1.0  # seconds: what every answer may be behind
CLERKS = 12


@dataclass(frozen=True)
class Sale:
    """One that was committed at the latest when its answer came; so many units were left then at the most."""

    variant: str
    left: int
    known_at: float


def buy_down(port: int, units: Mapping[str, int]) -> dict[str, int]:
    """Buy all but five of each of these variants (by ids); what is left of each."""
    guest, left = Guest(port), {}
    try:
        for variant, count in units.items():
            steps = list(UNPAID)
            while count > TOLD:
                quantity = min(steps[0], count - TOLD)
                guest.somebody_new()
                try:
                    number, token, url = guest.order([{"variantId": variant, "quantity": quantity}])
                except Wrong:
                    if len(steps) == 1:
                        raise
                    del steps[0]
                    continue
                guest.pay(url)
                guest.wait_until_paid(number, token, 0.02)
                count -= quantity
            left[variant] = count
    finally:
        guest.close()
    return left


def keep_selling(
    port: int, left: dict[str, int], others: list[str], rate: float, seconds: float
) -> list[Sale]:
    """So many sales a second, each begun in time however long the others take; those of scarce variants."""
    done: list[Sale] = []
    failures: list[Exception] = []
    lock, chance = threading.Lock(), random.Random(7)
    scarce = [variant for variant, units in left.items() for _ in range(units)]
    chance.shuffle(scarce)
    visitor = Guest(port)
    for variant in {*left, *others}:
        learn_total(visitor, (variant,))
    visitor.close()
    began, turn = time.monotonic(), iter(range(1 << 30))

    def clerk() -> None:
        guest = Guest(port)
        try:
            while not failures:
                with lock:
                    number = next(turn)
                    variant = scarce.pop() if scarce else chance.choice(others)
                begins = began + number / rate
                if begins > began + seconds:
                    return
                time.sleep(max(0.0, begins - time.monotonic()))
                guest.somebody_new()
                order, token, url = guest.buy_now([{"variantId": variant, "quantity": 1}])
                with lock:
                    if variant in left:
                        left[variant] -= 1
                    done.append(Sale(variant, left.get(variant, 1 << 30), time.monotonic()))
                guest.pay(url)
                guest.wait_until_paid(order, token, 0.05)
        except Exception as failure:
            failures.append(failure)
        finally:
            guest.close()

    clerks = [threading.Thread(target=clerk) for _ in range(CLERKS)]
    for one in clerks:
        one.start()
    for one in clerks:
        one.join()
    if failures:
        raise failures[0]
    return done


def stale(bodies: Mapping[bytes, list[float]], sales: list[Sale]) -> int:
    """Answers that show what was before a sale that everybody must know of."""
    found = 0
    for body, asked_at in bodies.items():
        shown = units_shown(body)
        # From this moment on nobody may be told so any more.
        ends = min((s.known_at + FRESH for s in sales if shown.get(s.variant, 0) > s.left), default=None)
        if ends is not None:
            found += sum(1 for at in asked_at if at > ends)
    return found


def units_shown(body: bytes) -> dict[str, int]:
    """The units of each variant that an answer tells."""
    data: dict[str, Any] = json.loads(body)["data"]
    variants = [variant for node in data["products"]["nodes"] for variant in node["variants"]]
    if not variants:
        raise Wrong("a list without variants")
    return {variant["id"]: variant["unitsAvailable"] for variant in variants}
