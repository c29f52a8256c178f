"""What has changed of what is shown (cache tags): noted by the transaction that changes it, read by every process a few times a second.

Triggers on the tables that are shown write the notes (migrations named `what_is_shown`), so that no deed, operator
or command can forget one, and none is lost when a process dies: a note commits with its change or not at all.
Tags are "products" for all of them, "products:a-slug" for one.
"""

import time
from collections.abc import Iterable
from datetime import timedelta
from threading import Lock

from django.db import DatabaseError, connection
from django.utils import timezone

from core.models import Change

# Notes are read again after so many seconds by whoever comes first; nobody goes by notes older than MOST.
OFTEN, MOST = 0.2, 0.6
# After a longer pause all that was known is forgotten, rather than read up.
PAUSE = 60.0
# A database that is away is not waited for by one request after the other.
AWAY = 1.0
READ_LATEST_AFTER = timedelta(hours=1)
MOST_TAGS = 20_000

# A note counts as new while its transaction was not visible to the snapshot before, so that none is passed over:
# neither ids nor clocks follow the order in which transactions commit.
_NEW = """
    SELECT pg_current_snapshot()::text, ARRAY(
        SELECT DISTINCT name FROM core_change
        WHERE xact >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
          AND NOT pg_visible_in_snapshot(xact::text::xid8, %(seen)s::pg_snapshot)
          -- A snapshot does not tell of the transaction that takes it.
          OR xact = pg_current_xact_id_if_assigned()::text::bigint
    )
"""


class Feed:
    """This process's knowledge of the changes: a number that moves with each look, and what changed by which."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Know nothing, as at the start."""
        self.number = self._floor = 0
        self._seen, self._seen_at = "", float("-inf")
        self._changed: dict[str, int] = {}
        self._failed: tuple[float, DatabaseError | None] = (0.0, None)

    def is_young(self) -> bool:
        """Whether a look would read nothing: what is known is young enough, or another one is reading it now."""
        age = time.monotonic() - self._seen_at
        return age < OFTEN or (age < MOST and self._lock.locked())

    def look(self, read_your_writes: bool = False) -> int:
        """The number of the last look, which is young enough; `read_your_writes` looks now, whatever is known."""
        now = time.monotonic()
        if not read_your_writes and now - self._seen_at < OFTEN:
            return self.number
        # One reads for all; the others go on by what was known, as long as that is not too old.
        if self._lock.acquire(blocking=read_your_writes or now - self._seen_at > MOST):
            try:
                if self._seen_at < now - (0 if read_your_writes else OFTEN):
                    self._try()
            finally:
                self._lock.release()
        return self.number

    def is_unchanged(self, tags: Iterable[str], since: int) -> bool:
        """Whether nothing of these tags has changed after the look of that number, as far as is known."""
        changed = self._changed
        return since >= self._floor and all(changed.get(tag, 0) <= since for tag in tags)

    def age(self) -> float:
        """How many seconds ago the last look was."""
        return time.monotonic() - self._seen_at

    def invalidate(self, tags: Iterable[str], number: int) -> None:
        """What shows any of these, and was read before the look of this number, is given to nobody any more."""
        for tag in tags:
            whole, _, one = tag.partition(":")
            # A change of one is a change of the whole; a change of the whole is one of each.
            self._changed[whole] = self._changed[tag if one else f"{whole}:*"] = number

    def _try(self) -> None:
        failed_at, failure = self._failed
        if failure and time.monotonic() - failed_at < AWAY:
            raise failure
        try:
            self._read()
        except DatabaseError as failure:
            self._failed = time.monotonic(), failure
            raise

    def _read(self) -> None:
        began = time.monotonic()
        seen = self._seen if began - self._seen_at < PAUSE else ""
        with connection.cursor() as cursor:
            if seen:
                cursor.execute(_NEW, {"seen": seen})
            else:
                cursor.execute("SELECT pg_current_snapshot()::text, ARRAY[]::text[]")
            snapshot, tags = cursor.fetchone()
        number = self.number + 1
        if not seen or len(self._changed) > MOST_TAGS:
            self._floor, self._changed = number, {}
        self.invalidate(tags, number)
        self._seen, self._seen_at, self.number = snapshot, began, number


def watched(tag: str) -> tuple[str, ...]:
    """The tags under which a look finds a change of this one."""
    whole, _, one = tag.partition(":")
    return (tag, f"{whole}:*") if one else (whole,)


def forget_old() -> int:
    """Notes that every process has read long ago."""
    return Change.objects.filter(noted_at__lt=timezone.now() - READ_LATEST_AFTER).delete()[0]


feed = Feed()
