"""Progress for whoever waits at a terminal: how far, how fast, how long still."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

WIDTH = 24
EVERY = 0.1  # seconds between two drawings on a terminal
ELSEWHERE = 10.0  # and between two lines in a log


class Bar:
    """One line of a terminal that fills; elsewhere a line now and then, and one at the end.

    `done` may begin above zero, as when a load goes on where another was killed: the rate is of what is done now.
    """

    def __init__(
        self,
        words: str,
        goal: int,
        *,
        done: int = 0,
        file: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.words, self.goal, self.begun_at = words, goal, done
        self.file, self.clock = file or sys.stdout, clock
        self.began = self.told_at = clock()
        self.is_over = False
        self(done)

    def __call__(self, done: int) -> None:
        """So many of the goal are done."""
        if self.is_over:
            return
        now, is_terminal = self.clock(), self.file.isatty()
        self.is_over = done >= self.goal
        pause = EVERY if is_terminal else ELSEWHERE
        if not self.is_over and now - self.told_at < pause and (done or not is_terminal):
            return
        self.told_at = now
        line = self.line(done, now - self.began)
        if is_terminal:
            print(f"\r{line}\x1b[K", end="\n" if self.is_over else "", file=self.file, flush=True)
        else:
            print(line, file=self.file, flush=True)

    def line(self, done: int, seconds: float) -> str:
        """The line as it is told."""
        filled = WIDTH * done // self.goal if self.goal else WIDTH
        line = f"  {self.words:<28} [{'█' * filled}{'·' * (WIDTH - filled)}] {done:,}/{self.goal:,}"
        rate = (done - self.begun_at) / seconds if seconds > 0 else 0.0
        if done >= self.goal:
            return f"{line}  {clocked(seconds)}" if seconds >= 1 else line
        if not rate:
            return line
        return f"{line}  {rate:,.0f}/s  {clocked((self.goal - done) / rate)} left"


def clocked(seconds: float) -> str:
    """Seconds as a clock has them.

    >>> clocked(7.4), clocked(245), clocked(3_725)
    ('0:07', '4:05', '1:02:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
