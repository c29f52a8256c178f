"""A group offers to take people in only where a seat would be given: off the shelf, nobody is asked to join."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.actions import organisation
from catalog.actions import listing, lot, team, variant
from catalog.models import Lot
from core import clock
from core.deliveries import drain
from tests.catalog.world import a_lot, a_variant, an_operator
from tests.orders.world import Buyer, key
from tests.together.world import at_rest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_rates")]


def recall(made):
    lot.recall(Lot.objects.get(pk=made.lot.pk), an_operator(), "抽检不合格")
    drain()


def past_its_date(made):
    day = clock.today() - timedelta(days=1)
    Lot.objects.filter(pk=made.lot.pk).update(best_before=day, harvest_from=day - timedelta(days=30))
    lot.close_spent()


def suspend(made):
    listing.suspend(made.lot.variant.product, an_operator(), "证照过期")


def archive(made):
    listing.archive(made.lot.variant.product, made.manager.person)


def withdraw_variant(made):
    a_lot(a_variant(made.lot.variant.product))
    variant.save(made.lot.variant.product, None, made.lot.variant, is_offered=False)


def rest_team(made):
    team.rest(made.team, an_operator(), "示例原因")


def suspend_union(made):
    organisation.suspend(made.union, an_operator(), "示例原因")


STOPS = [recall, past_its_date, suspend, archive, withdraw_variant, rest_team, suspend_union]


def page(made, lang="en"):
    return Client().get(f"/{lang}/g/{made.code}/").content.decode()


@pytest.mark.parametrize("stop", STOPS)
def test_nobody_is_asked_to_join_what_takes_nobody(together, stop):
    made = together(minimum=2, maximum=4)
    assert "JOIN" in made.look()["allowedActions"] and made.look()["unitsLeft"] == 4
    assert 'action="/do/join_group/"' in page(made)
    stop(made)
    seen = made.look()
    assert "JOIN" not in seen["allowedActions"] and seen["unitsLeft"] == 0
    assert "JOIN" not in made.look(made.coordinator)["allowedActions"]
    shown = page(made)
    assert 'action="/do/join_group/"' not in shown and "Nobody can join now" in shown
    assert "No place is free now" not in shown
    assert "现在不能参加" in page(made, "zh") and "现在没有空位" not in page(made, "zh")
    # And indeed a seat is refused.
    given = {"code": made.code, "name": "示例", "units": 1, "email": "x@example.com"}
    refused = Buyer().refused("groupPurchaseJoin", **given, idempotencyKey=key())
    assert refused in ("TOO_LATE", "INSUFFICIENT_STOCK", "NOT_ON_SALE")
    at_rest()


def test_with_another_lot_it_takes_people_in_again(together):
    made = together(minimum=2, maximum=4)
    recall(made)
    a_lot(made.lot.variant, units=9)
    assert "JOIN" in made.look()["allowedActions"] and made.look()["unitsLeft"] == 4
    assert 'action="/do/join_group/"' in page(made) and "Nobody can join now" not in page(made)


def test_a_full_group_says_that_it_is_full(together):
    made = together(minimum=2, maximum=2)
    made.join(units=2)
    assert "No place is free now" in page(made) and "Nobody can join now" not in page(made)
