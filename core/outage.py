"""The database is away or full: said as "in a moment again" (503), never as the asker's mistake nor with a trace."""

import logging

from django.db import InterfaceError, OperationalError, connections

from core.language import say

log = logging.getLogger("sheaf.outage")

UNAVAILABLE = "UNAVAILABLE"
WORDS = say(
    "小店暂时无法应答。请稍等片刻再试一次：不会重复下单或扣款。",
    "The shop cannot answer at the moment. Please try again in a little while: nothing is ordered or charged twice.",
)
RETRY_SECONDS = 5
# No connection, no room (disk, memory, connections), or a server that is going down or coming up.
_STATES = ("08", "53", "57P")


def is_one(failure: BaseException | None) -> bool:
    """Whether this says that the database could not serve anybody, rather than that one statement was wrong."""
    if not isinstance(failure, OperationalError | InterfaceError):
        return False
    state = getattr(failure.__cause__, "sqlstate", None)
    return state is None or state.startswith(_STATES)


def noted(failure: BaseException) -> None:
    """Keep it for the log, and throw away what else the pool holds of a server that is gone.

    Each kept connection would otherwise fail one more request, however long after the server has come back.
    """
    log.error("the database is away: %s", failure)
    for connection in connections.all(initialized_only=True):
        if pool := getattr(connection, "pool", None):
            pool.check()
