"""What must hold of the contest's judgement, recomputed from the tables."""

from collections.abc import Iterator
from itertools import chain

from contest.verify import judging, outside, registration, result
from core.verify import Offence


def verify() -> Iterator[Offence]:
    """Every offence of this floor; each names the row."""
    return chain(registration.verify(), judging.verify(), outside.verify(), result.verify())
