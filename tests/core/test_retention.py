"""What the house notes for itself goes when its time is past, in small batches; what somebody still needs stays."""

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from core import retention, tasks
from core.models import Delivery, IdempotencyKey, OutboxEvent
from core.verify import verify
from local.postgres import OWNER
from tests import servers

pytestmark = pytest.mark.django_db
DELIVERIES, EVENTS, KEYS = retention.RETENTIONS


def aged(days: float, name: str = "OrderPaid", **delivery: object) -> OutboxEvent:
    at = timezone.now() - timedelta(days=days)
    event = OutboxEvent.objects.create(name=name, payload={"order_id": 7}, recorded_at=at)
    if delivery:
        done = {"done_at": at} if delivery.pop("done", True) else {}
        Delivery.objects.create(event=event, due_at=at, **{"reaction": "a.b.c", **done, **delivery})
    return event


def test_what_was_done_long_ago_goes_and_its_event_later():
    month, half, fresh = aged(31, done=True), aged(181, done=True), aged(29, done=True)
    untold = aged(181)
    assert tasks.forget_old() == 2 + 2
    assert list(Delivery.objects.values_list("event", flat=True)) == [fresh.pk]
    assert set(OutboxEvent.objects.values_list("pk", flat=True)) == {month.pk, fresh.pk}
    assert {half.pk, untold.pk}.isdisjoint(OutboxEvent.objects.values_list("pk", flat=True))
    assert tasks.forget_old() == 0


def test_what_waits_or_is_parked_stays_with_its_event_and_verify_still_names_it():
    waiting, parked = aged(400, done=False), aged(400, done=False, parked_at=timezone.now())
    # Done only now, after a person looked at it: its time begins now.
    late = aged(400, done=False)
    Delivery.objects.filter(event=late).update(done_at=timezone.now())
    aged(31, done=True)
    before = [offence.id for offence in verify()]
    assert tasks.forget_old() == 1
    assert set(Delivery.objects.values_list("event", flat=True)) == {waiting.pk, parked.pk, late.pk}
    assert [offence.id for offence in verify()] == before and len(before) == 2


def test_it_goes_past_what_stays_in_front(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    stay = [aged(400, done=False, parked_at=timezone.now()) for _ in range(3)]
    for _ in range(4):
        aged(31, done=True)
    fresh = aged(1, done=True)
    assert retention.forget(DELIVERIES) == 4
    assert list(Delivery.objects.order_by("id").values_list("event", flat=True)) == [
        *(event.pk for event in stay),
        fresh.pk,
    ]


def test_what_a_demo_said_of_itself_is_kept_for_good():
    aged(1000, "DemoBegun")
    aged(1000)
    assert retention.due(EVENTS) == 1 == retention.forget(EVENTS)
    assert OutboxEvent.objects.get().name == "DemoBegun"


def test_keys_of_deeds_go_after_90_days_but_none_that_runs():
    old = timezone.now() - timedelta(days=91)
    rows = {"asker": "a", "deed": "d", "input_hash": "x", "state": "done", "result": {}}
    for n, (created, until) in enumerate([(old, old), (old, timezone.now()), (timezone.now(), old)]):
        key = f"00000000-0000-0000-0000-00000000000{n}"
        IdempotencyKey.objects.create(**rows, key=key, created_at=created, running_until=until)
    assert retention.forget(KEYS) == 1
    assert IdempotencyKey.objects.filter(created_at__lte=old).count() == 1


def test_sessions_that_ended_go_in_batches(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    now = timezone.now()
    for n in range(5):
        Session.objects.create(session_key=f"gone{n}", session_data="", expire_date=now - timedelta(hours=1))
    Session.objects.create(session_key="here", session_data="", expire_date=now + timedelta(hours=1))
    assert retention.forget_sessions() == 5
    assert Session.objects.get().session_key == "here"


def test_the_app_can_take_away_no_event_of_the_last_90_days_whatever_it_says():
    young, old = aged(89), aged(91)
    with connection.cursor() as cursor:
        cursor.execute("SELECT went FROM core_forget_events(interval '0', 0, 1000, '{}')")
        assert cursor.fetchone() == (1,)
    assert OutboxEvent.objects.get() == young != old


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(retention, "LOCK_MS", 20)
    aged(31, done=True)
    url = servers.servers().servers.postgres.url(OWNER, settings.DATABASES["default"]["NAME"])
    with psycopg.connect(url) as other:
        other.execute("SELECT 1 FROM core_delivery FOR UPDATE")
        assert retention.forget(DELIVERIES) == 0
    assert retention.forget(DELIVERIES) == 1


def test_no_index_was_added_for_it_and_its_time_is_bounded(monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'core_delivery'")
        assert cursor.fetchone() == (4,)
    for _ in range(3):
        aged(31, done=True)
    monkeypatch.setattr(retention, "BATCH", 1)
    assert retention.forget(DELIVERIES, seconds=-1) == 1, "one batch, and no more when the time is over"
    assert Delivery.objects.count() == 2
