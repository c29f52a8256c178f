"""Several words for one thing, as operators keep them: they widen what is asked and never what is indexed.

Each process remembers them and looks for a change a few times a second.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import Synonym
from catalog.search import words

# What each process remembers; a deed here makes it look anew at once, others hear of it within this time.
_SECONDS = 0.15
# A name of more words is none that anybody types.
MOST_WORDS = 4


@dataclass(frozen=True)
class _Table:
    stamp: object
    names: dict[str, tuple[str, ...]]
    latin: frozenset[str]
    han: frozenset[str]


_seen: tuple[float, _Table] | None = None


def key(name: str) -> str:
    """A name as it is looked up: singular, simplified, without punctuation."""
    return " ".join(run if is_han else words.singular(run) for run, is_han in words.runs(name))


def of(name: str) -> tuple[str, ...]:
    """The other names by which what this one names may be found too."""
    return _table().names.get(key(name), ())


def latin_words() -> frozenset[str]:
    """The words of the English names: a misspelt one may have meant one of them."""
    return _table().latin


def han_words() -> frozenset[str]:
    """The Chinese names."""
    return _table().han


def forget() -> None:
    """Look anew with the next question."""
    global _seen
    _seen = None


def _table() -> _Table:
    global _seen
    now = time.monotonic()
    if _seen and now - _seen[0] < _SECONDS:
        return _seen[1]
    # All of them: of two that change at once the earlier may commit later.
    stamp = tuple(Synonym.objects.order_by("id").values_list("id", "changed_at"))
    if not _seen or _seen[1].stamp != stamp:
        _seen = now, made(Synonym.objects.order_by("id"), stamp)
    _seen = now, _seen[1]
    return _seen[1]


def made(rows: Iterable[Synonym], stamp: object = None) -> _Table:
    """What these rows say, each in its direction; what another row says of a name is not followed."""
    table: dict[str, dict[str, None]] = {}
    spoken: dict[str, dict[str, None]] = {}
    every_name: dict[str, None] = {}
    for row in rows:
        for name, others in row.pairs():
            every_name |= dict.fromkeys((name, *others))
            table.setdefault(key(name), {}).update(dict.fromkeys(others))
            # One syllable alone means too much.
            if len(words.syllables(name)) > 1:
                spoken.setdefault("".join(words.syllables(name)), {}).update(dict.fromkeys((name, *others)))
    for pinyin, names in spoken.items():
        table.setdefault(pinyin, names)
    runs = {run for name in every_name for run in words.runs(name)}
    return _Table(
        stamp,
        {name: tuple(one for one in others if key(one) != name) for name, others in table.items()},
        frozenset(words.singular(run) for run, is_han in runs if not is_han and len(run) > 2),
        frozenset(run for run, is_han in runs if is_han and len(run) > 1),
    )
