"""Words that are known, near to one that is not: what a misspelt one may have meant."""

import json
from collections.abc import Collection, Sequence

from django.db import connection

# In letters: too short to guess at, too long for anybody to write; and how many are meant at most.
SHORTEST, LONGEST, MOST = 4, 60, 3
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
    spelt = sorted({word for word in spellings if SHORTEST <= len(word) <= LONGEST})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_searchword (word) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", [spelt]
        )


def meant(words: Sequence[str]) -> dict[str, list[str]]:
    """For each word the nearest known ones, at most one slip away, two in a long word; one statement."""
    found: dict[str, list[str]] = {word: [] for word in words}
    unsure = [word for word in found if SHORTEST <= len(word) <= LONGEST]
    if not unsure:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"words": unsure, "swapped": _json(unsure)})
        pairs = sorted((slips(said, word), word, said) for said, word in set(cursor.fetchall()))
    for count, word, said in pairs:
        if count <= (2 if len(said) >= 8 else 1) and len(found[said]) < MOST:
            found[said].append(word)
    return found


def _json(words: Sequence[str]) -> str:
    return json.dumps([(w, w[:i] + w[i + 1] + w[i] + w[i + 2 :]) for w in words for i in range(len(w) - 1)])


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
