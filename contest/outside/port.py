"""What an adapter tells of a platform's files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.language import Words
from core.tables import Row, Table


@dataclass(frozen=True, slots=True)
class Sale:
    """A row of a statement in our own words: money in fen, refunds without a sign, `payer` as the platform names her."""

    key: str
    project: str
    paid_at: datetime
    amount_minor: int
    refund_minor: int
    order_ref: str = ""
    quantity: int | None = None
    is_void: bool = False
    supports: int = 0
    likes: int = 0
    payer: str = ""
    province: str | None = None
    referrer: str = ""
    external_ref: str = ""


class Adapter(Protocol):
    """How one platform writes its statements. Its tables are found by their header, wherever that stands."""

    name: str
    words: Words

    def orders(self) -> Table:
        """The columns of a file with a row for each order's line."""

    def aggregates(self) -> Table:
        """The columns of a file with a row for each project's day."""

    def sale(self, row: Row) -> Sale:
        """What a row of either says. Raises Invalid on the column that cannot be so."""
