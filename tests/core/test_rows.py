"""Rows that are written together: new ones of several tables, or changed ones that take each its own values."""

from datetime import timedelta

import pytest
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from core import rows
from core.models import Delivery, OutboxEvent
from core.rows import Rows, Update

pytestmark = pytest.mark.django_db


def deliveries(count: int) -> list[Delivery]:
    event = OutboxEvent.objects.create(name="Happened", payload={})
    return [Delivery.objects.create(event=event, reaction=f"floor.tasks.react_{n}") for n in range(count)]


def test_each_row_takes_its_own_values_in_one_statement(django_assert_num_queries):
    made, now = deliveries(3), timezone.now()
    for n, row in enumerate(made):
        row.tries, row.error, row.done_at = n, f"Error{n}", None if n == 1 else now + timedelta(n)
    with django_assert_num_queries(1):
        assert rows.write(Update(made, ["tries", "error", "done_at"])) == 3
    kept = Delivery.objects.order_by("pk").values_list("tries", "error", "done_at")
    assert list(kept) == [(0, "Error0", now), (1, "Error1", None), (2, "Error2", now + timedelta(2))]


def test_a_row_that_says_otherwise_already_stays_as_it_is():
    first, second = deliveries(2)
    Delivery.objects.filter(pk=first.pk).update(error="Known")
    first.error = second.error = "New"
    first.tries = second.tries = 7
    assert rows.write(Update([first, second], ["error", "tries"], was=("error", ["", ""]))) == 1
    assert list(Delivery.objects.order_by("pk").values_list("error", "tries")) == [("Known", 0), ("New", 7)]


def test_a_text_that_is_too_long_is_refused_and_not_cut_off():
    (row,) = deliveries(1)
    row.error = "x" * 121
    with pytest.raises(DataError):
        rows.write(Update([row], ["error"]))


def test_no_rows_need_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rows.write(Update([], ["error"])) == 0


def test_rows_that_point_at_each_other_go_in_by_one_statement_and_learn_their_ids(django_assert_num_queries):
    told = [OutboxEvent(name=f"E{n}", payload={"n": n, "words": '橙 "子"'}) for n in range(3)]
    due = [Delivery(event=told[n], reaction=f"r{n}") for n in (2, 0)]
    plain = Rows(
        Delivery,
        ("event_id", "reaction", "due_at", "tries", "error"),
        [(told[1], "plain", told[1].recorded_at, 3, "")],
    )
    with django_assert_num_queries(1):
        rows.insert(told, due, plain)
    assert [row.pk for row in told] == sorted(row.pk for row in told)
    assert list(OutboxEvent.objects.order_by("pk").values_list("name", "payload")) == [
        (row.name, row.payload) for row in told
    ]
    found = {row.reaction: (row.event.name, row.tries) for row in Delivery.objects.select_related("event")}
    assert found == {"r2": ("E2", 0), "r0": ("E0", 0), "plain": ("E1", 3)}
    for row in due:
        again = Delivery.objects.get(pk=row.pk)
        assert row.event_id == again.event_id == row.event.pk and row.due_at == again.due_at


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        rows.insert([], Rows(Delivery, ("event_id",), []))


def test_what_is_too_long_is_refused_and_never_cut():
    with pytest.raises(DataError), transaction.atomic():
        rows.insert([OutboxEvent(name="x" * 61, payload={})])


def test_one_bad_row_keeps_all_of_them_out():
    event = OutboxEvent(name="E", payload={})
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(
            [event], [Delivery(event=event, reaction="twice"), Delivery(event=event, reaction="twice")]
        )
    assert not OutboxEvent.objects.exists()


def test_a_change_of_other_rows_goes_along_with_new_ones_or_alone(django_assert_num_queries):
    (one,) = deliveries(1)
    words = "told AS (UPDATE core_delivery SET error = %s::varchar WHERE id = %s::bigint)"
    for error, batch in (("With", [OutboxEvent(name="New", payload={})]), ("Alone", [])):
        with django_assert_num_queries(1):
            rows.insert(batch, along=rows.Along(words, [error, one.pk]))
        one.refresh_from_db()
        assert one.error == error
    assert OutboxEvent.objects.filter(name="New").count() == 1
