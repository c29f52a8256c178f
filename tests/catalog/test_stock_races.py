"""The last units are sold once: real threads, own connections, one barrier. And what happens without the lock."""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from catalog import verify
from catalog.actions import stock
from catalog.models import Lot, Product, Reservation
from catalog.refusals import InsufficientStock
from core import fast
from tests import database
from tests.catalog.world import a_lot, a_product, a_variant
from tests.figures import a_seed, figure, full, progress

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]

TRIALS = full(1_000, 8)
CONTROLS = full(100, 8)
# Of eight a busy machine may spoil one.
MISSED_BY_THE_CONTROL = full(0.05, 0.25)
BUYERS, UNITS = 20, 5


def at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Run all of these at the same moment, each on a connection of its own; what they say, or raise."""
    barrier = threading.Barrier(len(deeds))
    said: list[object] = [None] * len(deeds)

    def run(i: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            said[i] = deeds[i]()
        except Exception as failure:
            said[i] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return said


def a_buyer(wants: dict[int, int]) -> Callable[[], str]:
    def buy() -> str:
        holder = uuid4()
        try:
            stock.reserve(holder, wants, timezone.now() + timedelta(minutes=15))
        except InsufficientStock:
            return "refused"
        stock.sell([holder])
        return "bought"

    return buy


@pytest.fixture
def without_the_lock(monkeypatch) -> Iterator[None]:
    """Take away what keeps the last unit from being sold twice: the row lock, and the database's own rules."""
    monkeypatch.setattr(stock, "lock", lambda lots: lots.order_by("id"))
    monkeypatch.setattr(
        stock, "SHELF", fast.PreparedQuery(stock.SHELF.queryset)
    )  # the shop's own remembers the lock
    with database.as_owner() as owner:
        rules = owner.execute(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid = 'catalog_lot'::regclass AND contype = 'c' AND conname LIKE '%units_available%'
                  OR conname = 'lot_sells_only_what_it_made'
                  OR conrelid = 'catalog_product'::regclass AND contype = 'c' AND conname LIKE '%units_avail%'"""
        ).fetchall()
        tables = {True: "catalog_product", False: "catalog_lot"}
        for name, _ in rules:
            owner.execute(f"ALTER TABLE {tables['product' in name]} DROP CONSTRAINT {name}")
        yield
        owner.execute("TRUNCATE catalog_lot, catalog_product CASCADE")
        for name, rule in rules:
            owner.execute(f"ALTER TABLE {tables['product' in name]} ADD CONSTRAINT {name} {rule}")


def test_twenty_buyers_of_five_units_buy_five_in_every_trial():
    variant = a_variant()
    for trial in range(TRIALS):
        lot = a_lot(variant, units=UNITS)
        progress(f"{trial} of {TRIALS} trials")
        said = at_once([a_buyer({variant.id: 1})] * BUYERS)
        assert sorted(said) == ["bought"] * UNITS + ["refused"] * (BUYERS - UNITS)
        lot.refresh_from_db()
        assert (lot.units_available, lot.units_reserved, lot.units_sold) == (0, 0, UNITS)
    assert Product.objects.get().units_available == 0
    assert list(verify.verify()) == []
    figure("stock/race", f"{UNITS} of {UNITS} sold to {BUYERS} buyers in {TRIALS} of {TRIALS} trials")


def test_without_the_lock_the_shop_would_oversell(without_the_lock):
    variant, oversold = a_variant(), 0
    for _ in range(CONTROLS):
        lot = a_lot(variant, units=UNITS)
        said = at_once([a_buyer({variant.id: 1})] * BUYERS)
        oversold += said.count("bought") > UNITS
        Lot.objects.filter(pk=lot.pk).update(state=Lot.State.CLOSED)
    figure("stock/control", f"without the lock oversold in {oversold} of {CONTROLS} trials")
    assert oversold >= (1 - MISSED_BY_THE_CONTROL) * CONTROLS


def test_carts_of_three_variants_in_any_order_never_wait_for_each_other_in_a_ring():
    product, other = a_product(), a_product()
    variants = [a_variant(product), a_variant(other), a_variant(product)]
    lots = [a_lot(variant, units=60) for variant in variants]
    chance, rounds = random.Random(seed := a_seed()), full(200, 2)
    for trial in range(rounds):
        progress(f"{trial} of {rounds} trials")
        buyers = []
        for _ in range(BUYERS):
            wanted = chance.sample(variants, 3)
            buyers.append(a_buyer({variant.id: 3 for variant in wanted}))
        for lot in lots:
            Reservation.objects.all().delete()
            Lot.objects.filter(pk=lot.pk).update(units_available=60, units_sold=0)
        said = at_once(buyers)
        assert said == ["bought"] * BUYERS
    assert [lot.units_sold for lot in Lot.objects.order_by("id")] == [60, 60, 60]
    assert list(verify.verify()) == []
    figure("stock/carts", f"0 deadlocks in {rounds} trials of {BUYERS} carts of 3 variants", seed)


def test_buying_releasing_and_returning_at_once_leaves_exact_shelves():
    lots = [a_lot(a_variant(a_product()), units=40) for _ in range(2)]
    variants = [lot.variant_id for lot in lots]
    sold = [uuid4() for _ in range(6)]
    held = [uuid4() for _ in range(6)]
    until = timezone.now() + timedelta(minutes=15)
    stock.reserve_many([stock.Wanted(holder, dict.fromkeys(variants, 2), until) for holder in sold + held])
    stock.sell(sold)
    deeds: list[Callable[[], object]] = []
    for i in range(6):
        deeds.append(lambda i=i: stock.restock(sold[i], {lots[i % 2].id: 1}))
        deeds.append(lambda i=i: stock.release([held[i]]))
        deeds.append(a_buyer(dict.fromkeys(random.sample(variants, 2), 1)))
    random.shuffle(deeds)
    assert not [said for said in at_once(deeds) if isinstance(said, Exception)]
    assert list(verify.verify()) == []


def test_what_is_released_while_it_is_paid_is_either_sold_or_released():
    lot = a_lot(units=40)
    until = timezone.now() - timedelta(seconds=1)
    holders = [uuid4() for _ in range(10)]
    stock.reserve_many([stock.Wanted(holder, {lot.variant_id: 1}, until) for holder in holders])
    said = at_once([lambda h=h: stock.sell([h]) for h in holders] + [lambda: stock.release(holders)] * 5)
    sold = {holder for one in said[:10] for holder in one}
    released = {holder for one in said[10:] for holder in one}
    assert sold | released == set(holders) and not sold & released
    lot.refresh_from_db()
    assert (lot.units_available, lot.units_reserved, lot.units_sold) == (40 - len(sold), 0, len(sold))
    assert list(verify.verify()) == []
