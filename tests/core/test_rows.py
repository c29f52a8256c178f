"""Rows that are written together take each its own values, once."""

from datetime import timedelta

import pytest
from django.db import DataError
from django.utils import timezone

from core import rows
from core.models import Delivery, OutboxEvent

pytestmark = pytest.mark.django_db


def deliveries(count: int) -> list[Delivery]:
    event = OutboxEvent.objects.create(name="Happened", payload={})
    return [Delivery.objects.create(event=event, reaction=f"floor.tasks.react_{n}") for n in range(count)]


def test_each_row_takes_its_own_values_in_one_statement(django_assert_num_queries):
    made, now = deliveries(3), timezone.now()
    for n, row in enumerate(made):
        row.tries, row.error, row.done_at = n, f"Error{n}", None if n == 1 else now + timedelta(n)
    with django_assert_num_queries(1):
        assert rows.write(made, ["tries", "error", "done_at"]) == 3
    kept = Delivery.objects.order_by("pk").values_list("tries", "error", "done_at")
    assert list(kept) == [(0, "Error0", now), (1, "Error1", None), (2, "Error2", now + timedelta(2))]


def test_a_row_that_says_otherwise_already_stays_as_it_is():
    first, second = deliveries(2)
    Delivery.objects.filter(pk=first.pk).update(error="Known")
    first.error = second.error = "New"
    first.tries = second.tries = 7
    assert rows.write([first, second], ["error", "tries"], unless=("error", "Known")) == 1
    assert list(Delivery.objects.order_by("pk").values_list("error", "tries")) == [("Known", 0), ("New", 7)]


def test_a_text_that_is_too_long_is_refused_and_not_cut_off():
    (row,) = deliveries(1)
    row.error = "x" * 121
    with pytest.raises(DataError):
        rows.write([row], ["error"])


def test_no_rows_need_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert rows.write([], ["error"]) == 0
