"""Words for search: the same cut for what is indexed and for what is asked, so that the two agree.

Chinese is segmented (rjieba) and also known by its two-character pieces, by its pinyin and by the initials of
its pinyin; English by its words, singular and plural alike.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

import opencc
import rjieba
from pypinyin import lazy_pinyin

from catalog.search import measures, readings

_RUNS = re.compile(r"(?P<han>[\u3400-\u9fff\uf900-\ufaff]+)|(?P<latin>[a-z0-9]+)")
MOST_RUNS = 12
LONGEST = 60
readings.learn()


def plain(text: str) -> str:
    """Lower case; full-width letters and accents made plain, traditional characters simplified."""
    spread = unicodedata.normalize("NFKD", text.lower())
    bare = unicodedata.normalize("NFC", "".join(c for c in spread if not unicodedata.combining(c)))
    return bare if bare.isascii() else bare.translate(_simplified())


@cache
def _simplified() -> dict[int, str]:
    """Each traditional character as its simplified one; one by one, so that a run is never read otherwise in a longer
    text than alone."""
    characters = [
        chr(i) for first, last in ((0x3400, 0x9FFF), (0xF900, 0xFAFF)) for i in range(first, last + 1)
    ]
    simple = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {ord(one): other for one, other in zip(characters, simple, strict=True) if one != other}


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The text's runs of Chinese characters (True) and of Latin letters and digits (False)."""
    for found in _RUNS.finditer(measures.alike(plain(text).replace("'", "").replace("\u2019", ""))):
        yield found[0][:LONGEST], found.lastgroup == "han"


def normalized(text: str) -> str:
    """The text's runs alone, so that punctuation makes no difference."""
    return " ".join(run for run, _ in runs(text))


def singular(word: str) -> str:
    """Without the ending of a plural: oranges and orange, berries and berry are one word."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "oes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def cut(han: str) -> list[str]:
    """A Chinese run as words."""
    return rjieba.cut(han)


def in_dictionary(han: str) -> list[str]:
    """A Chinese run as words that a dictionary has; characters that are none stand alone."""
    return rjieba.cut(han, False)


def pieces(han: str) -> list[str]:
    """A Chinese run as overlapping pairs of characters; a single character is its own piece."""
    return [han[i : i + 2] for i in range(len(han) - 1)] or [han]


# Runs that come again are short; a long one is looked up anew, so that what is kept stays bounded in bytes.
MOST_KEPT, LONGEST_KEPT = 8_000, 12


def syllables(han: str) -> tuple[str, ...]:
    """A Chinese run in pinyin without tones."""
    return _syllables(han) if len(han) <= LONGEST_KEPT else _in_pinyin(han)


def _in_pinyin(han: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(han, v_to_u=False, errors="ignore"))


_syllables = lru_cache(maxsize=MOST_KEPT)(_in_pinyin)


def pinyin_suffixes(han: str) -> Iterator[str]:
    """From each character to the end, so that any part of it that begins at a character is found by its prefix."""
    spoken = syllables(han)
    for i in range(len(spoken)):
        yield "".join(spoken[i:])


def initials(han: str) -> Iterator[str]:
    """The first letters of the pinyin, from each character to the end; one letter alone says too little."""
    letters = "".join(syllable[:1] for syllable in syllables(han))
    for i in range(len(letters) - 1):
        yield letters[i:]


_IN_BRACKETS = re.compile(r"[(（].*?[)）]")
# A title is the name of what stands last in it: 核桃糕 is a cake, 郧西核桃 are walnuts.
LONGEST_HEAD = 4


def heads(title: str) -> Iterator[str]:
    """What a title is the name of: the last characters of a Chinese one, the last word or two of an English one."""
    whole = list(runs(_IN_BRACKETS.sub(" ", title)))
    if not whole:
        return
    last, is_han = whole[-1]
    if is_han:
        yield from (last[-size:] for size in range(1, min(len(last), LONGEST_HEAD) + 1))
        return
    yield singular(last)
    if len(whole) > 1 and not whole[-2][1]:
        yield f"{singular(whole[-2][0])} {singular(last)}"


def of(texts: Iterable[str]) -> Iterator[str]:
    """All words of some texts as they are indexed."""
    for text in texts:
        for run, is_han in runs(text):
            if is_han:
                yield from rjieba.cut_for_search(run)
            else:
                yield singular(run)
