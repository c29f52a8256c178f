"""What letters somebody wants, and by what way; changes nothing."""

from accounts import texting
from accounts.models import Consent, LetterKind, LettersBy, Person
from accounts.ways import number_of

SWITCHABLE = tuple(kind for kind in LetterKind if kind != LetterKind.MONEY)
# What a team writes of its own accord is nobody's due: it comes to who has asked for it, and no box is ticked for her.
BY_CONSENT: dict[str, Consent.Kind] = {LetterKind.NEWS: Consent.Kind.NEWS}


def wants(person: Person | None, kind: str) -> bool:
    """Whether she is to be told of this kind of thing; who has no account, and of money everybody, always is."""
    if kind in BY_CONSENT:
        return person is not None and person.consents.filter(kind=BY_CONSENT[kind], ended_at=None).exists()
    return person is None or kind == LetterKind.MONEY or kind not in person.letters_off


def number_for_letters(person: Person) -> str:
    """The number at which she is told by text: by her choice, or because she has no mailbox; nothing where it is by mail."""
    if not texting.is_on() or (person.email and person.letters_by != LettersBy.TEXT):
        return ""
    return number_of(person)
