"""Hand over what the outbox holds: leased, tried again, parked; in effect once."""

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string

from core import failpoints
from core.events import Event, event_named
from core.logs import following
from core.models import Delivery

log = logging.getLogger("sheaf.outbox")

TRIES = 10
# What a killed worker held is taken up again when it ends, and even with a round of the reconciler behind that, which
# comes each half minute, all is at rest within two minutes. What takes longer is begun a second time (decision 0012).
LEASE_SECONDS = 60
# The n-th failure waits this long; the last figure is used for all further ones.
BACKOFF_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)
# So many are claimed by one statement, and so many of those that reach outside are marked by one.
TOGETHER = 100
MARKED = 20


@dataclass(frozen=True)
class Reaction:
    """A function that reacts to an event, and how it must be called."""

    name: str
    run: Callable[[Any], object]
    inside: bool
    together: int
    prefetch: Callable[[list[Any]], Mapping[Any, Any]] | None = None


REGISTRY: dict[str, Reaction] = {}


def reaction(
    name: str,
    *,
    inside: bool = False,
    together: int = 0,
    prefetch: Callable[[list[Any]], Mapping[Any, Any]] | None = None,
) -> Callable[[Callable], Callable]:
    """Register a reaction under its dotted name; it is called with the event, as it was recorded.

    Without `inside` the reaction works outside the database (mail, a provider): at least once, in no transaction,
    with keys of its own. With `inside=True` it runs in the transaction that marks the delivery done: exactly once.
    With `together=n` it is called with a list of up to n waiting events instead of one.
    With `prefetch` what it needs is read once for all events that are handed over together: `prefetch(events)` says
    what each needs, by event, and the reaction is called with the event and that.
    """

    def registered(run: Callable) -> Callable:
        REGISTRY[name] = Reaction(name, run, inside, together, prefetch)
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
    event_id: int
    name: str
    payload: dict[str, Any]
    request_id: str
    waiting: int  # how many were due when it was claimed, as far as was asked

    @cached_property
    def event(self) -> Event:
        """What it tells of; made where a row that cannot be read fails for itself."""
        return event_named(self.name).from_payload(self.payload)


# Oldest first. What failed before is taken alone: whatever ends this process then is the poison, and nobody
# else's tries are used up by it.
_CLAIM = """
    WITH waiting AS MATERIALIZED (
        SELECT id, event_id, tries FROM core_delivery
        WHERE done_at IS NULL AND parked_at IS NULL AND due_at <= %(now)s
        ORDER BY due_at, id FOR UPDATE SKIP LOCKED LIMIT %(limit)s
    ), oldest AS MATERIALIZED (SELECT id, tries FROM waiting LIMIT 1)
    UPDATE core_delivery d SET tries = d.tries + 1, due_at = %(lease_end)s
    FROM waiting JOIN core_outboxevent e ON e.id = waiting.event_id, oldest
    WHERE d.id = waiting.id AND (waiting.id = oldest.id OR oldest.tries = 0 AND waiting.tries = 0)
    RETURNING d.id, d.reaction, d.tries, e.id, e.name, e.payload, e.request_id, (SELECT count(*) FROM waiting)
"""


def _claim(limit: int = 1) -> list[Claimed]:
    """Lease what is due: first tries together, a further try alone."""
    # The try is counted before it is made, so that a reaction which kills its process is parked too.
    now = timezone.now()
    lease_end = now + timedelta(seconds=LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "lease_end": lease_end, "limit": limit})
        rows = cursor.fetchall()
    return [
        Claimed(pk, reaction, tries, event_id, name, json.loads(payload), *more)
        for pk, reaction, tries, event_id, name, payload, *more in sorted(rows, key=itemgetter(0))
    ]


def hand_over(limit: int = 200, *, loud: bool = False) -> int:
    """Run waiting deliveries, oldest first, until none is due; safe to run many at a time."""
    done = 0
    while done < limit and (claimed := _claim(asked := min(limit - done, TOGETHER))):
        done += _Batch(claimed, loud).run()
        if len(claimed) == claimed[0].waiting < asked:
            # These were all; what has come since has told a worker for itself.
            break
    return done


def drain() -> int:
    """Run all that waits, here and now, and what follows from it; the first failure is raised."""
    total = 0
    while count := hand_over(limit=10_000, loud=True):
        total += count
    return total


class _Batch:
    """Deliveries claimed at once: those of one reaction are run one after the other, or as one."""

    def __init__(self, claimed: list[Claimed], loud: bool):
        self.claimed, self.loud = claimed, loud
        # What cannot be begun in half the lease is left to others, so that nobody does it beside us.
        self.ends = time.monotonic() + LEASE_SECONDS / 2
        self._read: dict[tuple, Mapping[Any, Any]] = {}
        self._done: list[Claimed] = []

    def run(self) -> int:
        """Run them all; how many were claimed."""
        groups: dict[str, list[Claimed]] = {}
        for one in self.claimed:
            groups.setdefault(one.reaction, []).append(one)
        left = list(groups.values())
        try:
            while left:
                group = left.pop(0)
                failpoints.reach("delivery.claimed")
                with self._failing(group):
                    if group[0].tries > TRIES:
                        raise RuntimeError("the process ended in each try")
                    self._run(reaction_named(group[0].reaction), group)
        finally:
            self._mark()
            for group in left:
                _put_back(group)
        return len(self.claimed)

    def _run(self, it: Reaction, group: list[Claimed]) -> None:
        if not it.inside and not it.together:
            self._one_by_one(it, group)
            return
        size = it.together or 1
        for some in [group[n : n + size] for n in range(0, len(group), size)]:
            if time.monotonic() > self.ends:
                _put_back(some)
                continue
            # A batch that failed is taken apart: its members come back alone, and only the poison is parked.
            with self._failing(some):
                self._as_one(it, some)

    def _as_one(self, it: Reaction, claimed: list[Claimed]) -> None:
        given: Any = [one.event for one in claimed] if it.together else claimed[0].event
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
        log.info("did %s for %s", it.name, _named(claimed))
        failpoints.reach("delivery.marked")

    def _one_by_one(self, it: Reaction, group: list[Claimed]) -> None:
        """Each does or fails for itself; what is done is marked together, so many at a time."""
        read = self._prefetched(it, group)
        for one in group:
            if time.monotonic() > self.ends:
                _put_back([one])
                continue
            with self._failing([one]):
                it.run(*((one.event, read[one.event]) if it.prefetch else (one.event,)))
                self._done.append(one)
                log.info("did %s for %s", it.name, _named([one]))
            failpoints.reach("delivery.run")
            if len(self._done) >= MARKED:
                self._mark()

    def _mark(self) -> None:
        done, self._done = self._done, []
        if done:
            _mark_done(done)
            failpoints.reach("delivery.marked")

    def _prefetched(self, it: Reaction, group: list[Claimed]) -> Mapping[Any, Any]:
        """What they need; two reactions that need the same of the same events read it once."""
        if it.prefetch is None:
            return {}
        key = (it.prefetch, *(one.event_id for one in group))
        if key not in self._read:
            self._read[key] = it.prefetch([one.event for one in group])
        return self._read[key]

    @contextmanager
    def _failing(self, claimed: list[Claimed]) -> Iterator[None]:
        """What is done within follows from the requests of these, and so does its failure."""
        ids = (one.request_id for one in claimed)
        with following(ids, reaction=claimed[0].reaction, event=_named(claimed)):
            try:
                yield
            except Exception as failure:
                if getattr(failure, "_is_noted", False):
                    raise
                _failed(claimed, failure)
                if self.loud:
                    failure._is_noted = True  # type: ignore[attr-defined]
                    raise


def _put_back(claimed: list[Claimed]) -> None:
    """These were not begun: they are due as before, unless our lease has ended and another has them now."""
    ours = Delivery.objects.filter(id__in=[one.id for one in claimed], tries=claimed[0].tries, done_at=None)
    ours.update(due_at=timezone.now(), tries=F("tries") - 1)


def _named(claimed: list[Claimed]) -> str:
    """Their events, for the log."""
    first = f"{claimed[0].name} {claimed[0].event_id}"
    return first if len(claimed) == 1 else f"{first} and {len(claimed) - 1} more"


class _Overtaken(Exception):
    """A twin finished some of these while we waited; the others are tried again."""


def _mark_done(claimed: list[Claimed]) -> int:
    waiting = Delivery.objects.filter(id__in=[c.id for c in claimed], done_at=None)
    return waiting.update(done_at=timezone.now(), error="")


def _failed(claimed: list[Claimed], failure: Exception) -> None:
    error = type(failure).__name__
    for one in claimed:
        # One whose lease has ended meanwhile is another's, who will say how it went.
        row = Delivery.objects.filter(id=one.id, tries=one.tries, done_at=None)
        now = timezone.now()
        if one.tries >= TRIES:
            row.update(parked_at=now, error=error)
            log.error("parked %s of event %s", one.reaction, one.event_id, exc_info=failure)
        else:
            wait = BACKOFF_SECONDS[min(one.tries, len(BACKOFF_SECONDS)) - 1]
            row.update(due_at=now + timedelta(seconds=wait), error=error)
            told = (one.tries, one.reaction, one.event_id)
            log.warning("try %s of %s failed for event %s", *told, exc_info=failure)


def parked() -> QuerySet[Delivery]:
    """What waits for a person."""
    return Delivery.objects.filter(done_at=None, parked_at__isnull=False)


def unpark(reaction: str | None = None, error: str | None = None) -> int:
    """Let parked deliveries be tried again, after what broke them has been mended: all, or those of a reaction, or of
    them those that one kind of failure has parked."""
    waiting = parked()
    if reaction:
        waiting = waiting.filter(reaction=reaction)
    if error is not None:
        waiting = waiting.filter(error=error)
    return waiting.update(parked_at=None, tries=0, due_at=timezone.now())


# Why a restore parks what reaches outside: it may have been done by the shop that was lost.
RESTORED = "restored from a backup"


def held_since_restore(reaction: str, noun: str) -> set[int]:
    """Ids of those (`noun` names them in the event) for whom a person decides whether this reaction goes out."""
    held = parked().filter(reaction=reaction, error=RESTORED)
    return set(held.values_list(f"event__payload__{noun}", flat=True))
