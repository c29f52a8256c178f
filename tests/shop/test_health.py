"""Whether the shop is well: three questions, answered without waiting, in words and without a figure for strangers."""

import json
import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Delivery, OutboxEvent
from local.postgres import free_port
from shop import health, pulse
from shop.health import Health

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(signs_of_our_own):
    """A house that is well, but for what a test does to it; seen for longer than worker and beat take to come up."""
    broker = pulse.broker()
    for who in pulse.WHO:
        broker.set(pulse.key_of(who), "1", ex=pulse.FADES_SECONDS)
    made = Health()
    made.began = time.monotonic() - 2 * health.COMING_UP_SECONDS
    yield made
    broker.delete(*map(pulse.key_of, pulse.WHO))
    pulse.broker.cache_clear()
    if made._database is not None:
        made._database.close()


def said(answer) -> tuple[int, dict]:
    status, _, body = answer
    return status, json.loads(body)


def test_a_shop_that_is_well_says_so_in_both_languages(house):
    house.look()
    status, told = said(house.answer())
    assert status == 200 and told["ok"] and set(told["parts"].values()) == {"ok"}
    assert told["words"] == {"zh": "一切正常。", "en": "All is well."}
    assert said(house.readiness()) == (200, {"ok": True, "parts": {"web": "ok", "database": "ok"}})


@pytest.mark.parametrize("who", pulse.WHO)
def test_without_worker_or_beat_people_browse_and_pay_and_the_house_says_what_waits(house, who):
    pulse.broker().delete(pulse.key_of(who))
    house.look()
    status, told = said(house.answer())
    assert (status, told["code"], told["parts"][who]) == (503, "UNAVAILABLE", "silent")
    assert health.WORDS[who] == (told["words"]["zh"], told["words"]["en"])
    assert said(house.readiness())[0] == 200


def test_without_a_broker_visitors_are_still_taken(house, settings):
    settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    pulse.broker.cache_clear()
    house.look()
    status, told = said(house.answer())
    assert status == 503 and told["parts"]["broker"] == "away" and told["parts"]["worker"] == "unknown"
    assert "browsing and paying work" in told["words"]["en"]
    assert said(house.readiness())[0] == 200


def test_without_a_database_no_visitor_is_taken(house, monkeypatch):
    monkeypatch.setattr(health, "connected", lambda: 1 / 0)
    house.look()
    assert said(house.answer())[1]["parts"]["database"] == "away"
    status, told = said(house.readiness())
    assert (status, told["parts"]["database"], told["code"]) == (503, "away", "UNAVAILABLE")


def test_a_release_whose_tables_are_not_there_yet_takes_no_visitor(house, monkeypatch):
    monkeypatch.setattr(health, "missing", lambda _: {("core", "0099_of_tomorrow")})
    house.look()
    assert said(house.readiness())[1]["parts"]["schema"] == "behind"
    assert said(house.answer())[0] == said(house.readiness())[0] == 503
    monkeypatch.setattr(health, "missing", lambda _: set())
    house.look()
    assert said(house.readiness())[0] == 200


def test_every_migration_of_this_release_is_known_to_a_database_that_has_them():
    with health.connected() as connection:
        assert health.missing(connection) == set()


def test_a_process_that_looks_no_more_is_stuck_and_one_that_has_not_looked_yet_takes_none(house):
    assert said(house.readiness())[0] == 503
    house.look()
    house.seen_at -= 2 * health.STALE_SECONDS
    assert said(house.readiness())[1]["parts"]["web"] == "stuck"
    assert said(house.answer())[1]["parts"]["web"] == "stuck"


def test_no_stranger_learns_how_much_there_is_of_anything(house):
    then = timezone.now() - timedelta(seconds=777)
    event = OutboxEvent.objects.create(name="OrderPaid", payload={})
    Delivery.objects.create(event=event, reaction="a.b", due_at=then)
    house.look()
    status, told = said(house.answer())
    assert status == 503 and told["parts"]["outbox"] == "waits"
    assert not re.search(r"\d", json.dumps(told, ensure_ascii=False))
