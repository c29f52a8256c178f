"""What waits for somebody who works here: each floor says what of its own it is (`settings.OFFICE_WAITS`)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, QuerySet
from django.utils.module_loading import import_string

from accounts.models import Organisation
from accounts.office import decides_organisations, organisations_decided_by
from accounts.permissions import may
from core.deliveries import parked
from core.language import Words, say


@dataclass(frozen=True)
class Waiting:
    """So many of one kind that nobody goes on with before a person has looked.

    `at` is since when the first of them waits or, with `is_deadline`, until when it is done; `path` is where that is,
    below the language (`office/refunds/`), or from the root where it begins with a slash.
    """

    kind: str
    words: Words
    count: int
    at: datetime
    path: str
    is_deadline: bool = False


def waiting(
    kind: str, words: Words, rows: QuerySet, by: str, path: str, *, is_deadline: bool = False
) -> Iterator[Waiting]:
    """The one entry of these rows, by the first of their dates in the column `by`; none where there are none."""
    found = rows.order_by().aggregate(n=Count("pk"), first=Min(by))
    if found["n"]:
        yield Waiting(kind, words, found["n"], found["first"], path, is_deadline)


@lru_cache(maxsize=1)
def _askers() -> tuple[Any, ...]:
    named: Iterable[str] = import_string(settings.OFFICE_WAITS)
    return tuple(import_string(one) for one in named)


def waiting_for(person: Any) -> list[Waiting]:
    """All that waits for her, of what she may do, what is due first before all else."""
    found = [one for asked in _askers() for one in asked(person)]
    return sorted(found, key=lambda one: (one.at, one.kind))


def of_accounts(person: Any) -> Iterator[Waiting]:
    """Organisations that somebody put forward, and deliveries that were set aside."""
    if decides_organisations(person):
        rows = organisations_decided_by(person).filter(state=Organisation.State.PROPOSED)
        words = say("等核实的组织", "Organisations to verify")
        path = "office/organisations/?state=PROPOSED"
        yield from waiting("ORGANISATIONS", words, rows, "created_at", path)
    if may(person, "accounts.release_parked"):
        words = say("搁置的后续事项", "Parked deliveries")
        yield from waiting("PARKED", words, parked(), "parked_at", "office/parked/")
