"""Different people and organisations of a division: kept by the fold, and what counting them anew would give."""

import random
from threading import Thread

import pytest
from django.db import connection

from impact.actions import standings
from impact.models import Presence, Round, Turnout
from impact.verify.contest import verify
from orders.models import Order
from tests.catalog import world as shelves
from tests.impact import world

EVERYWHERE = None


def in_division(code: str, name: str) -> object:
    """A lot of a team whose county is in another division."""
    shelves.a_county()
    division = shelves.a_region(code, name, name, 2, shelves.a_county().parent.parent)
    county = shelves.a_region(code[:4] + "01", f"{name}县", name, 3, division)
    return world.a_lot(variant=shelves.a_variant(shelves.a_product(team=shelves.a_team(county=county))))


def kept(round_: Round) -> dict[str | None, tuple[int, int]]:
    rows = Turnout.objects.filter(round=round_)
    return {t.division_id: (t.people, t.organisations) for t in rows if t.people or t.organisations}


def counted(bought: list[tuple[Order, str, int]]) -> dict[str | None, tuple[int, int]]:
    """By a plain model, from (order, division, what is left of it)."""
    who: dict[str | None, tuple[set, set]] = {}
    for order, division, left in bought:
        if left > 0:
            for place in (division, EVERYWHERE):
                people, bodies = who.setdefault(place, (set(), set()))
                people |= {order.person_id} - {None}
                bodies |= {order.organisation_id, order.mobiliser_organisation_id} - {None}
    found = {place: (len(people), len(bodies)) for place, (people, bodies) in who.items()}
    return {place: numbers for place, numbers in found.items() if any(numbers)}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_whoever_comes_and_goes_is_counted_once_a_division_and_once_in_all(seed):
    dice = random.Random(seed)
    lots = {
        "420500": [world.a_lot(), world.a_lot()],
        "421200": [in_division("421200", "咸宁市")],
        "422800": [in_division("422800", "恩施州")],
    }
    made = world.a_round(*(lot.variant.product.team for of in lots.values() for lot in of))
    people = [shelves.a_person() for _ in range(4)]
    unions = [world.an_organisation() for _ in range(3)]
    bought: list[tuple[Order, str, int]] = []
    for n in range(40):
        if bought and dice.random() < 0.35:
            at = dice.randrange(len(bought))
            order, division, left = bought[at]
            if left:
                taken = dice.choice([1, left])
                world.refund(order, (order.lines.get(), taken))
                bought[at] = (order, division, left - taken)
        else:
            division = dice.choice(list(lots))
            by = {
                "organisation": dice.choice([*unions, None]),
                "mobiliser_organisation": dice.choice([*unions, None]),
            }
            order = world.an_order(
                (dice.choice(lots[division]), 1), person=dice.choice([*people, None]), **by
            )
            world.pay(order)
            bought.append((order, division, order.goods_minor))
        if n % 3 == 0:
            standings.fold()
            assert kept(made) == counted(bought)
    standings.fold()
    assert kept(made) == counted(bought)
    assert list(verify()) == []


@pytest.mark.django_db
def test_an_order_of_the_teams_own_people_brings_nobody():
    lot = world.a_lot()
    team = lot.variant.product.team
    made = world.a_round(team)
    own = shelves.a_person()
    team.members.create(person=own)
    world.pay(world.an_order((lot, 1), person=own))
    standings.fold()
    assert kept(made) == {} and not Presence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_folds_at_once_count_everybody_once():
    lots = [world.a_lot() for _ in range(2)]
    made = world.a_round(*(lot.variant.product.team for lot in lots))
    people = [shelves.a_person() for _ in range(3)]

    def run() -> None:
        standings.fold()
        connection.close()

    threads = [Thread(target=run) for _ in range(6)]
    for n, thread in enumerate(threads):
        for lot in lots:
            world.pay(world.an_order((lot, 1), person=people[n % 3]))
        thread.start()
    for thread in threads:
        thread.join()
    standings.fold()
    assert kept(made) == {lots[0].variant.product.team.division_id: (3, 0), EVERYWHERE: (3, 0)}
    assert list(verify()) == []


@pytest.mark.django_db
def test_who_tampers_with_it_is_named():
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    world.pay(world.an_order((lot, 1), person=shelves.a_person()))
    standings.fold()
    Presence.objects.filter(division=EVERYWHERE).update(orders=2)
    assert [(o.rule, o.noun) for o in verify()] == [("I6", "Presence")]
    Presence.objects.filter(division=EVERYWHERE).delete()
    assert [(o.rule, o.noun) for o in verify()] == [("I6", "Presence"), ("I6", "Turnout")]
