"""Public answers made on a second PostgreSQL that follows the first, whenever it has come as far (decision 0011)."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import InterfaceError, OperationalError

log = logging.getLogger("sheaf.replica")

ALIAS = "replica"
# A replica is a few milliseconds behind; longer than this nobody waits for it.
PATIENCE, STEP = 0.02, 0.004
# One that failed is left alone for a while.
REST = 5.0
_rests_until = 0.0

Made = TypeVar("Made")
_on_replica: ContextVar[bool] = ContextVar("on_replica", default=False)


class Router:
    """Within `made`, models are read on the replica; everything else, and all writing, is the primary's."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return ALIAS if _on_replica.get() else None

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


def made(make: Callable[[], Made], is_sound: Callable[[Made], bool]) -> Made:
    """What `make` reads, read on the replica if it knows all that is committed by now; else on the primary.

    What the replica could not answer soundly is made again on the primary: nobody sees it fail.
    """
    if ALIAS not in settings.DATABASES or not _is_current():
        return make()
    token = _on_replica.set(True)
    try:
        answer = make()
        if is_sound(answer):
            return answer
    except (OperationalError, InterfaceError) as failure:
        _rest(failure)
    finally:
        _on_replica.reset(token)
    return make()


def _is_current() -> bool:
    """Whether the replica has replayed what the primary had written when we asked."""
    if time.monotonic() < _rests_until:
        return False
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        (written,) = cursor.fetchone()
    deadline = time.monotonic() + PATIENCE
    try:
        with connections[ALIAS].cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written])
                if cursor.fetchone()[0]:
                    return True
                if time.monotonic() > deadline:
                    return False
                time.sleep(STEP)
    except (OperationalError, InterfaceError) as failure:
        _rest(failure)
        return False


def _rest(failure: Exception) -> None:
    global _rests_until
    _rests_until = time.monotonic() + REST
    connections[ALIAS].close()
    log.warning("the replica is away: %s", type(failure).__name__)
