"""Purchases by several processes at once: each lane has teams of its own, so that none waits for another's lots."""

import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from accounts.models import Region
from core.models import Delivery
from core.outbox import telling_nobody
from orders.models import Order
from shop.demo import sales
from shop.demo.people import Cast
from shop.progress import Bar

# What is sold must not depend on how many processors there are: always so many lanes, dealt to 1, 2 or 4 processes.
LANES = 4
BATCH = 200


@dataclass(frozen=True)
class Batch:
    """Purchases of one lane that follow each other in time: all of them sold, in one transaction, or none yet."""

    name: str
    slots: Sequence[sales.Slot]

    def rng(self) -> random.Random:
        """Its own chance, so that a load which goes on sells what it would have sold."""
        return random.Random(self.name)

    def is_sold(self) -> bool:
        return Order.objects.filter(uid=sales.uids(1, self.rng())[0]).exists()


Lane = list[Batch]


@dataclass(frozen=True)
class Trade:
    """Who buys, where they live, and what the demo takes for now."""

    cast: Cast
    homes: Sequence[Region]
    now: datetime


def deal(slots: Sequence[sales.Slot], seed: int) -> list[Lane]:
    """The purchases in lanes of about the same length, each team's in one of them."""
    of_team = Counter(slot.stall.team.pk for slot in slots)
    lane_of: dict[int, int] = {}
    length = [0] * LANES
    for team, count in sorted(of_team.items(), key=lambda pair: (-pair[1], pair[0])):
        lane_of[team] = length.index(min(length))
        length[lane_of[team]] += count
    rows: list[list[sales.Slot]] = [[] for _ in range(LANES)]
    for slot in slots:
        rows[lane_of[slot.stall.team.pk]].append(slot)
    return [
        [Batch(f"{seed} {n} {start}", row[start : start + BATCH]) for start in range(0, len(row), BATCH)]
        for n, row in enumerate(rows)
    ]


def trade_all(trade: Trade, lanes: Sequence[Lane], bar: Bar) -> None:
    """Sell what is not sold yet."""
    hands = min(LANES, len(os.sched_getaffinity(0))) if sys.platform == "linux" else 1
    if hands == 1:
        done = bar.begun_at
        for batch in _in_turn(lanes):
            sell(trade, batch)
            bar(done := done + len(batch.slots))
        return
    # Forked, so that what is known already is not asked again; no connection may be shared with a child.
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    sold = fork.Value("q", bar.begun_at)
    processes = [fork.Process(target=_work, args=(trade, lanes[n::hands], sold)) for n in range(hands)]
    for process in processes:
        process.start()
    while any(process.is_alive() for process in processes):
        time.sleep(0.1)
        bar(min(sold.value, bar.goal - 1))
        if any(process.exitcode for process in processes):
            for process in processes:
                process.terminate()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit("The demo stopped halfway; started again it goes on.")
    bar(sold.value)


def _work(trade: Trade, lanes: Sequence[Lane], sold: Any) -> None:
    parent = os.getppid()
    for batch in _in_turn(lanes):
        if os.getppid() != parent:
            os._exit(1)  # Whoever asked for it is gone.
        sell(trade, batch)
        with sold.get_lock():
            sold.value += len(batch.slots)


def _in_turn(lanes: Sequence[Lane]) -> Iterator[Batch]:
    """What is not sold yet, lane by lane in turn, so that all of them come through time together."""
    for n in range(max((len(lane) for lane in lanes), default=0)):
        for lane in lanes:
            if n < len(lane) and not lane[n].is_sold():
                yield lane[n]


@transaction.atomic
def sell(trade: Trade, batch: Batch) -> None:
    """Place, pay, send, give back and review these: the whole life of an order, as far as it has come by now."""
    rng = batch.rng()
    ids = sales.uids(len(batch.slots), rng)
    with telling_nobody():
        orders = sales.sell(batch.slots, ids, trade.cast, trade.homes, rng)
        sales.send(orders, trade.now, rng)
        sales.refund_some(orders, rng)
        sales.write_reviews(orders, trade.now, rng)


def tell_nobody() -> None:
    """Nobody is written to about what is made up; the standings are folded at the end."""
    Delivery.objects.filter(done_at=None).update(done_at=timezone.now())
