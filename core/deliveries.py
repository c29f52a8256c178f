"""Hand over what the outbox holds: leased, tried again, parked; in effect once."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import failpoints
from core.models import Delivery

log = logging.getLogger("sheaf.outbox")

TRIES = 10
# With the sweep every few seconds, what a killed worker held is taken up again within two minutes.
LEASE_SECONDS = 90
# The n-th failure waits this long; the last figure is used for all further ones.
BACKOFF_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)


@dataclass(frozen=True)
class Reaction:
    """A function that reacts to an event, and how it must be called."""

    name: str
    run: Callable[[Any], object]
    inside: bool
    together: int
    lease: int


REGISTRY: dict[str, Reaction] = {}


def reaction(
    name: str, *, inside: bool = False, together: int = 0, lease: int = LEASE_SECONDS
) -> Callable[[Callable], Callable]:
    """Register a reaction under its dotted name; it is called with the event as a dict.

    The dict is the event's payload and its `event_id`. Without `inside` the reaction works outside the
    database (mail, a provider): at least once, in no transaction, with keys of its own made from
    `event_id`. With `inside=True` it runs in the transaction that marks the delivery done: exactly once.
    With `together=n` it is called with a list of up to n waiting events instead of one.
    """

    def registered(run: Callable) -> Callable:
        REGISTRY[name] = Reaction(name, run, inside, together, lease)
        return run

    return registered


def reaction_named(name: str) -> Reaction:
    """The registered reaction; its module is imported when it has not been yet."""
    if name not in REGISTRY:
        import_string(name)
    return REGISTRY[name]


@dataclass(frozen=True)
class Claimed:
    """A delivery that is ours until its lease ends."""

    id: int
    reaction: str
    tries: int
    event: dict


_CLAIM = """
    WITH waiting AS MATERIALIZED (
        SELECT id, event_id FROM core_delivery
        WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= %(now)s
          AND (%(reaction)s::text IS NULL OR reaction = %(reaction)s AND tries = 0)
        ORDER BY due_at, id FOR UPDATE SKIP LOCKED LIMIT %(limit)s
    )
    UPDATE core_delivery d SET tries = d.tries + 1, due_at = %(lease_end)s
    FROM waiting JOIN core_outboxevent e ON e.id = waiting.event_id
    WHERE d.id = waiting.id
    RETURNING d.id, d.reaction, d.tries, e.id, e.payload
"""


def _claim(limit: int = 1, fresh: str | None = None) -> list[Claimed]:
    """Lease what is due: anything, or only first tries of the reaction `fresh`."""
    # The try is counted before it is made, so that a reaction which kills its process is parked too.
    now = timezone.now()
    lease_end = now + timedelta(seconds=LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "lease_end": lease_end, "reaction": fresh, "limit": limit})
        rows = cursor.fetchall()
    return [
        Claimed(pk, name, tries, {**json.loads(payload), "event_id": event})
        for pk, name, tries, event, payload in sorted(rows)
    ]


def hand_over(limit: int = 200, *, loud: bool = False) -> int:
    """Run waiting deliveries, oldest first, until none is due; safe to run many at a time."""
    done = 0
    while done < limit and (claimed := _claim()):
        done += len(_run(claimed[0], loud))
    return done


def drain() -> int:
    """Run all that waits, here and now, and what follows from it; the first failure is raised."""
    total = 0
    while count := hand_over(limit=10_000, loud=True):
        total += count
    return total


def _run(first: Claimed, loud: bool) -> list[Claimed]:
    claimed = [first]
    failpoints.reach("delivery.claimed")
    try:
        if first.tries > TRIES:
            raise RuntimeError("the process ended in each try")
        it = reaction_named(first.reaction)
        # A batch that failed is taken apart: its members come back alone, and only the poison is parked.
        if it.together > 1 and first.tries == 1:
            claimed += _claim(it.together - 1, first.reaction)
        _lengthen(claimed, it)
        given: Any = [c.event for c in claimed] if it.together else first.event
        if it.inside:
            with transaction.atomic():
                # Marking comes first: it locks the rows, and finds none where a twin has finished.
                if _mark_done(claimed) == len(claimed):
                    it.run(given)
                elif it.together:
                    raise _Overtaken
                failpoints.reach("delivery.run")
        else:
            it.run(given)
            failpoints.reach("delivery.run")
            _mark_done(claimed)
        failpoints.reach("delivery.marked")
    except Exception as failure:
        _failed(claimed, failure)
        if loud:
            raise
    return claimed


class _Overtaken(Exception):
    """A twin finished some of these while we waited; the others are tried again."""


def _lengthen(claimed: list[Claimed], it: Reaction) -> None:
    if it.lease > LEASE_SECONDS:
        ends = timezone.now() + timedelta(seconds=it.lease)
        Delivery.objects.filter(id__in=[c.id for c in claimed]).update(due_at=ends)


def _mark_done(claimed: list[Claimed]) -> int:
    waiting = Delivery.objects.filter(id__in=[c.id for c in claimed], done_at=None)
    return waiting.update(done_at=timezone.now(), error="")


def _failed(claimed: list[Claimed], failure: Exception) -> None:
    error = type(failure).__name__
    for one in claimed:
        row = Delivery.objects.filter(id=one.id, done_at=None)
        now = timezone.now()
        if one.tries >= TRIES:
            row.update(parked_at=now, error=error)
            log.error("parked %s of event %s", one.reaction, one.event["event_id"], exc_info=failure)
        else:
            wait = BACKOFF_SECONDS[min(one.tries, len(BACKOFF_SECONDS)) - 1]
            row.update(due_at=now + timedelta(seconds=wait), error=error)
            told = (one.tries, one.reaction, one.event["event_id"])
            log.warning("try %s of %s failed for event %s", *told, exc_info=failure)


def unpark(reaction: str | None = None) -> int:
    """Let parked deliveries be tried again, after what broke them has been mended."""
    parked = Delivery.objects.filter(done_at=None, parked_at__isnull=False)
    if reaction:
        parked = parked.filter(reaction=reaction)
    return parked.update(parked_at=None, tries=0, due_at=timezone.now())
