"""How long the house keeps what it notes for itself: deliveries done, events told, deeds done once.

Rows come in about the order of their ids, so the oldest are found at a table's front and no index is kept for it:
what is written by each purchase costs no more. They go in small batches, each a transaction of its own that holds
nothing but rows which nobody asks for any more, and gives up rather than wait. What `manage.py verify` reads
stays: a delivery that waits or is parked, and its event, however old.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from core.events import known

BATCH = 1_000
# A batch waits so long for a row that somebody holds, and is left for the next time.
LOCK_MS = 200


@dataclass(frozen=True)
class Retention:
    """A table whose rows are kept for so long after the moment in `since`, if `condition` says nobody needs them."""

    table: str
    lasts: timedelta
    since: str
    condition: str
    why: str


RETENTIONS = [
    Retention(
        "core_delivery",
        timedelta(days=30),
        "due_at",
        "t.done_at < %(before)s",
        "what was done, and when, is looked for while it is fresh",
    ),
    Retention(
        "core_outboxevent",
        timedelta(days=180),
        "recorded_at",
        "NOT EXISTS (SELECT 1 FROM core_delivery d WHERE d.event_id = t.id)",
        "what happened and in which order: a bank's dispute comes up to 120 days later",
    ),
    Retention(
        "core_idempotencykey",
        timedelta(days=90),
        "created_at",
        "t.running_until < %(before)s",
        "a request that is sent once more comes within days; a provider forgets its keys after one",
    ),
]

_FRONT = """
    WITH front AS MATERIALIZED (
        SELECT id, {since} < %(before)s AS is_old FROM {table} WHERE id > %(after)s ORDER BY id LIMIT %(most)s
    ), gone AS (
        DELETE FROM {table} t USING front WHERE t.id = front.id AND front.is_old AND {condition} RETURNING 1
    ) SELECT max(id), count(*), count(*) FILTER (WHERE is_old), (SELECT count(*) FROM gone) FROM front
"""
# Of events the app may only read and add: a function of their owner's takes the old ones away, and no others.
_EVENTS = "SELECT * FROM core_forget_events(%(lasts)s, %(after)s, %(most)s, %(spared)s)"
_SESSIONS = """
    DELETE FROM django_session WHERE session_key IN (
        SELECT session_key FROM django_session WHERE expire_date < now() ORDER BY expire_date LIMIT %(most)s
    )
"""
_DUE = "SELECT count(*) FROM {table} t WHERE {since} < %(before)s AND {condition} AND {spared}"


def forget(
    rule: Retention, seconds: float = float("inf"), progress: Callable[[int], None] = lambda gone: None
) -> int:
    """Take away what is past its time, oldest first, for no longer than so many seconds; how many rows went."""
    ends, after, gone = time.monotonic() + seconds, 0, 0
    while True:
        try:
            last, seen, old, went = _batch(rule, after)
        except OperationalError:  # somebody holds one of these rows, or the database has much to do
            return gone
        gone += went
        progress(gone)
        if not old or seen < BATCH or time.monotonic() > ends:
            return gone
        after = last


def _batch(rule: Retention, after: int) -> tuple[int, int, int, int]:
    statement = _EVENTS if rule.table == "core_outboxevent" else _FRONT.format(**vars(rule))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_MS}ms"])
        cursor.execute(statement, _given(rule) | {"after": after, "most": BATCH})
        last, seen, old, went = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    return last or after, seen, old, went


def due(rule: Retention) -> int:
    """How many rows are past their time."""
    spared = "NOT t.name = ANY(%(spared)s)" if rule.table == "core_outboxevent" else "true"
    with connection.cursor() as cursor:
        cursor.execute(_DUE.format(spared=spared, **vars(rule)), _given(rule))
        return int(cursor.fetchone()[0])


def _given(rule: Retention) -> dict[str, Any]:
    spared = [name for name, event in known().items() if event.for_good]
    return {"before": timezone.now() - rule.lasts, "lasts": rule.lasts, "spared": spared}


def forget_sessions(seconds: float = float("inf")) -> int:
    """Sessions that have ended, with the cart and the half-written form they held."""
    ends, gone = time.monotonic() + seconds, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_SESSIONS, {"most": BATCH})
            gone += cursor.rowcount
            if cursor.rowcount < BATCH or time.monotonic() > ends:
                return gone
