"""Cached answers: given at the door as they left the house, for as long as nothing changes that they show."""

import json
import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from core import clock, rates
from core.api.run import documents
from core.fast import changes, responses
from core.fast.changes import Feed, feed
from core.fast.responses import Responses
from core.models import Change
from tests.core import world
from tests.core.callers import BODY, Caller, ask, is_from_the_door

pytestmark = pytest.mark.django_db
EACH_ONES_OWN = ("X-Request-Id", "Set-Cookie")


def test_what_is_given_at_the_door_is_what_went_the_whole_way_and_so_are_its_headers(client, seldom):
    first, again = ask(client), ask(client)
    assert (is_from_the_door(first), is_from_the_door(again)) == (False, True)
    assert first.content == again.content and json.loads(first.content) == {
        "data": {"thing": {"name": "柚子"}}
    }
    headers = [{k: v for k, v in r.headers.items() if k not in EACH_ONES_OWN} for r in (first, again)]
    assert headers[0] == headers[1]
    assert {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Vary"} <= set(headers[0])
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"HTTP_COOKIE": "session=x"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
    ],
)
def test_whoever_comes_otherwise_goes_the_whole_way(client, seldom, headers):
    alone = ask(Caller(), **headers)
    ask(client)
    assert ask(client).status_code == 200
    beside = ask(client, **headers)
    assert (beside.status_code, beside.content[:14]) == (alone.status_code, alone.content[:14])
    assert beside.status_code != 200 or not is_from_the_door(beside)


def test_a_kept_answer_costs_as_much_as_it_did(client, seldom, settings):
    settings.API_LIMITS = {"rate_address": 5}
    assert [ask(client).status_code for _ in range(4)] == [200, 200, 429, 429]


def test_the_etag_at_the_door_is_that_of_the_bytes(client, seldom, settings, tmp_path):
    from core.api import run
    from core.api.documents import trusted

    (tmp_path / "thing.graphql").write_text(BODY["query"])
    settings.TRUSTED_DOCUMENTS = [tmp_path]
    trusted.cache_clear()
    address = {"documentId": run.hash_of(BODY["query"])}
    first, again = client.get(address), client.get(address)
    assert is_from_the_door(again) and again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "public, max-age=1"
    known = client.get(address, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert is_from_the_door(known) and (known.status_code, known.content) == (304, b"")
    assert known.headers["ETag"] == first.headers["ETag"]
    trusted.cache_clear()


def test_one_who_has_just_written_looks_at_once_and_others_within_a_moment(client, seldom):
    ask(client)
    Change.objects.create(name="things")
    before = world.Query.looked
    ask(client)
    assert world.Query.looked == before
    client.headers = {"HTTP_COOKIE": "wrote=1"}
    ask(client)
    assert world.Query.looked == before + 1
    Change.objects.create(name="things")
    ask(Caller(), HTTP_X_GUEST="t")
    assert world.Query.looked == before + 2


def test_a_guest_is_marked_when_she_writes_and_nobody_when_she_reads(client):
    assert "wrote" not in ask(client).cookies
    written = ask(client, {"query": "mutation { signedInOnly { done } }"})
    assert written.cookies["wrote"]["max-age"] == "2" and written.cookies["wrote"]["httponly"]


def test_only_plain_public_root_fields_are_kept(settings):
    depends = {
        "{ thing { name } }": ("things",),
        "{ a: thing { name } b: thing { name } }": ("things",),
        "{ thing { name } hidden { name } }": None,
        "{ thing { name } ... on Query { hidden { name } } }": None,
        "{ ...rest } fragment rest on Query { thing { name } }": None,
        "{ __typename thing { name } }": None,
        "mutation { signedInOnly { done } }": None,
    }
    for document, names in depends.items():
        found = documents.prepare(document).fast.depends({})
        assert (found and found.cache_tags) == names, document


def test_an_answer_is_made_once_however_many_ask():
    made, box = [], Responses()
    begin = threading.Barrier(4)

    def make():
        made.append(1)
        time.sleep(0.05)
        return b"{}", None

    def asks():
        begin.wait()
        box.made(("d", "{}", "zh"), ("x",), 60.0, make)

    feed.number, feed._seen_at = 1, time.monotonic() + 3600  # no look is needed
    clock.today()
    threads = [threading.Thread(target=asks) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_what_is_kept_stays_within_its_bounds():
    box, look = Responses(most_bytes=5_000), feed.look()
    for n in range(10):
        box.keep((str(n), "{}", "zh"), b"x" * 500, (), look, 60.0)
    assert box.cached.size <= 5_000 and box.find(("9", "{}", "zh")) and not box.find(("0", "{}", "zh"))
    box.keep(("9", "{}", "zh"), b"y", (), feed.look(), 0.0)
    assert box.find(("9", "{}", "zh")) is None, "its time is over"


def test_the_day_is_part_of_what_an_answer_stands_on(client, monkeypatch):
    ask(client)
    before = world.Query.looked
    ask(client)
    assert world.Query.looked == before
    tomorrow = clock.today().replace(year=clock.today().year + 1)
    monkeypatch.setattr(responses.clock, "today", lambda: tomorrow)
    ask(client)
    assert world.Query.looked == before + 1


def test_a_change_of_one_leaves_the_others_and_a_change_of_the_whole_none():
    mine = Feed()
    since = mine.look()
    one, other, whole = changes.watched("things:a"), changes.watched("things:b"), changes.watched("things")
    with transaction.atomic():
        Change.objects.create(name="things:a")
    mine.look(read_your_writes=True)
    assert [mine.is_unchanged(names, since) for names in (one, other, whole)] == [False, True, False]
    Change.objects.create(name="things")
    mine.look(read_your_writes=True)
    assert not mine.is_unchanged(other, since)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_commits_late_is_seen_though_a_later_one_was_seen_before(owner):
    """The order of ids is not that of commits: who reads on from the last id misses the slow one."""
    mine = Feed()
    with owner.transaction():
        owner.execute("INSERT INTO core_change (name) VALUES ('slow')")
        Change.objects.create(name="quick")
        since = mine.look(read_your_writes=True)
        assert mine.is_unchanged(("slow",), since)
        Change.objects.create(name="quicker")
        assert not mine.is_unchanged(("quicker",), mine.look(read_your_writes=True) - 1)
    before = mine.number
    mine.look(read_your_writes=True)
    assert not mine.is_unchanged(("slow",), before)
    again = mine.number
    mine.look(read_your_writes=True)
    assert mine.is_unchanged(("slow", "quick", "quicker"), again), "each is told once"


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_was_none():
    mine = Feed()
    since = mine.look()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Change.objects.create(name="things")
        1 / 0  # noqa: B018
    mine.look(read_your_writes=True)
    assert mine.is_unchanged(("things",), since)


def test_old_notes_are_forgotten():
    Change.objects.all().delete()  # migrations note what they change, too, and a database may be older than a note
    Change.objects.create(name="new")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_change (name, noted_at) VALUES ('old', now() - interval '2 hours')")
    before = set(Change.objects.exclude(name="old").values_list("pk", flat=True))
    assert changes.forget_old() == 1 and set(Change.objects.values_list("pk", flat=True)) == before


def test_a_rough_rate_is_told_the_cache_ten_times_a_second_and_holds():
    assert [rates.allow_roughly("r", "a", 3, 60) for _ in range(5)] == [True, True, True, False, False]
    assert rates.allow_roughly("r", "b", 3, 60)


def test_a_rough_rate_counts_what_other_processes_told(monkeypatch):
    monkeypatch.setattr(rates, "_count", lambda key, cost, seconds: 10)
    assert not rates.allow_roughly("r", "a", 9, 60) and rates.allow_roughly("r", "b", 10, 60)


def test_a_database_that_is_away_is_not_waited_for_twice(monkeypatch):
    mine, tries = Feed(), []

    def read():
        tries.append(1)
        raise OperationalError("away")

    monkeypatch.setattr(mine, "_read", read)
    for _ in range(3):
        with pytest.raises(OperationalError):
            mine.look(read_your_writes=True)
    assert tries == [1]
