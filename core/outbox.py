"""Record what happened with the change itself; tell the rest of the shop after the commit."""

import logging
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from core import rows
from core.deliveries import drain, hand_over, reaction
from core.events import Event
from core.logs import one_id
from core.models import Delivery, OutboxEvent

__all__ = [
    "Reactions",
    "drain",
    "hand_over",
    "is_telling_nobody",
    "reaction",
    "reactions_to",
    "record",
    "telling_nobody",
    "wake",
]

log = logging.getLogger("sheaf.outbox")

# After the broker failed once, the next commits do not wait for it again: beat sweeps.
_BROKER_REST_SECONDS = 5.0
_broker_rests_until = 0.0
# Workers look at these full parts of a second, whichever process told them to: so one look finds what many
# transactions have left. Whoever commits just before is told of by the next one.
GATHERED_SECONDS = 0.4
_MARGIN_SECONDS = 0.05
_looks_at: dict[str, float] = {}
_HAND_OVER = "core.tasks.hand_over"


@dataclass(frozen=True)
class Reactions:
    """What follows from an event: `at_once` in its transaction, `afterwards` handed over by the outbox.

    Both are dotted names of functions of the event (core.events). An at-once reaction is called with the list of all
    that are recorded together; one afterwards with a single event, or with the list of those that wait (`together`).
    """

    at_once: Sequence[str] = ()
    afterwards: Sequence[str] = ()


_NONE = Reactions()
_tells_nobody: ContextVar[bool] = ContextVar("tells_nobody", default=False)


def reactions_to(name: str) -> Reactions:
    """The line of the shop's table for this event."""
    return import_string(settings.REACTIONS).get(name, _NONE)


@contextmanager
def telling_nobody() -> Iterator[None]:
    """What is recorded meanwhile counts as handed over: for what is made up, of which nobody is to be written to."""
    token = _tells_nobody.set(True)
    try:
        yield
    finally:
        _tells_nobody.reset(token)


def is_telling_nobody() -> bool:
    """Whether what happens now is made up, and nobody is to be told of it."""
    return _tells_nobody.get()


def record(*events: Event) -> None:
    """Write events with the change they tell of, call what follows at once, and note what follows afterwards."""
    assert connection.in_atomic_block, "an event is recorded with the change it tells of"
    if not events:
        return
    follows = one_id()
    told = [
        OutboxEvent(name=type(event).__name__, payload=event.payload(), request_id=follows)
        for event in events
    ]
    done_at = timezone.now() if _tells_nobody.get() else None
    due = [
        Delivery(event=row, reaction=name, done_at=done_at)
        for row in told
        for name in reactions_to(row.name).afterwards
    ]
    rows.insert(told, due)
    if due and done_at is None:
        _wake_after_commit()
    by_name: dict[str, list[Event]] = {}
    for event in events:
        by_name.setdefault(type(event).__name__, []).append(event)
    for name, same in by_name.items():
        for dotted in reactions_to(name).at_once:
            _named(dotted)(same)


@cache
def _named(dotted: str) -> Any:
    return import_string(dotted)


def _wake_after_commit() -> None:
    # One wake-up a transaction: a savepoint that is undone takes its own wake-up with it.
    if not any(hook[1] is wake for hook in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)


def wake(task: str = _HAND_OVER) -> None:
    """Tell a worker that something is due; without a broker the rows wait for the sweep."""
    global _broker_rests_until
    now = time.time()
    look = math.ceil((now + _MARGIN_SECONDS) / GATHERED_SECONDS) * GATHERED_SECONDS
    if time.monotonic() < _broker_rests_until or look == _looks_at.get(task):
        return
    try:
        how = {"countdown": look - now, "retry": False, "ignore_result": True}
        current_app.send_task(task, **how)
        _looks_at[task] = look
    except Exception as failure:
        _broker_rests_until = time.monotonic() + _BROKER_REST_SECONDS
        log.warning("the broker is away, the outbox waits: %s", type(failure).__name__)
