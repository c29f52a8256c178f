"""Two tabs join two accounts at one moment, the one way and the other: real threads, own connections, one barrier. And
without the lock."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.actions import merging
from accounts.models import Merging, Person
from catalog.models import Lot
from core.deliveries import drain
from core.refusals import Refusal
from orders.models import Order
from tests.accounts.world import a_person
from tests.catalog.test_stock_races import at_once
from tests.figures import figure, full
from tests.impact import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proof]

TRIALS, CONTROLS = full((200, 200), (8, 6))


def join(here: Person, there: Person) -> str:
    try:
        return str(merging.merge(here, there, "email").pk)
    except Refusal as no:
        return no.code


def two_who_bought(lot: Lot) -> tuple[Person, Person]:
    two = a_person(), a_person()
    for person in two:
        world.pay(world.an_order((lot, 1), person=person))
    return two


def test_two_tabs_join_them_once_and_nothing_is_lost():
    lot = world.a_lot(units=10_000)
    team = lot.variant.product.team
    world.a_round(team)
    for trial in range(TRIALS):
        one, other = two_who_bought(lot)
        answers = at_once([partial(join, one, other), partial(join, other, one)])
        assert len(set(answers)) == 1, "both tabs are told the same account"
        drain()
        kept = Person.objects.get(pk=answers[0])
        assert Merging.objects.filter(lasting=kept).count() == 1
        assert Order.objects.filter(person=kept).count() == 2
        assert Person.objects.filter(pk__in=[one.pk, other.pk], is_active=True).get() == kept
        assert world.figures(team)[1:3] == (trial + 1, trial + 1)
    assert not [o for name in settings.VERIFIERS for o in import_string(name)() if o.rule in ("I6", "I14")]
    figure("merging/tabs", f"exact in {TRIALS} trials")


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def as_they_were(here: Person, there: Person) -> tuple[Person, Person]:
        return Person.objects.get(pk=here.pk), Person.objects.get(pk=there.pk)

    monkeypatch.setattr(merging, "_locked", as_they_were)
    yield


def test_without_the_lock_both_would_go_into_each_other(without_the_lock):
    """The control: nobody is left who can sign in, or the database stops one of them half-way."""
    lot = world.a_lot(units=10_000)
    world.a_round(lot.variant.product.team)
    spoiled = 0
    for _ in range(CONTROLS):
        one, other = two_who_bought(lot)
        answers = at_once([partial(_join_or_break, one, other), partial(_join_or_break, other, one)])
        left = Person.objects.filter(pk__in=[one.pk, other.pk], is_active=True).count()
        spoiled += left != 1 or len(set(answers)) != 1
    figure("merging/control", f"without the lock wrong in {spoiled} of {CONTROLS} trials")
    assert spoiled > CONTROLS // 4


def _join_or_break(here: Person, there: Person) -> str:
    try:
        return join(here, there)
    except Exception as failure:
        return type(failure).__name__
