"""What the shop's worker does, done by a Django process of its own whenever it is told: `python -m bench.acts`."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bench.client import Wrong

Act = Callable[[str], tuple[int, float]]


@contextmanager
def acting(env: Mapping[str, str]) -> Iterator[Act]:
    """A function that lets it act once and tells how many rows were touched, and the seconds that it took."""
    words = [sys.executable, "-m", "bench.acts"]
    with subprocess.Popen(
        words, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout

        def act(name: str) -> tuple[int, float]:
            print(name, file=process.stdin, flush=True)
            said = process.stdout.readline().split()  # type: ignore[union-attr]
            if len(said) != 2:
                raise Wrong(f"{name} came to nothing: {said}")
            return int(said[0]), float(said[1])

        yield act
        process.stdin.close()


def _acts() -> dict[str, Callable[[], int]]:
    from contest.reads.board import round_now
    from contest.reads.inputs import inputs_of, parameters_of
    from contest.scoring.score import score
    from core import clock
    from impact.actions import disclosure, standings
    from impact.reads.figures import LATEST

    def inputs() -> int:
        round_ = round_now()
        assert round_
        return len(inputs_of(round_, LATEST, clock.now()))

    def scores() -> int:
        round_ = round_now()
        assert round_
        return len(score(parameters_of(round_), list(inputs_of(round_, LATEST, clock.now()).values())))

    return {"fold": standings.fold, "disclose": disclosure.disclose, "inputs": inputs, "scores": scores}


def main() -> None:
    """For each line of input its act; how many, and the seconds."""
    import django

    django.setup()
    acts = _acts()
    for line in sys.stdin:
        began = time.perf_counter()
        touched = acts[line.strip()]()
        print(touched, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
