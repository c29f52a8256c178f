"""The shop's own row as pages, mails and files show it: kept in each process, at most a second old."""

import time
from hashlib import sha256
from typing import NamedTuple

from accounts.models import Shop
from core import fast
from core.language import Words

# A change of the row is noted under this name (migration named shop).
CACHE_TAG = "shop"
_SECONDS = 1.0


class _Seen(NamedTuple):
    row: Shop
    read_at: float
    look: int  # the number of the look at changes before it was read
    mark: str


_seen: _Seen | None = None
_is_open = False


def this_shop() -> Shop:
    """Its row, to be read and not to be written. Asks the table once a second at most, and not at all where somebody
    has looked for changes meanwhile and found none."""
    global _seen
    now = time.monotonic()
    if _seen is not None and _holds(_seen, now):
        return _seen.row
    look = fast.last_look()
    row = Shop.objects.get(pk=1)
    _seen = _Seen(row, now, look, _mark(row))
    return row


def _holds(seen: _Seen, now: float) -> bool:
    if fast.has_changed((CACHE_TAG,), seen.look):
        return False
    return now - seen.read_at <= _SECONDS or fast.looked_within(_SECONDS)


def _mark(row: Shop) -> str:
    return sha256(repr([getattr(row, column.attname) for column in Shop._meta.fields]).encode()).hexdigest()[
        :16
    ]


def mark() -> str:
    """Another word whenever a fact of the shop is another: what shows the facts is kept under it."""
    this_shop()
    return _seen.mark if _seen else ""


def last_known() -> Shop:
    """Its row as this process saw it last, however long ago, for what must ask nobody; without names before that."""
    return _seen.row if _seen else Shop()


def is_open() -> bool:
    """Whether the shop sells. Once it does it does for good, so that nothing is asked any more."""
    global _is_open
    _is_open = _is_open or this_shop().opened_at is not None
    return _is_open


def forget() -> None:
    """Ask the table at the next look."""
    global _seen, _is_open
    _seen, _is_open = None, False


def band() -> Words | None:
    """What stands on every page, mail and file of a shop whose money is not real; None where it is."""
    mode = this_shop().mode
    return None if mode in ("", Shop.Mode.LIVE) else Shop.Mode(mode).band
