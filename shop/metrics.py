"""What `/metrics` tells, in Prometheus' text format: `docs/metrics.md` says what each figure is."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from core.counting import Family, counts
from shop import figures
from shop.alarms import ALARMS

# Gauges: name, the figure it shows, in a sentence. One that could not be read is left out of the answer.
GAUGES = {
    "outbox_oldest_seconds": "Age of the oldest event that is not handed over, those that are tried again among them.",
    "outbox_overdue_seconds": "For how long the oldest delivery has been due, with nobody doing it.",
    "outbox_waiting": "Deliveries that are not done.",
    "deliveries_parked": "Deliveries that failed ten times and wait for a person.",
    "texts_refused": "Codes by text that were not sent today: the day's budget was gone.",
    "letters_failing": "Letters that could not be sent so far and are tried again.",
    "payment_stuck_seconds": "For how long a payment whose page has closed has had no answer; the oldest.",
    "refunds_failed": "Refunds that did not go through and are owed.",
    "fold_waiting": "Supports that are not in the standings yet.",
    "fold_oldest_seconds": "Age of the oldest of these.",
    "verify_offences": "What the last nightly verify found.",
    "verify_age_seconds": "Since when that is known.",
    "worker_seen_seconds": "Since the worker has left a sign of life.",
    "beat_seen_seconds": "Since beat has left a sign of life.",
    "backup_readable": "1 where there is a backup that can be opened.",
    "backup_age_seconds": "Since the newest of these was begun.",
    "without_backup_seconds": "The same; where there is none, since the shop was made.",
    "errors_ratio": "Of the last five minutes' answers the part that were our errors.",
    "disk_free_bytes": "Free on the disk of DATA_DIR.",
    "disk_free_ratio": "The same as a part of that disk.",
}
LABELLED = {
    "up": ("part", "1 where this part answers: database, broker, worker, beat, search.", "up:"),
    "payments": ("state", "Payments begun in the last day, by state; the last 10,000.", "payments:"),
    "reservations": ("state", "Units kept for a buyer: in time, or past their time.", "reservations_"),
}


class House:
    """What is told at one scrape."""

    def collect(self) -> Iterable[Metric]:
        """The counts of this server's processes, then the figures of the whole shop."""
        yield from counted()
        read = figures.reading.read()
        for name, words in GAUGES.items():
            if name in read:
                yield GaugeMetricFamily(f"sheaf_{name}", words, value=read[name])
        for name, (label, words, prefix) in LABELLED.items():
            family = GaugeMetricFamily(f"sheaf_{name}", words, labels=[label])
            for key, value in read.items():
                if key.startswith(prefix):
                    family.add_metric([key.removeprefix(prefix)], value)
            yield family
        yield alarms_in(read)


def alarms_in(read: figures.Figures) -> GaugeMetricFamily:
    """Every alarm of ours, fired or not."""
    family = GaugeMetricFamily("sheaf_alarm", "1 while this alarm is fired.", labels=["alarm"])
    for alarm in ALARMS:
        family.add_metric([alarm.name], read.get(f"fired:{alarm.name}", 0.0))
    return family


def counted() -> Iterable[Metric]:
    """One family after the other."""
    now: Family | None = None
    made: Metric | None = None
    for family, row, cells in counts.read():
        if family is not now:
            if made is not None:
                yield made
            now, made = family, _begun(family)
        if isinstance(made, HistogramMetricFamily):
            made.add_metric(row, buckets=_cumulated(family, cells), sum_value=cells[-1])
        elif isinstance(made, CounterMetricFamily):
            made.add_metric(row, cells[0])
    if made is not None:
        yield made


def _begun(family: Family) -> Metric:
    if family.buckets:
        return HistogramMetricFamily(family.name, family.words, labels=family.labels)
    return CounterMetricFamily(family.name, family.words, labels=family.labels)


def _cumulated(family: Family, cells: list[float]) -> list[tuple[str, float]]:
    total, told = 0.0, []
    for bound, count in zip((*map(str, family.buckets), "+Inf"), cells[:-1], strict=True):
        total += count
        told.append((bound, total))
    return told


_registry = CollectorRegistry(auto_describe=False)
_registry.register(House())


def text() -> bytes:
    """The whole answer."""
    return generate_latest(_registry)
