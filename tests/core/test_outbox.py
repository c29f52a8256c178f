"""What happened is told at least once, and is in effect once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from core import deliveries, outbox, verify
from core.models import Delivery, OutboxEvent
from tests.core import world
from tests.core.world import HEARD, Ordered
from tests.figures import figure, full, progress


def record(*numbers):
    with transaction.atomic():
        outbox.record(*[Ordered(n) for n in numbers])


def soon():
    """Let every failed try be due again."""
    Delivery.objects.filter(done_at=None).update(due_at=timezone.now())


@pytest.mark.django_db
def test_events_are_recorded_with_their_change_and_heard_at_once_as_one_list():
    record(1, 2)
    assert HEARD == [("at once", [1, 2])]
    assert [e.payload for e in OutboxEvent.objects.order_by("id")] == [{"order_id": 1}, {"order_id": 2}]
    assert Delivery.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_a_mistake():
    with pytest.raises(AssertionError):
        outbox.record(Ordered(1))


@pytest.mark.django_db
def test_what_is_undone_was_never_told():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.record(Ordered(1))
        1 / 0  # noqa: B018
    assert OutboxEvent.objects.count() == Delivery.objects.count() == 0


@pytest.mark.django_db
def test_each_reaction_happens_once_and_those_together_as_one_list():
    record(1, 2)
    HEARD.clear()
    assert outbox.drain() == 6
    assert sorted(HEARD) == [("outside", 1), ("outside", 2), ("together", [1, 2])]
    assert OutboxEvent.objects.filter(name="Reacted").count() == 2
    assert outbox.drain() == 0 and list(verify.verify()) == []


@pytest.mark.django_db
def test_what_is_made_up_is_heard_at_once_and_nobody_is_told_afterwards(
    monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(outbox.current_app, "send_task", lambda name, **how: sent.append(name))
    with django_capture_on_commit_callbacks(execute=True), outbox.telling_nobody():
        record(1)
    assert HEARD == [("at once", [1])] and sent == []
    assert Delivery.objects.exclude(done_at=None).count() == 3 and outbox.drain() == 0
    record(2)
    assert Delivery.objects.filter(done_at=None).count() == 3, "from then on they are told again"


@pytest.mark.django_db
def test_one_wake_up_a_transaction(monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(outbox, "_looks_at", {})
    monkeypatch.setattr(outbox.current_app, "send_task", lambda name, **how: sent.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        record(1)
        record(2)
    assert sent == ["core.tasks.hand_over"]


@pytest.mark.django_db
def test_without_a_broker_the_change_stands_and_the_rows_wait(
    monkeypatch, django_capture_on_commit_callbacks
):
    tried = []

    def away(*_, **__):
        tried.append(1)
        raise ConnectionError

    monkeypatch.setattr(outbox.current_app, "send_task", away)
    monkeypatch.setattr(outbox, "_broker_rests_until", 0.0)
    monkeypatch.setattr(outbox, "_looks_at", {})
    for number in (1, 2):
        with django_capture_on_commit_callbacks(execute=True):
            record(number)
    assert len(tried) == 1, "a broker that is away is not asked again at once"
    assert outbox.drain() == 6


@pytest.mark.proof
@pytest.mark.django_db
def test_poison_is_parked_after_ten_tries_and_blocks_nobody(settings, caplog):
    settings.REACTIONS = "tests.core.world.POISONED"
    record(1)
    for _ in range(deliveries.TRIES):
        outbox.hand_over()
        soon()
    parked = Delivery.objects.get(parked_at__isnull=False)
    assert (parked.reaction, parked.tries, parked.error) == ("tests.core.world.poison", 10, "RuntimeError")
    assert outbox.hand_over() == 0 and OutboxEvent.objects.filter(name="Reacted").count() == 1
    assert [o.rule for o in verify.verify()] == ["I8"]
    assert any(r.levelname == "ERROR" and "parked" in r.message for r in caplog.records)
    assert deliveries.unpark() == 1 and Delivery.objects.get(id=parked.id).tries == 0
    figure(
        "effects/poison",
        f"parked after {parked.tries} tries with an ERROR in the log; the other effect was done",
    )


@pytest.mark.django_db
def test_a_failed_try_waits_longer_each_time(settings):
    settings.REACTIONS = "tests.core.world.POISONED"
    record(1)
    waits = []
    for _ in range(3):
        outbox.hand_over()
        row = Delivery.objects.get(reaction="tests.core.world.poison")
        waits.append(round((row.due_at - timezone.now()).total_seconds()))
        soon()
    assert waits == [1, 2, 5]


@pytest.mark.django_db
def test_a_batch_with_poison_in_it_is_taken_apart():
    record(1, -1, 2)
    outbox.hand_over()
    assert ("together", [1, 2]) not in HEARD
    soon()
    outbox.hand_over()
    assert ("together", [1]) in HEARD and ("together", [2]) in HEARD
    left = Delivery.objects.get(done_at=None)
    assert left.event.payload == {"order_id": -1} and left.tries == 2


@pytest.mark.django_db
def test_a_reaction_that_kills_its_process_is_parked_too(settings):
    settings.REACTIONS = "tests.core.world.POISONED"
    record(1)
    lease = timedelta(seconds=deliveries.LEASE_SECONDS)
    claimed = []
    for _ in range(2 * deliveries.TRIES - 1):
        claimed.append(len(deliveries._claim(10)))  # leased, and the process is gone
        Delivery.objects.update(due_at=F("due_at") - lease)
    assert claimed == [2] + [1] * (2 * deliveries.TRIES - 2), "what failed together is tried alone"
    outbox.hand_over()
    assert Delivery.objects.filter(parked_at__isnull=False).count() == 2


@pytest.mark.django_db
def test_poison_that_kills_uses_up_nobody_elses_tries(settings):
    settings.REACTIONS = "tests.core.world.POISONED"
    record(1)
    lease = timedelta(seconds=deliveries.LEASE_SECONDS)
    for _ in range(deliveries.TRIES + 2):
        for one in deliveries._claim(10):
            if one.reaction == "tests.core.world.poison":
                break  # the process is gone, and whatever else it held is leased
        else:
            deliveries._mark_done([one])
        Delivery.objects.update(due_at=F("due_at") - lease)
    outbox.hand_over()
    parked = Delivery.objects.filter(parked_at__isnull=False)
    assert [row.reaction for row in parked] == ["tests.core.world.poison"]
    assert not Delivery.objects.filter(done_at=None, parked_at=None).exists()


@pytest.mark.django_db
def test_who_fails_after_another_has_taken_it_changes_nothing(settings):
    settings.REACTIONS = "tests.core.world.POISONED"
    record(1)
    late = deliveries._claim(10)
    Delivery.objects.update(due_at=F("due_at") - timedelta(seconds=deliveries.LEASE_SECONDS))
    (taken,) = deliveries._claim(10)
    leased = Delivery.objects.get(id=taken.id)
    deliveries._failed([one for one in late if one.id == taken.id], RuntimeError())
    now = Delivery.objects.get(id=taken.id)
    assert (now.due_at, now.tries, now.error) == (leased.due_at, 2, "")
    deliveries._failed([taken], RuntimeError())
    assert Delivery.objects.get(id=taken.id).error == "RuntimeError"


@pytest.mark.django_db
def test_drain_raises_what_went_wrong(settings):
    settings.REACTIONS = "tests.core.world.POISONED"
    record(1)
    with pytest.raises(RuntimeError):
        outbox.drain()


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_four_relays_at_once_do_each_effect_once():
    count = full(10_000, 40)
    numbers = list(range(1, count + 1))
    for first in range(0, count, 500):
        record(*numbers[first : first + 500])
    HEARD.clear()
    start = threading.Barrier(4)

    def relay():
        start.wait()
        while outbox.hand_over(1_000):
            progress(f"{len(HEARD)} effects")
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(n for what, n in HEARD if what == "outside") == numbers
    assert sorted(n for what, batch in HEARD if what == "together" for n in batch) == numbers
    reacted = OutboxEvent.objects.filter(name="Reacted").values_list("payload__order_id", flat=True)
    assert sorted(reacted) == numbers
    assert not Delivery.objects.filter(done_at=None).exists() and list(verify.verify()) == []
    figure("effects/relays", f"4 relays, {count:,} events with 3 effects each: each effect once")


@pytest.mark.django_db
def test_an_overtaken_reaction_inside_the_database_does_nothing():
    record(1)
    claimed = [one for one in deliveries._claim(10) if one.reaction == "tests.core.world.inside"]
    Delivery.objects.filter(id__in=[one.id for one in claimed]).update(done_at=timezone.now())
    assert deliveries._Batch(claimed, loud=True).run() == 1
    assert OutboxEvent.objects.filter(name="Reacted").count() == 0


def test_the_world_is_ours():
    assert set(world.REACTIONS) == {"Ordered"}
