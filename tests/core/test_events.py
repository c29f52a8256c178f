"""Both columns of the shop's table are functions of events, and what was written before an upgrade is still read."""

import logging
from dataclasses import dataclass

import pytest

from accounts.events import PasswordResetRequested
from core import deliveries, events, outbox
from core.events import Event
from core.models import Delivery, OutboxEvent
from tests.core.world import Ordered


def waiting(name, payload):
    """A row that a release before has written."""
    row = OutboxEvent.objects.create(name=name, payload=payload)
    return Delivery.objects.create(event=row, reaction="tests.core.test_events.hear")


@dataclass(frozen=True)
class Grew(Event):
    """An event that got a field since."""

    order_id: int
    units: int | None = None


@dataclass(frozen=True)
class Renamed(Event, formerly="Named"):
    """An event that was called otherwise."""

    order_id: int


HEARD: list[Event] = []


@outbox.reaction("tests.core.test_events.hear")
def hear(event):
    HEARD.append(event)


@pytest.fixture(autouse=True)
def nothing_heard():
    HEARD.clear()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"order_id": 7, "units": 2}, Grew(7, 2)),
        ({"order_id": 7}, Grew(7)),
        ({"order_id": 7, "given_up": "a field of before"}, Grew(7)),
    ],
)
def test_a_row_of_before_is_handed_over_as_the_event_of_now(payload, event):
    waiting("Grew", payload)
    assert outbox.drain() == 1
    assert [event] == HEARD and type(HEARD[0]) is Grew


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "event"),
    [("Named", Renamed(7)), ("PasswordResetAsked", PasswordResetRequested(7)), ("Renamed", Renamed(7))],
)
def test_a_row_under_the_name_of_before_is_the_event_of_now(name, event):
    waiting(name, {"order_id": 7, "person_id": 7})
    assert outbox.drain() == 1
    assert [event] == HEARD


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "payload"), [("Grew", {"units": 2}), ("NobodyKnows", {"order_id": 7})])
def test_a_row_that_cannot_be_read_fails_for_itself_alone(name, payload, caplog):
    caplog.set_level(logging.WARNING)
    broken, good = waiting(name, payload), waiting("Ordered", {"order_id": 1})
    outbox.hand_over()
    broken.refresh_from_db()
    good.refresh_from_db()
    assert good.done_at and [Ordered(1)] == HEARD
    assert broken.done_at is None and broken.tries == 1 and broken.error in ("TypeError", "KeyError")
    assert f"failed for event {broken.event_id}" in caplog.text


@pytest.mark.django_db
def test_what_is_needed_is_found_by_event(monkeypatch):
    read, told = [], []

    def prefetch(some):
        read.append(some)
        return {event: event.order_id * 10 for event in some}

    name = "tests.core.test_events.prefetched"
    it = deliveries.Reaction(name, lambda event, found: told.append((event, found)), False, 0, prefetch)
    monkeypatch.setitem(deliveries.REGISTRY, name, it)
    for n in (1, 2, 1):
        row = OutboxEvent.objects.create(name="Ordered", payload={"order_id": n})
        Delivery.objects.create(event=row, reaction=name)
    assert outbox.drain() == 3
    assert read == [[Ordered(1), Ordered(2), Ordered(1)]]
    assert told == [(Ordered(1), 10), (Ordered(2), 20), (Ordered(1), 10)]


def test_every_floors_events_are_known_by_name_without_their_reactions():
    known = events.known()
    assert {known[name].__module__ for name in ("PersonJoined", "LotRecalled", "OrderPaid", "GroupSent")} == {
        f"{floor}.events" for floor in ("accounts", "catalog", "orders", "together")
    }


def test_two_events_of_one_name_are_a_mistake():
    with pytest.raises(AssertionError, match="two events are called OrderPaid"):
        type("OrderPaid", (Event,), {"__module__": "elsewhere.events"})
