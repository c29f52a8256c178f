"""The last seat of a group is taken once: real threads, own connections, one barrier. And without the lock."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.contrib.auth.models import AnonymousUser

from catalog.models import Lot
from core.deliveries import drain
from orders.actions import cancel, payment, refund, settlement
from orders.models import Order, Payment, Refund
from orders.provider.port import PaymentSeen, RefundSeen, Was
from tests import database
from tests.catalog.test_stock_races import at_once
from tests.catalog.world import a_lot
from tests.figures import figure, full, progress
from tests.together.world import Together, at_rest
from together.actions import group, seat
from together.models import GroupPurchase, Seat
from together.refusals import GroupFull

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("till"),
    pytest.mark.proof,
]

TRIALS, CONTROLS = full((100, 100), (8, 4))
# Of four a busy machine may spoil one.
MISSED_BY_THE_CONTROL = full(0.05, 0.25)
COLLEAGUES = 20
_count = itertools.count(1)


def a_colleague(made: GroupPurchase, units: int = 1) -> Callable[[], str]:
    def join() -> str:
        n = next(_count)
        try:
            seat.join(made, AnonymousUser(), name=f"示例{n}", units=units, email=f"g{n}@example.com")
        except GroupFull:
            return "full"
        return "in"

    return join


def with_one_seat_left(lot: Lot) -> GroupPurchase:
    """A group of three units, two of which are taken."""
    made = Together(lot=lot, minimum=2, maximum=3).row
    a_colleague(made, units=2)()
    return made


def cancel_all(made: GroupPurchase) -> None:
    for order in Order.objects.filter(holder=made.uid):
        cancel.cancel(order)


def settle(seat: Seat) -> str:
    """The provider says that the seat's payment has succeeded."""
    (attempt,) = payment.attempts([seat.order])
    name = attempt.uid.hex
    seen = PaymentSeen(
        Was.SUCCEEDED, attempt.amount_minor, method="alipay", page_ref=f"cs_{name}", payment_ref=f"pi_{name}"
    )
    return settlement.settle(attempt, seen)


@pytest.fixture
def without_the_lock(monkeypatch) -> Iterator[None]:
    """Take away what keeps the last seat from being taken twice: the row lock, and the database's own rule."""
    monkeypatch.setattr(seat, "locked", lambda g: GroupPurchase.objects.get(pk=g.pk))
    name, table = "group_sells_no_more_than_its_maximum", "together_grouppurchase"
    with database.as_owner() as owner:
        (rule,) = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        ).fetchone()
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        owner.execute(f"TRUNCATE {table} CASCADE")
        owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")


def test_the_last_seat_is_taken_once_in_every_trial():
    lot = a_lot(units=100)
    for trial in range(TRIALS):
        progress(f"{trial} of {TRIALS} trials")
        made = with_one_seat_left(lot)
        said = at_once([a_colleague(made)] * COLLEAGUES)
        assert sorted(said) == ["full"] * (COLLEAGUES - 1) + ["in"]
        made.refresh_from_db()
        assert (made.units_reserved, made.seats.count()) == (3, 2)
        # The lot is large: it is the group that is full.
        cancel_all(made)
    at_rest()
    figure("stock/seats", f"1 of {COLLEAGUES} got the last seat in {TRIALS} of {TRIALS} trials")


def test_without_the_lock_a_group_would_be_overfilled(without_the_lock):
    lot, overfilled = a_lot(units=100), 0
    for _ in range(CONTROLS):
        made = with_one_seat_left(lot)
        said = at_once([a_colleague(made)] * COLLEAGUES)
        overfilled += said.count("in") > 1
        cancel_all(made)
    figure("stock/seats-control", f"without the lock overfilled in {overfilled} of {CONTROLS} trials")
    assert overfilled >= (1 - MISSED_BY_THE_CONTROL) * CONTROLS


def test_payments_that_fill_a_group_at_the_same_moment_confirm_it_once():
    made = Together(minimum=2, maximum=8).row
    for _ in range(8):
        a_colleague(made)()
    seats = list(Seat.objects.filter(group=made).select_related("order"))
    said = at_once([lambda s=seat: settle(s) for seat in seats])
    assert said == ["paid"] * 8
    made.refresh_from_db()
    assert (made.state, made.units_held, made.units_reserved) == ("confirmed", 8, 0)
    at_rest()


def test_paying_leaving_joining_and_closing_at_once_leaves_nothing_behind():
    times = full(10, 1)
    for _ in range(times):
        made = Together(minimum=4, maximum=12).row
        for _ in range(8):
            a_colleague(made)()
        seats = list(Seat.objects.filter(group=made).select_related("order").order_by("pk"))
        for each in seats[:4]:
            settle(each)
        deeds: list[Callable[[], object]] = [lambda s=each: settle(s) for each in seats[4:]]
        deeds += [lambda s=each: cancel.cancel(s.order) for each in seats[:2]]
        deeds += [a_colleague(made) for _ in range(4)]
        deeds += [partial(group.close, made)] * 3
        said = at_once(deeds)
        broken = [s for s in said if isinstance(s, Exception) and getattr(s, "code", "") != "TOO_LATE"]
        assert not broken, broken
        made.refresh_from_db()
        assert made.state in ("confirmed", "fell_short") and made.units_reserved == 0
        assert not Seat.objects.filter(group=made, state__in=("reserved", "held")).exists()
    assert Payment.objects.filter(state="succeeded").count() >= 4 * times
    # The stand-in never saw these payments: what they gave back is settled by hand.
    for given in Refund.objects.filter(state="requested"):
        seen = RefundSeen(Was.SUCCEEDED, f"re_{given.uid.hex}", given.amount_minor)
        refund.settle(given, seen, given.attempt)
    drain()
    at_rest()
