"""What shoppers ask of the demo's shelf, judged product by product: each engine answers it well, and all alike."""

import csv
from math import log2

import pytest

from catalog import search
from catalog.search import SearchRequest
from core import deliveries
from tests.catalog import shelf

pytestmark = pytest.mark.django_db

FIRST = 10


def ndcg(found: list[str], wanted: dict[str, int]) -> float:
    """Of 1: how near the first ten come to the best order there is; where nothing is wanted, nothing is right.

    >>> ndcg(["a", "b"], {"a": 3, "b": 1}), ndcg([], {}), ndcg(["a"], {})
    (1.0, 1.0, 0.0)
    """
    if not wanted:
        return float(not found)
    best = sorted(wanted.values(), reverse=True)
    return _gain([wanted.get(one, 0) for one in found]) / _gain(best)


def _gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / log2(place + 2) for place, grade in enumerate(grades[:FIRST]))


def test_the_set_is_as_large_and_as_mixed_as_it_says():
    with shelf.QUERIES.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["query"] for row in rows}) >= 150
    assert sum(row["from_issue"] == "y" for row in rows) * 3 <= len(rows)
    kinds = {"word", "english", "pinyin", "traditional", "typo", "synonym", "size", "several", "nothing"}
    assert kinds <= {row["kind"] for row in rows}


def test_what_is_asked_is_answered_well_and_alike_on_each_engine(engine, capsys):
    numbers, queries = shelf.demo_shelf(), shelf.graded()
    deliveries.drain()
    scores, unlike = {}, []
    for words, wanted in queries.items():
        ask = SearchRequest(words, first=FIRST)
        said = search.answer(ask)
        assert said.engine == search.engine().name
        found = [numbers[pk] for pk in said.found.ids]
        if said.found.ids != search.home().answer(ask).found.ids:
            unlike.append(words)
        scores[words] = (ndcg(found, wanted), found)
    mean = sum(score for score, _ in scores.values()) / len(scores)
    with capsys.disabled():
        print(f"\nnDCG@{FIRST} on {engine}: {mean:.4f} over {len(scores)} queries; the worst:")
        for words in sorted(scores, key=lambda words: scores[words][0])[:10]:
            score, found = scores[words]
            print(f"  {score:.3f} {words!r}: found {found}, wanted {queries[words]}")
    assert unlike == []
    assert mean >= 0.95
