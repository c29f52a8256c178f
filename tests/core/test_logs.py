"""Logs: one JSON object a line, with whose request it was, and nobody's name in it."""

import io
import json
import logging
import sys

import pytest
from django.db import IntegrityError

from core import logs, outbox
from core.models import OutboxEvent
from tests.core.test_outbox import record
from tests.core.world import Ordered


@pytest.fixture
def lines(monkeypatch):
    """What is logged within the test, as `LOG_FORMAT=json` writes it: a call reads the lines so far."""
    monkeypatch.setattr(logs, "_kind", "worker")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter("json"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_line_says_when_where_and_for_which_request_and_a_traceback_stays_in_it(lines):
    log = logging.getLogger("sheaf.test")
    with logs.following(["abc"], reaction="a.b", event="Ordered 7"):
        try:
            raise RuntimeError("first\nsecond")
        except RuntimeError:
            log.exception("it broke:\n%s", "橙子")
    log.info("outside")
    broke, outside = lines()
    assert broke["time"].endswith("Z") and broke["level"] == "ERROR" and broke["logger"] == "sheaf.test"
    assert (broke["message"], broke["request_id"]) == ("it broke:\n橙子", "abc")
    assert (broke["reaction"], broke["event"], broke["process"]) == ("a.b", "Ordered 7", "worker")
    assert broke["exception"].startswith("Traceback") and broke["exception"].endswith("first\nsecond")
    assert outside["request_id"] == "-" and "event" not in outside and "exception" not in outside


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize(
    "said, secret",
    [
        ("550 <wang.wei+1@mail.example.cn> unknown", "wang.wei"),
        ("sent to 13800138000.", "13800138000"),
        ("sent to +86 138 0013 8000", "8000"),
        ("of 11010519491231002X", "11010519491231002X"),
        ("duplicate key\nDETAIL:  Key (name)=(王伟) already exists.", "王伟"),
        ("GET /zh/o/7V5A/?token=RP7YzyPPQ7Oe8vnU", "RP7Yzy"),
        ("Referer checking failed - https://x.cn/zh/set-up/?link=RP7YzyPPQ7", "RP7Yzy"),
        ("{'proof': 'tsLVWE-HWd3', 'n': 1}", "tsLVWE"),
        ("no route to redis://:hunter2@broker:6379/0", "hunter2"),
        ("Authorization: Bearer RP7YzyPPQ7Oe8vnU", "RP7Yzy"),
        ("no such key: sk_live_51HabcdefghijkL", "51Habc"),
        ("Not Found: /zh/join/RP7YzyPPQ7Oe8vnUkw_7YzyPPQ7Oe8vn/", "RP7Yzy"),
    ],
)
def test_nobody_is_named_whoever_quotes_her(format, said, secret):
    try:
        raise IntegrityError(said)
    except IntegrityError:
        caught = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed: %s", (said,), caught)
    told = logs.formatter(format).format(record)
    assert secret not in told and "IntegrityError" in told


def test_ids_and_figures_that_name_nobody_are_kept():
    kept = "order 0196f2a1-7c5e-7a55-9d4e-13800138000a of 20300501, 12800 fen, request 5b0c6f2a1d3e4f50, /zh/p/navel-oranges-of-zigui-county/"
    assert logs.of_nobody(kept) == kept


@pytest.mark.django_db
def test_what_follows_from_an_event_is_logged_under_the_request_that_recorded_it(lines):
    with logs.following(["5b0c"]):
        record(1)
    record(2)
    outbox.drain()
    told = [(line["request_id"], line["event"]) for line in lines() if line["message"].startswith("did ")]
    first, second = OutboxEvent.objects.filter(name="Ordered").order_by("id")
    assert (first.request_id, second.request_id) == ("5b0c", "")
    assert told.count(("5b0c", f"Ordered {first.pk}")) == 2
    # What reacts to several at once belongs to the requests that are known.
    assert ("5b0c", f"Ordered {first.pk} and 1 more") in told
    # What follows from none has an id of its own each time.
    own = [named for named, event in told if event == f"Ordered {second.pk}"]
    assert len(own) == len(set(own)) == 2 and {len(named) for named in own} == {16}


@pytest.mark.django_db
def test_a_failed_delivery_is_logged_under_its_request(settings, lines):
    settings.REACTIONS = "tests.core.world.POISONED"
    with logs.following(["5b0c"]):
        record(1)
    outbox.hand_over()
    (failed,) = [line for line in lines() if line["level"] == "WARNING"]
    assert failed["request_id"] == "5b0c" and failed["reaction"] == "tests.core.world.poison"
    assert "RuntimeError: poison" in failed["exception"]


@pytest.mark.django_db
def test_an_event_that_follows_from_many_requests_names_none_of_them():
    with logs.following(["a", "b", "a"]):
        assert logs.request_id.get() == "a,b"
        record(1)
    with logs.following(["a", "b", "c", "d"]):
        assert logs.request_id.get() == "a,b,c,…"
    assert OutboxEvent.objects.get().request_id == ""
    assert Ordered(1).payload() == {"order_id": 1}
