"""What a column may say, with the words for it in both languages: the one place from which forms, API and mails tell it."""

from typing import Any

from django.db import models

from core.language import Words


class Choices(models.TextChoices):
    """`NAME = value, words` or `NAME = value, words, hint`; a hint is what a form says beside the words."""

    words: Words
    hint: Words | None

    def __new__(cls, value: str, words: Words | None = None, hint: Words | None = None) -> "Choices":
        assert words, f"{cls.__name__} has no words for {value}"
        made = str.__new__(cls, value)
        made._value_, made.words, made.hint = value, words, hint
        return made

    @classmethod
    def offered(cls) -> list[tuple[str, str]]:
        """(name as the API has it, words in the reader's language) of each, for a select box."""
        return [(one.name, _with_hint(one)) for one in cls]


class NumberedChoices(models.IntegerChoices):
    """The same for a column of whole numbers, by which the API has them."""

    words: Words
    hint: Words | None

    def __new__(cls, value: int, words: Words | None = None, hint: Words | None = None) -> "NumberedChoices":
        assert words, f"{cls.__name__} has no words for {value}"
        made = int.__new__(cls, value)
        made._value_, made.words, made.hint = value, words, hint
        return made

    @classmethod
    def offered(cls) -> list[tuple[str, str]]:
        """(number, words in the reader's language) of each, for a select box."""
        return [(str(one.value), _with_hint(one)) for one in cls]


def _with_hint(one: Any) -> str:
    if one.hint is None:
        return str(one.words)
    return f"{one.words}{Words('：', ': ')}{one.hint}"
