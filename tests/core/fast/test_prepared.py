"""Querysets whose SQL is put together once: the rows are those that Django would have made."""

import functools
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F

from core.fast import PreparedQuery
from core.models import Delivery, IdempotencyKey, OutboxEvent

pytestmark = pytest.mark.django_db

WAITING = PreparedQuery(
    lambda events, reaction: (
        Delivery.objects.filter(event__in=events, reaction=reaction).select_related("event").order_by("-pk")
    )
)


def deliveries(count):
    events = [OutboxEvent.objects.create(name="Told", payload={"n": n, "words": "好"}) for n in range(count)]
    return [Delivery.objects.create(event=event, reaction="heard") for event in events]


def plain(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_the_rows_and_what_is_joined_are_those_of_the_queryset(django_assert_num_queries):
    made = deliveries(3)
    events = [row.event_id for row in made[:2]]
    with django_assert_num_queries(1):
        found = WAITING.rows(events=events, reaction="heard")
    asked = Delivery.objects.filter(event__in=events).select_related("event").order_by("-pk")
    assert [plain(row) for row in found] == [plain(row) for row in asked]
    assert [plain(row.event) for row in found] == [plain(row.event) for row in asked]
    assert found[0].event.payload == {"n": 1, "words": "好"} and not found[0]._state.adding


def test_each_asking_has_its_own_values():
    one, two = deliveries(2)
    assert [row.pk for row in WAITING.rows(events=[one.event_id], reaction="heard")] == [one.pk]
    assert [row.pk for row in WAITING.rows(events=[two.event_id], reaction="heard")] == [two.pk]
    assert WAITING.rows(events=[one.event_id], reaction="other") == []
    assert WAITING.rows(events=[], reaction="heard") == []
    with pytest.raises(KeyError):
        WAITING.rows(events=[one.event_id])


def test_what_is_annotated_and_what_is_more_or_not_empty():
    one, two = deliveries(2)
    Delivery.objects.filter(pk=two.pk).update(tries=2)
    tried = PreparedQuery(
        lambda tries: (
            Delivery.objects.filter(tries__gt=tries).exclude(reaction="").annotate(twice=F("tries") * 2)
        )
    )
    assert [(row.pk, row.twice) for row in tried.rows(tries=1)] == [(two.pk, 4)]
    assert {row.pk for row in tried.rows(tries=-1)} == {one.pk, two.pk}
    Delivery.objects.filter(pk=two.pk).update(reaction="")
    assert tried.rows(tries=1) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_within_a_transaction_only():
    keys = PreparedQuery(lambda key: IdempotencyKey.objects.filter(key=key).select_for_update())
    with transaction.atomic():
        assert keys.rows(key=uuid4()) == []
    with pytest.raises(AssertionError):
        keys.rows(key=uuid4())


def _is_made_beside_one_that_waits(kind: type) -> bool:
    """Whether a queryset's statement is made while another one's making waits, as for a connection that others hold."""
    begun, end = Event(), Event()

    def waiting():
        begun.set()
        end.wait(10)
        return Delivery.objects.all()

    first, second = (
        Thread(target=lambda: kind(waiting).statement),
        Thread(target=lambda: kind(Delivery.objects.all).statement),
    )
    first.start()
    assert begun.wait(10)
    second.start()
    second.join(1)
    made = not second.is_alive()
    end.set()
    first.join()
    second.join()
    return made


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_is_being_made_holds_up_no_other():
    """Whoever makes one may wait for a connection, and those who wait for him may hold them all."""

    class UnderOneLock(PreparedQuery):
        statement = functools.cached_property(PreparedQuery.statement.func)  # noqa: TID251
        statement.__set_name__(None, "statement")

    assert _is_made_beside_one_that_waits(PreparedQuery)
    assert not _is_made_beside_one_that_waits(UnderOneLock)
