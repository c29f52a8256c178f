"""What each process holds (RSS, and PSS: its fair part of what several share) and how long it computes."""

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def below(pid: int) -> Iterator[int]:
    """A process and all that it started."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue  # it ended meanwhile
            children.setdefault(parent, []).append(int(entry.name))
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += children.get(one, [])


def of(pid: int) -> tuple[int, float, float]:
    """How many processes these are, and what they hold: RSS and PSS in MB."""
    count, rss, pss = 0, 0, 0
    for one in below(pid):
        try:
            words = dict(
                line.split(":", 1) for line in (PROC / str(one) / "smaps_rollup").read_text().splitlines()[1:]
            )
        except (OSError, ValueError):
            continue
        count += 1
        rss += int(words["Rss"].split()[0])
        pss += int(words["Pss"].split()[0])
    return count, rss / 1024, pss / 1024


def busy(pid: int) -> float:
    """Seconds of processor that these processes have used, and those they have outlived."""
    ticks = 0
    for one in below(pid):
        try:
            words = (PROC / str(one) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(word) for word in words[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def own(pid: int) -> float:
    """Seconds of processor that this process has used, and those it has outlived; not those that still run below it."""
    words = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return sum(int(word) for word in words[11:15]) / os.sysconf("SC_CLK_TCK")


def machine() -> float:
    """Seconds that all processors have computed, for whomever: all but idle and waiting."""
    user, nice, system, _idle, _waiting, *interrupts = (
        (PROC / "stat").read_text().split("\n", 1)[0].split()[1:8]
    )
    return sum(map(int, (user, nice, system, *interrupts))) / os.sysconf("SC_CLK_TCK")


def table(pids: dict[str, int]) -> str:
    """One line a process tree."""
    lines = [f"{'memory':28}{'processes':>11}{'RSS MB':>11}{'PSS MB':>11}"]
    for name, pid in pids.items():
        count, rss, pss = of(pid)
        lines.append(f"{name:28}{count:>11}{rss:>11,.0f}{pss:>11,.0f}")
    return "\n".join(lines)
