"""The figures of an entry, a division or a round, each with how it is counted."""

import graphene

from contest.reads import board as reads
from core.api.access import HELD
from core.api.types import MoneyField, PlainType


def definition_of(figure: str) -> str:
    """How it is counted, in English, as a description says it."""
    return reads.WORDS[figure].in_language("en")


def _by_day(figure: str) -> str:
    return definition_of(figure) + (
        " Counted at 04:00 in Shanghai and told in tens, from the freeze on exactly; null while fewer than ten."
    )


def _count_in_words(figure: str, exact: str) -> graphene.Field:
    return graphene.Field(
        graphene.String,
        required=True,
        description="The same in the reader's language.",
        resolver=lambda root, info: str(reads.public_count(getattr(root, figure), getattr(root, exact))),
    )


class ContestFigures(PlainType):
    """The figures of an entry, a division or a round; `definitions` says how each is counted, and when.

    Sums are live; those of an entry behind which too few households stand, keep still until the freeze.
    """

    class Meta:
        access = HELD

    entries = graphene.Int(required=True, description="How many teams take part.")
    net = MoneyField("net_minor", description=definition_of("net"))
    mobilised = MoneyField("mobilised_minor", description=definition_of("mobilised"))
    outside = MoneyField("outside_minor", description=definition_of("outside"))
    together = MoneyField("together_minor", description=definition_of("together"))
    person_times = graphene.Int(description=_by_day("person_times"))
    person_times_in_words = _count_in_words("person_times", "are_times_exact")
    people = graphene.Int(description=_by_day("people"))
    people_in_words = _count_in_words("people", "are_people_exact")
    organisations = graphene.Int(
        description=definition_of("organisations")
        + " Told as persons are, but frozen exact however few; of several entries, their sum."
    )
    organisations_in_words = _count_in_words("organisations", "is_final")
    excluded = MoneyField(
        "excluded_minor",
        required=False,
        description=definition_of("excluded")
        + " By day in thousands of yuan, exact from the freeze; null of an entry or a division, and where fewer "
        "than ten people stand behind it.",
    )
    excluded_in_words = graphene.Field(
        graphene.String,
        required=True,
        description="The same in the reader's language.",
        resolver=lambda root, info: str(reads.public_excluded(root.excluded_minor, root.is_final)),
    )
