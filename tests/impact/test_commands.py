"""manage.py verify and clock, as an operator uses them."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import clock
from impact.models import Round
from tests.impact import world

pytestmark = pytest.mark.django_db


def told(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_where_everything_holds_verify_says_so_of_every_floor():
    assert told("verify") == "Everything holds: core, catalog, orders, impact.\n"
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


@pytest.mark.parametrize("wrong", [("--set", "tomorrow"), ("--shift", "3 weeks")])
def test_the_clock_refuses_what_it_cannot_read(wrong):
    with pytest.raises(CommandError):
        told("clock", *wrong)
