"""One deed, one effect, however often it is asked for under one key.

The row is committed as *in progress* before the deed begins, and marked done with the ids of its result
in the deed's own transaction: a process that dies in between leaves either both or neither. Refusals are
not kept. The same key with another input is a conflict; a twin waits a moment for the first to finish.
"""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from core import failpoints
from core.models import IdempotencyKey
from core.refusals import IdempotencyConflict, InProgress

# Longer than any request may run; after it the process that held the row is taken for dead.
LEASE = timedelta(seconds=60)
# Shorter than an answer may take: a twin hears that it is being done, and not that it took too long.
WAIT_SECONDS = 2.0
# Who comes with neither account, session nor token of her own: many are called so.
UNNAMED = "guest"


@dataclass(frozen=True)
class Held:
    """The right to do a deed: no twin may begin while it lasts."""

    id: int
    attempt: int


@dataclass(frozen=True)
class Finished:
    """What an earlier call with the same key has led to."""

    result: Any


def hash_of(given: Any) -> str:
    """A hash of an input that two equal requests share, whatever the order of their fields."""
    text = json.dumps(given, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def begin(asker: str, action: str, key: UUID, given: Any) -> Held | Finished:
    """The right to do this deed now, or what it led to before."""
    input_hash = hash_of(given)
    ends = time.monotonic() + WAIT_SECONDS
    pause = 0.01
    while True:
        if held := _insert(asker, action, key, input_hash):
            return held
        row = IdempotencyKey.objects.filter(asker=asker, deed=action, key=key).first()
        if row is None:
            continue  # the first was refused in this moment: it is our turn
        if row.input_hash != input_hash:
            raise IdempotencyConflict(field="idempotencyKey")
        if row.state == IdempotencyKey.State.DONE:
            return Finished(row.result)
        if held := _take_over(row):
            return held
        if time.monotonic() > ends or connection.in_atomic_block:
            raise InProgress(field="idempotencyKey")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def _insert(asker: str, action: str, key: UUID, input_hash: str) -> Held | None:
    row = (asker, action, key, input_hash, timezone.now() + LEASE, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_idempotencykey
               (asker, deed, key, input_hash, state, attempt, running_until, created_at)
               VALUES (%s, %s, %s, %s, 'in_progress', 1, %s, %s)
               ON CONFLICT (asker, deed, key) DO NOTHING RETURNING id""",
            row,
        )
        inserted = cursor.fetchone()
    return Held(inserted[0], 1) if inserted else None


def _take_over(row: IdempotencyKey) -> Held | None:
    dead = IdempotencyKey.objects.filter(
        pk=row.pk, attempt=row.attempt, state=row.state, running_until__lt=timezone.now()
    )
    if dead.update(attempt=F("attempt") + 1, running_until=timezone.now() + LEASE):
        return Held(row.pk, row.attempt + 1)
    return None


def finish(held: Held, result: Any) -> None:
    """Keep the result; called in the deed's transaction, so that both are written or neither."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE core_idempotencykey SET state = 'done', result = %s::jsonb
               WHERE id = %s AND attempt = %s AND state = 'in_progress'""",
            [json.dumps(result, cls=DjangoJSONEncoder), held.id, held.attempt],
        )
        is_ours = bool(cursor.rowcount)
    if not is_ours:
        # Someone took us for dead and does the deed now: ours must be undone.
        raise InProgress(field="idempotencyKey")
    failpoints.reach("idempotency.finishing")


def has_led_to(asker: str, action: str, name: str, id: int) -> bool:
    """Whether this very asker's deed has led to this row before, under whatever key; an unnamed one is nobody."""
    return asker != UNNAMED and (
        IdempotencyKey.objects.filter(asker=asker, deed=action, state=IdempotencyKey.State.DONE)
        .filter(**{f"result__{name}": id})
        .exists()
    )


def let_go(held: Held) -> None:
    """Nothing happened: the key is free again."""
    IdempotencyKey.objects.filter(pk=held.id, attempt=held.attempt, state="in_progress").delete()


def once(
    asker: str,
    action: str,
    key: UUID,
    given: Any,
    run: Callable[[], tuple[Any, Any]],
    *,
    outside: bool = False,
) -> tuple[Any, Any]:
    """Run the deed, or tell what it led to before: (its value or None, the kept result).

    `run` returns (value, result), the result being ids in JSON. With `outside=True` the deed calls others
    (a provider) and therefore runs in no transaction of ours; it must bear being run again after a crash.
    """
    begun = begin(asker, action, key, given)
    if isinstance(begun, Finished):
        return None, begun.result
    failpoints.reach("idempotency.begun")
    try:
        if outside:
            value, result = run()
            finish(begun, result)
        else:
            with transaction.atomic():
                value, result = run()
                finish(begun, result)
    except Exception:
        let_go(begun)
        raise
    failpoints.reach("idempotency.committed")
    return value, result
