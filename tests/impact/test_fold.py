"""The fold adds what is new, and after whatever came is what all supports say together."""

import random
import time
from datetime import timedelta

import pytest
from django.db import connection

from core import clock
from impact.actions import standings
from impact.models import Standing, StandingDay, Support, SupporterDay, SupportingOrganisation, SupportNumber
from impact.reads.figures import figures_of
from impact.verify.contest import verify
from tests.catalog import world as shelves
from tests.figures import a_seed, figure, full
from tests.impact import world

pytestmark = pytest.mark.django_db

MANY = full(100_000, 5_000)
WITHIN = 0.010  # seconds


@pytest.mark.proof
def test_whatever_comes_in_whatever_batches_the_fold_is_what_all_supports_say():
    rng = random.Random(a_seed())
    manager = shelves.a_person()
    team = shelves.a_team(manager=manager)
    lot = world.a_lot(units=400, variant=shelves.a_variant(shelves.a_product(team)))
    world.a_round(team)
    people, bodies = [shelves.a_person() for _ in range(3)], [world.an_organisation() for _ in range(2)]
    orders = []
    for _ in range(full(200, 30)):
        buyer = rng.choice([*people, None, manager])
        order = world.an_order(
            (lot, rng.choice((1, 2, 20))),
            person=buyer,
            organisation=rng.choice([*bodies, None]),
            mobiliser_organisation=rng.choice([*bodies, None]),
            traded_at=clock.now() - timedelta(days=rng.randrange(8)),
            **({} if buyer else {"email": "one@example.com"}),
        )
        world.pay(order)
        orders.append(order)
        before = rng.choice(orders)
        line = before.lines.get()
        if rng.random() < 0.4 and (left := line.net_minor - line.refunded_minor):
            world.refund(before, (line, rng.choice((left, max(1, left // 3)))))
        if rng.random() < 0.2 and before.person is None and before.buyer_proved_at is None:
            world.prove(before)
            before.refresh_from_db()
        if rng.random() < 0.5:
            standings.fold()
            assert list(verify()) == []
    standings.fold()
    assert list(verify()) == []
    figures = world.figures(team)
    assert figures[1] > figures[2] > 1 and figures[3] == 2, "the rules were asked about something"


def test_what_goes_back_altogether_leaves_nothing_to_count():
    lot = world.a_lot()
    team = lot.variant.product.team
    world.a_round(team)
    order = world.an_order((lot, 20), person=shelves.a_person(), organisation=world.an_organisation())
    world.pay(order)
    assert world.figures(team)[1:4] == (1, 1, 1)
    assert (SupporterDay.objects.count(), SupportingOrganisation.objects.count()) == (1, 1)
    world.refund(order, (order.lines.get(), order.total_minor))
    assert world.figures(team) == (0, 0, 0, 0, 0, 0)
    assert (SupporterDay.objects.count(), SupportingOrganisation.objects.count()) == (0, 0)


def test_a_row_of_the_fold_that_is_changed_is_named(owner):
    lot = world.a_lot()
    world.a_round(lot.variant.product.team)
    world.pay(world.an_order((lot, 20), person=shelves.a_person(), organisation=world.an_organisation()))
    standings.fold()
    assert list(verify()) == []
    day, body, net = (
        SupporterDay.objects.get(),
        SupportingOrganisation.objects.get(),
        StandingDay.objects.get(),
    )
    SupporterDay.objects.update(orders=2)
    SupportingOrganisation.objects.update(net_minor=1)
    StandingDay.objects.update(net_minor=1)
    assert {(o.noun, o.id) for o in verify()} == {
        ("StandingDay", net.pk),
        ("SupporterDay", day.pk),
        ("SupportingOrganisation", body.pk),
    }
    SupporterDay.objects.all().delete()
    StandingDay.objects.all().delete()
    assert {("SupporterDay", 0), ("StandingDay", 0)} <= {(o.noun, o.id) for o in verify()}


@pytest.mark.proof
def test_one_more_support_costs_the_same_however_many_an_entry_has():
    lot = world.a_lot()
    team = lot.variant.product.team
    world.a_round(team)
    order = world.an_order((lot, 1), person=shelves.a_person(), organisation=world.an_organisation())
    world.pay(order)
    standings.fold()
    _as_if_bought(MANY)
    assert standings.fold() == 1 and SupportNumber.objects.count() == MANY + 1
    people = Standing.objects.get().people
    assert MANY * 0.9 < people < MANY
    took = []
    for _ in range(5):
        world.pay(world.an_order((lot, 1), person=shelves.a_person(), organisation=order.organisation))
        began = time.perf_counter()
        assert standings.fold() == 1
        took.append(time.perf_counter() - began)
    assert min(took) < WITHIN, took
    now = Standing.objects.get()
    assert now.people == people + 5 == figures_of([now.entry_id])[now.entry_id].people
    figure(
        "fold/one-more", f"in an entry with {Support.objects.count():,} supports: {min(took) * 1000:.1f} ms"
    )


def _as_if_bought(times: int) -> None:
    """The one support there is, again and again: by other people, of whom one in twenty comes back, on some days."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH made AS (
                   INSERT INTO impact_ledgertransaction (reason, key, order_uid, at)
                   SELECT 'paid', 'paid:' || n, gen_random_uuid(), now() FROM generate_series(1, %s) n
                   RETURNING id, order_uid, substr(key, 6)::int AS n
               ), bought AS (
                   INSERT INTO impact_support (uid, entry_id, transaction_id, order_uid, amount_minor, exclusion, person_key,
                                               is_known_person, day, organisation_id, is_own_call, at)
                   SELECT gen_random_uuid(), entry_id, made.id, made.order_uid, amount_minor, exclusion,
                          md5((n - (n %% 20 = 0)::int)::text), true, day - n %% 7, organisation_id, false, s.at
                   FROM impact_support s CROSS JOIN made RETURNING id
               ) INSERT INTO impact_supportwaiting (support_id) SELECT id FROM bought""",
            [times],
        )
