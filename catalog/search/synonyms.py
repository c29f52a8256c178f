"""Several words for one thing (synonyms.csv, a line a thing), in Chinese, its pinyin and English."""

import csv
from functools import cache
from pathlib import Path

from catalog.search import words


def key(name: str) -> str:
    """A name as it is looked up: singular, without punctuation."""
    return " ".join(run if is_han else words.singular(run) for run, is_han in words.runs(name))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    with Path(__file__).with_suffix(".csv").open(newline="", encoding="utf-8") as file:
        for names in csv.reader(file):
            for name in names:
                table[key(name)] = tuple(other for other in names if other != name)
            for name in names:
                # One syllable alone means too much.
                if len(words.syllables(name)) > 1:
                    table.setdefault("".join(words.syllables(name)), tuple(names))
    return table


def of(name: str) -> tuple[str, ...]:
    """The other names of what this one names."""
    return _table().get(key(name), ())
