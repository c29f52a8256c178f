"""What verify holds in memory does not grow with the shop, sound or broken."""

import gc
import json
import tracemalloc
from collections import deque
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from catalog.models import Variant
from core import verify
from impact.verify import lines
from orders.actions import payment, placing, settlement
from orders.models import Order
from orders.provider.port import PaymentSeen, Was
from tests.figures import full
from tests.impact import world

pytestmark = pytest.mark.django_db


class Nowhere(StringIO):
    """Takes what is printed and keeps the last of it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines, self.last = 0, ""

    def write(self, text: str) -> int:
        self.lines, self.last = self.lines + text.count("\n"), text
        return len(text)


def paid_orders(count: int, variant) -> None:
    """So many guests buy one each, and have paid."""
    for _ in range(count // 100):
        asked = [
            placing.Purchase(
                email=f"guest{n}@example.com", recipient="王示例", phone="100-0000-0001",
                region_id=variant.product.team.county_id, street="示例路 1 号",
                wants=[placing.Want(variant, 1)], shipping={variant.product.team_id: 600},
            )
            for n in range(100)
        ]  # fmt: skip
        attempts = payment.attempts(placing.place_many(asked))
        settlement.settle_many(
            [(a, PaymentSeen(Was.SUCCEEDED, a.amount_minor, payment_ref=f"pi_{a.uid.hex}")) for a in attempts]
        )


@pytest.fixture
def shop(monkeypatch):
    """A variant of one lot that five households grew; verify looks at a hundred rows at a time."""
    monkeypatch.setattr(lines, "CHUNK", 100)
    monkeypatch.setattr(verify, "AT_ONCE", 100)
    lot = world.a_lot(units=5_000)
    world.a_round(lot.variant.product.team)
    return Variant.objects.select_related("product__team").get(pk=lot.variant_id)


# What Python keeps of tuples and dicts it has freed, to use them again; an order held in memory takes 2 KB.
KEPT = 600_000
MORE = full(900, 400)


def peak(look) -> int:
    """The most that is held at once while looking, in bytes; a first look fills what is kept for ever."""
    look()
    gc.collect()
    tracemalloc.start()
    try:
        look()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def looked_at() -> None:
    assert deque(call_verifiers(), maxlen=1) == deque()


def call_verifiers():
    from django.conf import settings
    from django.utils.module_loading import import_string

    for name in settings.VERIFIERS:
        yield from import_string(name)()


def test_many_times_the_orders_take_no_more_memory_to_verify(shop):
    """Held in memory, the fewest that are added would take more than is let pass."""
    paid_orders(100, shop)
    few = peak(looked_at)
    paid_orders(MORE, shop)
    assert Order.objects.filter(state="paid").count() == 100 + MORE
    assert peak(looked_at) < few + KEPT


def told_as_json() -> int:
    out = Nowhere()
    with pytest.raises(SystemExit):
        call_command("verify", "--json", stdout=out)
    return out.lines


def test_ten_times_the_offences_take_no_more_memory_to_tell(settings, monkeypatch):
    """Rows that break a rule come from the server as they are told."""
    settings.VERIFIERS = [f"{__name__}.so_many"]
    monkeypatch.setitem(globals(), "SO_MANY", 400)
    few = peak(told_as_json)
    monkeypatch.setitem(globals(), "SO_MANY", 4_000)
    assert peak(told_as_json) < few + KEPT and told_as_json() == 4_001


SO_MANY = 0


def so_many():
    statement = f"SELECT n, repeat('wrong ', 20) FROM generate_series(1, {SO_MANY}) n"
    return verify.broken([verify.Rule("I0", "Row", "a row breaks a rule", statement)])


def test_a_list_for_machines_is_json_however_long(shop):
    paid_orders(100, shop)
    Order.objects.update(refunded_minor=1)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert {row["id"] for row in found if row["rule"] == "I3"} >= set(
        Order.objects.values_list("pk", flat=True)
    )


def test_who_waits_is_told_how_far_it_is(shop):
    paid_orders(300, shop)
    told: list[tuple[str, int, int]] = []
    token = verify.tell.set(lambda *words: told.append(words))
    try:
        looked_at()
    finally:
        verify.tell.reset(token)
    assert [words for words in told if words[0] == "orders"] == [("orders", n, 300) for n in (100, 200, 300)]
    assert any(words == "rules" and done == goal for words, done, goal in told)


@pytest.fixture(autouse=True)
def nothing_is_late(monkeypatch):
    """The deliveries of these orders are on their way."""
    monkeypatch.setattr(verify, "GRACE", timedelta(days=1))
