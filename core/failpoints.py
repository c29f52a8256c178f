"""Named points at which a test ends a process as a power cut would. Elsewhere nothing happens, at the cost of one
comparison.

    failpoints.reach("settle.recorded")        # FAILPOINT=settle.recorded ends the process here
                                               # FAILPOINT=settle.recorded:3 the third time it comes here

Each point says in which processes it is reached. tests/full/test_kill.py ends each of them at each of its points,
and fails on a point that nothing reaches.
"""

import os

from django.conf import settings

WEB, WORKER, BEAT = "web", "worker", "beat"
EXIT = 137  # what a shell says of a process that was killed by -9

POINTS: dict[str, tuple[str, ...]] = {
    # a deed under its key: begun is committed; finishing is not; committed is
    "idempotency.begun": (WEB,),
    "idempotency.finishing": (WEB,),
    "idempotency.committed": (WEB,),
    # "recorded": all is written and nothing committed yet
    "place.recorded": (WEB,),
    "place.committed": (WEB,),
    "attempt.recorded": (WEB,),
    "attempt.committed": (WEB,),
    "attempt.begun": (WEB,),
    "notice.kept": (WEB,),
    "notice.handled": (WEB,),
    "attribution.recorded": (WEB, WORKER),
    "settle.recorded": (WEB, WORKER),
    "settle.committed": (WEB, WORKER),
    "refund.recorded": (WEB,),
    "refund.settling": (WORKER,),
    "refund.settled": (WORKER,),
    "expire.recorded": (WORKER,),
    "expire.committed": (WORKER,),
    "fold.recorded": (WORKER,),
    # each call of the provider: before it is sent, and when its answer has come
    "provider.begin.asking": (WEB,),
    "provider.begin.answered": (WEB,),
    "provider.look.asking": (WEB, WORKER),
    "provider.look.answered": (WEB, WORKER),
    "provider.close.asking": (WORKER,),
    "provider.close.answered": (WORKER,),
    "provider.refund.asking": (WORKER,),
    "provider.refund.answered": (WORKER,),
    # each hand-over to the broker
    "broker.publishing": (WEB, WORKER, BEAT),
    "broker.published": (WEB, WORKER, BEAT),
    # a delivery: leased; its reaction has run; it is marked as done; the task that did it is not acknowledged yet
    "delivery.claimed": (WORKER,),
    "delivery.run": (WORKER,),
    "delivery.marked": (WORKER,),
    "task.finished": (WORKER,),
}

_point, _, _times = settings.FAILPOINT.partition(":")
_left = int(_times or 1)


def reach(point: str) -> None:
    """A place where this process may end."""
    if point == _point:
        _end(point)


def _end(point: str) -> None:
    global _left
    _left -= 1
    if _left <= 0:
        # Past every buffer and every tidying: nothing that Python would still do is done.
        os.write(2, f"failpoint {point}\n".encode())
        os._exit(EXIT)
