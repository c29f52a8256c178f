"""manage.py verify and clock, as an operator uses them."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import clock
from impact.actions import standings
from impact.models import Round
from impact.verify import verify
from orders.actions import dispute
from orders.provider.port import DisputeSeen
from tests.impact import world

pytestmark = pytest.mark.django_db


def told(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_where_everything_holds_verify_says_so_of_every_floor():
    assert told("verify") == "Everything holds: core, accounts, catalog, orders, together, impact, contest.\n"
    assert json.loads(told("verify", "--json")) == []


def test_verify_tells_a_machine_the_row():
    order = world.an_order((world.a_lot(), 1))
    order.move_to("paid")  # without its payment and its attribution
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify", "--json", stdout=out)
    found = {(o["verifier"], o["rule"], o["noun"], o["id"]) for o in json.loads(out.getvalue())}
    assert ("impact", "I5", "Order", order.pk) in found
    assert ("orders", "I2", "Order", order.pk) in found


def test_the_clock_moves_the_contest_and_nothing_else():
    lot = world.a_lot()
    made = world.a_round(lot.variant.product.team)
    before = timezone.now()
    assert "2030-01-02 03:04" in told("clock", "--set", "2030-01-02T03:04")
    assert made.phase(clock.now()) == Round.Phase.FROZEN
    assert timezone.now() - before < timedelta(minutes=1)
    assert "2030-01-05 03:04" in told("clock", "--shift", "3d")
    assert "2030-01-05 02:04" in told("clock", "--shift=-1h")
    told("clock", "--reset")
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)
    assert made.phase(clock.now()) == Round.Phase.OPEN


def test_what_was_given_back_while_a_round_was_frozen_leaves_it_when_the_clock_is_set_back():
    """A demo that is started again months later sets its clock back into its round."""
    lot = world.a_lot()
    team = lot.variant.product.team
    made = world.a_round(team)
    orders = [world.an_order((lot, 3)) for _ in range(4)]
    for order in orders:
        world.pay(order)
    world.refund(orders[0], (orders[0].lines.get(), 1000))
    told("clock", "--shift", "20d")
    assert made.phase(clock.now()) == Round.Phase.FROZEN
    frozen = world.figures(team)
    assert frozen[0] == 4 * 11070 - 1000
    world.refund(orders[1], (orders[1].lines.get(), 3690))
    world.lose_dispute(orders[2])
    assert world.figures(team) == frozen and list(verify()) == []
    told("clock", "--reset")
    assert world.figures(team)[0] == 4 * 11070 - 1000 - 3690 - 11070
    assert list(verify()) == []
    told("clock", "--shift", "20d")
    told("clock", "--reset")
    assert world.figures(team)[0] == 4 * 11070 - 1000 - 3690 - 11070, "once"
    world.refund(orders[3], (orders[3].lines.get(), 3690))
    standings.fold()
    assert list(verify()) == []


@pytest.mark.parametrize("before", [(), ("lost",), ("lost", "won")])
@pytest.mark.parametrize("frozen", [("lost",), ("won",), ("lost", "won"), ("won", "lost")])
def test_what_a_bank_decided_while_a_round_was_frozen_is_told_when_the_clock_is_set_back(before, frozen):
    lot = world.a_lot()
    team = lot.variant.product.team
    world.a_round(team)
    order = world.an_order((lot, 3))
    world.pay(order)
    intent = order.payments.get(is_kept=True).payment_ref

    def decide(states):
        for state in states:
            dispute.settle("stripe", DisputeSeen("dp_frozen", state, 3000, "fraudulent", intent))

    decide(before)
    world.refund(order, (order.lines.get(), 1000))
    counted = world.figures(team)[0]
    told("clock", "--shift", "20d")
    decide(frozen)
    world.refund(order, (order.lines.get(), 500))
    assert world.figures(team)[0] == counted
    told("clock", "--reset")
    assert world.figures(team)[0] == 11070 - 1500 - 3000 * (frozen[-1] == "lost")
    assert list(verify()) == []


@pytest.mark.parametrize("wrong", [("--set", "tomorrow"), ("--shift", "3 weeks")])
def test_the_clock_refuses_what_it_cannot_read(wrong):
    with pytest.raises(CommandError):
        told("clock", *wrong)
