"""Small words of the ledger's machine: what its steps share (tests/guard/ledger.py)."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st

from orders.actions import notice
from orders.models import Notice, Order, Refund
from tests.guard.bank import notice as body_of
from tests.guard.market import Market

PICK = st.integers(0, 30)
UNITS = st.integers(0, 3)
ADDRESS = {"recipient": "示例买家", "phone": "13800138000", "street": "示例路 1 号"}


class Words:
    """One of many by chance, what the provider tells, what went back on the shelf."""

    market: Market
    bank: Any
    told: list[bytes]
    reached: Counter[str]

    def _one(self, pick, rows):
        found = list(rows if isinstance(rows, list) else rows.order_by("pk"))
        return found[pick % len(found)] if found else None

    def _tell(self, noun, id):
        self.told.append(body_of(f"evt_{len(self.told)}", noun, id))
        kept = notice.receive("bank", self.told[-1], {})
        assert Notice.objects.get(pk=kept.pk).handled_at, "a notice could not be acted on"

    def _refunds(self):
        return set(Refund.objects.values_list("pk", flat=True))

    def _left(self, order, before):
        self.market.restocked(order, before)

    def _left_all(self, row, before):
        for order in Order.objects.filter(holder=row.uid):
            self._left(order, before)
