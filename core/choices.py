"""What a column may say, with the words for it in both languages: the one place from which forms, API and mails tell it."""

from collections.abc import Mapping
from enum import property as of_members
from typing import Any

from django.db import models

from core.language import Words


class Label(str):
    """What migrations know a choice by, made of its name: it stays as it is, whatever its words become."""

    words: Words

    def __new__(cls, text: str, words: Words) -> "Label":
        made = super().__new__(cls, text)
        made.words = words
        return made


class _Worded:
    """`NAME = value, words` or `NAME = value, words, {"hint": …}`.

    Where somebody else needs other words for the same value (a buyer, where `words` are the desk's), they are given
    by name, and each member has them; a `hint` is what a form says beside the words.
    """

    words: Words
    others: Mapping[str, Words]

    @of_members
    def label(self) -> Label:
        """The plain name, which knows the words."""
        return Label(super().label, self.words)  # type: ignore[misc]

    def as_hint(self) -> str:
        """The words, and what a form says beside them."""
        hint = self.others.get("hint")
        return str(self.words) if hint is None else f"{self.words}{Words('：', ': ')}{hint}"

    def _tell(self, words: Words | None, others: Mapping[str, Words]) -> None:
        assert words, f"{type(self).__name__} has no words for {self!s}"
        self.words, self.others = words, others
        for name, said in others.items():
            setattr(self, name, said)


class Choices(_Worded, models.TextChoices):
    """Choices of text, which the API has by their names."""

    def __new__(
        cls, value: str, words: Words | None = None, others: Mapping[str, Words] | None = None
    ) -> "Choices":
        made = str.__new__(cls, value)
        made._value_ = value
        made._tell(words, others or {})
        return made

    @classmethod
    def offered(cls) -> list[tuple[str, str]]:
        """(name as the API has it, words in the reader's language) of each, for a select box."""
        return [(one.name, one.as_hint()) for one in cls]


class NumberedChoices(_Worded, models.IntegerChoices):
    """Choices of whole numbers, by which the API has them."""

    def __new__(
        cls, value: int, words: Words | None = None, others: Mapping[str, Words] | None = None
    ) -> "NumberedChoices":
        made = int.__new__(cls, value)
        made._value_ = value
        made._tell(words, others or {})
        return made

    @classmethod
    def offered(cls) -> list[tuple[str, str]]:
        """(number, words in the reader's language) of each, for a select box."""
        return [(str(one.value), one.as_hint()) for one in cls]


def words_of(column: Any) -> dict[Any, Words]:
    """What each value of this model field is called; empty of a field without choices."""
    return {value: label.words for value, label in column.flatchoices if isinstance(label, Label)}
