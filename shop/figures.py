"""How the shop does, in figures: read from its tables, broker and disk when somebody asks, never by a request.

What `/metrics` tells and what alarms go by is one reading. A figure that could not be read is absent: nobody takes it
for nought.
"""

import logging
import shutil
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from core.counting import counts
from core.labels import NOT_OPEN
from orders.models import Payment
from shop import pulse
from shop.health import connected
from shop.last_backup import age_of_last

log = logging.getLogger("sheaf.figures")

# Two who ask within so many seconds are told the same.
FRESH_SECONDS = 4.0
# A disk is asked often; a folder of backups is looked through.
BACKUPS_SECONDS = 60.0

# Of payments those of a day, and no more than these: how many there have ever been is nobody's question here.
LAST_PAYMENTS = 10_000
_FIGURES = r"""
    SELECT
        o.oldest AS outbox_oldest_seconds, o.overdue AS outbox_overdue_seconds, o.waiting AS outbox_waiting,
        o.letters AS letters_failing,
        (SELECT count(*) FROM core_delivery WHERE done_at IS NULL AND parked_at IS NOT NULL)
            AS deliveries_parked,
        -- Its page has closed, or what takes its time has taken it, and nobody has found out what came of it.
        (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(ends_at)), 0)) FROM orders_payment
            WHERE state IN ('created', 'processing')) AS payment_stuck_seconds,
        (SELECT count(*) FROM orders_refund WHERE state = 'failed') AS refunds_failed,
        (SELECT coalesce(sum(refused), 0) FROM accounts_textday
            WHERE day = (now() AT TIME ZONE 'Asia/Shanghai')::date) AS texts_refused,
        r.live AS reservations_live, r.overdue AS reservations_overdue,
        f.waiting AS fold_waiting, f.oldest AS fold_oldest_seconds,
        (SELECT extract(epoch FROM now() - min(applied)) FROM django_migrations) AS shop_age_seconds,
        v.value AS verify_offences, extract(epoch FROM now() - v.at) AS verify_age_seconds
    FROM
        (SELECT coalesce(extract(epoch FROM now() - min(e.recorded_at)), 0) AS oldest,
                greatest(0, coalesce(extract(epoch FROM now() - min(d.due_at)), 0)) AS overdue,
                count(*) AS waiting,
                count(*) FILTER (WHERE d.error <> '' AND d.reaction ~ '\.(send|tell)_') AS letters
            FROM core_delivery d JOIN core_outboxevent e ON e.id = d.event_id
            WHERE d.done_at IS NULL AND d.parked_at IS NULL) o,
        (SELECT count(*) FILTER (WHERE expires_at IS NULL OR expires_at > now()) AS live,
                count(*) FILTER (WHERE expires_at <= now()) AS overdue
            FROM catalog_reservation WHERE state = 'held') r,
        (SELECT count(*) AS waiting, coalesce(extract(epoch FROM now() - min(s.at)), 0) AS oldest
            FROM impact_supportwaiting w JOIN impact_support s ON s.id = w.support_id) f
        LEFT JOIN core_measurement v ON v.name = 'verify_offences'
"""
_PAYMENTS = f"""
    SELECT state, count(*) FROM
        (SELECT state, created_at FROM orders_payment ORDER BY id DESC LIMIT {LAST_PAYMENTS}) last
    WHERE created_at > now() - interval '1 day' GROUP BY state
"""

_FIRED = "SELECT name, 1.0 FROM core_alarm WHERE ended_at IS NULL AND fired_at IS NOT NULL"
# So many seconds are looked back for errors, and so many requests at least are something to go by.
ERRORS_SECONDS, LEAST_REQUESTS = 300.0, 50
# Pages whose 503 is what was asked for.
NO_ERRORS = (NOT_OPEN, "healthz", "readyz")

Figures = Mapping[str, float]


class Reading:
    """What was read last, and when."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connection: Any = None
        self.forget()

    def forget(self) -> None:
        """Read anew, whoever asks next."""
        self.let_go()
        self._counted: deque[tuple[float, float, float]] = deque()
        self._seen: dict[str, float] = {}
        self._seen_at = self._backups_at = float("-inf")
        self._backup: dict[str, float] = {}

    def read(self) -> Figures:
        """The figures by name; those of payments by state are called `payments:<state>`."""
        with self._lock:
            if time.monotonic() - self._seen_at > FRESH_SECONDS:
                self._seen = self._read()
                self._seen_at = time.monotonic()
            return self._seen

    def _read(self) -> dict[str, float]:
        found = {**self._of_database(), **_of_broker(), **_of_disk(), **_of_search(), **self._of_requests()}
        return found | self._of_backups(found.pop("shop_age_seconds", None))

    def _of_database(self) -> dict[str, float]:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = connected()
            return _rows_of(self._connection)
        except Exception as failure:
            log.warning("the database tells no figures: %s", type(failure).__name__)
            self.let_go()
            return {"up:database": 0.0}

    def let_go(self) -> None:
        """Close the connection of our own."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _of_requests(self) -> dict[str, float]:
        """Of the last minutes' answers the part that were our errors; absent where nobody counts."""
        told = [
            (row[1], cells[0])
            for family, row, cells in counts.read()
            if family.name == "sheaf_requests" and row[0] not in NO_ERRORS
        ]
        if not told:
            return {}
        now = time.monotonic()
        self._counted.append((now, sum(n for _, n in told), sum(n for status, n in told if status == "5xx")))
        while self._counted[0][0] < now - ERRORS_SECONDS:
            self._counted.popleft()
        (_, before, failed_before), (_, total, failed) = self._counted[0], self._counted[-1]
        asked = total - before
        return {"errors_ratio": (failed - failed_before) / asked if asked >= LEAST_REQUESTS else 0.0}

    def _of_backups(self, shop_age: float | None) -> dict[str, float]:
        if time.monotonic() - self._backups_at > BACKUPS_SECONDS:
            age = age_of_last(Path(settings.BACKUP_DIR), settings.DATA_DIR / "last_backup.json")
            self._backup = {"backup_readable": float(age is not None)}
            self._backup |= {} if age is None else {"backup_age_seconds": age}
            self._backups_at = time.monotonic()
        # A shop that has none has been without for as long as there is a shop.
        without = self._backup.get("backup_age_seconds", shop_age)
        return self._backup | ({} if without is None else {"without_backup_seconds": without})


def _rows_of(connection: Any) -> dict[str, float]:
    cursor = connection.execute(_FIGURES)
    row = cursor.fetchone()
    names = [column.name for column in cursor.description]
    found = {name: float(value) for name, value in zip(names, row, strict=True) if value is not None}
    states = dict(connection.execute(_PAYMENTS).fetchall())
    payments = {f"payments:{state}": float(states.get(state, 0)) for state in Payment.State.values}
    fired = {f"fired:{name}": one for name, one in connection.execute(_FIRED).fetchall()}
    return {"up:database": 1.0, **found, **payments, **fired}


def _of_broker() -> dict[str, float]:
    """Seconds since worker and beat have left a sign; one that left none is `up` no more."""
    try:
        ages = pulse.ages()
    except Exception:
        return {"up:broker": 0.0}
    seen = {f"{who}_seen_seconds": age for who, age in ages.items() if age is not None}
    return {"up:broker": 1.0, **{f"up:{who}": float(age is not None) for who, age in ages.items()}, **seen}


def _of_disk() -> dict[str, float]:
    with suppress(OSError):
        disk = shutil.disk_usage(settings.DATA_DIR)
        return {"disk_free_bytes": float(disk.free), "disk_free_ratio": disk.free / disk.total}
    return {}


def _of_search() -> dict[str, float]:
    """Where there is an engine beside the database."""
    if not settings.ELASTICSEARCH_URL:
        return {}
    client = import_string("catalog.search.elastic.client")
    try:
        return {"up:search": float(bool(client(settings.ELASTICSEARCH_URL).ping()))}
    except Exception:
        return {"up:search": 0.0}


reading = Reading()
