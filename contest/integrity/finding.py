"""What a rule says of an entry's facts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contest.integrity.facts import Facts
from contest.models import Rule


@dataclass(frozen=True)
class Finding:
    """Something that a rule found: about `subject`, an id or a keyed hash; what of it stays out of the score; and what
    it was found by, in ids, counts and keyed hashes. `effect` where it is another than the rule's own."""

    subject: str
    evidence: Mapping[str, Any]
    orders: tuple[UUID, ...] = ()
    mobilised: tuple[UUID, ...] = ()
    engaged: tuple[int, ...] = ()
    effect: str = ""


@dataclass(frozen=True)
class Mended:
    """What a rule had found of this subject has been put right since: its case is cleared."""

    subject: str


Detector = Callable[[Facts, Mapping[str, Any]], Iterator[Finding | Mended]]


_BY_RULE: dict[Rule, Detector] = {}


def detects(rule: Rule) -> Callable[[Detector], Detector]:
    """This function is the rule's detector: of an entry's facts and the rule's thresholds it makes findings."""

    def note(detector: Detector) -> Detector:
        assert rule not in _BY_RULE, rule
        _BY_RULE[rule] = detector
        return detector

    return note


def detectors() -> dict[Rule, Detector]:
    """Each rule's, in the order of their numbers."""
    return {rule: _BY_RULE[rule] for rule in Rule if rule in _BY_RULE}
