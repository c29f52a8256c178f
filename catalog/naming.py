"""What a product or a team is called in addresses: its Chinese name in pinyin, word by word."""

import re

from django.utils.text import slugify

from catalog.search import words

LONGEST = 60
# What follows where another has that address already.
TAIL = "[a-z0-9]{6}"


def in_letters(name: str) -> str:
    """A name as an address tells it; nothing of a name without letters.

    >>> in_letters("秭归九月红脐橙")
    'zigui-jiuyue-hong-qicheng'
    """
    spoken = []
    for run, is_han in words.runs(name):
        spoken += ["".join(words.syllables(word)) for word in words.cut(run)] if is_han else [run]
    whole = slugify(" ".join(spoken))
    # Not cut in the midst of a word.
    return whole if len(whole) <= LONGEST else whole[: LONGEST + 1].rpartition("-")[0] or whole[:LONGEST]


def is_made_of(slug: str, name: str, nameless: str) -> bool:
    """Whether we made this address of that name: one that somebody chose stays as it was chosen."""
    return bool(re.fullmatch(f"{re.escape(in_letters(name) or nameless)}(-{TAIL})?", slug))
