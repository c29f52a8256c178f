"""One deed, one effect, however often and however fast it is asked for."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from core import idempotency
from core.api.documents import ask
from core.models import IdempotencyKey, OutboxEvent
from core.refusals import IdempotencyConflict, InProgress, NotFound
from tests.core.world import EventRecord

DOCUMENT = """mutation($key: UUID!, $name: String!, $units: Int) {
  eventRecord(input: {idempotencyKey: $key, name: $name, units: $units}) {
    event { id name } note errors { code field }
  }
}"""


@pytest.fixture
def record(rf):
    def send(key, name="a", units=None, **headers):
        request = rf.post("/graphql", **headers)
        request.user = AnonymousUser()
        variables = {"key": str(key), "name": name} | ({"units": units} if units is not None else {})
        data, errors = ask(request, DOCUMENT, variables)
        assert not errors
        return data["eventRecord"]

    return send


@pytest.mark.django_db
def test_the_same_key_gives_the_same_answer_and_one_effect(record):
    key = uuid4()
    first, second = record(key), record(key)
    assert first == second and first["event"] and first["note"] == "noted"
    assert OutboxEvent.objects.count() == 1
    assert IdempotencyKey.objects.get().result == {"event": OutboxEvent.objects.get().pk, "note": "noted"}


@pytest.mark.django_db
def test_another_input_under_the_same_key_is_a_conflict(record):
    key = uuid4()
    record(key)
    assert record(key, "b")["errors"] == [{"code": "IDEMPOTENCY_CONFLICT", "field": ["idempotencyKey"]}]
    assert OutboxEvent.objects.count() == 1


@pytest.mark.django_db
def test_two_askers_may_choose_the_same_key(record):
    key = uuid4()
    assert record(key, HTTP_X_GUEST="one") != record(key, HTTP_X_GUEST="two")
    assert OutboxEvent.objects.count() == 2
    assert not IdempotencyKey.objects.filter(asker__contains="one").exists(), "no token is written down"


@pytest.mark.django_db
def test_a_refusal_changes_nothing_and_is_not_kept(record):
    key = uuid4()
    assert record(key, units=1)["errors"][0]["code"] == "FEWER_LEFT"
    assert OutboxEvent.objects.count() == IdempotencyKey.objects.count() == 0
    assert record(key)["errors"] == []


@pytest.mark.django_db
def test_a_failure_of_ours_changes_nothing_and_frees_the_key(record):
    key = uuid4()
    assert record(key, "breaks")["errors"][0]["code"] == "INTERNAL"
    assert OutboxEvent.objects.count() == IdempotencyKey.objects.count() == 0


@pytest.mark.django_db
def test_a_kept_thing_that_is_gone_is_not_found(record):
    key = uuid4()
    record(key)
    IdempotencyKey.objects.update(result={"event": 0, "note": None})
    assert record(key)["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.django_db
def test_a_twin_that_still_runs_says_so(record):
    idempotency.begin("guest", "EventRecord", key := uuid4(), {"name": "a", "units": None})
    assert record(key)["errors"][0]["code"] in ("IN_PROGRESS", "IDEMPOTENCY_CONFLICT")
    given = {"name": "a"}
    idempotency.begin("guest", "EventRecord", other := uuid4(), given)
    with pytest.raises(InProgress):
        idempotency.begin("guest", "EventRecord", other, given)


@pytest.mark.django_db
def test_a_deed_whose_process_died_is_done_by_the_next(record):
    held = idempotency.begin("guest", "EventRecord", key := uuid4(), {"name": "a"})
    IdempotencyKey.objects.update(running_until=timezone.now() - timedelta(seconds=1))
    assert record(key)["errors"] == []
    with pytest.raises(InProgress):
        idempotency.finish(held, {})


@pytest.mark.django_db
def test_a_retry_after_a_day_still_does_nothing(record):
    key = uuid4()
    first = record(key)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert record(key) == first and OutboxEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_deed_that_calls_others_runs_in_no_transaction_of_ours_and_may_run_again():
    begun = []

    def run():
        begun.append(1)
        if len(begun) == 1:
            raise NotFound()
        return "value", {"a": 1}

    key = uuid4()
    with pytest.raises(NotFound):
        idempotency.once("guest", "Deed", key, {}, run, outside=True)
    assert idempotency.once("guest", "Deed", key, {}, run, outside=True) == ("value", {"a": 1})
    assert idempotency.once("guest", "Deed", key, {}, run, outside=True) == (None, {"a": 1})
    with pytest.raises(IdempotencyConflict):
        idempotency.once("guest", "Deed", key, {"x": 1}, run, outside=True)
    assert len(begun) == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_twins_at_once_have_one_effect_and_equal_answers(record, monkeypatch):
    key, answers = uuid4(), []
    start = threading.Barrier(20)
    monkeypatch.setattr(EventRecord, "ran", 0)
    monkeypatch.setattr(EventRecord, "gate", threading.Event())
    threading.Timer(0.2, EventRecord.gate.set).start()

    def twin():
        start.wait()
        answers.append(record(key))
        connection.close()

    threads = [threading.Thread(target=twin) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert EventRecord.ran == 1 and OutboxEvent.objects.count() == 1
    assert len(answers) == 20 and all(answer == answers[0] for answer in answers)
    assert answers[0]["errors"] == []
