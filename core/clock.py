"""The trade's clock: season and contest follow it; signatures, reservations and payments never do."""

import time
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

from core.models import Clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Each process asks the table at most once a second, so a moved clock is seen everywhere within one.
_SECONDS = 1.0
A_MOMENT = 0.1
_seen: tuple[float, timedelta] | None = None


def offset() -> timedelta:
    """How far the trade's clock stands ahead of the wall clock."""
    global _seen
    moment = time.monotonic()
    if _seen is None or moment - _seen[0] > _SECONDS:
        row = Clock.objects.filter(pk=1).values_list("ahead", flat=True).first()
        _seen = (moment, row or timedelta())
    return _seen[1]


def is_known() -> bool:
    """Whether asking for the time, now or in a moment, asks no table."""
    return _seen is not None and time.monotonic() - _seen[0] <= _SECONDS - A_MOMENT


def now() -> datetime:
    """The moment by which seasons and contest rounds open and close, in Asia/Shanghai."""
    return (timezone.now() + offset()).astimezone(SHANGHAI)


def in_shanghai(moment: datetime) -> datetime:
    """A moment that somebody wrote; without a zone it is meant by the clocks of Shanghai."""
    return timezone.make_aware(moment, SHANGHAI) if timezone.is_naive(moment) else moment


def today() -> date:
    """The day by which seasons and contest rounds open and close."""
    return _day(int(time.time() + offset().total_seconds()) // 60)


@lru_cache(maxsize=8)
def _day(minute: int) -> date:
    """The day in Asia/Shanghai of a minute since 1970."""
    return datetime.fromtimestamp(minute * 60, SHANGHAI).date()


def stand_at(moment: datetime) -> None:
    """Set the trade's clock; it runs on from there."""
    _write(moment - timezone.now())


def move(by: timedelta) -> None:
    """Move the trade's clock on, or back."""
    _write(offset() + by)


def back_to_now() -> None:
    """Let the trade's clock and the wall clock agree again."""
    _write(timedelta())


def forget() -> None:
    """Ask the table at the next look."""
    global _seen
    _seen = None


def _write(how_far: timedelta) -> None:
    Clock.objects.update_or_create(pk=1, defaults={"ahead": how_far})
    forget()
