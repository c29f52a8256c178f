"""Whoever records a support near a round's freeze and the freeze wait for each other, so that each fact is on one side of it.

A payment looks at the clock, and commits a moment later. Were the round frozen in between, what it recorded would be in no
snapshot, and nobody would tell of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from core import clock

# Any number, as long as nobody else uses it.
GATE = 7_302_020
# Longer than any transaction lives; further away from a freeze nobody pays for the lock.
NEAR = timedelta(minutes=10)


def moment(freezes: Iterable[datetime], now: datetime) -> datetime:
    """The moment by which it is told what still counts: `now`, and near one of these freezes one that no freeze overtakes
    before the asker's transaction has ended."""
    if not any(now < freeze < now + NEAR for freeze in freezes):
        return now
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])
    return clock.now()


@transaction.atomic
def close() -> None:
    """Wait until whoever was told a moment before now has committed; called before a round's figures are read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
