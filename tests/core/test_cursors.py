"""Cursors tell nothing, take nothing that the shop did not write, and cost nothing to refuse."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from core import opaque
from core.api import cursors as ours
from core.api.documents import ask
from core.models import OutboxEvent

pytestmark = pytest.mark.django_db

PAGE = "query($c: String) { events(first: 2, after: $c, sort: %s) { edges { cursor node { id } } } }"


@pytest.fixture
def asked(rf):
    def ask_(document, variables=None):
        request = rf.post("/graphql")
        request.user, request.id = AnonymousUser(), "abc"
        return ask(request, document, variables)

    return ask_


def cursors(asked, sort="NEWEST"):
    return [edge["cursor"] for edge in asked(PAGE % sort)[0]["events"]["edges"]]


def plain(cursor):
    return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def written(*values, name="NEWEST"):
    """A cursor as one would write it who takes it for an encoded list."""
    raw = json.dumps([name, [list(value) for value in values]])
    return urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def refused(asked, cursor, sort="NEWEST"):
    began = time.process_time()
    data, errors = asked(PAGE % sort, {"c": cursor})
    assert time.process_time() - began < 0.5
    return data is None and errors[0]["extensions"]["code"] == "INVALID"


def test_a_cursor_tells_neither_id_nor_time_nor_how_long_they_are(asked):
    early = timezone.now() - timedelta(days=400)
    for n, key in enumerate([71_234_567, 2**60]):
        OutboxEvent.objects.bulk_create(
            [OutboxEvent(id=key, name=f"名{n}" * (n + 1), payload={}, recorded_at=early)]
        )
    for sort in ("NEWEST", "BY_NAME"):
        found = cursors(asked, sort)
        assert len({len(cursor) for cursor in found}) == 1
        for row, cursor in zip(OutboxEvent.objects.all(), found, strict=True):
            for told in (str(row.id), str(row.recorded_at.year), row.name, sort):
                assert told.encode() not in plain(cursor)


def test_the_same_place_has_the_same_cursor_so_that_kept_answers_stay_equal(asked):
    OutboxEvent.objects.bulk_create(OutboxEvent(name=f"E{n}", payload={}) for n in range(2))
    assert cursors(asked) == cursors(asked) and len(set(cursors(asked))) == 2


@pytest.mark.parametrize(
    "value",
    [
        ("n", "1e600000"),
        ("n", "1e9999999"),
        ("n", "sNaN"),
        ("i", "9" * 5000),
        ("f", 1e308),
        ("t", "9999-12-31"),
    ],
)
def test_a_cursor_says_nothing_of_the_kind_of_its_values(asked, value):
    OutboxEvent.objects.create(name="E", payload={})
    assert refused(asked, written(value, ("i", 1)))
    assert refused(asked, written(("t", timezone.now().isoformat()), value))


def test_a_cursor_that_was_changed_in_any_bit_is_refused(asked):
    OutboxEvent.objects.create(name="E", payload={})
    raw = plain(cursors(asked)[0])
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert refused(asked, urlsafe_b64encode(changed).decode().rstrip("="))
    for other in ("", " ", "A" * 20, "é", "键", raw.hex() * 500, "=" * 9000):
        assert not other or refused(asked, other)


def test_a_cursor_of_another_list_or_order_is_refused(asked):
    OutboxEvent.objects.create(name="E", payload={})
    assert refused(asked, cursors(asked)[0], sort="BY_NAME")
    assert refused(asked, opaque.encode(["core.OutboxEvent", "another"], [1, 2]))
    # Even under the right order, what is inside has to be of its columns' kinds.
    order = ("-recorded_at", "-id")
    for values in (
        ["1e600000", 1],
        [True, 1],
        ["2026-01-01T00:00:00Z", "x"],
        ["2026-01-01T00:00:00Z"],
        [[], {}],
    ):
        assert refused(asked, opaque.encode(ours.place("NEWEST", OutboxEvent, order), values))


def test_cursors_survive_a_change_of_the_key_while_the_old_one_is_known(asked, settings):
    OutboxEvent.objects.bulk_create(OutboxEvent(name=f"E{n}", payload={}) for n in range(2))
    cursor, old = cursors(asked)[0], settings.SECRET_KEY
    settings.SECRET_KEY = "another key that was made for this test alone"
    assert refused(asked, cursor)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert len(asked(PAGE % "NEWEST", {"c": cursor})[0]["events"]["edges"]) == 1
