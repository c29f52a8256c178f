"""make test-full: the promises of tests/promises.py at full size, and one report of what they showed.

    python -m tests.report [pytest's arguments, instead of "-m proof"]

Progress is one line a test and a figure; pytest's own words are in .run/proof.log, the report in .run/proof.txt.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.promises import NOT_BUILT, PROMISES

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".run"


def run(arguments: list[str], figures: Path, log: Path) -> tuple[int, list[dict[str, Any]]]:
    """Run pytest at full size; tell what happens while it does."""
    env = os.environ | {"FULL": "1", "FIGURES": str(figures)}
    command = [sys.executable, "-m", "pytest", "-v", "--durations=0", *(arguments or ["-m", "proof"])]
    told: list[dict[str, Any]] = []
    with open(log, "wb") as output, open(figures, "w+", encoding="utf-8") as reading:
        tests = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT)
        try:
            while tests.poll() is None:
                told += _told(reading)
                time.sleep(0.5)
        except KeyboardInterrupt:
            tests.wait()
        told += _told(reading)
    return tests.returncode, told


def _told(reading: Any) -> Iterator[dict[str, Any]]:
    """What was written since we last looked, printed."""
    for text in reading:
        line = json.loads(text)
        words = line.get("progress") or _words(line)
        print(f"{datetime.now():%H:%M:%S} {words}", flush=True)
        yield line


def _words(line: dict[str, Any]) -> str:
    if "figure" in line:
        seed = "" if line["seed"] is None else f" (seed {line['seed']})"
        return f"      {line['figure']}: {line['text']}{seed}"
    return f"{line['outcome']:>7} {line['seconds']:7.1f} s  {line['test']}\n{line['why']}".rstrip()


def report(told: list[dict[str, Any]], seconds: float) -> tuple[list[str], bool]:
    """The report's lines, and whether each figure was seen in a test that passed."""
    outcomes = {line["test"]: line for line in told if "outcome" in line}
    seen: dict[str, list[dict[str, Any]]] = {}
    for line in told:
        if "figure" in line:
            seen.setdefault(line["figure"], []).append(line)
    is_whole = all(line["outcome"] in ("passed", "skipped") for line in outcomes.values())
    lines = [
        f"What must never go wrong: figures of {datetime.now():%Y-%m-%d %H:%M}, {seconds / 60:.0f} minutes"
    ]
    for promise, (words, wanted) in PROMISES.items():
        lines.append(f"\n{words}")
        for name, asked in wanted.items():
            found = seen.get(f"{promise}/{name}", [])
            is_whole = is_whole and bool(found)
            lines += _of_one(f"{promise}/{name}", asked, found, outcomes)
    lines.append("\nnot built yet")
    lines += [f"  {name}: {words}" for name, words in NOT_BUILT.items()]
    bad = [line for line in outcomes.values() if line["outcome"] != "passed"]
    if bad:
        lines.append("\nnot passed")
        lines += [f"  {line['outcome']}: {line['test']}" for line in bad]
    passed = sum(line["outcome"] == "passed" for line in outcomes.values())
    lines.append(f"\n{passed} of {len(outcomes)} tests passed; {len(seen)} figures; {_missing(seen)} missing")
    return lines, is_whole


def _of_one(name: str, asked: str, found: list[dict[str, Any]], outcomes: dict[str, Any]) -> Iterator[str]:
    yield f"  {name}: {asked}"
    if not found:
        yield "      MISSING: no test told it"
    for line in found:
        test = outcomes.get(line["test"], {"outcome": "unfinished", "seconds": 0.0})
        seed = "" if line["seed"] is None else f", seed {line['seed']}"
        yield f"      {test['outcome']}: {line['text']} ({test['seconds']:.0f} s{seed})"


def _missing(seen: dict[str, Any]) -> int:
    return sum(
        f"{promise}/{name}" not in seen for promise, (_, wanted) in PROMISES.items() for name in wanted
    )


def main() -> None:
    """Run, report, and say by the exit code whether all was shown."""
    FOLDER.mkdir(exist_ok=True)
    began = time.monotonic()
    code, told = run(sys.argv[1:], FOLDER / "figures.jsonl", FOLDER / "proof.log")
    lines, is_whole = report(told, time.monotonic() - began)
    (FOLDER / "proof.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n" + "\n".join(lines), flush=True)
    sys.exit(code or not is_whole)


if __name__ == "__main__":
    main()
