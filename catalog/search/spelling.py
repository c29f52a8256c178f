"""Words that are known, near to one that is not: what a misspelt one may have meant."""

import json
from collections.abc import Collection, Iterator, Sequence

from django.db import connection

from catalog.search import synonyms, words

# In letters: too short to guess at, too long for anybody to write; and of a word that is known.
SHORTEST, LONGEST, SHORTEST_KNOWN = 4, 60, 3
# In letters: of a shorter word one letter more, less or out of place is a slip, another letter is another word; in a
# longer one there may be two slips.
ONE_MISTAKEN, TWO_SLIPS = 5, 8
# Of Chinese, in characters.
LONGEST_HAN = 8
# By trigrams the near ones; two letters that changed places are looked for outright.
_NEAR = """
    SELECT said, w.word FROM unnest(%(words)s::text[]) AS said
    CROSS JOIN LATERAL (
        SELECT word FROM catalog_searchword WHERE word %% said
        ORDER BY similarity(word, said) DESC, word LIMIT 20
    ) w
    UNION SELECT pair->>0, word FROM jsonb_array_elements(%(swapped)s::jsonb) AS pair
    JOIN catalog_searchword ON word = pair->>1
"""


def learn(spellings: Collection[str]) -> None:
    """Know these words from now on; in one order, so that two who learn the same never wait in a ring."""
    spelt = sorted({word for word in spellings if _shortest(word) <= len(word) <= LONGEST})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_searchword (word) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [spelt]
        )


def _shortest(word: str) -> int:
    return SHORTEST_KNOWN if word.isascii() else 2


def mended(runs: Sequence[tuple[str, bool]]) -> str:
    """The question with each misspelt word as the nearest one that we know; empty where there is none to mend."""
    latin = _meant([words.singular(run) for run, is_han in runs if not is_han])
    better = [_han_meant(run) if is_han else _latin_meant(run, latin) for run, is_han in runs]
    return " ".join(better) if better != [run for run, _ in runs] else ""


def _latin_meant(run: str, known: dict[str, str]) -> str:
    one = words.singular(run)
    return run if known.get(one, one) == one else known[one]


def _meant(said: Collection[str]) -> dict[str, str]:
    unsure = [word for word in said if SHORTEST <= len(word) <= LONGEST]
    if not unsure:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"words": unsure, "swapped": _json(unsure)})
        pairs = {*cursor.fetchall(), *((word, name) for word in unsure for name in synonyms.latin_words())}
    best: dict[str, tuple[int, int, str]] = {}
    for word, known in pairs:
        if known.isascii() and (count := slips(word, known)) <= _most(word, known):
            best[word] = min(best.get(word, (9, 0, "")), (count, -_alike_for(word, known), known))
    return {word: known for word, (_, _, known) in best.items()}


def _most(word: str, known: str) -> int:
    """How many slips may lie between them; hardly anybody mistakes the first letter."""
    if word[0] != known[0] and word[:2] != known[1::-1]:
        return 0
    if len(word) < ONE_MISTAKEN and len(word) == len(known) and sorted(word) != sorted(known):
        return 0
    return 2 if len(word) >= TWO_SLIPS else 1


def _alike_for(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _json(words: Sequence[str]) -> str:
    return json.dumps([(w, w[:i] + w[i + 1] + w[i] + w[i + 2 :]) for w in words for i in range(len(w) - 1)])


def _han_meant(run: str) -> str:
    """A Chinese run with one wrong character in it, or in a part of it that is no word, as one that we know."""
    if len(run) < 2:
        return run
    parts = list(_parts(run))
    found = _like({run, *parts})
    if whole := _nearest(run, found):
        return whole
    return "".join(_nearest(part, found) or part for part in parts)


def _parts(run: str) -> Iterator[str]:
    """Its words; characters that are none, side by side, together."""
    loose = ""
    for word in words.in_dictionary(run):
        if len(word) == 1:
            loose += word
            continue
        if loose:
            yield loose
        loose = ""
        yield word
    if loose:
        yield loose


def _like(said: Collection[str]) -> set[str]:
    sought = sorted(one for one in said if 2 <= len(one) <= LONGEST_HAN)
    patterns = [f"{one[:i]}_{one[i + 1 :]}" for one in sought for i in range(len(one))]
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM catalog_searchword WHERE word LIKE ANY(%s)", [patterns])
        return {word for (word,) in cursor.fetchall()} | synonyms.han_words()


def _nearest(said: str, known: Collection[str]) -> str:
    """The one that differs in one character; of one that is a word itself only one that is spoken alike."""
    if len(said) < 2 or said in known:
        return ""
    is_word = len(words.in_dictionary(said)) == 1
    fitting = []
    for one in known:
        if len(one) == len(said) and sum(a != b for a, b in zip(one, said, strict=True)) == 1:
            sounds_alike = words.syllables(one) == words.syllables(said)
            if sounds_alike or not is_word:
                fitting.append((not sounds_alike, -_alike_for(one, said), one))
    return min(fitting)[2] if fitting else ""


def slips(one: str, other: str) -> int:
    """How many letters were left out, put in, mistaken or swapped with their neighbour between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
