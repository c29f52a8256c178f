"""Signs of life: worker and beat leave one at the broker every few seconds, which fades when they stop."""

import logging
import time
from functools import cache
from typing import Any

from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings
from redis import Redis

log = logging.getLogger("sheaf.pulse")

WHO = ("worker", "beat")
# A sign is seen for so long, and renewed so often.
FADES_SECONDS, EVERY_SECONDS = 45, 4.0
PREFIX = "sheaf:pulse"
_left_at: dict[str, float] = {}
_is_beat = False


def key_of(who: str) -> str:
    """Where its sign is."""
    return f"{PREFIX}:{who}"


@cache
def broker() -> Redis:
    """The broker, asked for a moment only."""
    return Redis.from_url(settings.BROKER_URL, socket_connect_timeout=1, socket_timeout=1)


def ages() -> dict[str, float | None]:
    """Seconds since each has left a sign, None for one that has left none of late; raises where the broker is away."""
    told: Any = broker().pipeline(transaction=False)
    for who in WHO:
        told.pttl(key_of(who))
    left = told.execute()
    # By the broker's own clock, and whatever a release before has written there.
    return {who: FADES_SECONDS - ms / 1000 if ms >= 0 else None for who, ms in zip(WHO, left, strict=True)}


def leave(who: str) -> None:
    """Leave a sign, unless one was left a moment ago; a broker that is away is nobody's fault here."""
    now = time.monotonic()
    if now - _left_at.get(who, float("-inf")) < EVERY_SECONDS:
        return
    _left_at[who] = now
    try:
        broker().set(key_of(who), "1", ex=FADES_SECONDS)
    except Exception as failure:
        log.warning("no sign of the %s was left: %s", who, type(failure).__name__)


@heartbeat_sent.connect
def worker_lives(**_: Any) -> None:
    """The worker's own clock has struck."""
    leave("worker")


@beat_init.connect
def beat_begins(**_: Any) -> None:
    """This process is beat."""
    global _is_beat
    _is_beat = True


@after_task_publish.connect
def beat_lives(**_: Any) -> None:
    """Beat has struck, and the broker has taken it."""
    if _is_beat:
        leave("beat")
