"""Case N39: of a bulk of refunds each is made, once, with two workers that are killed and buyers who change their minds."""

import pytest
from django.utils import timezone

from core.deliveries import drain
from core.refusals import Refusal
from orders.actions import cancel, refund, setback, setback_follow
from orders.models import Payment, Refund, Setback, SetbackChoice
from orders.reads.setback import standing_of
from orders.reads.waiting import refunds_left
from tests.catalog.test_stock_races import at_once
from tests.catalog.world import an_operator
from tests.figures import figure, full
from tests.orders.harvest import HOUR, THREE_DAYS, Harvest
from tests.orders.world import tell
from tests.together.world import at_rest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop", "no_rates"),
    pytest.mark.proof,
]
# 600 sold and 400 there: 150 choose money, 50 the other lot of which there are 30, 60 wait, 340 say nothing.
SOLD, THERE, MONEY, OTHER, KEPT, WAIT = full((600, 400, 150, 50, 30, 60), (14, 8, 5, 2, 1, 1))
TRIALS = full(200, 20)


class Killed(BaseException):
    """A power cut, as far as a test can have one without ending its own process."""


@pytest.fixture
def harvest(till, a_stand):
    return Harvest(till, a_stand, units=SOLD + 50)


def cut(monkeypatch, module, name, at):
    """The process ends when this is called for the so-manieth time, before what it has begun is committed."""
    real, calls = getattr(module, name), []

    def dies(*told, **more):
        calls.append(1)
        said = real(*told, **more)
        if len(calls) == at:
            raise Killed
        return said

    monkeypatch.setattr(module, name, dies)


def test_n39_each_is_refunded_once_and_nobody_is_held_up(harvest, till, a_stand, monkeypatch):
    orders = harvest.sold(*[1] * SOLD)
    harvest.another(KEPT)
    money, other = orders[:MONEY], orders[MONEY : MONEY + OTHER]
    wait = orders[MONEY + OTHER : MONEY + OTHER + WAIT]
    made = harvest.mark("short", units_there=THERE)
    for order in money:
        harvest.choose(order, "money")
    refused = []
    for order in other:
        try:
            harvest.choose(order, "other")
        except Refusal:
            refused.append(order)
    assert len(refused) == OTHER - KEPT  # told at once that there are no more: they may choose again
    for order in wait:
        harvest.choose(order, "wait")
    # One is given back by her team meanwhile, one is under way already, one a bank decides about, one's provider says no.
    done, pending, contested, fails = money[:4]
    cancel.cancel(done)
    harvest_now = timezone.now() + HOUR
    till.dispute(payment_intent=Payment.objects.get(order=contested, is_kept=True).payment_ref)
    tell(a_stand, "charge.dispute.created")
    drain()
    harvest.choose(fails, "money")
    # A worker is cut off twice, in the middle of it.
    for at in (2, 2):
        with monkeypatch.context() as patch:
            cut(patch, setback_follow.refund, "request", at)
            with pytest.raises(Killed):
                setback_follow.follow(harvest_now)
    changed = money[-1]
    deeds = [lambda: setback_follow.follow(harvest_now)] * 2
    deeds.append(lambda: setback.choose(changed, harvest.choice(changed).uid, "wait"))
    for said in at_once(deeds):
        assert not isinstance(said, Exception) or isinstance(said, Refusal), said
    drain()
    harvest.later(THREE_DAYS)
    harvest.later(THREE_DAYS + HOUR)
    # One comes back from the provider's after it had been given.
    first = Refund.objects.get(payment__order=fails)
    till.settle_refund(first.provider_id, "failed")
    tell(a_stand, "refund.failed")
    drain()
    Refund.objects.filter(pk=first.pk).update(retry_at=None)
    harvest.later(THREE_DAYS + HOUR)
    stands = standing_of(made)
    assert sum(stands.units.values()) == SOLD == stands.all_units
    given = SetbackChoice.objects.filter(setback=made)
    assert sum(one.goods_units for one in given) == THERE
    assert sum(one.other_units for one in given) == KEPT
    assert Refund.objects.filter(payment__order__in=orders).values("payment__order").distinct().count() == (
        Refund.objects.filter(reason__in=("harvest", "cancelled")).count()
    )
    assert first in refunds_left(an_operator())  # named in the office, and the others have their money
    harvest.arrived()
    others = Refund.objects.filter(reason="harvest").exclude(pk=first.pk)
    assert set(others.values_list("state", flat=True)) == {"succeeded"}
    # The bank's is still before it: its choice stands, nothing is sent, and nothing is said to be done.
    waits = harvest.choice(contested)
    assert (waits.state, waits.holds_back) == ("asked", True)
    assert Setback.objects.get(pk=made.pk).ended_at is None
    # Whoever paid last and was silent was not reached.
    reached = [one for one in orders[MONEY + OTHER :] if harvest.choice(one).goods_units]
    assert reached == orders[MONEY + OTHER :][: len(reached)]
    assert harvest.choice(pending).state == "back"
    figure("harvest/n39", f"{SOLD} sold, {THERE} there: Σ = {stands.all_units}, two workers, cut off twice")


def test_it_is_her_money_or_her_goods_and_never_both(harvest):
    """Two workers carry it out while she changes her mind: once, whatever came first."""
    orders = harvest.sold(*[1] * 5)
    other, money, kept, late = harvest.another(50), 0, 0, timezone.now() + HOUR
    harvest.mark("late")
    for trial in range(TRIALS // 5):
        for order in orders:
            row = harvest.choice(order)
            if row.state not in SetbackChoice.OPEN:
                continue
            setback.choose(order, row.uid, "money" if trial % 2 else "other")
            said = at_once(
                [
                    lambda pk=row.pk: setback_follow.carry_out(pk, late),
                    lambda pk=row.pk: setback_follow.carry_out(pk, late),
                    lambda one=order, uid=row.uid: setback.choose(one, uid, "wait"),
                ]
            )
            assert all(isinstance(one, bool | SetbackChoice | Refusal) for one in said), said
            assert sum(one is True for one in said) <= 1
            money += sum(one is True for one in said)
            kept += isinstance(said[2], SetbackChoice)
    other.refresh_from_db()
    asked = SetbackChoice.objects.filter(choice="other", state__in=SetbackChoice.OPEN).count()
    assert other.units_reserved == asked
    drain()
    harvest.arrived()
    at_rest()
    figure("harvest/once", f"carried out {money} times, kept {kept} times, never both")


def test_without_the_lock_she_would_have_it_twice(harvest, monkeypatch):
    """Two workers look before either has written."""
    (order,) = harvest.sold(2)
    harvest.mark("late")
    row = harvest.choose(order, "money")
    real, late = refund.request, timezone.now() + HOUR

    def unlocked(pk):
        found = SetbackChoice.objects.select_related("line__order", "line__shipment", "setback__lot").get(
            pk=pk
        )
        return found.line.order, found

    def meanwhile(order, parts, **told):
        first = real(order, {uid: refund.Part(1, lot_id=part.lot_id) for uid, part in parts.items()}, **told)
        monkeypatch.setattr(setback_follow.refund, "request", real)
        real(order, {uid: refund.Part(1, lot_id=part.lot_id) for uid, part in parts.items()}, **told)
        return first

    monkeypatch.setattr(setback_follow, "_locked", unlocked)
    monkeypatch.setattr(setback_follow.refund, "request", meanwhile)
    setback_follow.carry_out(row.pk, late)
    assert Refund.objects.filter(reason="harvest").count() == 2
