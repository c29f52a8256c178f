"""What a product or a team is called in addresses: its Chinese name in pinyin, word by word."""

import re
import unicodedata
from hashlib import sha256

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


def distinct_slug(name: str) -> str:
    """The same for what shares no page with another that sounds alike or is cut alike: 李村 and 里村, two long numbers.

    >>> distinct_slug("李村") == distinct_slug("里村")
    False
    """
    tail = sha256(unicodedata.normalize("NFKC", name).encode()).hexdigest()[:6]
    return f"{in_letters(name)[: LONGEST - 7].strip('-')}-{tail}".strip("-")


def of_a_number(number: str) -> str:
    """A paper's number in addresses: as it is where letters, digits and strokes are all that it has."""
    plain = "-".join(unicodedata.normalize("NFKC", number).upper().split())
    return plain.lower() if re.fullmatch(f"[A-Z0-9-]{{1,{LONGEST}}}", plain) else distinct_slug(plain)


def is_made_of(slug: str, name: str, nameless: str) -> bool:
    """Whether we made this address of that name: one that somebody chose stays as it was chosen."""
    return bool(re.fullmatch(f"{re.escape(in_letters(name) or nameless)}(-{TAIL})?", slug))
