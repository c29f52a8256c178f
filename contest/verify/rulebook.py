"""INV-14: what was frozen is what it was, and was so before its round opened."""

import hashlib
from collections.abc import Iterator

from contest.models import Rulebook
from contest.scoring.checking import TEXT
from contest.scoring.rulebook import sha256_of
from core.verify import Offence, Rule, broken

RULES = [
    Rule(
        "INV-14",
        "RoundPlan",
        "a round is scored by rules that were not frozen when it opened",
        """SELECT p.round_id, 'version ' || b.version FROM contest_roundplan p
           JOIN impact_round r ON r.id = p.round_id JOIN contest_rulebook b ON b.id = p.rulebook_id
           WHERE p.state NOT IN ('draft', 'registration', 'ready')
           AND (b.frozen_at IS NULL OR b.frozen_at > r.opens_at)""",
    ),
    Rule(
        "INV-14",
        "RoundPlan",
        "a round goes by the rules of another edition",
        """SELECT p.round_id, 'version ' || b.version FROM contest_roundplan p
           JOIN impact_round r ON r.id = p.round_id JOIN contest_rulebook b ON b.id = p.rulebook_id
           WHERE b.edition_id <> r.edition_id""",
    ),
]


def verify() -> Iterator[Offence]:
    """Rules against their hashes and their rounds."""
    for book in Rulebook.objects.filter(frozen_at__isnull=False).iterator():
        if wrong := _wrong(book):
            yield Offence("INV-14", "Rulebook", book.pk, f"{wrong} (version {book.version})")
    yield from broken(RULES)


def _wrong(book: Rulebook) -> str:
    if sha256_of(book.parameters) != book.sha256:
        return "frozen parameters are others than their hash says"
    words = {"zh": book.text_zh, "en": book.text_en}
    for language, its in book.parameters.get(TEXT, {}).items():
        if hashlib.sha256(words[language].encode()).hexdigest() != its:
            return f"the frozen words ({language}) are others than their hash says"
    return ""
