"""Seal anew what lies sealed in the database: with the first key of a setting, while the shop reads and writes.

A word sealed with an older key is replaced by one that says the same, row by row, and only if nobody has written
another meanwhile. Each word tells by itself which key it is of, so nothing is remembered: who was stopped begins
again and passes over what is done.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db.models import BinaryField, QuerySet
from django.utils.module_loading import import_string

AT_ONCE = 500  # rows that are read by one statement
UNREADABLE = -1


@dataclass(frozen=True)
class SealedColumn:
    """A column whose words are sealed with the keys of one setting, of which the first writes and all read.

    `boxes` gives a Fernet for each of these keys, in their order. Text may lack the padding of base64; an empty word
    holds nothing.
    """

    model: str
    column: str
    setting: str
    boxes: Callable[[], Sequence[Fernet]]

    @property
    def rows(self) -> QuerySet:
        """The rows in which there is a word."""
        table = apps.get_model(self.model)
        empty = b"" if isinstance(table._meta.get_field(self.column), BinaryField) else ""
        return table._default_manager.exclude(**{self.column: empty})

    def __str__(self) -> str:
        return f"{self.model}.{self.column}"


@dataclass(frozen=True)
class Resealed:
    """What became of a column: how many words were sealed anew, and with which key each is sealed now."""

    column: SealedColumn
    sealed_anew: int
    by_key: Counter[int]  # 0 is the first key of the setting; UNREADABLE: none of them

    @property
    def is_done(self) -> bool:
        """Whether the first key alone reads everything."""
        return not any(count for key, count in self.by_key.items() if key)


def columns() -> list[SealedColumn]:
    """Every sealed column of the house, as its floors declare them in `settings.SEALED_COLUMNS`."""
    return [column for dotted in settings.SEALED_COLUMNS for column in import_string(dotted)]


def total(column: SealedColumn) -> int:
    """How many words there are to look at."""
    return column.rows.count()


def reseal(column: SealedColumn, progress: Callable[[int], None] = lambda done: None) -> Resealed:
    """Seal anew whatever an older key has sealed; then look at all once more and count."""
    boxes = list(column.boxes())
    rotating, anew = MultiFernet(boxes), 0
    for done, (pk, word) in enumerate(_words(column), start=1):
        if _key_of(boxes, word) > 0:
            anew += _replace(column, pk, word, rotating.rotate(_token(word)))
        progress(done)
    return Resealed(column, anew, count(column))


def count(column: SealedColumn) -> Counter[int]:
    """How many words each key of the setting reads, by its place there; UNREADABLE are those that none reads."""
    boxes = list(column.boxes())
    return Counter(_key_of(boxes, word) for _, word in _words(column))


def _words(column: SealedColumn) -> Iterator[tuple[object, bytes | str]]:
    """Each row's key and word, a few hundred at a time: no transaction is held open over the whole table."""
    rows = column.rows.order_by("pk").values_list("pk", column.column)
    some = list(rows[:AT_ONCE])
    while some:
        yield from ((pk, word if isinstance(word, str) else bytes(word)) for pk, word in some)
        some = list(rows.filter(pk__gt=some[-1][0])[:AT_ONCE])


def _token(word: bytes | str) -> bytes:
    raw = word.encode() if isinstance(word, str) else word
    return raw + b"=" * (-len(raw) % 4)


def _key_of(boxes: Sequence[Fernet], word: bytes | str) -> int:
    for place, box in enumerate(boxes):
        try:
            box.decrypt(_token(word))
            return place
        except InvalidToken:
            continue
    return UNREADABLE


def _replace(column: SealedColumn, pk: object, word: bytes | str, anew: bytes) -> int:
    value = anew.decode().rstrip("=") if isinstance(word, str) else anew
    return column.rows.filter(pk=pk, **{column.column: word}).update(**{column.column: value})
