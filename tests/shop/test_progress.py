"""Who waits sees how far it is, how fast it goes and how long it takes."""

from io import StringIO

from shop.progress import Bar


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def told(file: StringIO, *steps: tuple[float, int], goal: int = 1_000, done: int = 0) -> str:
    clock = Seconds()
    bar = Bar("orders", goal, done=done, file=file, clock=clock)
    for clock.now, so_far in steps:
        bar(so_far)
    return file.getvalue()


def test_a_terminal_shows_rate_and_time_left_on_one_line():
    said = told(Terminal(), (2.0, 250))
    assert "\n" not in said and said.endswith("250/1,000  125/s  0:06 left\x1b[K")


def test_it_ends_with_how_long_it_took():
    assert told(Terminal(), (2.0, 250), (75.0, 1_000)).endswith("1,000/1,000  1:15\x1b[K\n")


def test_a_terminal_is_not_drawn_more_often_than_one_can_look():
    said = told(Terminal(), *((n / 1_000, n) for n in range(1, 999)))
    assert said.count("\r") <= 11


def test_a_log_gets_a_line_now_and_then_and_one_at_the_end():
    lines = told(StringIO(), *((n / 10, n) for n in range(1, 1_001))).splitlines()
    assert len(lines) == 10 and "100/1,000" in lines[0] and "1,000/1,000" in lines[-1]


def test_what_was_done_before_does_not_count_for_the_rate():
    assert "600/1,000  100/s  0:04 left" in told(Terminal(), (1.0, 600), done=500)


def test_nothing_to_do_is_done():
    assert told(StringIO(), goal=0).count("\n") == 1
