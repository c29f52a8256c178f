"""Each alarm fires once, is told once, ends once; by figures as they are read from tables, broker and disk."""

import json
import re
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from catalog.models import Lot
from core.labels import PAGE
from core.models import Alarm, Delivery, Measurement, OutboxEvent
from local.machine import ROOT
from local.postgres import free_port
from orders.models import Payment, Refund
from shop import alarms, figures, pulse, tasks
from shop.alarms import ALARMS, BY_NAME
from shop.clockwork import STRIKES
from tests.accounts.world import an_operator
from tests.catalog.world import a_lot
from tests.web.test_pages import words as read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_shop_of_its_own(settings, tmp_path, the_whole_shop, signs_of_our_own):
    """Nothing is kept or counted of other tests; worker and beat are there, and so is a backup."""
    settings.BACKUP_DIR, settings.DATA_DIR = tmp_path / "backups", tmp_path
    a_backup(tmp_path)
    broker = pulse.broker()
    for who in pulse.WHO:
        broker.set(pulse.key_of(who), "1", ex=pulse.FADES_SECONDS)
    figures.reading.forget()
    yield
    broker.delete(*map(pulse.key_of, pulse.WHO))
    pulse.broker.cache_clear()
    figures.reading.forget()


def a_backup(folder, name="2030-05-01", size=5_000, made_at=None):
    """As `manage.py backup` leaves one."""
    home = folder / "backups" / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "database.dump").write_bytes((b"PGDMP" + b"x" * size)[:size])
    (home / "backup.json").write_text(json.dumps({"made_at": (made_at or timezone.now()).isoformat()}))
    return home


def fired() -> set[str]:
    """Those that are fired, looked at now by what is so now."""
    figures.reading.forget()
    alarms.look()
    return {row.name for row in alarms.fired()}


def let_time_pass(seconds: float) -> None:
    """What is amiss has been so for that much longer."""
    for row in Alarm.objects.filter(ended_at=None):
        Alarm.objects.filter(pk=row.pk).update(since=row.since - timedelta(seconds=seconds))


def lasting(name: str) -> None:
    """Seen once it does not fire yet; when it has lasted, it does."""
    assert name not in fired()
    let_time_pass(BY_NAME[name].lasting + 1)
    assert name in fired()


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)
def test_each_fires_when_it_has_lasted_is_told_once_and_ends_once(alarm):
    operator = an_operator(language="en")
    bad = {alarm.figure: alarm.bound + (1 if alarm.above else -0.05)}
    good = {alarm.figure: alarm.bound}
    alarms.look(good)
    assert not Alarm.objects.exists(), "at its bound nothing is amiss"
    alarms.look(bad)
    row = Alarm.objects.get()
    assert (row.fired_at is None) == (alarm.lasting > 0)
    let_time_pass(alarm.lasting)
    for _ in range(3):
        alarms.look(bad)
    assert [row.name for row in alarms.fired()] == [alarm.name]
    (letter,) = mail.outbox
    assert letter.to == [operator.email] and letter.subject.endswith(f"Alarm: {alarm.words.en}")
    assert alarm.todo.en in letter.body and "/en/office/" in letter.body
    alarms.look({})
    assert alarms.fired(), "what is not known does not end it"
    for _ in range(3):
        alarms.look(good)
    assert alarms.fired() == [] and Alarm.objects.get().ended_at
    assert [one.subject.split(": ")[0] for one in mail.outbox[1:]] == ["Over"]
    alarms.look(bad)
    assert Alarm.objects.filter(ended_at=None).count() == 1, "the next time is another one"


def test_nothing_is_amiss_in_a_shop_that_is_well():
    assert fired() == set() and not Alarm.objects.exists() and mail.outbox == []


def test_what_did_not_last_was_no_alarm():
    an_operator()
    alarms.look({"up:worker": 0})
    alarms.look({"up:worker": 1})
    assert not Alarm.objects.exists() and mail.outbox == []


def a_delivery(reaction="orders.letters.send_confirmation", **more):
    event = OutboxEvent.objects.create(name="OrderPaid", payload={})
    return Delivery.objects.create(event=event, reaction=reaction, **more)


def test_a_delivery_that_nobody_makes_and_one_that_is_parked():
    late = a_delivery(due_at=timezone.now() - timedelta(minutes=6))
    assert fired() == {"outbox_late"}
    Delivery.objects.filter(pk=late.pk).update(parked_at=timezone.now())
    assert fired() == {"delivery_parked"}
    Delivery.objects.filter(pk=late.pk).update(done_at=timezone.now(), parked_at=None)
    assert fired() == set()


def test_letters_that_do_not_go_out():
    row = a_delivery(tries=3, error="SMTPConnectError", due_at=timezone.now() + timedelta(minutes=2))
    lasting("letters_failing")
    row.delete()
    assert fired() == set()


def test_beat_then_worker_then_broker_are_stopped(settings):
    broker = pulse.broker()
    for who in ("beat", "worker"):
        broker.delete(pulse.key_of(who))
        lasting(f"{who}_away")
    settings.BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    pulse.broker.cache_clear()
    lasting("broker_away")
    assert fired() == {"beat_away", "worker_away", "broker_away"}, "of worker and beat nothing is known now"
    settings.BROKER_URL = settings.REDIS_URL
    pulse.broker.cache_clear()
    for who in pulse.WHO:
        pulse.leave.__globals__["_left_at"].clear()
        pulse.leave(who)
    assert fired() == set()


def test_a_backup_that_is_empty_or_torn_or_old_is_none(tmp_path, settings):
    old = timezone.now() - timedelta(hours=27)
    Alarm.objects.all().delete()
    good = a_backup(tmp_path, "2030-05-01", made_at=old)
    assert fired() == {"backup_old"}
    for name, size in (("2030-05-02", 0), ("2030-05-03", 4)):
        a_backup(tmp_path, name, size)
    assert fired() == {"backup_old"}, "two newer ones cannot be opened"
    (a_backup(tmp_path, "2030-05-04") / "backup.json").write_text("{")
    a_backup(tmp_path, "2030-05-04T03-10-00Z.part")  # could not be read through
    assert fired() == {"backup_old"}
    a_backup(tmp_path, "2030-05-05")
    assert fired() == set()
    (tmp_path / "last_backup.json").write_text(
        json.dumps({"folder": "2030-05-05", "made_at": timezone.now().isoformat(), "bytes": 1})
    )
    assert fired() == {"backup_old"}, "it was larger when it was read through"
    settings.BACKUP_DIR = tmp_path / "on another machine"
    assert fired() == set(), "there the note is believed"
    assert good.exists()


def test_a_payment_without_an_answer_and_a_refund_that_failed():
    from tests.orders.world import Buyer, row

    order = row(Buyer().place(a_lot()))
    now = timezone.now()
    terms = {"order": order, "provider": "stripe", "amount_minor": 100}
    paid = Payment.objects.create(
        **terms, state="processing", ends_at=now - timedelta(minutes=31), payment_ref="pi_1"
    )
    assert fired() == {"payment_stuck"}
    Payment.objects.filter(pk=paid.pk).update(state="failed")
    refund = Refund.objects.create(payment=paid, reason="claim", state="failed", amount_minor=100)
    lasting("refund_failed")
    Refund.objects.filter(pk=refund.pk).update(state="requested")
    assert fired() == set()


def test_the_nightly_verify_tells_what_breaks_a_rule():
    lot = a_lot(units=5)
    assert tasks.verify_all() == 0 and fired() == set()
    a_delivery(parked_at=timezone.now())
    assert tasks.verify_all() == 0, "what waits has alarms of its own"
    Delivery.objects.all().delete()
    Lot.objects.filter(pk=lot.pk).update(units_available=4, units_reserved=1)
    assert tasks.verify_all() > 0 and fired() == {"verify_found"}
    Lot.objects.filter(pk=lot.pk).update(units_available=5, units_reserved=0)
    assert tasks.verify_all() == 0 and fired() == set()
    assert Measurement.objects.get().name == "verify_offences"


def test_errors_of_the_last_minutes(counted):
    def answered(status, times, page="shelf/home"):
        for _ in range(times):
            counted.request({"REQUEST_METHOD": "GET", PAGE: page}, status, 0.01)

    reading = figures.reading
    assert reading.read()["errors_ratio"] == 0
    answered(500, 3)
    reading._seen_at = float("-inf")
    assert reading.read()["errors_ratio"] == 0, "three are nothing to go by"
    for page in ("not open", "healthz"):
        answered(503, 50, page)  # who asks how it is, or comes too early, is answered
    answered(200, 97)
    reading._seen_at = float("-inf")
    assert reading.read()["errors_ratio"] == pytest.approx(0.03)
    alarms.look()
    assert [row.name for row in alarms.fired()] == ["errors"]
    reading._counted = type(reading._counted)((at - 301, *rest) for at, *rest in reading._counted)
    reading._seen_at = float("-inf")
    alarms.look()
    assert alarms.fired() == []


def test_letters_that_cannot_be_sent_are_tried_again_and_the_office_knows(monkeypatch):
    an_operator()
    real = alarms.mail.send
    monkeypatch.setattr(alarms.mail, "send", lambda *_: 1 / 0)
    alarms.look({"deliveries_parked": 1})
    assert alarms.fired() and Alarm.objects.get().told_at is None
    monkeypatch.setattr(alarms.mail, "send", real)
    alarms.look({"deliveries_parked": 1})
    assert len(mail.outbox) == 1


def test_only_who_hears_of_alarms_is_written_to_and_shown_them(client):
    from tests.accounts.world import a_person

    alarms.look({"deliveries_parked": 1})
    assert mail.outbox == []
    client.force_login(a_person())
    assert BY_NAME["delivery_parked"].words.zh not in client.get("/zh/office/").content.decode()


def test_the_command_says_what_to_do_and_ends_with_one():
    out = StringIO()
    call_command("alarms", stdout=out)
    assert "None of 15 alarms" in out.getvalue()
    a_delivery(parked_at=timezone.now())
    figures.reading.forget()
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("alarms", json=True, stdout=out)
    (one,) = json.loads(out.getvalue())
    assert ended.value.code == 1 and one["name"] == "delivery_parked" and one["value"] == 1
    assert one["todo"]["zh"] == BY_NAME["delivery_parked"].todo.zh


def test_beat_looks_each_minute_and_verifies_each_day():
    assert STRIKES["shop.tasks.look_at_alarms"] == 60 and STRIKES["shop.tasks.verify_all"] == 24 * 3600


def test_each_alarm_has_its_row_in_the_documents():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", (ROOT / "docs" / "alarms.md").read_text(), re.M)
    assert [name for name, *_ in rows] == [alarm.name for alarm in ALARMS]
    for (_, words, rule), alarm in zip(rows, ALARMS, strict=True):
        assert words == alarm.words.zh + " " + alarm.words.en
        assert f"`{alarm.rule}`" in rule and (f"{alarm.lasting} s" in rule) == (alarm.lasting > 0)


def test_the_rules_for_prometheus_are_those_of_the_code_and_name_series_of_ours():
    written = (ROOT / "docs" / "prometheus" / "alarms.yml").read_text()
    out = StringIO()
    call_command("alarms", rules=True, stdout=out)
    assert out.getvalue() == written
    found = re.findall(r"^      - alert: (\w+)\n        expr: '(.*)'\n        for: (\d+)s$", written, re.M)
    assert Counter(name for name, *_ in found) == Counter(
        ["sheaf_shop_away", "sheaf_database_away", *(f"sheaf_{alarm.name}" for alarm in ALARMS)]
    )
    told = (ROOT / "docs" / "metrics.md").read_text()
    for name, expr, _ in found:
        for series in re.findall(r"sheaf_\w+", expr):
            assert f"`{series}`" in told, name


def test_an_operator_sees_in_the_office_what_is_amiss_and_what_to_do(client):
    client.force_login(an_operator())
    alarm = BY_NAME["backup_old"]
    assert alarm.words.zh not in client.get("/zh/office/").content.decode()
    alarms.look({alarm.figure: alarm.bound + 1})
    for language, words in (("zh", alarm.words.zh), ("en", alarm.words.en)):
        page = client.get(f"/{language}/office/")
        assert page.status_code == 200
        told = read(page)
        assert words in told and alarm.todo.in_language(language) in told
