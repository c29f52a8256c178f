"""How the shop does, in figures: read from its tables, broker and disk when somebody asks, never by a request.

What `/metrics` tells and what alarms go by is one reading. A figure that could not be read is absent: nobody takes it
for nought.
"""

import logging
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.utils.module_loading import import_string

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
        r.live AS reservations_live, r.overdue AS reservations_overdue,
        f.waiting AS fold_waiting, f.oldest AS fold_oldest_seconds,
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

Figures = Mapping[str, float]


class Reading:
    """What was read last, and when."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Read anew, whoever asks next."""
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
        return {**_of_database(), **_of_broker(), **_of_disk(), **_of_search(), **self._of_backups()}

    def _of_backups(self) -> dict[str, float]:
        if time.monotonic() - self._backups_at > BACKUPS_SECONDS:
            age = age_of_last(Path(settings.BACKUP_DIR), settings.DATA_DIR / "last_backup.json")
            self._backup = {"backup_readable": float(age is not None)}
            self._backup |= {} if age is None else {"backup_age_seconds": age}
            self._backups_at = time.monotonic()
        return self._backup


def _of_database() -> dict[str, float]:
    try:
        with connected() as connection:
            cursor = connection.execute(_FIGURES)
            row = cursor.fetchone()
            names = [column.name for column in cursor.description]
            found = {name: float(value) for name, value in zip(names, row, strict=True) if value is not None}
            states = dict(connection.execute(_PAYMENTS).fetchall())
    except Exception as failure:
        log.warning("the database tells no figures: %s", type(failure).__name__)
        return {"up:database": 0.0}
    from orders.models import Payment

    payments = {f"payments:{state}": float(states.get(state, 0)) for state in Payment.State.values}
    return {"up:database": 1.0, **found, **payments}


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
