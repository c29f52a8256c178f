"""The door's memory is bounded whatever strangers send, and what it tells at once is what it tells otherwise."""

import json
import secrets

import pytest
from django.test import RequestFactory

from core import rates
from core.fast.bounded import Bounded
from core.fast.changes import feed
from core.fast.door import MOST_BYTES, Remembered
from tests.core.callers import BODY, Caller, ask, is_from_the_door

pytestmark = pytest.mark.django_db


def environ(**headers):
    made = RequestFactory().post("/graphql", json.dumps(BODY), content_type="application/json", **headers)
    return made.environ


def test_odd_cookies_and_languages_are_remembered_as_one(client, seldom):
    """900 requests with 60 kB of cookies each made a process 300 MB larger."""
    for n in range(60):
        odd = {
            "HTTP_COOKIE": f"odd{n}={secrets.token_hex(2_000)}",
            "HTTP_ACCEPT_LANGUAGE": f"zh;q=0.{n}, x-{n}",
        }
        assert ask(client, **odd).status_code == 200
    assert len(client.door.memory) == 1
    assert is_from_the_door(ask(client, HTTP_COOKIE="another=1"))


@pytest.mark.parametrize(
    ("cookie", "preferred", "spoken"),
    [
        ("", "", "zh"),
        ("", "en", "en"),
        ("language=en", "zh", "en"),
        ("language=zh; language=en", "", "en"),  # as Django reads it
        ('a=b; language="en"', "", "en"),
        ("language=fr", "en", "en"),
        ("xlanguage=en", "zh", "zh"),
        ("language", "en", "en"),
    ],
)
def test_the_language_is_found_as_the_house_finds_it(client, seldom, cookie, preferred, spoken):
    ask(client)
    ask(client, HTTP_ACCEPT_LANGUAGE="en")
    headers = {"HTTP_COOKIE": cookie, "HTTP_ACCEPT_LANGUAGE": preferred}
    alone, beside = ask(Caller(), **headers), ask(client, **headers)
    assert not is_from_the_door(alone) and is_from_the_door(beside)
    assert alone.content == beside.content
    told = {"zh": "zh-Hans", "en": "en"}[spoken]
    assert alone.headers["Content-Language"] == beside.headers["Content-Language"] == told


def test_what_is_remembered_weighs_no_more_than_it_may():
    memory = Bounded(200_000)
    for _ in range(3_000):
        header = [("X", secrets.token_hex(1_000))]
        memory.put(secrets.token_bytes(32), Remembered(("h", secrets.token_hex(500), "zh"), 1, header, False))
    assert memory.size <= 200_000 and 0 < len(memory) <= 60
    assert memory.size == sum(known.weight for known in memory._held.values())
    same = secrets.token_bytes(32)
    for _ in range(500):
        memory.put(same, Remembered(("h", "v", "zh"), 1, [], False))
    assert memory.size == sum(known.weight for known in memory._held.values())
    assert MOST_BYTES <= 5_000_000


def test_what_is_told_at_once_is_what_is_told_otherwise(client, seldom, django_assert_num_queries):
    assert client.door.answer_without_waiting(environ()) is None, "nothing is known yet"
    ask(client)
    whole = ask(client)
    assert is_from_the_door(whole)
    with django_assert_num_queries(0):
        status, headers, body = client.door.answer_without_waiting(environ())
    assert (status, body) == (whole.status_code, whole.content)
    told = {name: value for name, value in headers if name != "X-Request-Id"}
    assert told == {name: value for name, value in whole.headers.items() if name != "X-Request-Id"}


@pytest.mark.parametrize(
    "headers", [{"HTTP_X_GUEST": "t"}, {"HTTP_COOKIE": "wrote=1"}, {"HTTP_COOKIE": "session=x"}]
)
def test_at_once_nothing_is_waited_for(client, seldom, headers):
    """Whoever may ask for her own goes the whole way, and so does all that would ask the database or the cache."""
    ask(client)
    ask(client)
    assert client.door.answer_without_waiting(environ(**headers)) is None
    assert client.door.answer_without_waiting(environ()) is not None
    rates.forget()
    assert client.door.answer_without_waiting(environ()) is None, "the cache has to be told first"
    ask(client)
    feed._seen_at = float("-inf")
    assert client.door.answer_without_waiting(environ()) is None, "changes have to be looked for first"


def test_at_once_as_much_may_be_spent(client, seldom, settings):
    ask(client)
    ask(client)
    settings.API_LIMITS = {"rate_address": 10}
    assert [client.door.answer_without_waiting(environ()) is not None for _ in range(6)].count(True) < 6
    assert ask(client).status_code == 429
