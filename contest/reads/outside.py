"""What outside platforms have brought each entry, as it counts at a moment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from contest.reads.effective import counted
from impact.models import Round

_SALES = """entry_id, platform, platform || '|' || key, paid_at, day, net_minor, payer_key, coalesce(province_id, ''),
            orders, CASE WHEN is_shadow THEN 0 ELSE likes END, referrer, is_shadow"""


@dataclass(frozen=True, slots=True)
class OutsideSale:
    """One sale of a platform, or with `supports` over one a project's day.

    `net_minor` is paid less refunded; 0 of what this shop counts as its own sale (`is_shadow`). `supports` is 1 on one
    line of each order, 0 on its others; the platform's own count of a day. `payer_key` is an HMAC under the edition's
    key, empty where the platform names no payer, as of every aggregate. `key` is the platform's, with its name.
    """

    entry_id: int
    platform: str
    key: str
    paid_at: datetime
    day: date
    net_minor: int
    payer_key: str
    province: str
    supports: int
    likes: int
    referrer: str
    is_shadow: bool


def accepted(round_: Round, until: datetime) -> list[OutsideSale]:
    """Every outside sale that is of an entry of the round and was approved by then, once: by entry, then by key.

    The same at any later time: what was rolled back, withdrawn or decided after `until` stands as it did.
    """
    rows = counted(round_, until, _SALES, tail="ORDER BY entry_id, platform, key")
    return [OutsideSale(*row) for row in rows]


def counted_outside(round_: Round, until: datetime) -> set[tuple[int, UUID]]:
    """This shop's own orders (entry, order) that are copies of a platform's sales and count there: 0 here."""
    rows = counted(round_, until, "DISTINCT entry_id, twin, canonical")
    return {
        (entry, order) for entry, order, canonical in rows if order is not None and canonical == "outside"
    }
