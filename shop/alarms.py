"""What is amiss and asks for a person: each alarm is a figure, a bound, how long it may last, and what to do.

They are looked at by beat each minute and by the web each half minute, so that a worker or a beat that is gone is told
of by whoever is left; `manage.py alarms` looks too. One that fires is kept in a row until it is over (`core.Alarm`), and
whoever may `shop.hear_of_alarms` gets one letter when it fires and one when it has ended. `docs/alarms.md`.
"""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import mail
from accounts.permissions import holders
from core.language import Words, say
from core.models import Alarm as Row
from shop import figures
from shop.alarm_words import TODO
from shop.figures import Figures

log = logging.getLogger("sheaf.alarms")

LOOKS_SECONDS = 30.0
_LOCK = 0x5EA1A7  # the advisory lock of whoever looks


@dataclass(frozen=True)
class Alarm:
    """Amiss while the figure is `above` its bound (or below it), once that has lasted so many seconds."""

    name: str
    words: Words
    figure: str
    bound: float
    lasting: int = 0
    above: bool = True
    unit: str = ""
    expr: str = ""  # for Prometheus, where it is not simply the figure beside its bound

    @property
    def todo(self) -> Words:
        """What a person does about it."""
        return TODO[self.name]

    def is_wrong(self, value: float) -> bool:
        """Whether this is too much, or too little."""
        return value > self.bound if self.above else value < self.bound

    @property
    def rule(self) -> str:
        """The same as an expression for Prometheus."""
        kind, _, part = self.figure.partition(":")
        series = f'sheaf_{kind}{{part="{part}"}}' if part else f"sheaf_{kind}"
        return self.expr or f"{series} {'>' if self.above else '<'} {self.bound:g}"


HOUR, MINUTE = 3600.0, 60.0
_PAGES = ",".join(f'page!="{name}"' for name in figures.NO_ERRORS)
_ERRORS = f'sum(rate(sheaf_requests_total{{status="5xx",{_PAGES}}}[5m])) / sum(rate(sheaf_requests_total{{{_PAGES}}}[5m])) > 0.02'

ALARMS = (
    Alarm(
        "outbox_late",
        say("后续事项没人处理", "What follows waits"),
        "outbox_overdue_seconds",
        5 * MINUTE,
        unit="s",
    ),
    Alarm("delivery_parked", say("有事项被搁置", "A delivery is parked"), "deliveries_parked", 0),
    Alarm("worker_away", say("后台没有在工作", "The worker is away"), "up:worker", 1, 60, above=False),
    Alarm("beat_away", say("定时器没有在走", "Beat is away"), "up:beat", 1, 60, above=False),
    Alarm("broker_away", say("消息中转没有回应", "The broker is away"), "up:broker", 1, 60, above=False),
    Alarm(
        "backup_old",
        say("没有新的可用备份", "No backup of late"),
        "without_backup_seconds",
        26 * HOUR,
        unit="s",
    ),
    Alarm("fold_late", say("榜单没有跟上", "The standings lag"), "fold_oldest_seconds", 2 * MINUTE, unit="s"),
    Alarm(
        "payment_stuck",
        say("有付款没有结果", "A payment has no answer"),
        "payment_stuck_seconds",
        30 * MINUTE,
        unit="s",
    ),
    Alarm("refund_failed", say("有退款没有退成", "A refund failed"), "refunds_failed", 0, 600),
    Alarm("letters_failing", say("邮件发不出去", "Letters do not go out"), "letters_failing", 0, 900),
    Alarm("texts_gone", say("今天的验证码短信发完了", "Today’s codes by text are gone"), "texts_refused", 0),
    Alarm(
        "disk_full", say("磁盘快满了", "The disk is nearly full"), "disk_free_ratio", 0.1, 300, above=False
    ),
    Alarm("verify_found", say("核对发现不符", "verify found offences"), "verify_offences", 0),
    Alarm("errors", say("出错的页面太多", "Too many errors"), "errors_ratio", 0.02, expr=_ERRORS),
    Alarm(
        "search_away", say("搜索引擎没有回应", "The search engine is away"), "up:search", 1, 300, above=False
    ),
)
BY_NAME = {alarm.name: alarm for alarm in ALARMS}


def look(read: Figures | None = None) -> None:
    """Fire what is amiss by these figures, end what is over, and tell of both."""
    read = figures.reading.read() if read is None else read
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return  # another is looking
        rows = {row.name: row for row in Row.objects.filter(ended_at=None)}
        for alarm in ALARMS:
            # Of what is not known nothing is said: it neither fires nor ends.
            if (value := read.get(alarm.figure)) is not None:
                _judge(alarm, value, rows.get(alarm.name))
    tell()


def _judge(alarm: Alarm, value: float, row: Row | None) -> None:
    now = timezone.now()
    if not alarm.is_wrong(value):
        if row is not None and row.fired_at is None:
            row.delete()  # it did not last
        elif row is not None:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
            log.warning("alarm %s has ended", alarm.name)
        return
    row = row or Row(name=alarm.name, since=now)
    row.value = value
    if row.fired_at is None and now - row.since >= timedelta(seconds=alarm.lasting):
        row.fired_at = now
        log.error("alarm %s: %g", alarm.name, value)
    row.save()


def fired() -> list[Row]:
    """Those that are fired now, the longest first; one of a release before is none of ours."""
    rows = Row.objects.filter(ended_at=None, fired_at__isnull=False, name__in=BY_NAME).order_by(
        "fired_at", "id"
    )
    return list(rows)


def tell() -> None:
    """The letters that are due: not by the outbox, which may be what is amiss."""
    for row in Row.objects.filter(fired_at__isnull=False, told_at=None, ended_at=None, name__in=BY_NAME):
        _tell_once(row, "told_at", "alarm")
    for row in Row.objects.filter(
        ended_at__isnull=False, told_at__isnull=False, end_told_at=None, name__in=BY_NAME
    ):
        _tell_once(row, "end_told_at", "alarm_over")


def _tell_once(row: Row, column: str, template: str) -> None:
    mine = Row.objects.filter(pk=row.pk, **{column: None})
    if not mine.update(**{column: timezone.now()}):
        return  # another tells
    alarm = BY_NAME[row.name]
    try:
        for person in holders("shop.hear_of_alarms"):
            facts: dict[str, Any] = {
                "row": row,
                "alarm": alarm,
                "office": f"{settings.SITE_URL}/{person.language}/office/",
            }
            mail.send(person.email, person.language, template, facts)
    except Exception as failure:
        # Where letters are what is amiss the office shows it all the same, and the next look tries again.
        Row.objects.filter(pk=row.pk).update(**{column: None})
        log.warning("nobody was written to of alarm %s: %s", row.name, type(failure).__name__)


def rules() -> Iterator[str]:
    """Lines of a rules file for Prometheus: docs/prometheus/alarms.yml."""
    yield from ("groups:", "  - name: sheaf", "    rules:")
    yield from _as_rule(
        "shop_away", "up == 0", 60, "Nothing answers on the inner port.", "See docs/alarms.md."
    )
    away = 'sheaf_up{part="database"} < 1'
    yield from _as_rule("database_away", away, 60, "The database is away.", "See docs/alarms.md.")
    for alarm in ALARMS:
        yield from _as_rule(alarm.name, alarm.rule, alarm.lasting, alarm.words.en, alarm.todo.en)


def _as_rule(name: str, expr: str, lasting: int, summary: str, todo: str) -> Iterator[str]:
    yield f"      - alert: sheaf_{name}"
    yield f"        expr: {_quoted(expr)}"
    yield f"        for: {lasting}s"
    yield "        annotations:"
    yield f"          summary: {_quoted(summary)}"
    yield f"          description: {_quoted(todo)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def watch() -> None:
    """Look again and again, in a thread of the web's own."""
    threading.Thread(target=_keep_looking, name="alarms", daemon=True).start()


def _keep_looking() -> None:
    while True:
        time.sleep(LOOKS_SECONDS)
        try:
            look()
        except Exception as failure:
            log.warning("alarms were not looked at: %s", type(failure).__name__)
        finally:
            connection.close()  # back to the pool
