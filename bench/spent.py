"""Milliseconds of processor that something costs, by process, and whether that is all that the machine computed."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench import processes

# At work for a purchase, and none of the shop: in earnest the provider and the buyers have machines of their own.
APART = ("stand-in", "client")
MACHINE, CLOCKWORK, ELSEWHERE = "machine", "clockwork", "elsewhere"
KEY = "ms_"  # before a process's name among a figure's values
Seconds = dict[str, float]


@dataclass(frozen=True)
class Spent:
    """Seconds of processor for so many actions, by process; what the clockwork costs anyway has a row of its own."""

    actions: int
    by: Seconds

    @property
    def ms(self) -> float:
        """Milliseconds an action of all that is the shop."""
        apart = (*APART, MACHINE, CLOCKWORK, ELSEWHERE)
        return 1000 * sum(spent for name, spent in self.by.items() if name not in apart) / self.actions

    def values(self) -> dict[str, float]:
        """The same as values of a figure: the shop's in all, and by process."""
        return {"ms": self.ms} | {KEY + name: 1000 * spent / self.actions for name, spent in self.by.items()}


@dataclass
class Meter:
    """Reads the processes' clocks; `pids` are the roots of the trees of processes at work."""

    pids: Callable[[], Mapping[str, int]]
    idle: Seconds = field(default_factory=dict)  # a second, while nobody is there

    def read(self) -> Seconds:
        """Seconds used so far. Clients run in processes of the bench's own, which count when they have ended."""
        seconds = {name: processes.busy(pid) for name, pid in self.pids().items()}
        return seconds | {"client": processes.own(os.getpid()), MACHINE: processes.machine()}

    def watch_idle(self, wait: Callable[[], object]) -> None:
        """What each uses while nobody is there, as long as `wait` lasts."""
        before, began = self.read(), time.monotonic()
        wait()
        seconds, after = time.monotonic() - began, self.read()
        ours = after.keys() - {*APART, MACHINE}
        self.idle = {name: (after[name] - before.get(name, 0)) / seconds for name in ours}

    def spent(self, act: Callable[[], int]) -> Spent:
        """What this costs; it says how many actions it did."""
        before, began = self.read(), time.monotonic()
        actions = act()
        after, seconds = self.read(), time.monotonic() - began
        used = {name: after[name] - before.get(name, 0) for name in after}
        return Spent(
            max(1, actions), apportioned(used, {name: rate * seconds for name, rate in self.idle.items()})
        )


def apportioned(used: Seconds, idle: Seconds) -> Seconds:
    """The clockwork's part taken off each process and told once; what nobody here has used is elsewhere's."""
    whole = used[MACHINE]
    by = {name: spent - idle.get(name, 0.0) for name, spent in used.items() if name != MACHINE}
    by |= {CLOCKWORK: sum(idle.get(name, 0.0) for name in by)}
    return by | {ELSEWHERE: whole - sum(by.values()), MACHINE: whole}
