"""A message house that keeps what it was given: what a test's phones would show."""

from typing import Any, NamedTuple


class Text(NamedTuple):
    to: str
    template: str
    language: str
    facts: dict[str, str]


SENT: list[Text] = []


class Outbox:
    """Takes each text, unless a test has it refuse."""

    refuses: Any = None

    def send(self, number: str, template: str, language: str, facts: dict[str, str]) -> None:
        if Outbox.refuses:
            raise Outbox.refuses
        SENT.append(Text(number, template, language, facts))


def the_text() -> Text:
    """The one text that was sent since the last look."""
    (text,) = SENT
    SENT.clear()
    return text
