"""Change the database's shape while the shop serves: a change that would have to wait stands back and comes again.

Who asks for a table's strongest lock and waits for it makes all others wait behind it: one long reader, and the shop
stands still. So a migration waits two seconds at most, gives up, lets the others go on, and tries once more.
"""

import logging
import time
from collections.abc import Callable

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

log = logging.getLogger("sheaf.migrate")

LOCK_SECONDS = 2.0
# Between two tries: longer than a page or a task takes, and of a backup's minutes a fair part.
REST_SECONDS = 10.0
TRIES = 60


def patiently(
    change: Callable[[], object],
    *,
    lock_seconds: float = LOCK_SECONDS,
    rest_seconds: float = REST_SECONDS,
    tries: int = TRIES,
) -> None:
    """Make a change, waiting at most so long for a lock at a time; `OperationalError` after the last try.

    A migration that was made stays made: the next try goes on with the one that was in the way.
    """
    for left in reversed(range(tries)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false)", [f"{round(lock_seconds * 1000)}ms"]
            )
        try:
            change()
            return
        except OperationalError as failure:
            if not isinstance(failure.__cause__, LockNotAvailable) or not left:
                raise
            log.warning(
                "somebody holds a table; the shop goes on, and this comes again (%d tries left)", left
            )
            time.sleep(rest_seconds)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', '0', false)")
