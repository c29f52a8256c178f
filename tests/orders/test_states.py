"""Nouns with states move one by one or many at once: only from where they were read, only where the table allows."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from core.refusals import Conflict
from core.states import Move, StateMachine, move_many
from orders.models import Order, Payment
from scripts import floors
from tests.impact.world import a_lot, an_order

pytestmark = pytest.mark.django_db
State = Order.State


@pytest.fixture
def orders(db):
    lot = a_lot()
    return [an_order([(lot, 1)]) for _ in range(3)]


def states(rows):
    return [type(row).objects.get(pk=row.pk).state for row in rows]


def move_on(row, state):
    type(row).objects.get(pk=row.pk).move_to(state)


def test_all_move_in_one_statement_with_what_is_alike_and_what_is_each_ones_own(
    orders, django_assert_num_queries
):
    now = timezone.now()
    for n, order in enumerate(orders):
        order.note = f"Note {n}"
    with django_assert_num_queries(1):
        move_many(orders, State.CANCELLED, ["note"], closed_at=now)
    assert [(o.state, o.closed_at) for o in orders] == [(State.CANCELLED, now)] * 3
    rows = Order.objects.filter(pk__in=[o.pk for o in orders]).order_by("pk")
    assert list(rows.values_list("state", "closed_at", "note")) == [
        (State.CANCELLED, now, f"Note {n}") for n in range(3)
    ]


def test_one_that_is_not_where_it_was_read_leaves_all_where_they_are(orders):
    move_on(orders[1], State.EXPIRED)
    with pytest.raises(Conflict), transaction.atomic():
        move_many(orders, State.CANCELLED)
    assert states(orders) == [State.PLACED, State.EXPIRED, State.PLACED]
    # Who was refused still says where she was read.
    assert [order.state for order in orders] == [State.PLACED] * 3


@pytest.mark.django_db(transaction=True)
def test_many_move_inside_a_transaction_alone_which_takes_a_part_back(django_assert_num_queries):
    lot = a_lot()
    orders = [an_order([(lot, 1)]) for _ in range(2)]
    move_on(orders[1], State.CANCELLED)
    with django_assert_num_queries(0), pytest.raises(AssertionError, match="transaction"):
        move_many(orders, State.EXPIRED)
    assert states(orders) == [State.PLACED, State.CANCELLED]


def test_a_move_that_the_table_does_not_allow_is_refused_before_anything_is_asked(
    orders, django_assert_num_queries
):
    orders[2].move_to(State.CANCELLED)
    with django_assert_num_queries(0), pytest.raises(Conflict):
        move_many(orders, State.EXPIRED)
    assert states(orders) == [State.PLACED, State.PLACED, State.CANCELLED]


def test_rows_that_stand_in_several_states_move_each_from_its_own(orders, django_assert_num_queries):
    orders[0].move_to(State.EXPIRED)
    with django_assert_num_queries(1):
        move_many(orders, State.PAID)
    assert states(orders) == [State.PAID] * 3


def test_a_row_that_is_named_twice_is_refused(orders):
    with pytest.raises(Conflict), transaction.atomic():
        move_many([orders[0], orders[0]], State.CANCELLED)
    assert states(orders[:1]) == [State.PLACED]


def test_no_rows_need_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        move_many([], State.PAID)


def a_payment(order):
    return Payment.objects.create(
        order=order, provider="stripe", amount_minor=order.total_minor, ends_at=timezone.now()
    )


def test_what_moves_along_moves_in_the_same_statement(orders, django_assert_num_queries):
    payments = [a_payment(order) for order in orders[:2]]
    for order in orders[:2]:
        order.paid_at = timezone.now()
    with django_assert_num_queries(1):
        move_many(payments, Payment.State.SUCCEEDED, along=Move(orders[:2], State.PAID, ["paid_at"]))
    assert states(payments) == [Payment.State.SUCCEEDED] * 2
    assert states(orders) == [State.PAID, State.PAID, State.PLACED]
    assert Order.objects.get(pk=orders[0].pk).paid_at == orders[0].paid_at


@pytest.mark.parametrize("faster", ["order", "payment"])
def test_of_two_that_move_along_each_other_neither_moves_alone(orders, faster):
    order, payment = orders[0], a_payment(orders[0])
    move_on(*{"order": (order, State.CANCELLED), "payment": (payment, Payment.State.CANCELLED)}[faster])
    before = states([order, payment])
    with pytest.raises(Conflict), transaction.atomic():
        move_many([payment], Payment.State.SUCCEEDED, along=Move([order], State.PAID))
    assert states([order, payment]) == before
    assert (order.state, payment.state) == (State.PLACED, Payment.State.CREATED)


def test_every_noun_with_states_has_its_moves_and_none_of_their_tables_is_excused():
    machines = [model for model in apps.get_models() if issubclass(model, StateMachine)]
    assert {Order, Payment} <= set(machines)
    for model in machines:
        assert model.MOVES, model
        assert set(model.MOVES) | {s for after in model.MOVES.values() for s in after} == set(model.State), (
            model
        )
        assert model._meta.db_table not in floors.WITHOUT_MOVES
    assert set(connection.introspection.table_names()) >= floors.WITHOUT_MOVES
